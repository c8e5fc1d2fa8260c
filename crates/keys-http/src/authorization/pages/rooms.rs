//! What each room answers to somebody who is let in.

use super::super::principal::Principal;
use super::super::rules::{Acting, Rights, Thing, alone, visible};
use super::super::world::{Owner, State, Target};
use super::rules::{Asked, Visitor};
use crate::console::rooms::{
    Access, EnvironmentStep, Environments, KeyStep, Keys, MemberStep, Members, UserStep, Users,
};

/// A page.
pub(super) const SHOWN: u16 = 200;
/// What was made is shown this once.
const MADE: u16 = 201;
/// On to another page: after a change, or where there is nothing to ask.
pub(super) const LED: u16 = 303;
pub(super) const FORBIDDEN: u16 = 403;
const NOT_FOUND: u16 = 404;
pub(super) const METHOD: u16 = 405;
/// A question instead of what was asked for: something stands in the way.
const ASKED_BACK: u16 = 409;
/// It is not what can be taken, or not now.
const WRONG: u16 = 422;

use Asked::{Opened, Sent};

const fn found(is_there: bool, status: u16) -> u16 {
    if is_there { status } else { NOT_FOUND }
}

/// Keys: a page says whose it shows, so an administrator finds no others there.
pub(super) fn keys(visitor: Visitor<'_>, place: Keys) -> u16 {
    let changes = !matches!(visitor.acting, Acting::Inside(_, Rights::Read));
    let whose = visitor.within.or_else(|| owner(visitor.principal));
    let own = visitor.targets.0.filter(|target| Some(target.owner) == whose);
    // An environment is no account, and has no account keys.
    let nobodys = visitor.within.is_none() && matches!(visitor.acting, Acting::Inside(..));
    match (place, visitor.asked) {
        (Keys::Selected(_), Opened) => METHOD,
        (Keys::List | Keys::Add | Keys::Selected(_), _) if nobodys => NOT_FOUND,
        (Keys::One(_, step), asked) if nobodys && has_method(step, asked) => NOT_FOUND,
        (Keys::List, Opened) => SHOWN,
        (Keys::List | Keys::Add | Keys::Selected(_), _) if !changes => FORBIDDEN,
        (Keys::List, Sent) => MADE,
        (Keys::Add, _) => SHOWN,
        (Keys::Selected(_), Sent) => found(own.is_some(), SHOWN),
        (Keys::One(_, step), asked) => key(step, asked, own, changes),
    }
}

/// What is done with one key; `own` is the key, if it belongs there.
fn key(step: KeyStep, asked: Asked, own: Option<&Target>, changes: bool) -> u16 {
    let there = own.filter(|target| !target.is_removed());
    let changed = |status| if changes { status } else { FORBIDDEN };
    match (step, asked) {
        (KeyStep::Activate | KeyStep::Deactivate | KeyStep::Close, Opened) | (KeyStep::History, Sent) => {
            METHOD
        }
        // It is there even when the key is deleted.
        (KeyStep::History, Opened) => found(own.is_some(), SHOWN),
        // What is confirmed is the caller's own receipt, whatever key it was of.
        (KeyStep::Close, Sent) => LED,
        (KeyStep::Edit | KeyStep::Delete, Opened) => found(there.is_some(), changed(SHOWN)),
        (KeyStep::Edit | KeyStep::Activate | KeyStep::Deactivate, Sent) => {
            found(there.is_some(), changed(LED))
        }
        (KeyStep::Delete, Sent) => match there.map(|target| target.state) {
            None => NOT_FOUND,
            Some(State::Active) => changed(ASKED_BACK),
            Some(State::Inactive | State::Removed) => changed(LED),
        },
    }
}

/// Whether a step can be asked for so.
const fn has_method(step: KeyStep, asked: Asked) -> bool {
    match asked {
        Opened => matches!(step, KeyStep::Edit | KeyStep::Delete | KeyStep::History),
        Sent => !matches!(step, KeyStep::History),
    }
}

/// Whose keys are a caller's own.
const fn owner(principal: Principal) -> Option<Owner> {
    match (principal, alone(principal)) {
        // Another administrator than the first, who has no keys.
        (Principal::InSession | Principal::InSessionByCookie, _) | (_, None) => None,
        (_, Some(Acting::Administrator)) => Some(Owner::Administrator),
        (_, Some(Acting::Person(owner) | Acting::Inside(owner, _))) => Some(owner),
    }
}

/// Environments, from outside of any: an environment's key sees its own and changes none.
pub(super) fn environments(visitor: Visitor<'_>, place: Environments) -> u16 {
    let is_person = matches!(visitor.acting, Acting::Administrator | Acting::Person(_));
    let made = |status| if is_person { status } else { FORBIDDEN };
    let seen = visitor.targets.0.filter(|target| visible(visitor.acting, Thing::Environment, target));
    // Only the owner of A owns any.
    let owns = matches!(visitor.acting, Acting::Administrator | Acting::Person(Owner::OwnsA));
    match (place, visitor.asked) {
        (Environments::List | Environments::Removed, Opened) => SHOWN,
        (Environments::Removed, Sent) => METHOD,
        (Environments::List, Sent) => made(LED),
        (Environments::Add, _) => made(SHOWN),
        (Environments::One(_, step), asked) => {
            environment(step, asked, seen.map(|seen| seen.state), owns, is_person)
        }
        (Environments::Members(_, place), asked) => members(place, asked, seen, owns, visitor.targets.1),
    }
}

/// What is done with one environment, in this state if the caller sees it.
fn environment(step: EnvironmentStep, asked: Asked, seen: Option<State>, owns: bool, is_person: bool) -> u16 {
    use EnvironmentStep::{Activate, Deactivate, Delete, Edit, MakeDefault, Restore};

    if asked == Opened && matches!(step, Activate | Restore | MakeDefault) {
        return METHOD;
    }
    let Some(state) = seen else { return NOT_FOUND };
    match (step, asked, state) {
        // Where one begins is one's own to say, and is somewhere one can enter.
        (MakeDefault, ..) if !is_person => FORBIDDEN,
        (MakeDefault, _, State::Active) => LED,
        (MakeDefault, _, State::Inactive | State::Removed) => WRONG,
        _ if !owns => FORBIDDEN,
        (Edit, Opened, _) => SHOWN,
        (Edit, Sent, _) => LED,
        (Activate | Deactivate, _, State::Removed) => WRONG,
        (Activate, _, State::Active | State::Inactive) | (Restore, ..) => LED,
        (Deactivate, Opened, State::Active) => SHOWN,
        // There is nothing left to ask.
        (Deactivate, Opened, State::Inactive) | (Deactivate, Sent, _) | (Delete, _, State::Removed) => LED,
        (Delete, Opened, State::Active | State::Inactive) => SHOWN,
        (Delete, Sent, State::Active) => ASKED_BACK,
        (Delete, Sent, State::Inactive) => LED,
    }
}

/// The members of an environment that the caller sees.
fn members(place: Members, asked: Asked, seen: Option<&Target>, sets: bool, member: Option<&Target>) -> u16 {
    let Some(environment) = seen else { return NOT_FOUND };
    let member = member.filter(|member| member.owner == environment.owner);
    // B has one owner, who stays.
    let stays = environment.owner == Owner::B;
    match (place, asked) {
        (Members::List, Opened) => SHOWN,
        _ if !sets => FORBIDDEN,
        _ if environment.is_removed() => WRONG,
        (Members::List, Sent) => LED,
        (Members::Add, _) => SHOWN,
        (Members::One(_, _), Opened) => found(member.is_some(), SHOWN),
        (Members::One(_, MemberStep::Role), Sent) => found(member.is_some(), if stays { WRONG } else { LED }),
        // Whoever is no member of it does not have to be removed.
        (Members::One(_, MemberStep::Remove), Sent) if member.is_some() && stays => ASKED_BACK,
        (Members::One(_, MemberStep::Remove), Sent) => LED,
    }
}

/// People, for administrators.
pub(super) fn users(visitor: Visitor<'_>, place: Users) -> u16 {
    use UserStep::{Activate, Close, Deactivate, Delete, Edit, EndSessions, LogIn, Unlock};

    let person = visitor.targets.0.filter(|target| is_person(target.owner));
    match (place, visitor.asked) {
        (Users::One(_, Activate | Unlock | EndSessions | Close), Opened) => METHOD,
        _ if visitor.acting != Acting::Administrator => FORBIDDEN,
        (Users::List, Opened) | (Users::Add, _) => SHOWN,
        (Users::List, Sent) => MADE,
        (Users::One(_, Edit | LogIn | Deactivate | Delete), Opened) => found(person.is_some(), SHOWN),
        // Who has a password keeps it and gets another name; who has none gets one that nobody chose, shown this once.
        (Users::One(_, LogIn), Sent) => match person.map(|person| person.owner) {
            None => NOT_FOUND,
            Some(Owner::MemberOfA) => LED,
            Some(_) => SHOWN,
        },
        (Users::One(_, Edit | Activate | Deactivate | Unlock | EndSessions | Close), Sent) => {
            found(person.is_some(), LED)
        }
        (Users::One(_, Delete), Sent) => match person.map(|person| person.state) {
            None => NOT_FOUND,
            Some(State::Active) => ASKED_BACK,
            Some(State::Inactive | State::Removed) => LED,
        },
    }
}

/// Environments are accounts, too, and nobody.
const fn is_person(owner: Owner) -> bool {
    !matches!(owner, Owner::A | Owner::B | Owner::Inactive | Owner::Removed | Owner::Nobody)
}

/// Access control, for administrators. What is sent is right.
pub(super) fn access(visitor: Visitor<'_>, place: Access) -> u16 {
    match (place, visitor.asked) {
        (Access::Show, Sent) | (Access::Unlist(_), Opened) => METHOD,
        _ if visitor.acting != Acting::Administrator => FORBIDDEN,
        (Access::Show | Access::On | Access::Off | Access::Mode | Access::List, Opened) => SHOWN,
        (Access::On | Access::Off | Access::Mode | Access::List | Access::Unlist(_), Sent) => LED,
    }
}

/// A person's own password: whoever has none is told so, whoever has one did not type it.
pub(super) fn password(visitor: Visitor<'_>) -> u16 {
    let has_one = matches!(
        visitor.principal,
        Principal::InSession
            | Principal::InSessionByCookie
            | Principal::MemberInSession
            | Principal::MemberInSessionByCookie
            | Principal::MemberOfA
    );
    match (visitor.acting, visitor.asked) {
        (Acting::Inside(..), _) => NOT_FOUND,
        (Acting::Administrator | Acting::Person(_), Sent) if has_one => WRONG,
        (Acting::Administrator | Acting::Person(_), _) => SHOWN,
    }
}

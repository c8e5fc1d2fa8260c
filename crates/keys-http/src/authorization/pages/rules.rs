//! The rules for pages, written down once more and independently of the server: what each place is, who is let in, and
//! what of theirs a caller finds there.
//!
//! A new place, and a new step of one, compiles only with a row here, and with a rule in `rooms.rs`.

use keys_core::{EnvironmentId, Transition};

use super::super::principal::Principal;
use super::super::rules::{Acting, Rights, alone, in_a};
use super::super::world::{Owner, Target};
use super::rooms;
use crate::console::Place;
use crate::console::rooms::{
    Access, EnvironmentStep, Environments, KeyStep, Keys, MemberStep, Members, Scope, UserStep, Users, Whose,
};

/// What a place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Row {
    /// For anybody, known or not; they are answered with this status.
    Anybody(u16),
    /// Leads everybody who is let in to where they begin.
    Leads,
    /// Shows to everybody who is let in what is theirs to see.
    Shows,
    /// Keys, of an environment or of the caller.
    Keys(Keys),
    /// Environments and their members.
    Environments(Environments),
    /// People, for administrators.
    Users(Users),
    /// Access control, for administrators.
    Access(Access),
    /// A person's own password.
    Password,
}

/// The addresses of a place.
pub(super) enum Addresses {
    /// There is one.
    One(Place),
    /// One in each environment.
    InEach(fn(EnvironmentId) -> Place),
    /// One among the keys of each environment, and among the caller's own.
    AmongKeys(Keys),
    /// One for each key, and what is no key, wherever keys are.
    OfKeys(KeyStep),
    /// One for each environment, in whatever state, and what is none.
    OfEnvironments(EnvironmentStep),
    /// One among the members of each environment, and of what is none.
    AmongMembers(Members),
    /// One for each member, and what is none, of each environment.
    OfMembers(MemberStep),
    /// One for each account, and what is none.
    OfAccounts(fn(keys_core::AccountId) -> Place),
}

/// The rows: a pattern of [`Place`], what such places are, and their addresses.
macro_rules! rows {
    ($($place:pat => $row:expr, $addresses:expr;)*) => {
        /// The row of a place.
        pub(super) const fn row(place: &Place) -> Row {
            match place {
                $($place => $row,)*
            }
        }

        /// Every place.
        pub(super) fn places() -> Vec<Addresses> {
            [$(Vec::from($addresses),)*].into_iter().flatten().collect()
        }
    };
}

/// A place with one address.
macro_rules! one {
    ($place:expr) => {
        [Addresses::One($place)]
    };
}

/// A step of each account.
macro_rules! user {
    ($step:ident) => {
        [Addresses::OfAccounts(|id| Place::Users(Users::One(id, UserStep::$step)))]
    };
}

rows! {
    Place::Help => Row::Anybody(200), one!(Place::Help);
    Place::FormerHelp => Row::Anybody(301), one!(Place::FormerHelp);
    Place::Home => Row::Leads, one!(Place::Home);
    Place::Welcome => Row::Shows, one!(Place::Welcome);
    Place::Audit(Scope::All) => Row::Shows, one!(Place::Audit(Scope::All));
    Place::Audit(Scope::Environment(_)) => Row::Shows,
        [Addresses::InEach(|id| Place::Audit(Scope::Environment(id)))];
    Place::Keys(_, place @ Keys::List) => Row::Keys(*place), [Addresses::AmongKeys(Keys::List)];
    Place::Keys(_, place @ Keys::Add) => Row::Keys(*place), [Addresses::AmongKeys(Keys::Add)];
    Place::Keys(_, place @ Keys::Selected(_)) => Row::Keys(*place), chosen();
    Place::Keys(_, place @ Keys::One(_, KeyStep::Edit)) => Row::Keys(*place), [Addresses::OfKeys(KeyStep::Edit)];
    Place::Keys(_, place @ Keys::One(_, KeyStep::Activate)) => Row::Keys(*place),
        [Addresses::OfKeys(KeyStep::Activate)];
    Place::Keys(_, place @ Keys::One(_, KeyStep::Deactivate)) => Row::Keys(*place),
        [Addresses::OfKeys(KeyStep::Deactivate)];
    Place::Keys(_, place @ Keys::One(_, KeyStep::Delete)) => Row::Keys(*place), [Addresses::OfKeys(KeyStep::Delete)];
    Place::Keys(_, place @ Keys::One(_, KeyStep::Close)) => Row::Keys(*place), [Addresses::OfKeys(KeyStep::Close)];
    Place::Keys(_, place @ Keys::One(_, KeyStep::History)) => Row::Keys(*place),
        [Addresses::OfKeys(KeyStep::History)];
    Place::Environments(place @ Environments::List) => Row::Environments(*place),
        one!(Place::Environments(Environments::List));
    Place::Environments(place @ Environments::Removed) => Row::Environments(*place),
        one!(Place::Environments(Environments::Removed));
    Place::Environments(place @ Environments::Add) => Row::Environments(*place),
        one!(Place::Environments(Environments::Add));
    Place::Environments(place @ Environments::One(_, EnvironmentStep::Edit)) => Row::Environments(*place),
        [Addresses::OfEnvironments(EnvironmentStep::Edit)];
    Place::Environments(place @ Environments::One(_, EnvironmentStep::Activate)) => Row::Environments(*place),
        [Addresses::OfEnvironments(EnvironmentStep::Activate)];
    Place::Environments(place @ Environments::One(_, EnvironmentStep::Deactivate)) => Row::Environments(*place),
        [Addresses::OfEnvironments(EnvironmentStep::Deactivate)];
    Place::Environments(place @ Environments::One(_, EnvironmentStep::Delete)) => Row::Environments(*place),
        [Addresses::OfEnvironments(EnvironmentStep::Delete)];
    Place::Environments(place @ Environments::One(_, EnvironmentStep::Restore)) => Row::Environments(*place),
        [Addresses::OfEnvironments(EnvironmentStep::Restore)];
    Place::Environments(place @ Environments::One(_, EnvironmentStep::MakeDefault)) => Row::Environments(*place),
        [Addresses::OfEnvironments(EnvironmentStep::MakeDefault)];
    Place::Environments(place @ Environments::Members(_, Members::List)) => Row::Environments(*place),
        [Addresses::AmongMembers(Members::List)];
    Place::Environments(place @ Environments::Members(_, Members::Add)) => Row::Environments(*place),
        [Addresses::AmongMembers(Members::Add)];
    Place::Environments(place @ Environments::Members(_, Members::One(_, MemberStep::Role))) =>
        Row::Environments(*place), [Addresses::OfMembers(MemberStep::Role)];
    Place::Environments(place @ Environments::Members(_, Members::One(_, MemberStep::Remove))) =>
        Row::Environments(*place), [Addresses::OfMembers(MemberStep::Remove)];
    Place::Users(place @ Users::List) => Row::Users(*place), one!(Place::Users(Users::List));
    Place::Users(place @ Users::Add) => Row::Users(*place), one!(Place::Users(Users::Add));
    Place::Users(place @ Users::One(_, UserStep::Edit)) => Row::Users(*place), user!(Edit);
    Place::Users(place @ Users::One(_, UserStep::LogIn)) => Row::Users(*place), user!(LogIn);
    Place::Users(place @ Users::One(_, UserStep::Activate)) => Row::Users(*place), user!(Activate);
    Place::Users(place @ Users::One(_, UserStep::Deactivate)) => Row::Users(*place), user!(Deactivate);
    Place::Users(place @ Users::One(_, UserStep::Delete)) => Row::Users(*place), user!(Delete);
    Place::Users(place @ Users::One(_, UserStep::Unlock)) => Row::Users(*place), user!(Unlock);
    Place::Users(place @ Users::One(_, UserStep::EndSessions)) => Row::Users(*place), user!(EndSessions);
    Place::Users(place @ Users::One(_, UserStep::Close)) => Row::Users(*place), user!(Close);
    Place::Access(place @ Access::Show) => Row::Access(*place), one!(Place::Access(Access::Show));
    Place::Access(place @ Access::On) => Row::Access(*place), one!(Place::Access(Access::On));
    Place::Access(place @ Access::Off) => Row::Access(*place), one!(Place::Access(Access::Off));
    Place::Access(place @ Access::Mode) => Row::Access(*place), one!(Place::Access(Access::Mode));
    Place::Access(place @ Access::List) => Row::Access(*place), one!(Place::Access(Access::List));
    Place::Access(place @ Access::Unlist(_)) => Row::Access(*place),
        [Addresses::OfAccounts(|id| Place::Access(Access::Unlist(id)))];
    Place::Password => Row::Password, one!(Place::Password);
}

fn chosen() -> Vec<Addresses> {
    Transition::ALL.iter().map(|transition| Addresses::AmongKeys(Keys::Selected(*transition))).collect()
}

/// The environment a place is inside of.
pub(super) const fn environment(place: &Place) -> Option<EnvironmentId> {
    match place {
        Place::Audit(Scope::Environment(id)) | Place::Keys(Whose::Environment(id), _) => Some(*id),
        Place::Help
        | Place::FormerHelp
        | Place::Home
        | Place::Welcome
        | Place::Audit(Scope::All)
        | Place::Keys(Whose::Own, _)
        | Place::Environments(_)
        | Place::Users(_)
        | Place::Access(_)
        | Place::Password => None,
    }
}

/// Whom somebody acts as at a place.
pub(super) fn acting(principal: Principal, within: Option<Owner>) -> Result<Acting, Refused> {
    let alone = alone(principal).ok_or(Refused::Unknown)?;
    let Some(owner) = within else { return Ok(alone) };
    let rights = match (owner, alone) {
        (Owner::A | Owner::B, Acting::Administrator) => Some(Rights::Own),
        (Owner::A | Owner::B, Acting::Inside(own, rights)) if owner == own => Some(rights),
        (Owner::A, Acting::Person(person)) => in_a(person),
        _ => None,
    };
    rights.map(|rights| Acting::Inside(owner, rights)).ok_or(Refused::NotEntered)
}

/// Why nothing of a place is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// Nobody knows who asks: whoever opens a page is led to the log-in, whoever sends a form is asked to log in.
    Unknown,
    /// The environment is not entered.
    NotEntered,
}

/// What a page is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Asked {
    /// It is opened.
    Opened,
    /// A form is sent to it.
    Sent,
}

/// Somebody who is let in, and what they ask for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Visitor<'t> {
    pub(super) principal: Principal,
    pub(super) acting: Acting,
    /// The environment they are inside of.
    pub(super) within: Option<Owner>,
    /// What the address names, and what it names besides: a member of an environment.
    pub(super) targets: (Option<&'t Target>, Option<&'t Target>),
    pub(super) asked: Asked,
}

/// The status of the answer.
pub(super) fn expected(
    principal: Principal,
    row: Row,
    within: Option<Owner>,
    targets: (Option<&Target>, Option<&Target>),
    asked: Asked,
) -> u16 {
    if let Row::Anybody(status) = row {
        return if asked == Asked::Opened { status } else { rooms::METHOD };
    }
    let acting = match acting(principal, within) {
        Ok(acting) => acting,
        Err(Refused::Unknown) => return if asked == Asked::Opened { rooms::LED } else { rooms::FORBIDDEN },
        Err(Refused::NotEntered) => return rooms::FORBIDDEN,
    };
    let visitor = Visitor { principal, acting, within, targets, asked };
    match (row, asked) {
        (Row::Anybody(status), _) => status,
        (Row::Leads, Asked::Opened) => rooms::LED,
        (Row::Shows, Asked::Opened) => rooms::SHOWN,
        (Row::Leads | Row::Shows, Asked::Sent) => rooms::METHOD,
        (Row::Keys(place), _) => rooms::keys(visitor, place),
        (Row::Environments(place), _) => rooms::environments(visitor, place),
        (Row::Users(place), _) => rooms::users(visitor, place),
        (Row::Access(place), _) => rooms::access(visitor, place),
        (Row::Password, _) => rooms::password(visitor),
    }
}

//! Cells that cannot be told apart where they are decided are one class, of which one is asked always, and of the others
//! some.
//!
//! A request is decided in a fixed order, which [`flow`](crate::flow) draws: who asks, which environment is entered, which
//! method or action is meant, and of what. Whatever stands behind the place where it is decided has not been looked at:
//!
//! | decided by | not looked at | asked of each class |
//! |---|---|---|
//! | the route: it has nothing to keep from anybody | environment, action, id | none and environment A by the header; one action; the first id |
//! | the caller: it is refused | environment, action, id | as above, by each way to name one |
//! | the environment: it is not entered | action, id, and of the method only whether it reads, writes or deletes | each environment by the header, each way for the removed one |
//! | the name of what is asked: there is no such thing for this caller | id | every id that the caller sees, the first, and the first that leads nowhere |
//! | the id | inside an environment, why an id leads nowhere | every id, the first that leads nowhere |
//!
//! The ways to name an environment are read into one text before anything is done with it (`flow/job.rs`), so each but the
//! header is asked of the first id, and the first that leads nowhere, of a route.
//!
//! What decides a cell is said by the [rules](super::rules), not by the server, and every cell of a class must have
//! the answer of the one that stands for it, or the test fails before it asks. That the server agrees is asked of a sample
//! of the others: one in [`ONE_IN`], drawn by a fixed seed, other ones for each caller. Whoever changes the order of the
//! flow asks them all: `KEYS_EVERY_CELL=1 cargo test -p keys-http authorization`, which takes some ten times as long.

use std::env;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

use super::cell::{Cell, Context, Named, Place, Question, Within};
use super::principal::Principal;
use super::rules::{self, DecidedBy};
use super::world::Owner;

/// The cell that stands for the class of this one; it stands for itself.
pub(super) fn representative<'p>(cell: &Cell<'p>, decided: DecidedBy, places: &'p [Place]) -> Cell<'p> {
    let Cell { context, question, place, .. } = *cell;
    match decided {
        DecidedBy::Route => {
            let context = Context(context.0.map(|_| (Named::Header, Within::Owner(Owner::A))));
            Cell { context, question: one_action(question), place: first(places), ..*cell }
        }
        DecidedBy::Caller => {
            let context = Context(context.0.map(|(named, _)| (named, Within::Owner(Owner::A))));
            Cell { context, question: one_action(question), place: first(places), ..*cell }
        }
        DecidedBy::Environment => {
            let (context, question) = not_entered(context, question);
            Cell { context, question, place: first(places), ..*cell }
        }
        DecidedBy::Name if !is_seen(cell) => by_header(&Cell { place: edge(place, places), ..*cell }, places),
        DecidedBy::Id if context.0.is_some() && is_nowhere(place) => {
            by_header(&Cell { place: edge(place, places), ..*cell }, places)
        }
        DecidedBy::Name | DecidedBy::Id => by_header(cell, places),
    }
}

/// All actions are one.
const fn one_action(question: Question) -> Question {
    match question {
        Question::Action(_) => Question::Action("activate"),
        Question::Method(_) | Question::Instead(_) => question,
    }
}

/// Nobody enters a removed environment: it is asked for in every way and by every method.
fn not_entered(context: Context, question: Question) -> (Context, Question) {
    const REMOVED: Within = Within::Owner(Owner::Removed);
    let method = match question.meant() {
        // What has a body is read before anything else is done.
        "POST" | "PUT" => "POST",
        // Of tokens this alone is not answered to everybody.
        "DELETE" => "DELETE",
        _ => "GET",
    };
    match context.0 {
        Some((Named::Header, within)) if within != REMOVED => (context, Question::Method(method)),
        Some((named, _)) => (Context(Some((named, REMOVED))), one_action(question)),
        None => (context, question),
    }
}

/// An environment is named by the header, but where the place is the first or the first that leads nowhere.
fn by_header<'p>(cell: &Cell<'p>, places: &'p [Place]) -> Cell<'p> {
    match cell.context.0 {
        Some((_, within)) if !std::ptr::eq(cell.place, edge(cell.place, places)) => {
            Cell { context: Context(Some((Named::Header, within))), ..*cell }
        }
        _ => *cell,
    }
}

/// The first place that is there, or that is not, as this one.
fn edge<'p>(place: &'p Place, places: &'p [Place]) -> &'p Place {
    places.iter().find(|other| is_nowhere(other) == is_nowhere(place)).unwrap_or(place)
}

/// Whether the caller may see what the place is about: what is there for them to change, were they let.
fn is_seen(cell: &Cell) -> bool {
    cell.target().is_some_and(|target| rules::sees(cell, target))
}

fn first(places: &[Place]) -> &Place {
    places.first().unwrap()
}

fn is_nowhere(place: &Place) -> bool {
    place.target.as_ref().is_some_and(|target| target.owner == Owner::Nobody)
}

/// Of how many cells that are stood for one is asked all the same.
const ONE_IN: u32 = 32;

/// Draws cells of which a class has others.
pub(super) struct Sample(Option<ChaCha20Rng>);

impl Sample {
    /// Always the same for the same caller; everything, if that is wanted.
    pub(super) fn of(principal: Principal) -> Self {
        let every = env::var_os("KEYS_EVERY_CELL").is_some();
        let number = Principal::ALL.iter().position(|own| *own == principal).unwrap();
        Self((!every).then(|| ChaCha20Rng::seed_from_u64(20_261_123 + number as u64)))
    }

    pub(super) fn draws(&mut self) -> bool {
        self.0.as_mut().is_none_or(|rng| rng.next_u32().is_multiple_of(ONE_IN))
    }
}

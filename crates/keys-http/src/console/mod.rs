//! The web page for people: "API & Keys", and what belongs to it.
//!
//! Every page is a document of the server and every change a plain form: nothing here needs a script. A page reads and
//! changes through the same use cases as the API, as the same caller: what a person sees and may do is decided there.
//! Each room below is a folder or file with its own places, from their paths to what they show.
//!
//! ```text
//! place.rs   the addresses of all rooms          keys/          API & Keys, of an environment or of a person
//! visit.rs   who asks for a page, and how        environments/  environments, and their members
//! frame.rs   what is round every page            users/         people who may log in
//! form.rs    what was typed, what is wrong       access/        access control, and who is let in
//! table.rs   lists: sorted, searched, by page    audit/         the audit log
//! instant.rs times                               password.rs    one's own password
//! notice.rs  what is told after a change         welcome.rs     the first steps
//! home.rs    where one begins                    help.rs        what keys are, for anybody
//! refused.rs what did not work, and where to go  log_in.rs, set_up.rs: the doors, for who is not known yet
//! ```

mod access;
mod audit;
mod environments;
mod form;
mod frame;
mod help;
mod home;
mod instant;
mod keys;
pub(crate) mod log_in;
mod notice;
mod password;
mod place;
mod refused;
pub(crate) mod set_up;
mod table;
mod users;
mod visit;
mod welcome;

pub(crate) use place::Place;
pub(crate) use refused::{kept, refused};
pub(crate) use visit::{Forms, Visit};
pub(crate) use welcome::PATH as WELCOME;

use http::Method;

use crate::dialect::handlers::Answer;
use crate::dialect::urls::Urls;
use crate::problem::Problem;

/// Answers what is asked of a place.
///
/// # Errors
///
/// [`Problem`]; [`refused`] makes a page of it.
pub(crate) fn answer(visit: &Visit<'_>, place: &Place) -> Result<Answer, Problem> {
    check_method(place, visit.call.method)?;
    match place {
        Place::Home => home::answer(visit),
        Place::Environments(place) => environments::answer(visit, *place),
        Place::Keys(whose, place) => keys::answer(visit, *whose, *place),
        Place::Audit(scope) => audit::page(visit, *scope),
        Place::Help => help::page(visit),
        Place::FormerHelp => Ok(help::moved()),
        Place::Password => password::answer(visit),
        Place::Users(place) => users::answer(visit, *place),
        Place::Access(place) => access::answer(visit, *place),
        Place::Welcome => welcome::answer(visit),
    }
}

/// Answers what somebody asks of a [public](Place::is_public) place of whom nothing is known; `None` for other places.
///
/// # Errors
///
/// [`Problem::MethodNotAllowed`].
pub(crate) fn answer_anybody(place: &Place, method: &Method, urls: &Urls) -> Option<Result<Answer, Problem>> {
    let answer = || match place {
        Place::Help => Some(help::page_for_anybody(urls)),
        Place::FormerHelp => Some(Ok(help::moved())),
        Place::Home
        | Place::Environments(_)
        | Place::Keys(..)
        | Place::Audit(_)
        | Place::Password
        | Place::Users(_)
        | Place::Access(_)
        | Place::Welcome => None,
    };
    match check_method(place, method) {
        Err(problem) if place.is_public() => Some(Err(problem)),
        Ok(()) | Err(_) => answer(),
    }
}

fn check_method(place: &Place, method: &Method) -> Result<(), Problem> {
    if place.methods().contains(method) {
        return Ok(());
    }
    Err(Problem::MethodNotAllowed { allow: place.allow().into(), detail: None })
}

/// The places of each room, for the table of who may see them.
#[cfg(test)]
pub(crate) mod rooms {
    pub(crate) use super::access::Place as Access;
    pub(crate) use super::audit::Scope;
    pub(crate) use super::environments::{
        MemberPlace as Members, MemberStep, Place as Environments, Step as EnvironmentStep,
    };
    pub(crate) use super::keys::{Place as Keys, Step as KeyStep};
    pub(crate) use super::place::Whose;
    pub(crate) use super::users::{Place as Users, Step as UserStep};
}

//! The web page for people: "API & Keys", and what belongs to it.
//!
//! Every page is a document of the server and every change a plain form: nothing here needs a script. A page reads and
//! changes through the same use cases as the API, as the same caller: what a person sees and may do is decided there.
//! Each room below is a folder or file with its own places, from their paths to what they show.
//!
//! ```text
//! place.rs   the addresses of all rooms          keys/          API & Keys, of an environment or of a person
//! visit.rs   who asks for a page, and how        home.rs        where one begins
//! frame.rs   what is round every page            refused.rs     what did not work, and where to go
//! form.rs    fields, what was typed, what is wrong
//! table.rs   lists: sorted, searched, page by page
//! instant.rs times
//! notice.rs  what is told after a change        environments/  Environments, and their members
//! ```

mod environments;
mod form;
mod frame;
mod home;
mod instant;
mod keys;
mod notice;
mod place;
mod refused;
mod table;
mod visit;

pub(crate) use place::Place;
pub(crate) use refused::{kept, refused};
pub(crate) use visit::{Forms, Visit};

use crate::dialect::handlers::Answer;
use crate::problem::Problem;

/// Answers what is asked of a place.
///
/// # Errors
///
/// [`Problem`]; [`refused`] makes a page of it.
pub(crate) fn answer(visit: &Visit<'_>, place: &Place) -> Result<Answer, Problem> {
    let allowed = place.methods();
    if !allowed.contains(visit.call.method) {
        return Err(Problem::MethodNotAllowed { allow: place.allow().into(), detail: None });
    }
    match place {
        Place::Home => home::answer(visit),
        Place::Environments(place) => environments::answer(visit, *place),
        Place::Keys(whose, place) => keys::answer(visit, *whose, *place),
    }
}

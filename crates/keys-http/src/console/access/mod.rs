//! Access control: whether a log-in or a key is needed, and which people may log in. For administrators.

mod list;
mod mode;
mod off;
mod on;
mod show;

use http::Method;
use keys_core::AccountId;
use keys_service::{AccessError, AccessRequest};

use super::notice::Notice;
use super::place::{READ, READ_AND_SEND, SEND};
use super::visit::Visit;
use crate::dialect::handlers::{Answer, access_refused};
use crate::ports::EntropyRng;
use crate::problem::Problem;

/// How it stands.
pub(super) const SHOW: &str = "/access-control";
const ON: &str = "/access-control/on";
const OFF: &str = "/access-control/off";
const MODE: &str = "/access-control/mode";
const LIST: &str = "/access-control/list";

/// A place of access control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// How it stands, and what that means.
    Show,
    /// It is switched on.
    On,
    /// It is switched off, after a question.
    Off,
    /// Which people may log in.
    Mode,
    /// Somebody is put on the list.
    List,
    /// Somebody is taken off the list.
    Unlist(AccountId),
}

impl Place {
    pub(super) fn parse(rest: &[&str]) -> Option<Self> {
        Some(match rest {
            [] => Self::Show,
            ["on"] => Self::On,
            ["off"] => Self::Off,
            ["mode"] => Self::Mode,
            ["list"] => Self::List,
            ["list", id, "remove"] => Self::Unlist(id.parse().ok()?),
            _ => return None,
        })
    }

    pub(super) const fn template(self) -> &'static str {
        match self {
            Self::Show => SHOW,
            Self::On => ON,
            Self::Off => OFF,
            Self::Mode => MODE,
            Self::List => LIST,
            Self::Unlist(_) => "/access-control/list/{id}/remove",
        }
    }

    pub(super) const fn form(self) -> &'static str {
        match self {
            Self::Show | Self::Unlist(_) => SHOW,
            Self::On => ON,
            Self::Off => OFF,
            Self::Mode => MODE,
            Self::List => LIST,
        }
    }

    pub(super) const fn methods(self) -> &'static [Method] {
        match self {
            Self::Show => READ,
            Self::On | Self::Off | Self::Mode | Self::List => READ_AND_SEND,
            Self::Unlist(_) => SEND,
        }
    }
}

pub(super) fn answer(visit: &Visit<'_>, place: Place) -> Result<Answer, Problem> {
    if !visit.outside.caller.administers() {
        return Err(Problem::Forbidden("only an administrator sees and changes access control"));
    }
    match place {
        Place::Show => show::page(visit),
        Place::On => on::answer(visit),
        Place::Off => off::answer(visit),
        Place::Mode => mode::answer(visit),
        Place::List => list::answer(visit),
        Place::Unlist(id) => list::remove(visit, id),
    }
}

/// Changes what is asked for, in one transaction.
fn change(visit: &Visit<'_>, request: &AccessRequest) -> Result<(), AccessError> {
    visit.call.authority.change_access(visit.outside, request, &mut EntropyRng(visit.call.entropy))
}

/// What a form cannot show beside a field.
fn refused(error: AccessError) -> Problem {
    access_refused(error)
}

/// Back to how it stands, with what was done.
fn shown(visit: &Visit<'_>, notice: Notice) -> Answer {
    visit.go(SHOW, &[(Notice::PARAMETER, notice.word())], None)
}

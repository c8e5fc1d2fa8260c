//! How access control stands, and what that means.

use askama::Template;
use http::StatusCode;
use keys_core::{AccessControl, AccessMode, AccountId};

use super::{LIST, MODE, OFF, ON};
use crate::console::frame::{self, Frame, Section};
use crate::console::users;
use crate::console::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/access.html")]
struct AccessPage {
    frame: Frame,
    is_on: bool,
    /// Whether it may be switched off on this server.
    may_open: bool,
    on: &'static str,
    off: &'static str,
    mode: &'static str,
    /// Which people may log in, in one word and in a sentence.
    mode_name: &'static str,
    mode_means: &'static str,
    /// Whether the list decides anything in this mode.
    counts: bool,
    list: &'static str,
    listed: Vec<Listed>,
}

/// Somebody on the list.
struct Listed {
    called: String,
    login: Option<String>,
    active: bool,
    edit: String,
    remove: String,
}

pub(super) fn page(visit: &Visit<'_>) -> Result<Answer, Problem> {
    let authority = visit.call.authority;
    let mode = authority.access_mode();
    let list = authority.allowed_accounts();
    let listed = list.accounts().iter().map(|id| listed(visit, *id));
    let page = AccessPage {
        frame: Frame::new(visit, Section::Access, "Access control")?,
        is_on: authority.access_control() == AccessControl::On,
        may_open: visit.call.may_open,
        on: ON,
        off: OFF,
        mode: MODE,
        mode_name: name(mode),
        mode_means: means(mode),
        counts: matches!(mode, AccessMode::Restricted | AccessMode::Required),
        list: LIST,
        listed: listed.collect::<Result<_, _>>()?,
    };
    Answer::page(StatusCode::OK, page.render())
}

fn listed(visit: &Visit<'_>, id: AccountId) -> Result<Listed, Problem> {
    let record = visit.call.authority.account(visit.outside, id)?;
    let password = visit.call.authority.password_of(visit.outside, id)?;
    let name = record.as_ref().and_then(|record| record.parts().name.as_ref());
    Ok(Listed {
        called: frame::called(id, name),
        login: password.map(|password| password.parts().login.to_string()),
        active: record.as_ref().is_some_and(|record| record.parts().state == keys_core::AccountState::Active),
        edit: users::step(id, "edit"),
        remove: format!("{LIST}/{id}/remove"),
    })
}

/// What a mode is called.
pub(super) const fn name(mode: AccessMode) -> &'static str {
    match mode {
        AccessMode::Unrestricted => "Everybody",
        AccessMode::Restricted => "Members and those listed",
        AccessMode::Required => "Only those listed",
        AccessMode::Closed => "Nobody",
    }
}

/// What a mode means.
pub(super) const fn means(mode: AccessMode) -> &'static str {
    match mode {
        AccessMode::Unrestricted => "Every user who is Active may log in.",
        AccessMode::Restricted => {
            "Administrators, members of an Active environment, and the users on the list may log in."
        }
        AccessMode::Required => "Administrators and the users on the list may log in.",
        AccessMode::Closed => {
            "The setting that says who may log in is damaged, so nobody may. Choose again, and it is mended."
        }
    }
}

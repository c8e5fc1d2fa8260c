//! One's own password.

use askama::Template;
use http::StatusCode;
use keys_core::{AccountId, Password, PasswordRecord};
use keys_service::PasswordChangeError;

use super::form::Secret;
use super::frame::{Frame, Section};
use super::notice::Notice;
use super::users;
use super::visit::Visit;
use crate::dialect::handlers::{Answer, password_refused};
use crate::ports::EntropyRng;
use crate::problem::Problem;

/// Where it is changed.
pub(super) const PATH: &str = "/account/password";

#[derive(Template)]
#[template(path = "console/password.html")]
struct PasswordPage {
    frame: Frame,
    /// The name one logs in with; `None` for whoever has no password.
    login: Option<String>,
    /// Where an administrator without one gives itself one.
    give: Option<String>,
    typed: Typed,
}

/// The three fields.
#[derive(Default)]
struct Typed {
    current: Secret,
    new: Secret,
    again: Secret,
}

pub(super) fn answer(visit: &Visit<'_>) -> Result<Answer, Problem> {
    let account = visit.outside.caller.principal().account().ok_or(Problem::NotFound)?;
    let own = visit.call.authority.password_of(visit.outside, account)?;
    match own {
        // Nothing of a password is kept while somebody logs in again, so there is nothing to show again.
        Some(own) if visit.sends() && !visit.resumes() => change(visit, account, &own),
        own => form(visit, account, own.as_ref(), StatusCode::OK, Typed::default()),
    }
}

fn form(
    visit: &Visit<'_>,
    account: AccountId,
    own: Option<&PasswordRecord>,
    status: StatusCode,
    typed: Typed,
) -> Result<Answer, Problem> {
    let gives = own.is_none() && visit.outside.caller.administers();
    let page = PasswordPage {
        frame: Frame::new(visit, Section::Elsewhere, "Change password")?,
        login: own.map(|own| own.parts().login.to_string()),
        give: gives.then(|| users::step(account, "log-in")),
        typed,
    };
    Answer::page(status, page.render())
}

fn change(visit: &Visit<'_>, account: AccountId, own: &PasswordRecord) -> Result<Answer, Problem> {
    let mut typed = Typed {
        current: Secret::typed(visit, "current")?,
        new: Secret::typed(visit, "new")?,
        again: Secret::typed(visit, "again")?,
    };
    if typed.current.is_empty() {
        typed.current.refuse("type the password that you log in with now");
    }
    let again = typed.again.repeats(&typed.new);
    let (Some(new), true, None) = (typed.new.read(), again, &typed.current.error) else {
        return form(visit, account, Some(own), StatusCode::UNPROCESSABLE_ENTITY, typed);
    };
    // What can be nobody's password is not this one either.
    let changed = match typed.current.read() {
        Some(current) => set(visit, own, &current, &new),
        None => Err(PasswordChangeError::WrongOldPassword),
    };
    match changed {
        Ok(()) => Ok(visit.go(PATH, &[(Notice::PARAMETER, Notice::PASSWORD_CHANGED.word())], None)),
        Err(PasswordChangeError::WrongOldPassword) => {
            typed.current.refuse("this is not your password");
            form(visit, account, Some(own), StatusCode::UNPROCESSABLE_ENTITY, typed)
        }
        Err(error) => Err(password_refused(error, visit.call.context.now)),
    }
}

fn set(
    visit: &Visit<'_>,
    own: &PasswordRecord,
    current: &Password,
    new: &Password,
) -> Result<(), PasswordChangeError> {
    let rng = &mut EntropyRng(visit.call.entropy);
    visit.call.authority.change_password(visit.outside, own.parts().id, current, new, rng).map(drop)
}

//! How a person logs in: the name, and the password that an administrator gives.

use askama::Template;
use http::StatusCode;
use keys_core::{AccountId, AccountRecord, LoginName, Password, PasswordRecord, Revision};
use keys_service::{PasswordChangeError, PasswordEdit};

use super::{at, back, called, list, load};
use crate::console::form::{Field, Secret};
use crate::console::frame::{Frame, Section};
use crate::console::notice::Notice;
use crate::console::visit::Visit;
use crate::dialect::handlers::{Answer, password_refused};
use crate::ports::EntropyRng;
use crate::problem::Problem;

/// What is wrong with a log-in name that another has.
pub(super) const TAKEN: &str = "another user has this log-in name";

/// A password that nobody chose.
///
/// # Errors
///
/// [`Problem::Failed`] when the random source fails.
pub(super) fn generated(visit: &Visit<'_>) -> Result<Password, Problem> {
    let made = Password::generate(&mut EntropyRng(visit.call.entropy));
    made.map_err(|error| password_refused(error.into(), visit.outside.now))
}

#[derive(Template)]
#[template(path = "console/user_log_in.html")]
struct LogInPage {
    frame: Frame,
    list: String,
    action: String,
    called: String,
    /// Whether there is a password already.
    has: bool,
    typed: Typed,
    /// The log-in name that others have put meanwhile.
    theirs: Option<String>,
}

#[derive(Template)]
#[template(path = "console/user_password.html")]
struct ShownPage<'a> {
    frame: Frame,
    list: String,
    close: String,
    log_in: String,
    called: String,
    login: &'a str,
    /// `None` when it was shown before.
    password: Option<&'a str>,
}

/// What was typed.
#[derive(Default)]
struct Typed {
    login: Field,
    password: Secret,
    generate: bool,
    /// What the form was made from; empty when there was no password.
    revision: String,
}

impl Typed {
    /// The password that was typed, if one was; what is wrong stays beside the field.
    fn wanted(&mut self) -> Option<Password> {
        match (self.password.is_empty(), self.generate) {
            (true, _) => None,
            (false, false) => self.password.read(),
            (false, true) => {
                self.password.refuse("either type a password, or have one generated");
                None
            }
        }
    }
}

pub(super) fn answer(visit: &Visit<'_>, id: AccountId) -> Result<Answer, Problem> {
    let record = load(visit, id)?;
    let own = visit.call.authority.password_of(visit.outside, id)?;
    if visit.resumes() {
        let (login, revision) = (Field::typed(visit, "login")?, visit.typed("revision")?);
        return form(
            visit,
            &record,
            own.as_ref(),
            StatusCode::OK,
            Typed { login, revision, ..Typed::default() },
        );
    }
    if visit.sends() {
        return save(visit, &record, own);
    }
    let login = own.as_ref().map(|own| own.parts().login.as_str());
    let typed = Typed { login: Field::holding(login), revision: revision(own.as_ref()), ..Typed::default() };
    form(visit, &record, own.as_ref(), StatusCode::OK, typed)
}

fn revision(own: Option<&PasswordRecord>) -> String {
    own.map(|own| own.parts().revision.to_string()).unwrap_or_default()
}

fn form(
    visit: &Visit<'_>,
    record: &AccountRecord,
    own: Option<&PasswordRecord>,
    status: StatusCode,
    typed: Typed,
) -> Result<Answer, Problem> {
    told(visit, record, own, status, (typed, None))
}

fn told(
    visit: &Visit<'_>,
    record: &AccountRecord,
    own: Option<&PasswordRecord>,
    status: StatusCode,
    (typed, theirs): (Typed, Option<String>),
) -> Result<Answer, Problem> {
    let page = LogInPage {
        frame: Frame::new(visit, Section::Users, "Log-in")?,
        list: list(visit),
        action: at(visit, record.parts().id, "log-in"),
        called: called(record),
        has: own.is_some(),
        typed,
        theirs,
    };
    Answer::page(status, page.render())
}

fn save(visit: &Visit<'_>, record: &AccountRecord, own: Option<PasswordRecord>) -> Result<Answer, Problem> {
    let mut typed = Typed {
        login: Field::typed(visit, "login")?,
        password: Secret::typed(visit, "password")?,
        generate: visit.ticked("generate")?,
        revision: visit.typed("revision")?,
    };
    if typed.login.value.is_empty() {
        typed.login.refuse("type the name to log in with");
    }
    let login = typed.login.read(|text| text.parse::<LoginName>());
    // Without one nobody logs in.
    let generates = typed.password.is_empty() && (typed.generate || own.is_none());
    let password = if generates { Some(generated(visit)?) } else { typed.wanted() };
    let (Some(login), None) = (login, &typed.password.error) else {
        return form(visit, record, own.as_ref(), StatusCode::UNPROCESSABLE_ENTITY, typed);
    };
    let edit = PasswordEdit { login: Some(login.clone()), password };
    let saved = match &own {
        Some(own) => change(visit, own, &edit, &typed.revision),
        // Whoever had one when the form was made has none any more, and may not get one by accident.
        None if !typed.revision.is_empty() => Err(PasswordChangeError::NotFound),
        None => first(visit, record, &login, edit.password.as_ref()),
    };
    match saved {
        Ok(()) if generates => shown(visit, record, &login, edit.password.as_ref(), StatusCode::OK),
        Ok(()) if edit.password.is_some() => Ok(back(visit, Notice::USER_PASSWORD, Some(record.parts().id))),
        Ok(()) => Ok(back(visit, Notice::USER_LOG_IN, Some(record.parts().id))),
        Err(PasswordChangeError::NameTaken) => {
            typed.login.refuse(TAKEN);
            form(visit, record, own.as_ref(), StatusCode::UNPROCESSABLE_ENTITY, typed)
        }
        Err(
            PasswordChangeError::Conflict { .. }
            | PasswordChangeError::AlreadySet
            | PasswordChangeError::NotFound,
        ) => conflict(visit, record.parts().id, typed),
        Err(error) => Err(password_refused(error, visit.outside.now)),
    }
}

fn first(
    visit: &Visit<'_>,
    record: &AccountRecord,
    login: &LoginName,
    password: Option<&Password>,
) -> Result<(), PasswordChangeError> {
    // There is one: it was typed, or made.
    let Some(password) = password else { return Ok(()) };
    let (id, rng) = (record.parts().id, &mut EntropyRng(visit.call.entropy));
    visit.call.authority.set_password(visit.outside, id, login.clone(), password, rng).map(drop)
}

fn change(
    visit: &Visit<'_>,
    own: &PasswordRecord,
    edit: &PasswordEdit,
    revision: &str,
) -> Result<(), PasswordChangeError> {
    // A form that does not say what it was made from was made from nothing that is there now.
    let expected = revision.parse::<u64>().map_or(Revision::ZERO, Revision::new);
    let rng = &mut EntropyRng(visit.call.entropy);
    visit.call.authority.edit_password(visit.outside, own.parts().id, edit, Some(expected), rng).map(drop)
}

/// Somebody else was quicker: what they made of it, beside what was typed.
fn conflict(visit: &Visit<'_>, id: AccountId, mut typed: Typed) -> Result<Answer, Problem> {
    let record = load(visit, id)?;
    let own = visit.call.authority.password_of(visit.outside, id)?;
    let theirs = own.as_ref().map(|own| own.parts().login.to_string()).unwrap_or_default();
    typed.revision = revision(own.as_ref());
    told(visit, &record, own.as_ref(), StatusCode::CONFLICT, (typed, Some(theirs)))
}

/// The one page that shows a password that was generated.
pub(super) fn shown(
    visit: &Visit<'_>,
    record: &AccountRecord,
    login: &LoginName,
    password: Option<&Password>,
    status: StatusCode,
) -> Result<Answer, Problem> {
    let id = record.parts().id;
    let page = ShownPage {
        frame: Frame::new(visit, Section::Users, "New password")?,
        list: list(visit),
        close: at(visit, id, "close"),
        log_in: at(visit, id, "log-in"),
        called: called(record),
        login: login.as_str(),
        password: password.map(Password::expose),
    };
    Answer::page(status, page.render())
}

/// The password was taken down: back to where nothing shows it.
pub(super) fn close(visit: &Visit<'_>, id: AccountId) -> Result<Answer, Problem> {
    Ok(back(visit, Notice::USER_PASSWORD, Some(load(visit, id)?.parts().id)))
}

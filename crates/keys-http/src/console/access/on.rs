//! Access control is switched on: with a log-in for whoever does it, or with a way in that an administrator has already.
//!
//! Log-in and switch are one transaction, which looks whether somebody could administer afterwards. Whoever did it on an open
//! server is logged in by the same answer; or is led to the log-in, if there is none to log in with.

use askama::Template;
use http::StatusCode;
use keys_core::{AccessControl, LoginName, Name, Password, SessionKind, Via};
use keys_service::{AccessError, AccessRequest, AdministratorLogIn, LogInRequest, Switch, Visitor};

use super::{ON, SHOW, change, refused, shown};
use crate::console::form::{Field, Secret};
use crate::console::frame::{Frame, Section};
use crate::console::log_in;
use crate::console::notice::Notice;
use crate::console::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::ports::EntropyRng;
use crate::problem::Problem;

/// The word for a log-in that is made now; anything else means the way in that there is.
const NEW: &str = "new";
const KEPT: &str = "kept";

#[derive(Template)]
#[template(path = "console/access_on.html")]
struct OnPage {
    frame: Frame,
    show: &'static str,
    action: &'static str,
    /// What the administrator who asks logs in with already.
    login: Option<String>,
    /// What that is, in a sentence.
    kept_login: String,
    is_on: bool,
    typed: Typed,
    problem: Option<&'static str>,
}

/// What was typed.
#[derive(Default)]
struct Typed {
    who: String,
    name: Field,
    login: Field,
    password: Secret,
    again: Secret,
}

impl Typed {
    fn read(visit: &Visit<'_>) -> Result<Self, Problem> {
        Ok(Self {
            who: visit.typed("who")?,
            name: Field::typed(visit, "name")?,
            login: Field::typed(visit, "login")?,
            ..Self::default()
        })
    }

    fn makes(&self) -> bool {
        self.who == NEW
    }

    /// The log-in, if nothing is wrong.
    fn log_in(&mut self) -> Option<AdministratorLogIn> {
        if self.login.value.is_empty() {
            self.login.refuse("type the name you want to log in with");
        }
        let name = self.name.read(|text| Name::new(text));
        let login = self.login.read(|text| text.parse::<LoginName>());
        let again = self.again.repeats(&self.password);
        match (login, self.password.read(), again, &self.name.error) {
            (Some(login), Some(password), true, None) => Some(AdministratorLogIn { name, login, password }),
            _ => None,
        }
    }
}

pub(super) fn answer(visit: &Visit<'_>) -> Result<Answer, Problem> {
    let account = visit.outside.caller.principal().account().ok_or(Problem::NotFound)?;
    let own = visit.call.authority.password_of(visit.outside, account)?;
    let login = own.map(|own| own.parts().login.to_string());
    if visit.sends() && !visit.resumes() {
        return switch(visit, login);
    }
    let mut typed = Typed::read(visit)?;
    if typed.who.is_empty() {
        typed.who = if login.is_some() { KEPT } else { NEW }.to_owned();
    }
    form(visit, StatusCode::OK, login, typed, None)
}

fn form(
    visit: &Visit<'_>,
    status: StatusCode,
    login: Option<String>,
    typed: Typed,
    problem: Option<&'static str>,
) -> Result<Answer, Problem> {
    let page = OnPage {
        frame: Frame::new(visit, Section::Access, "Turn access control on")?,
        show: SHOW,
        action: ON,
        kept_login: login.as_ref().map(|login| format!("You log in as {login}.")).unwrap_or_default(),
        login,
        is_on: visit.call.authority.access_control() == AccessControl::On,
        typed,
        problem,
    };
    Answer::page(status, page.render())
}

fn switch(visit: &Visit<'_>, login: Option<String>) -> Result<Answer, Problem> {
    let mut typed = Typed {
        password: Secret::typed(visit, "password")?,
        again: Secret::typed(visit, "again")?,
        ..Typed::read(visit)?
    };
    let log_in = if typed.makes() {
        match typed.log_in() {
            Some(log_in) => Some(log_in),
            None => return form(visit, StatusCode::UNPROCESSABLE_ENTITY, login, typed, None),
        }
    } else {
        None
    };
    let request = AccessRequest { log_in, switch: Switch::On, ..AccessRequest::default() };
    match change(visit, &request) {
        Ok(()) => enter(visit, request.log_in),
        Err(AccessError::NoAdministrator) => {
            form(visit, StatusCode::UNPROCESSABLE_ENTITY, login, typed, Some(NO_WAY_IN))
        }
        Err(AccessError::NameTaken) => {
            typed.login.refuse("another user has this log-in name");
            form(visit, StatusCode::UNPROCESSABLE_ENTITY, login, typed, None)
        }
        Err(error) => Err(refused(error)),
    }
}

/// It is on. Whoever needed nothing until now is logged in with what was typed, or has to log in.
fn enter(visit: &Visit<'_>, made: Option<AdministratorLogIn>) -> Result<Answer, Problem> {
    if visit.outside.caller.via() != Via::OpenAccess {
        return Ok(shown(visit, Notice::ACCESS_ON));
    }
    let begun = made.and_then(|AdministratorLogIn { login, password, .. }| begin(visit, login, password));
    Ok(match begun {
        Some(cookies) => Answer { cookies, ..shown(visit, Notice::ACCESS_ON) },
        None => visit.go("/login", &[("next", SHOW), (log_in::DONE, Notice::ACCESS_ON_LOG_IN.word())], None),
    })
}

/// The cookies of a new session. That none has begun takes nothing back: the log-in can be tried by hand.
fn begin(visit: &Visit<'_>, login: LoginName, password: Password) -> Option<Vec<String>> {
    let keys_service::Context { client_address, request_id, now, .. } = visit.outside.clone();
    let visitor = Visitor { client_address, request_id, now };
    let request = LogInRequest { login, password, device: None, kind: SessionKind::Cookie };
    let rng = &mut EntropyRng(visit.call.entropy);
    let logged_in = visit.call.authority.log_in(&request, &visitor, rng).ok()?;
    let cookies = visit.call.cookies;
    let mut set = vec![cookies.begin_session(&logged_in.token)];
    set.extend(logged_in.device.iter().map(|device| cookies.remember_device(device)));
    Some(set)
}

const NO_WAY_IN: &str = "No administrator has a password or an Active API key, so nobody could administer afterwards. \
     Nothing was changed: make a log-in here, or add an account key first and keep it.";

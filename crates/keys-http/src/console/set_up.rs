//! The page by which somebody becomes the first administrator.

use askama::Template;
use serde_json::{Value, json};

use super::frame::Frame;
use super::log_in;
pub(crate) use super::log_in::said;
use crate::problem::Problem;

/// What is wrong with what was typed, field by field.
#[derive(Debug, Default)]
pub(crate) struct Wrong {
    pub(crate) token: Option<String>,
    pub(crate) login: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) name: Option<String>,
}

impl Wrong {
    /// Whether nothing is.
    pub(crate) const fn is_empty(&self) -> bool {
        self.token.is_none() && self.login.is_none() && self.password.is_none() && self.name.is_none()
    }

    /// The first of it, for a program.
    pub(crate) fn problem(&self) -> Problem {
        let fields = [
            ("token", &self.token),
            ("username", &self.login),
            ("password", &self.password),
            ("name", &self.name),
        ];
        let first = fields.into_iter().find_map(|(field, wrong)| wrong.clone().map(|wrong| (field, wrong)));
        let (field, wrong) = first.unwrap_or(("token", String::new()));
        Problem::field("InvalidFormat", field, wrong)
    }
}

/// What was typed; token and password are never shown again.
#[derive(Debug, Default)]
pub(crate) struct Typed {
    login: String,
    name: String,
    /// What is wrong with the whole.
    pub(crate) problem: Option<String>,
    /// What is wrong with each.
    pub(crate) wrong: Wrong,
}

impl Typed {
    pub(crate) fn new(login: &str, name: &str) -> Self {
        Self { login: login.to_owned(), name: name.to_owned(), ..Self::default() }
    }
}

#[derive(Template)]
#[template(path = "console/set_up.html")]
struct SetUpPage<'a> {
    frame: Frame,
    typed: &'a Typed,
}

/// The form.
pub(crate) fn form(token: Option<&str>, typed: &Typed) -> Result<String, askama::Error> {
    SetUpPage { frame: log_in::frame("Set up", token), typed }.render()
}

/// What a program is told once it has succeeded.
pub(crate) fn made(typed: &Typed) -> Value {
    json!({"accountId": "1a1", "username": typed.login, "security": true})
}

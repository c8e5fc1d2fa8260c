//! Who asks for a page, and how.

use http::Method;
use keys_core::EnvironmentId;
use keys_service::{Context, Position};
use zeroize::Zeroizing;

use crate::dialect::body::Given;
use crate::dialect::handlers::{Answer, Call};
use crate::problem::Problem;

/// The field of a form that is only shown again.
const RESUMED: &str = "_resume";

/// What forms of a page must repeat, and what was learnt of the person.
#[derive(Debug, Clone, Default)]
pub(crate) struct Forms {
    /// The token of the cookie against forged requests; `None` for who sent none and gets none.
    pub(crate) token: Option<String>,
    /// What a form that makes something is sent with, so that sending it twice makes one thing.
    pub(crate) once: Option<String>,
}

/// A request for a page of a known caller.
pub(crate) struct Visit<'a> {
    /// The request, inside the environment its path names.
    pub(crate) call: Call<'a>,
    /// The same caller outside any environment.
    pub(crate) outside: &'a Context,
    /// What the person is called who is in a session.
    pub(crate) person: Option<&'a str>,
    /// What forms must repeat.
    pub(crate) forms: &'a Forms,
}

impl Visit<'_> {
    /// Whether a form was sent, rather than a page asked for.
    pub(super) fn sends(&self) -> bool {
        *self.call.method == Method::POST
    }

    /// Whether the form was sent to be shown again, with what was typed, after its sender had to log in.
    pub(super) fn resumes(&self) -> bool {
        self.call.fields.value(RESUMED).is_some()
    }

    /// The environment the caller is inside of.
    pub(super) fn environment(&self) -> Option<EnvironmentId> {
        match self.call.context.caller.position() {
            Position::Inside { environment, .. } => Some(environment),
            Position::Administrator | Position::Person | Position::Environment => None,
        }
    }

    /// What a field of the form, or a parameter of the address, says; blanks around it do not count. Line breaks of a
    /// form are two characters, and one in what is kept.
    ///
    /// # Errors
    ///
    /// [`Problem::Invalid`] for what is no text.
    pub(super) fn typed(&self, name: &str) -> Result<String, Problem> {
        Ok(match self.call.fields.text(name)? {
            Given::Text(text) => text.replace("\r\n", "\n").trim().to_owned(),
            Given::Absent | Given::Null => String::new(),
        })
    }

    /// What a field of the form says that is a secret: exactly as it was typed, and wiped once it has been used.
    ///
    /// # Errors
    ///
    /// [`Problem::Invalid`] for what is no text.
    pub(super) fn secret(&self, name: &str) -> Result<Zeroizing<String>, Problem> {
        Ok(Zeroizing::new(match self.call.fields.text(name)? {
            Given::Text(text) => text,
            Given::Absent | Given::Null => String::new(),
        }))
    }

    /// Whether a box of the form is ticked.
    ///
    /// # Errors
    ///
    /// [`Problem::Invalid`] for what is no text.
    pub(super) fn ticked(&self, name: &str) -> Result<bool, Problem> {
        Ok(!self.typed(name)?.is_empty())
    }

    /// Where to go after a change, with what is told there.
    pub(super) fn go(&self, path: &str, query: &[(&str, &str)], fragment: Option<&str>) -> Answer {
        let mut address = path.to_owned();
        if !query.is_empty() {
            let mut written = form_urlencoded::Serializer::new(String::new());
            written.extend_pairs(query);
            address.push('?');
            address.push_str(&written.finish());
        }
        if let Some(fragment) = fragment {
            address.push('#');
            address.push_str(fragment);
        }
        Answer::elsewhere(address)
    }
}

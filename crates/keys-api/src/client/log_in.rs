//! Logging in and out, and the passwords of people.

use serde::Serialize;
use ureq::http::Method;
use zeroize::Zeroizing;

use super::credential::SecretText;
use super::error::ClientError;
use super::resources::id;
use super::transport::{Answer, Client, to_json};
use crate::{Password, Token};

/// A session just begun. The only place its token leaves the server.
#[derive(Debug)]
pub struct Session {
    /// What to present from now on: see [`Credential::session`](super::Credential::session).
    pub token: SecretText,
    /// Who has logged in.
    pub account_id: String,
}

/// A person, by account or by log-in name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Person<'a> {
    /// Such as `1a7`.
    Account(&'a str),
    /// The name that the person logs in with.
    Login(&'a str),
}

#[derive(Serialize)]
struct Code<'a> {
    code: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PasswordInput<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    public_value: Option<&'a str>,
    secret_value: &'a str,
}

/// Every method fails as [`ClientError`] says.
#[expect(clippy::missing_errors_doc, reason = "said once, above")]
impl Client {
    /// Begins a session. [`ClientError::Unauthenticated`] says that name and password are not those of anybody who may log
    /// in.
    pub fn log_in(&self, login: &str, password: &SecretText) -> Result<Session, ClientError> {
        let code = Zeroizing::new(format!("{login}:{}", password.expose()));
        let token = self.post::<Token>("/tokens", &Code { code: &code })?.body;
        match (token.jwt.map(SecretText::new), token.account_id) {
            (Some(token), Some(account_id)) => Ok(Session { token, account_id }),
            _ => Err(ClientError::not_the_authority(None, "a log-in without a session")),
        }
    }

    /// Ends the session that the client presents.
    pub fn log_out(&self) -> Result<(), ClientError> {
        self.command(Method::DELETE, format!("{}/tokens", self.url().api()), &[], None)
    }

    /// The password of an account, without what it is, if there is one that the caller may see.
    pub fn password_of(&self, account: &str) -> Result<Option<Password>, ClientError> {
        let passwords: Vec<Password> = self.list("/passwords", &format!("&accountId={}", id(account)?))?;
        // A server that knows no such filter sends others as well.
        let is_it = |password: &Password| {
            password.account_id.as_deref() == Some(account) && password.state.as_deref() == Some("active")
        };
        Ok(passwords.into_iter().find(is_it))
    }

    /// Gives an account its name to log in by, and its password.
    pub fn set_password(
        &self,
        account: &str,
        login: &str,
        password: &SecretText,
    ) -> Result<Password, ClientError> {
        let input = PasswordInput {
            account_id: Some(account),
            public_value: Some(login),
            secret_value: password.expose(),
        };
        let Answer { body, .. } = self.post("/passwords", &input)?;
        Ok(body)
    }

    /// Gives an account another password, and another name to log in by, when one is given.
    pub fn edit_password(
        &self,
        which: &str,
        login: Option<&str>,
        password: &SecretText,
    ) -> Result<Password, ClientError> {
        let input = PasswordInput { account_id: None, public_value: login, secret_value: password.expose() };
        Ok(self.put(&format!("/passwords/{}", id(which)?), &input)?.body)
    }

    /// Ends all sessions of a person.
    pub fn end_sessions(&self, person: Person<'_>) -> Result<(), ClientError> {
        self.command(Method::POST, format!("{}/sessions/end", self.url()), &[], Some(to_json(&person)))
    }

    /// Ends every session there is, that of this client included.
    pub fn end_all_sessions(&self) -> Result<(), ClientError> {
        let body = to_json(&serde_json::json!({"all": true}));
        self.command(Method::POST, format!("{}/sessions/end", self.url()), &[], Some(body))
    }

    /// Forgets the failed log-ins of a person.
    pub fn unlock(&self, person: Person<'_>) -> Result<(), ClientError> {
        self.command(Method::POST, format!("{}/accounts/unlock", self.url()), &[], Some(to_json(&person)))
    }
}

//! The administrator's requests, each answered, or not because the server is gone.

use keys_core::Action;
use keys_tests::{Client, Key, Response, TestServer};
use serde_json::Value;

use super::journal::Journal;

/// No answer: whether the request was carried out is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoAnswer;

/// A client that acts as the administrator, and one that presents whatever key it is given.
#[derive(Debug, Clone)]
pub(super) struct Session {
    administrator: Client,
    stranger: Client,
}

impl Session {
    pub(super) fn new(server: &TestServer, admin: &Key) -> Self {
        Self { administrator: admin.client(&server.client()), stranger: server.client() }
    }

    /// A request that changes something, and its acknowledgement.
    ///
    /// # Panics
    ///
    /// When the server refuses what the journal says is allowed, for then it has lost something; and when it fails,
    /// which nothing here gives it a reason to.
    pub(super) fn change(&self, method: &str, path: &str, body: &Value) -> Result<Response, NoAnswer> {
        let answer = self.administrator.request(method, path).json(body).try_send();
        Self::answer(&format!("{method} {path}"), answer.map_err(|_| NoAnswer)?)
    }

    /// As [`change`](Self::change), noted in the journal.
    pub(super) fn noted(
        &self,
        journal: &mut Journal,
        change: (Action, &str),
        method: &str,
        path: &str,
        body: &Value,
    ) -> Result<Response, NoAnswer> {
        let answer = self.change(method, path, body);
        match answer {
            Ok(_) => journal.acknowledged(change.0, change.1),
            Err(NoAnswer) => journal.unanswered(change.0, change.1),
        }
        answer
    }

    /// A document, read.
    pub(super) fn read(&self, path: &str) -> Result<Value, NoAnswer> {
        let answer = self.administrator.request("GET", path).try_send();
        Ok(Self::answer(path, answer.map_err(|_| NoAnswer)?)?.json())
    }

    /// Whether the server lets this key in.
    ///
    /// # Panics
    ///
    /// When the answer is neither yes nor no.
    pub(super) fn accepts(&self, key: &Key) -> Result<bool, NoAnswer> {
        Self::let_in(self.stranger.with_key_once("GET", "/v1", key).try_send().map_err(|_| NoAnswer)?)
    }

    /// Whether the server lets a caller without a key in.
    pub(super) fn accepts_strangers(&self) -> Result<bool, NoAnswer> {
        Self::let_in(self.stranger.request("GET", "/v1").try_send().map_err(|_| NoAnswer)?)
    }

    fn let_in(answer: Response) -> Result<bool, NoAnswer> {
        match answer.status {
            200 => Ok(true),
            401 => Ok(false),
            other => panic!("neither yes nor no: {other} {}", answer.text()),
        }
    }

    fn answer(what: &str, answer: Response) -> Result<Response, NoAnswer> {
        match answer.status {
            200..=299 => Ok(answer),
            other => panic!("{what}: not done, although it must be possible: {other} {}", answer.text()),
        }
    }
}

//! What can be asked of an authority.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::DeserializeOwned;
use ureq::http::Method;
use ureq::http::header::{HeaderName, HeaderValue, IF_MATCH};

use super::credential::SecretText;
use super::error::ClientError;
use super::once::IdempotencyKey;
use super::transport::{Answer, Client, to_json};
use crate::{
    Account, AccountEditInput, AccountInput, ApiKey, ApiKeyInput, Collection, EditInput, KeyAtRevision,
    KeysTransitionInput, MemberInput, MembersInput, Project, ProjectInput, ProjectMember, RevisedKey,
    SetUpInput, Setting, SettingInput,
};

/// A key just issued. The only place a secret key leaves the server.
#[derive(Debug)]
pub struct IssuedApiKey {
    /// The key; its `secret_value` has been taken out.
    pub key: ApiKey,
    /// Its secret, shown once.
    pub secret_key: SecretText,
}

/// A change of state, of a key or of an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// Accept again.
    Activate,
    /// Accept no more, until activated.
    Deactivate,
    /// Take away.
    Remove,
    /// Bring a removed environment back, inactive.
    Restore,
}

impl Change {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Activate => "activate",
            Self::Deactivate => "deactivate",
            Self::Remove => "remove",
            Self::Restore => "restore",
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A change of state of many keys at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeysChange {
    /// Accept them again.
    Activate,
    /// Accept them no more, until activated.
    Deactivate,
    /// Take them away for good.
    Delete,
}

impl KeysChange {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Activate => "activate",
            Self::Deactivate => "deactivate",
            Self::Delete => "delete",
        }
    }
}

/// The members of an environment as they were read.
#[derive(Debug, Clone)]
pub struct Members {
    /// They.
    pub members: Vec<ProjectMember>,
    /// What tells them from others, for [`Client::set_members`]; `None` from a server that does not say.
    pub tag: Option<MembersTag>,
}

/// What tells one list of members from others: the server's, and nobody else's to understand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembersTag(HeaderValue);

/// The most entries asked for in one page.
const PAGE: usize = 1_000;

/// Every method fails as [`ClientError`] says.
#[expect(clippy::missing_errors_doc, reason = "said once, above")]
impl Client {
    /// Issues a key: of this environment, or of whom the caller acts as. Once under one idempotency key, however often it
    /// is asked for; see [`confirm_receipt`](Self::confirm_receipt) for what to do once the secret is safe.
    pub fn create_key(
        &self,
        project: Option<&str>,
        input: &ApiKeyInput,
        once: &IdempotencyKey,
    ) -> Result<IssuedApiKey, ClientError> {
        let path = match project {
            Some(project) => format!("/projects/{}/apikeys", id(project)?),
            None => "/apikeys".to_owned(),
        };
        let Answer { body: mut key, secret_is_gone, .. } = self.create::<ApiKey>(&path, input, once)?;
        match key.secret_value.take() {
            Some(secret) => Ok(IssuedApiKey { key, secret_key: SecretText::new(secret) }),
            None if secret_is_gone => Err(ClientError::SecretGone { id: key.id }),
            None => Err(ClientError::not_the_authority(None, "a new key without a secret")),
        }
    }

    /// Every key the caller reaches, in the server's order.
    pub fn keys(&self) -> Result<Vec<ApiKey>, ClientError> {
        self.list(&self.apikeys(), "")
    }

    /// The key with this access key, if the caller reaches it; a removed one too.
    pub fn key_with_access_key(&self, access_key: &str) -> Result<Option<ApiKey>, ClientError> {
        let access_key = id(access_key)?;
        for removed in ["", "&state=removed"] {
            let keys: Vec<ApiKey> =
                self.list(&self.apikeys(), &format!("&publicValue={access_key}{removed}"))?;
            // A server that knows no such filter sends others as well.
            let found = keys.into_iter().find(|key| key.public_value.as_deref() == Some(access_key));
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// The key with this id; a removed one too.
    pub fn key(&self, key: &str) -> Result<ApiKey, ClientError> {
        Ok(self.get(&format!("{}/{}", self.apikeys(), id(key)?))?.body)
    }

    /// Changes name and description of a key.
    pub fn edit_key(&self, key: &str, edit: &EditInput) -> Result<ApiKey, ClientError> {
        Ok(self.put(&format!("{}/{}", self.apikeys(), id(key)?), edit)?.body)
    }

    /// Moves a key to its next state.
    pub fn change_key(&self, key: &str, change: Change) -> Result<ApiKey, ClientError> {
        self.change(&self.apikeys(), key, change)
    }

    /// Makes an environment. Once under one idempotency key, however often it is asked for.
    pub fn create_project(
        &self,
        input: &ProjectInput,
        once: &IdempotencyKey,
    ) -> Result<Project, ClientError> {
        Ok(self.create("/projects", input, once)?.body)
    }

    /// Every environment the caller reaches, in the server's order.
    pub fn projects(&self) -> Result<Vec<Project>, ClientError> {
        self.list("/projects", "&all=true")
    }

    /// The environment with this id; a removed one too.
    pub fn project(&self, project: &str) -> Result<Project, ClientError> {
        Ok(self.get(&format!("/projects/{}", id(project)?))?.body)
    }

    /// Changes name and description of an environment.
    pub fn edit_project(&self, project: &str, edit: &EditInput) -> Result<Project, ClientError> {
        Ok(self.put(&format!("/projects/{}", id(project)?), edit)?.body)
    }

    /// Moves an environment to its next state.
    pub fn change_project(&self, project: &str, change: Change) -> Result<Project, ClientError> {
        self.change("/projects", project, change)
    }

    /// Every account the caller reaches, environments among them, in the server's order.
    pub fn accounts(&self) -> Result<Vec<Account>, ClientError> {
        self.list("/accounts", "")
    }

    /// The account with this id; a removed one too.
    pub fn account(&self, account: &str) -> Result<Account, ClientError> {
        Ok(self.get(&format!("/accounts/{}", id(account)?))?.body)
    }

    /// Makes the account of a person. Once under one idempotency key, however often it is asked for.
    pub fn create_account(
        &self,
        input: &AccountInput,
        once: &IdempotencyKey,
    ) -> Result<Account, ClientError> {
        Ok(self.create("/accounts", input, once)?.body)
    }

    /// Changes an account.
    pub fn edit_account(&self, account: &str, edit: &AccountEditInput) -> Result<Account, ClientError> {
        Ok(self.put(&format!("/accounts/{}", id(account)?), edit)?.body)
    }

    /// Moves an account to its next state.
    pub fn change_account(&self, account: &str, change: Change) -> Result<Account, ClientError> {
        self.change("/accounts", account, change)
    }

    /// The keys that a person made and that are not deleted, and those that these made in turn.
    pub fn keys_made_by(&self, account: &str) -> Result<Vec<ApiKey>, ClientError> {
        let path = format!("/keys/made?account={}", id(account)?);
        Ok(self.get_beside::<Collection<ApiKey>>(&path)?.body.data)
    }

    /// The keys that match all of these filters, inside the environment of the client if it is [inside](Self::inside) one:
    /// in pieces, until all are found or more than so many. The filters are those of `GET /keys/matching`.
    ///
    /// ```no_run
    /// # fn example(client: &keys_api::client::Client) -> Result<(), keys_api::client::ClientError> {
    /// use keys_api::client::KeysChange;
    /// use keys_api::KeyAtRevision;
    ///
    /// let found = client.keys_matching(&[("owner", "1a5"), ("createdBefore", "2026-08-01T00:00:00Z")], 1_000)?;
    /// let seen = found.into_iter().map(|found| KeyAtRevision { id: found.key.id, revision: found.revision });
    /// // As they were seen, or nothing is done. What does not allow it stays, so their states are to be looked at.
    /// let moved = client.change_keys(KeysChange::Deactivate, seen.collect())?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn keys_matching(
        &self,
        filters: &[(&str, &str)],
        most: usize,
    ) -> Result<Vec<RevisedKey>, ClientError> {
        let mut query = String::new();
        for (name, value) in filters {
            let separator = if query.is_empty() { '?' } else { '&' };
            query.push_str(&format!("{separator}{}={}", id(name)?, escaped(value)));
        }
        let mut seen = BTreeSet::from([query.clone()]);
        let mut found = Vec::new();
        loop {
            let path = format!("/keys/matching{query}");
            let page = self.get_beside_inside::<Collection<RevisedKey>>(&path)?.body;
            found.extend(page.data);
            let next = page.pagination.and_then(|pagination| pagination.next);
            let Some((_, next)) = next.as_deref().and_then(|url| url.split_once('?')) else {
                return Ok(found);
            };
            if found.len() > most {
                return Ok(found);
            }
            let next = format!("?{next}");
            if !seen.insert(next.clone()) || !is_query(&next) {
                return Err(ClientError::not_the_authority(None, "a list that does not go on"));
            }
            query = next;
        }
    }

    /// Moves in one transaction those of these keys whose states allow it; the keys as they are then. A key that was not moved,
    /// because its state does not allow it, is among them **in its old state**: `Ok` alone does not say that all have
    /// moved. One that has changed since it was read is [`ClientError::Refused`] with status 409, and nothing was done.
    pub fn change_keys(
        &self,
        change: KeysChange,
        keys: Vec<KeyAtRevision>,
    ) -> Result<Vec<ApiKey>, ClientError> {
        let input = KeysTransitionInput { transition: change.as_str().to_owned(), keys };
        let answer = self.post_beside_inside::<Collection<ApiKey>>("/keys/transition", to_json(&input))?;
        Ok(answer.body.data)
    }

    /// The members of an environment.
    pub fn members(&self, project: &str) -> Result<Members, ClientError> {
        let path = format!("/projects/{}/projectmembers", id(project)?);
        let (members, tag) = self.tagged_list(&path, "", usize::MAX)?;
        Ok(Members { members, tag: tag.map(MembersTag) })
    }

    /// Makes these, and nobody else, the members of an environment; if `instead_of` is given, only in place of those it was
    /// read with, else it is [`ClientError::Refused`] with status 412.
    pub fn set_members(
        &self,
        project: &str,
        members: Vec<MemberInput>,
        instead_of: Option<&MembersTag>,
    ) -> Result<(), ClientError> {
        let path = format!("/projects/{}?action=setmembers", id(project)?);
        let condition = instead_of.map(|MembersTag(tag)| (IF_MATCH, tag.clone()));
        let body = to_json(&MembersInput { members });
        self.exchange::<serde::de::IgnoredAny>(Method::POST, &path, condition.as_slice(), Some(body))?;
        Ok(())
    }

    /// A setting, such as `api.security.enabled`.
    pub fn setting(&self, name: &str) -> Result<Setting, ClientError> {
        Ok(self.get(&format!("/settings/{}", id(name)?))?.body)
    }

    /// Changes a setting.
    pub fn set_setting(&self, name: &str, value: &str) -> Result<Setting, ClientError> {
        let input = SettingInput { value: value.to_owned() };
        Ok(self.put(&format!("/settings/{}", id(name)?), &input)?.body)
    }

    /// Makes somebody the first administrator of a server that nobody administers.
    pub fn set_up(&self, input: &SetUpInput<'_>) -> Result<(), ClientError> {
        self.post_beside::<serde::de::IgnoredAny>("/setup", to_json(input)).map(drop)
    }

    /// Whom the server takes the caller for: the id of an account or of an environment. `None` when it does not say.
    pub fn account_id(&self) -> Result<Option<String>, ClientError> {
        Ok(self.get::<serde::de::IgnoredAny>("")?.account_id)
    }

    /// Whether the server accepts the credential, and for whom it takes it: the id of an account or of an environment. It is
    /// asked for even by a server without access control. A refused one is [`ClientError::Unauthenticated`].
    pub fn verify(&self) -> Result<Option<String>, ClientError> {
        let enforced =
            (HeaderName::from_static("x-enforce-authentication"), HeaderValue::from_static("true"));
        let answer = self.exchange::<serde::de::IgnoredAny>(Method::GET, "", &[enforced], None)?;
        Ok(answer.account_id)
    }

    fn change<T: DeserializeOwned>(&self, path: &str, key: &str, change: Change) -> Result<T, ClientError> {
        let path = format!("{path}/{}", id(key)?);
        match change {
            Change::Remove => Ok(self.delete(&path)?.body),
            Change::Activate | Change::Deactivate | Change::Restore => {
                Ok(self.post(&format!("{path}?action={change}"), &serde_json::json!({}))?.body)
            }
        }
    }

    /// Reads a list to its end. Of the address of the next page only the query is taken, so that a server behind a
    /// proxy, which knows no better than its own name, is followed all the same, and a false one nowhere else.
    pub(super) fn list<T: DeserializeOwned>(&self, path: &str, filters: &str) -> Result<Vec<T>, ClientError> {
        self.list_most(path, filters, usize::MAX)
    }

    /// As [`list`](Self::list), but no further than to this many.
    pub(super) fn list_most<T: DeserializeOwned>(
        &self,
        path: &str,
        filters: &str,
        most: usize,
    ) -> Result<Vec<T>, ClientError> {
        self.tagged_list(path, filters, most).map(|(members, _)| members)
    }

    /// As [`list`](Self::list), with the tag of the first page: whatever came between it and the last makes it one of the
    /// past.
    fn tagged_list<T: DeserializeOwned>(
        &self,
        path: &str,
        filters: &str,
        most: usize,
    ) -> Result<(Vec<T>, Option<HeaderValue>), ClientError> {
        let mut query = format!("limit={}{filters}", PAGE.min(most));
        let mut seen = BTreeSet::from([query.clone()]);
        let mut members = Vec::new();
        let mut first = None;
        loop {
            let Answer { body: page, tag, .. } = self.get::<Collection<T>>(&format!("{path}?{query}"))?;
            let tag = first.get_or_insert(tag).clone();
            members.extend(page.data.into_iter().take(most - members.len()));
            let next = page.pagination.and_then(|pagination| pagination.next);
            let Some(next) = next.as_deref().and_then(|url| url.split_once('?')) else {
                return Ok((members, tag));
            };
            if members.len() >= most {
                return Ok((members, tag));
            }
            // A page of a filtered list may show nothing and yet lead to one that does.
            if !seen.insert(next.1.to_owned()) || !is_query(next.1) {
                return Err(ClientError::not_the_authority(None, "a list that does not go on"));
            }
            next.1.clone_into(&mut query);
        }
    }
}

/// The text as a value in a query: what stands for itself as it is, every other byte by its number.
pub(super) fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// Letters, digits and `-._~`.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// The text as a part of a path or query: letters, digits and `-._~`, which stand for themselves.
pub(super) fn id(text: &str) -> Result<&str, ClientError> {
    if text.is_empty() || text == "." || text == ".." || !text.bytes().all(is_plain) {
        return Err(ClientError::InvalidId);
    }
    Ok(text)
}

fn is_query(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#')
}

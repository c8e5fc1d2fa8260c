//! Answers for programs: one line of JSON. Field names are for ever; more may come.

use keys_core::{AccessControl, Timestamp};
use serde::Serialize;
use zeroize::Zeroizing;

use super::caller::JsonCaller;
use super::escape;
use super::leak::JsonLeak;
use super::profile::JsonProfile;
use super::{Answer, seconds};
use crate::authority::Person;
use crate::model::{Account, Environment, Event, ImportedPair, IssuedKey, Key, Member};
use crate::outlook::Outlook;

/// The field of a new key's secret.
pub(crate) const SECRET_KEY: &str = "secretKey";

/// The fields of a key.
pub(crate) const KEY: &[&str] = &[
    "id",
    "accessKey",
    "name",
    "description",
    "state",
    "owner",
    "created",
    "expiresAt",
    "expired",
    "deletedAt",
];
/// The fields of a key just issued.
pub(crate) const ISSUED: &[&str] = &[
    "id",
    "accessKey",
    "name",
    "description",
    "state",
    "owner",
    "created",
    "expiresAt",
    "expired",
    "deletedAt",
    SECRET_KEY,
];
/// The fields of a pair that is accepted.
pub(crate) const VERIFIED: &[&str] = &["valid", "accessKey", "owner"];
/// The fields of something that was done.
pub(crate) const EVENT: &[&str] =
    &["id", "at", "action", "target", "note", "owner", "by", "via", "credential", "address", "requestId"];
/// The fields of a copy of a database.
pub(crate) const BACKED_UP: &[&str] = &["path", "bytes", "lastEvent"];
/// The fields of a pair of an import.
pub(crate) const IMPORTED: &[&str] = &["line", "accessKey", "id", "result", "refusal"];
/// The fields of an environment.
pub(crate) const ENVIRONMENT: &[&str] = &["id", "name", "description", "state", "created"];
/// The field of the access mode.
pub(crate) const ACCESS_MODE: &[&str] = &["mode"];
/// The field of access control.
pub(crate) const ACCESS_CONTROL: &[&str] = &["enabled"];
/// The fields of a session that has begun.
pub(crate) const SESSION: &[&str] = &["account", "login", "server"];
/// The field of one that has ended.
pub(crate) const LOGGED_OUT: &[&str] = &["loggedIn"];
/// The fields of how somebody logs in.
pub(crate) const LOG_IN: &[&str] = &["account", "login"];
/// The fields of an account.
pub(crate) const ACCOUNT: &[&str] =
    &["id", "kind", "name", "description", "state", "defaultEnvironment", "created"];
/// The fields of what would become of a thing.
pub(crate) const OUTLOOK: &[&str] = &["id", "name", "state", "becomes", "refusal"];
/// The fields of somebody who was shut out.
pub(crate) const DISABLED: &[&str] =
    &["id", "kind", "name", "description", "state", "defaultEnvironment", "created", "keysMade"];
/// The field of those who need not wait any longer.
pub(crate) const UNLOCKED: &[&str] = &["unlocked"];
/// The fields of whose sessions have ended.
pub(crate) const SESSIONS_ENDED: &[&str] = &["everybody", "people"];
/// The fields of a member.
pub(crate) const MEMBER: &[&str] = &["id", "environment", "account", "role", "created"];

/// The answer as one line of JSON.
pub(super) fn render(answer: &Answer, now: Timestamp) -> Zeroizing<String> {
    let mut text = Zeroizing::new(match answer {
        Answer::Issued(issued, _) => line(&JsonIssued::new(issued, now)),
        Answer::Key(key) => line(&JsonKey::new(key, now)),
        Answer::Keys(keys) => line(&keys.iter().map(|key| JsonKey::new(key, now)).collect::<Vec<_>>()),
        Answer::Verified(verified) => line(&JsonVerified {
            valid: true,
            access_key: verified.access_key.as_str(),
            owner: verified.owner.to_string(),
        }),
        Answer::Imported(imported) => line(&imported.pairs.iter().map(JsonImported::new).collect::<Vec<_>>()),
        Answer::Caller(caller) => line(&JsonCaller::new(caller)),
        Answer::Profile(profile) => line(&JsonProfile::new(profile)),
        Answer::Profiles(profiles) => line(&profiles.iter().map(JsonProfile::new).collect::<Vec<_>>()),
        Answer::Environment(environment) => line(&JsonEnvironment::new(environment)),
        Answer::Environments(environments) => {
            line(&environments.iter().map(JsonEnvironment::new).collect::<Vec<_>>())
        }
        Answer::Events(events) => line(&events.iter().map(JsonEvent::new).collect::<Vec<_>>()),
        Answer::BackedUp(made) => line(&JsonBackedUp {
            path: made.path.display().to_string(),
            bytes: made.bytes,
            last_event: made.last_event.map(|id| id.to_string()),
        }),
        Answer::AccessMode(mode) => line(&JsonAccessMode { mode: mode.as_str() }),
        Answer::AccessControl(access_control) => {
            line(&JsonAccessControl { enabled: *access_control == AccessControl::On })
        }
        Answer::LoggedIn(session) => line(&JsonSession {
            account: session.account.to_string(),
            login: &session.login,
            server: &session.api,
        }),
        Answer::LoggedOut => line(&JsonLoggedOut { logged_in: false }),
        Answer::PasswordSet(log_in) => {
            line(&JsonLogIn { account: log_in.account.to_string(), login: &log_in.login })
        }
        Answer::Account(account) => line(&JsonAccount::new(account)),
        Answer::Accounts(accounts) => line(&accounts.iter().map(JsonAccount::new).collect::<Vec<_>>()),
        Answer::Disabled(people) => {
            let people = people.iter().map(|disabled| JsonDisabled {
                account: JsonAccount::new(&disabled.account),
                keys_made: disabled.keys.iter().map(|key| JsonKey::new(key, now)).collect(),
            });
            line(&people.collect::<Vec<_>>())
        }
        Answer::Unlocked(people) => line(&JsonUnlocked { unlocked: texts(people) }),
        Answer::SessionsEnded(people) => {
            let ended_for = people.as_deref().map(texts);
            line(&JsonSessionsEnded { everybody: ended_for.is_none(), people: ended_for.unwrap_or_default() })
        }
        Answer::Members(members) => line(&members.iter().map(JsonMember::new).collect::<Vec<_>>()),
        Answer::Rehearsed(rehearsed) => {
            line(&rehearsed.outlooks.iter().map(JsonOutlook::new).collect::<Vec<_>>())
        }
        Answer::Document(text) => line(text),
        Answer::Scanned(scanned) => line(&scanned.leaks.iter().map(JsonLeak::new).collect::<Vec<_>>()),
    });
    text.push('\n');
    text
}

/// A value as JSON on one line, with nothing in it that moves a cursor.
pub(crate) fn line<T: Serialize>(value: &T) -> String {
    // Grown by copies, it would leave pieces of a secret behind: most answers fit.
    let mut text = Zeroizing::new(Vec::with_capacity(4_096));
    // Structs of texts and numbers have no way to fail; an empty line would be noticed.
    let written = serde_json::to_writer(&mut *text, value).ok();
    escape::json(written.and_then(|()| std::str::from_utf8(&text).ok()).unwrap_or_default())
}

/// People as they were named.
fn texts(people: &[Person]) -> Vec<String> {
    people.iter().map(ToString::to_string).collect()
}

/// Whose sessions have ended.
#[derive(Serialize)]
struct JsonSessionsEnded {
    everybody: bool,
    people: Vec<String>,
}

#[derive(Serialize)]
struct JsonUnlocked {
    unlocked: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonKey<'a> {
    id: String,
    access_key: &'a str,
    name: Option<&'a str>,
    description: Option<&'a str>,
    state: &'static str,
    owner: String,
    created: String,
    expires_at: Option<String>,
    expired: bool,
    deleted_at: Option<String>,
}

impl<'a> JsonKey<'a> {
    fn new(key: &'a Key, now: Timestamp) -> Self {
        Self {
            id: key.id.to_string(),
            access_key: key.access_key.as_str(),
            name: key.name.as_deref(),
            description: key.description.as_deref(),
            state: key.state.as_str(),
            owner: key.owner.to_string(),
            created: seconds(key.created),
            expires_at: key.expires_at.map(seconds),
            expired: key.is_expired(now),
            deleted_at: key.deleted_at.map(seconds),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonIssued<'a> {
    #[serde(flatten)]
    key: JsonKey<'a>,
    secret_key: &'a str,
}

impl<'a> JsonIssued<'a> {
    fn new(issued: &'a IssuedKey, now: Timestamp) -> Self {
        Self { key: JsonKey::new(&issued.key, now), secret_key: issued.secret_key.expose() }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonVerified<'a> {
    valid: bool,
    access_key: &'a str,
    owner: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonImported<'a> {
    line: u64,
    access_key: &'a str,
    id: Option<String>,
    result: &'static str,
    refusal: Option<&'a str>,
}

impl<'a> JsonImported<'a> {
    fn new(pair: &'a ImportedPair) -> Self {
        Self {
            line: pair.line,
            access_key: pair.access_key.as_str(),
            id: pair.id.map(|id| id.to_string()),
            result: pair.result.as_str(),
            refusal: pair.refusal.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct JsonEnvironment<'a> {
    id: String,
    name: Option<&'a str>,
    description: Option<&'a str>,
    state: &'static str,
    created: String,
}

impl<'a> JsonEnvironment<'a> {
    fn new(environment: &'a Environment) -> Self {
        Self {
            id: environment.id.to_string(),
            name: environment.name.as_deref(),
            description: environment.description.as_deref(),
            state: environment.state.as_str(),
            created: seconds(environment.created),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonEvent<'a> {
    id: String,
    at: String,
    action: &'a str,
    target: &'a str,
    note: Option<&'a str>,
    owner: &'a str,
    by: &'a str,
    via: &'static str,
    credential: Option<&'a str>,
    address: Option<&'a str>,
    request_id: &'a str,
}

impl<'a> JsonEvent<'a> {
    fn new(event: &'a Event) -> Self {
        Self {
            id: event.id.to_string(),
            at: seconds(event.at),
            action: &event.action,
            target: &event.target,
            note: event.note.as_deref(),
            owner: &event.owner,
            by: &event.by,
            via: event.via.as_str(),
            credential: event.credential.as_deref(),
            address: event.address.as_deref(),
            request_id: &event.request,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonBackedUp {
    path: String,
    bytes: u64,
    last_event: Option<String>,
}

#[derive(Serialize)]
struct JsonAccessMode {
    mode: &'static str,
}

#[derive(Serialize)]
struct JsonAccessControl {
    enabled: bool,
}

#[derive(Serialize)]
struct JsonSession<'a> {
    account: String,
    login: &'a str,
    server: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonLoggedOut {
    logged_in: bool,
}

#[derive(Serialize)]
struct JsonLogIn<'a> {
    account: String,
    login: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonAccount<'a> {
    id: String,
    kind: &'static str,
    name: Option<&'a str>,
    description: Option<&'a str>,
    state: &'static str,
    default_environment: Option<String>,
    created: String,
}

impl<'a> JsonAccount<'a> {
    fn new(account: &'a Account) -> Self {
        Self {
            id: account.id.to_string(),
            kind: account.kind.as_str(),
            name: account.name.as_deref(),
            description: account.description.as_deref(),
            state: account.state.as_str(),
            default_environment: account.default_environment.map(|id| id.to_string()),
            created: seconds(account.created),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonDisabled<'a> {
    #[serde(flatten)]
    account: JsonAccount<'a>,
    keys_made: Vec<JsonKey<'a>>,
}

#[derive(Serialize)]
struct JsonMember {
    id: String,
    environment: String,
    account: String,
    role: &'static str,
    created: String,
}

impl JsonMember {
    fn new(member: &Member) -> Self {
        Self {
            id: member.id.to_string(),
            environment: member.environment.to_string(),
            account: member.account.to_string(),
            role: member.role.as_str(),
            created: seconds(member.created),
        }
    }
}

/// What would become of a thing.
#[derive(Serialize)]
struct JsonOutlook<'a> {
    id: &'a str,
    name: Option<&'a str>,
    state: &'a str,
    becomes: &'a str,
    refusal: Option<&'a str>,
}

impl<'a> JsonOutlook<'a> {
    fn new(outlook: &'a Outlook) -> Self {
        Self {
            id: &outlook.id,
            name: outlook.name.as_deref(),
            state: &outlook.state,
            becomes: &outlook.becomes,
            refusal: outlook.refusal.as_deref(),
        }
    }
}

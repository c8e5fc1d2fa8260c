//! How people log in, and whether they must: access control as Rancher v1's pages switch it.
//!
//! A page does three steps: it stores a log-in (`enabled: false`), tries it (`POST /v1/token`), and switches on
//! (`enabled: true`). Each is one transaction here, and one that fails has changed nothing.

use keys_api::{Collection, Identity, Links, LocalAuthConfig, Resource as _};
use keys_core::{AccessControl, AccessMode, AccountId, AccountList, LoginName, Name, Password};
use keys_service::{AccessError, AccessRequest, AdministratorLogIn, Switch};
use keys_store::BackendError;
use serde_json::Value;
use zeroize::Zeroizing;

use super::passwords::{login_problem, password_problem};
use super::{Answer, Call, name_problem};
use crate::dialect::body::Given;
use crate::dialect::views;
use crate::ports::EntropyRng;
use crate::problem::Problem;

/// The id of the one there is.
const LOCAL: &str = "local";

/// What is refused over a network: there, a server without access control answers nothing.
pub(crate) const STAYS_ON: &str = "a server that can be reached from a network does not switch access control off; do \
     it on its machine, while it is stopped, with `keyctl --database sqlite:PATH access-control disable`";

/// `GET /v1/localauthconfigs`.
pub(super) fn list(call: &Call<'_>) -> Result<Answer, Problem> {
    let own = call.urls.of("localauthconfigs");
    Answer::ok(&Collection::whole(LocalAuthConfig::DECLARATION.id, own, vec![view(call)?]))
}

/// `GET /v1/localauthconfigs/local`.
pub(super) fn get(call: &Call<'_>, id: &str) -> Result<Answer, Problem> {
    if id.eq_ignore_ascii_case(LOCAL) { Answer::ok(&view(call)?) } else { Err(Problem::NotFound) }
}

/// `POST /v1/localauthconfigs`: the log-in of the administrator who asks, the mode, the list, and the switch.
pub(super) fn create(call: &Call<'_>) -> Result<Answer, Problem> {
    let request = AccessRequest {
        mode: mode(call)?,
        allowed: allowed(call)?,
        log_in: log_in(call)?,
        switch: switch(call)?,
    };
    let opens = match request.switch {
        Switch::Off | Switch::GiveUp => call.authority.access_control() == AccessControl::On,
        Switch::Keep | Switch::On => false,
    };
    if opens && !call.may_open {
        return Err(Problem::Forbidden(STAYS_ON));
    }
    call.authority.change_access(call.context, &request, &mut EntropyRng(call.entropy)).map_err(refused)?;
    let document = view(call)?;
    Answer::created(&document, document.links.get("self"))
}

fn switch(call: &Call<'_>) -> Result<Switch, Problem> {
    match call.fields.text("enabled")? {
        Given::Absent => Ok(Switch::Keep),
        Given::Null => Ok(Switch::GiveUp),
        Given::Text(text) => match text.as_str() {
            "true" => Ok(Switch::On),
            "false" => Ok(Switch::Off),
            _ => Err(Problem::field(
                "InvalidFormat",
                "enabled",
                "`true` switches access control on, `false` off, and `null` off and logging in as well",
            )),
        },
    }
}

fn mode(call: &Call<'_>) -> Result<Option<AccessMode>, Problem> {
    let Some(text) = given(call, "accessMode")? else { return Ok(None) };
    text.parse().map(Some).map_err(|_| {
        Problem::field(
            "InvalidOption",
            "accessMode",
            "the mode is `unrestricted`, `restricted` or `required`",
        )
    })
}

/// The log-in, if one is given: neither of its halves may then be missing.
fn log_in(call: &Call<'_>) -> Result<Option<AdministratorLogIn>, Problem> {
    let name =
        given(call, "name")?.map(|text| Name::new(text.as_str()).map_err(|error| name_problem(&error)));
    let (login, password) = (given(call, "username")?, given(call, "password")?);
    let (login, password) = match (login, password) {
        (None, None) => return Ok(None),
        (Some(login), Some(password)) => (login, password),
        (Some(_), None) => return Err(missing("password")),
        (None, Some(_)) => return Err(missing("username")),
    };
    let login: LoginName = login.parse().map_err(|error| login_problem("username", &error))?;
    let password = Password::new(&password).map_err(|error| password_problem("password", error))?;
    Ok(Some(AdministratorLogIn { name: name.transpose()?, login, password }))
}

/// A text that is more than nothing: pages send empty ones for what they leave alone.
fn given(call: &Call<'_>, field: &str) -> Result<Option<Zeroizing<String>>, Problem> {
    Ok(match call.fields.text(field)? {
        Given::Text(text) if !text.is_empty() => Some(Zeroizing::new(text)),
        Given::Text(_) | Given::Absent | Given::Null => None,
    })
}

fn missing(field: &'static str) -> Problem {
    Problem::field("MissingRequired", field, "`username` and `password` go together")
}

/// Identities as documents, or their ids.
fn allowed(call: &Call<'_>) -> Result<Option<AccountList>, Problem> {
    const FIELD: &str = "allowedIdentities";
    let Some(items) = call.fields.list(FIELD)? else { return Ok(None) };
    let mut accounts = Vec::new();
    for item in &items {
        let id = match item {
            Value::String(id) => Some(id.as_str()),
            Value::Object(document) => {
                let field = document.get("id").or_else(|| document.get("externalId"));
                field.and_then(Value::as_str)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
        };
        let account = id.and_then(views::account_of_identity);
        accounts.push(account.ok_or_else(|| {
            Problem::field(
                "InvalidFormat",
                FIELD,
                "expected identities, or their ids like `1i!rancher_id:1a7`",
            )
        })?);
    }
    AccountList::new(accounts)
        .map(Some)
        .map_err(|_| Problem::field("MaxLengthExceeded", FIELD, "at most 256 identities are listed"))
}

fn view(call: &Call<'_>) -> Result<LocalAuthConfig, Problem> {
    let own = call.urls.of(&format!("localauthconfigs/{LOCAL}"));
    Ok(LocalAuthConfig {
        id: LOCAL.to_owned(),
        type_name: LocalAuthConfig::DECLARATION.id.to_owned(),
        links: Links::from([("self".to_owned(), own)]),
        actions: Links::new(),
        name: None,
        access_mode: Some(call.authority.access_mode().to_string()),
        allowed_identities: Some(identities(call)?),
        enabled: Some(call.authority.access_control() == AccessControl::On),
        password: Some(String::new()),
        username: Some(String::new()),
    })
}

/// Those who are listed and still there.
fn identities(call: &Call<'_>) -> Result<Vec<Identity>, BackendError> {
    let listed = call.authority.allowed_accounts();
    let load = |id: &AccountId| call.authority.account(call.context, *id).transpose();
    let accounts = listed.accounts().iter().filter_map(load);
    accounts.map(|account| account.map(|account| views::identity(&account, call.urls))).collect()
}

/// What the outside is told of a change that was refused or failed.
pub(crate) fn refused(error: AccessError) -> Problem {
    const UNKNOWN: &str =
        "the server failed; whether anything was changed is unknown, so read before trying again";
    match error {
        AccessError::Forbidden => {
            Problem::Forbidden("only an administrator, outside any environment, changes how people log in")
        }
        AccessError::NoAdministrator => Problem::field(
            "InvalidState",
            "enabled",
            "no administrator has an Active API key or a password, so nobody could administer afterwards: send \
             `username` and `password` as well",
        ),
        AccessError::NameTaken => {
            Problem::field("NotUnique", "username", "another account has this log-in name")
        }
        AccessError::NoSuchAccount { id } => {
            Problem::field("InvalidReference", "allowedIdentities", format!("there is no account {id}"))
        }
        AccessError::Busy => Problem::Busy,
        AccessError::Contended => Problem::Conflict,
        AccessError::Rng(cause) => Problem::Failed { soon: true, detail: UNKNOWN, cause: cause.into() },
        AccessError::Store(failure) => failure.into(),
        other @ (AccessError::Hash(_)
        | AccessError::ListFull
        | AccessError::SetUp(_)
        | AccessError::AlreadySetUp
        | _) => Problem::Failed { soon: false, detail: UNKNOWN, cause: other.into() },
    }
}

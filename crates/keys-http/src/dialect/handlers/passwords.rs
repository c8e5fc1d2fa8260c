//! Passwords of people.

use keys_api::{Password as Document, Resource as _};
use keys_core::{
    AccountId, LoginName, LoginNameError, Password, PasswordError, PasswordId, PasswordRecord, Timestamp,
};
use keys_service::{PasswordChangeError, PasswordEdit};
use keys_store::PasswordQuery;
use zeroize::Zeroizing;

use super::token::too_many;
use super::{Answer, Call};
use crate::dialect::body::Given;
use crate::dialect::paging::{Paging, Sorting};
use crate::dialect::scan::{Wanted, scan};
use crate::dialect::{filter, marker, views};
use crate::ports::EntropyRng;
use crate::problem::Problem;

/// The store has these in one order only.
const SORTING: &[Sorting<()>] = &[];

/// `GET /v1/passwords`: all of them for an administrator, its own for anybody else.
pub(super) fn list(call: &Call<'_>) -> Result<Answer, Problem> {
    let paging = Paging::read(call.query, SORTING);
    let declaration = &Document::DECLARATION;
    let filters = filter::read(declaration, call.query);
    let after = paging.marker.as_deref().map(marker::read_id::<PasswordId>).transpose()?;
    // Removed ones are shown to whoever asks for them by state or by their time of removal.
    let removed = filters.iter().any(|filter| match filter.field {
        "state" => filter.value == "removed",
        "removed" => filter.modifier.as_str() != "null",
        _ => false,
    });
    let wanted = Wanted { limit: paging.limit, after, sparse: !filters.is_empty() };
    let read = |after: Option<&PasswordId>, limit: usize| {
        let query = PasswordQuery { removed, after: after.copied(), limit };
        Ok(call.authority.passwords(call.context, &query)?.into())
    };
    let passes = |record: &PasswordRecord| filter::passes(&filters, &views::password(record, call.urls));
    let (found, next) = scan(wanted, read, |record| record.parts().id, passes)?;
    let documents = found.iter().map(|record| views::password(record, call.urls)).collect();
    let next = next.map(marker::write_id);
    Answer::ok(&paging.collection(declaration, call.urls, call.query, &filters, documents, next))
}

/// `GET /v1/passwords/{id}`, removed ones included.
pub(super) fn get(call: &Call<'_>, id: &str) -> Result<Answer, Problem> {
    shown(call, &load(call, parse(id)?)?)
}

/// `POST /v1/passwords`: `publicValue`, `secretValue`, and whose it is; the caller's own when it does not say.
pub(super) fn create(call: &Call<'_>) -> Result<Answer, Problem> {
    let account: AccountId = match text(call, "accountId")? {
        Some(id) => id.parse().map_err(|_| no_such_account())?,
        None => call.context.caller.effective().account().ok_or_else(|| missing("accountId"))?,
    };
    let login = login(call)?.ok_or_else(|| missing("publicValue"))?;
    let password = secret(call, "secretValue")?.ok_or_else(|| missing("secretValue"))?;
    let rng = &mut EntropyRng(call.entropy);
    let set = call.authority.set_password(call.context, account, login, &password, rng);
    let record = set.map_err(|error| {
        if matches!(error, PasswordChangeError::NotFound) {
            no_such_account()
        } else {
            refused(error, call.context.now)
        }
    })?;
    let document = views::password(&record, call.urls);
    Ok(Answer::created(&document, document.links.get("self"))?.at(record.parts().revision))
}

/// `PUT /v1/passwords/{id}`: another log-in name, another password, or both.
pub(super) fn edit(call: &Call<'_>, id: &str) -> Result<Answer, Problem> {
    let edit = PasswordEdit { login: login(call)?, password: secret(call, "secretValue")? };
    let rng = &mut EntropyRng(call.entropy);
    let record = call
        .authority
        .edit_password(call.context, parse(id)?, &edit, call.expected, rng)
        .map_err(|error| refused(error, call.context.now))?;
    shown(call, &record)
}

/// `DELETE /v1/passwords/{id}`; on a removed one nothing is left to do.
pub(super) fn delete(call: &Call<'_>, id: &str) -> Result<Answer, Problem> {
    let id = parse(id)?;
    let record = load(call, id)?;
    if record.digest().is_none() {
        return shown(call, &record);
    }
    let removed = call.authority.remove_password(call.context, id, call.expected);
    shown(call, &removed.map_err(|error| refused(error, call.context.now))?)
}

/// `POST /v1/passwords/{id}?action=changesecret` with `oldSecret` and `newSecret`.
pub(super) fn change_secret(call: &Call<'_>, id: &str) -> Result<Answer, Problem> {
    let id = parse(id)?;
    load(call, id)?;
    let old = text(call, "oldSecret")?.ok_or_else(|| missing("oldSecret"))?;
    let new = secret(call, "newSecret")?.ok_or_else(|| missing("newSecret"))?;
    // What can be nobody's password is not this one either.
    let old =
        Password::new(&old).map_err(|_| refused(PasswordChangeError::WrongOldPassword, call.context.now))?;
    let rng = &mut EntropyRng(call.entropy);
    let changed = call.authority.change_password(call.context, id, &old, &new, rng);
    let record = changed.map_err(|error| refused(error, call.context.now))?;
    shown(call, &record)
}

fn shown(call: &Call<'_>, record: &PasswordRecord) -> Result<Answer, Problem> {
    Ok(Answer::ok(&views::password(record, call.urls))?.at(record.parts().revision))
}

fn parse(id: &str) -> Result<PasswordId, Problem> {
    id.parse().map_err(|_| Problem::NotFound)
}

fn load(call: &Call<'_>, id: PasswordId) -> Result<PasswordRecord, Problem> {
    call.authority.password(call.context, id)?.ok_or(Problem::NotFound)
}

fn text(call: &Call<'_>, field: &str) -> Result<Option<Zeroizing<String>>, Problem> {
    Ok(match call.fields.text(field)? {
        Given::Text(text) => Some(Zeroizing::new(text)),
        Given::Absent | Given::Null => None,
    })
}

fn login(call: &Call<'_>) -> Result<Option<LoginName>, Problem> {
    let Some(text) = text(call, "publicValue")? else { return Ok(None) };
    text.parse::<LoginName>().map(Some).map_err(|error| login_problem("publicValue", &error))
}

/// What is wrong with a log-in name.
pub(super) fn login_problem(field: &'static str, error: &LoginNameError) -> Problem {
    let code = match error {
        LoginNameError::Empty => "MinLengthExceeded",
        LoginNameError::Name(keys_core::NameError::TooLong { .. }) => "MaxLengthExceeded",
        LoginNameError::Colon | LoginNameError::Edge | LoginNameError::Name(_) | _ => "InvalidCharacters",
    };
    Problem::field(code, field, error.to_string())
}

fn secret(call: &Call<'_>, field: &'static str) -> Result<Option<Password>, Problem> {
    let Some(text) = text(call, field)? else { return Ok(None) };
    Password::new(&text).map(Some).map_err(|error| password_problem(field, error))
}

/// What is wrong with a password.
pub(super) fn password_problem(field: &'static str, error: PasswordError) -> Problem {
    let code = match error {
        PasswordError::TooLong => "MaxLengthExceeded",
        PasswordError::TooShort | _ => "MinLengthExceeded",
    };
    Problem::field(code, field, error.to_string())
}

fn missing(field: &'static str) -> Problem {
    Problem::field("MissingRequired", field, "it is required")
}

fn no_such_account() -> Problem {
    Problem::field("InvalidReference", "accountId", "there is no such account that somebody can log in as")
}

/// What the outside is told of a change that failed.
pub(crate) fn refused(error: PasswordChangeError, now: Timestamp) -> Problem {
    const UNKNOWN: &str =
        "the server failed; whether the password was changed is unknown, so read before trying again";
    match error {
        PasswordChangeError::NotFound => Problem::NotFound,
        PasswordChangeError::Forbidden => Problem::Forbidden(
            "only an administrator, outside any environment, sets, edits or removes a password",
        ),
        PasswordChangeError::NoPerson => no_such_account(),
        PasswordChangeError::AlreadySet => {
            Problem::field("NotUnique", "accountId", "the account has a password already: edit it")
        }
        PasswordChangeError::LastWayIn => Problem::LastWayIn,
        PasswordChangeError::NameTaken => {
            Problem::field("NotUnique", "publicValue", "another account has this log-in name")
        }
        PasswordChangeError::WrongOldPassword => {
            Problem::Rejected { code: "InvalidOldPassword", detail: "`oldSecret` is not the password" }
        }
        PasswordChangeError::Locked { until } => too_many(until, now),
        PasswordChangeError::Busy => Problem::Busy,
        PasswordChangeError::Conflict { .. } => Problem::PreconditionFailed,
        PasswordChangeError::Contended => Problem::Conflict,
        PasswordChangeError::Rng(cause) => {
            Problem::Failed { soon: true, detail: UNKNOWN, cause: cause.into() }
        }
        PasswordChangeError::Store(failure) => failure.into(),
        other @ (PasswordChangeError::Hash(_) | _) => {
            Problem::Failed { soon: false, detail: UNKNOWN, cause: other.into() }
        }
    }
}

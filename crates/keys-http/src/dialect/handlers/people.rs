//! What is done to people, and told of them, beside the dialect, which has no address for it.

use keys_api::{ApiKey, Collection, Pagination, Resource as _};
use keys_core::AccountId;
use keys_service::{EndSessionsError, UnlockError, Whom};

use super::{Answer, Call};
use crate::dialect::body::Given;
use crate::dialect::views;
use crate::problem::Problem;

/// `POST /accounts/unlock`: the failed log-ins of a person are forgotten. To be said more than once without harm.
pub(super) fn unlock(call: &Call<'_>) -> Result<Answer, Problem> {
    // Who may not do it is told so first, whatever the body says.
    if !call.context.caller.administers() {
        return Err(UnlockError::Forbidden.into());
    }
    let whom = whom(call)?
        .ok_or_else(|| unsaid("say who: with `account`, or with `login`, the name they log in with"))?;
    call.authority.unlock(call.context, &whom)?;
    Ok(Answer::no_content())
}

/// `POST /sessions/end`: all sessions of a person, or with `all` of everybody. To be said more than once without harm.
pub(super) fn end_sessions(call: &Call<'_>) -> Result<Answer, Problem> {
    let ended = match whom(call)? {
        Some(whom) if is_all(call)? => {
            return Err(said_twice(if matches!(whom, Whom::Account(_)) { "account" } else { "login" }));
        }
        Some(whom) => call.authority.end_sessions(call.context, &whom),
        None if is_all(call)? => call.authority.end_all_sessions(call.context),
        None => return Err(unsaid("say whose: with `account`, with `login`, or `all` for everybody's")),
    };
    ended.map_err(|error| match error {
        EndSessionsError::Forbidden => Problem::Forbidden(
            "outside any environment an administrator ends the sessions of anybody, and everybody else their own",
        ),
        other @ (EndSessionsError::NotFound | EndSessionsError::Store(_) | _) => other.into(),
    })?;
    Ok(Answer::no_content())
}

/// `GET /keys/made?account=…`: the keys that a person made and that are not deleted, whomever they belong to, and those
/// that these made in turn. All of them at once, because one leads to the next.
pub(super) fn keys_made(call: &Call<'_>) -> Result<Answer, Problem> {
    if !call.context.caller.administers() {
        return Err(Problem::Forbidden(
            "only an administrator, outside any environment, sees the keys that somebody made for others",
        ));
    }
    let account =
        call.query.get("account").ok_or_else(|| unsaid("say whose keys: with `account`, such as `1a7`"))?;
    let account: AccountId = account.parse().map_err(|_| Problem::NotFound)?;
    let made = call.authority.keys_made_by(call.context, account)?.ok_or(Problem::NotFound)?;
    let keys = made.items.iter().map(|record| views::key(record, None, call.audience(), call.urls)).collect();
    let own = call.urls.beside(&format!("keys/made?account={account}"));
    let pagination = made.more.then(|| Pagination {
        first: None,
        previous: None,
        next: None,
        limit: u64::try_from(made.items.len()).ok(),
        total: None,
        partial: true,
    });
    Answer::ok(&Collection { pagination, ..Collection::<ApiKey>::whole(ApiKey::DECLARATION.id, own, keys) })
}

/// Whether everybody is meant.
fn is_all(call: &Call<'_>) -> Result<bool, Problem> {
    match text(call, "all")?.as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Problem::field("InvalidOption", "all", "expected `true` or `false`")),
    }
}

/// Who is meant: `account`, or the name somebody logs in with as `login`; `None` when neither is said. What can be neither
/// is nobody's.
fn whom(call: &Call<'_>) -> Result<Option<Whom>, Problem> {
    Ok(match (text(call, "account")?, text(call, "login")?) {
        (Some(account), None) => Some(Whom::Account(account.parse().map_err(|_| Problem::NotFound)?)),
        (None, Some(login)) => Some(Whom::Login(login.parse().map_err(|_| Problem::NotFound)?)),
        (None, None) => None,
        (Some(_), Some(_)) => return Err(said_twice("login")),
    })
}

fn unsaid(detail: &'static str) -> Problem {
    Problem::field("MissingRequired", "account", detail)
}

fn said_twice(field: &'static str) -> Problem {
    Problem::field("InvalidOption", field, "say who is meant once")
}

fn text(call: &Call<'_>, field: &str) -> Result<Option<String>, Problem> {
    Ok(match call.fields.text(field)? {
        Given::Text(text) => Some(text),
        Given::Absent | Given::Null => None,
    })
}

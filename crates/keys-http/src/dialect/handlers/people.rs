//! What is done to people beside the dialect, which has no address for it.

use keys_service::{UnlockError, Whom};

use super::{Answer, Call};
use crate::dialect::body::Given;
use crate::problem::Problem;

/// `POST /accounts/unlock`: the failed log-ins of a person are forgotten. To be said more than once without harm.
pub(super) fn unlock(call: &Call<'_>) -> Result<Answer, Problem> {
    // Who may not do it is told so first, whatever the body says.
    if !call.context.caller.administers() {
        return Err(UnlockError::Forbidden.into());
    }
    call.authority.unlock(call.context, &whom(call)?)?;
    Ok(Answer::no_content())
}

/// Who is meant: `account`, or the name somebody logs in with as `login`. What can be neither is nobody's.
fn whom(call: &Call<'_>) -> Result<Whom, Problem> {
    match (text(call, "account")?, text(call, "login")?) {
        (Some(account), None) => account.parse().map(Whom::Account).map_err(|_| Problem::NotFound),
        (None, Some(login)) => login.parse().map(Whom::Login).map_err(|_| Problem::NotFound),
        (None, None) => Err(Problem::field(
            "MissingRequired",
            "account",
            "say who is meant: with `account`, or with `login`, the name they log in with",
        )),
        (Some(_), Some(_)) => Err(Problem::field(
            "InvalidOption",
            "login",
            "say who is meant once: with `account` or with `login`",
        )),
    }
}

fn text(call: &Call<'_>, field: &str) -> Result<Option<String>, Problem> {
    Ok(match call.fields.text(field)? {
        Given::Text(text) => Some(text),
        Given::Absent | Given::Null => None,
    })
}

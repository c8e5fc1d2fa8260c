//! Receipts, which have no address of their own: a caller names one by its idempotency key.

use http::StatusCode;

use super::{Answer, Call};
use crate::problem::Problem;

/// `POST /receipts/confirm`: the caller has the secret, so nobody needs it again. To be said more than once without harm.
pub(super) fn confirm(call: &Call<'_>) -> Result<Answer, Problem> {
    let key = call.idempotency.key()?.ok_or(Problem::BadRequest(
        "`Idempotency-Key` is missing: it says which receipt is meant, and is the one the create was sent with",
    ))?;
    if call.authority.confirm_receipt(call.context, key)? {
        Ok(Answer::empty(StatusCode::NO_CONTENT))
    } else {
        Err(Problem::NotFound)
    }
}

//! `verify`.

use crate::authority::Authority;
use crate::cli::Verify;
use crate::exit::{Exit, Failure};
use crate::output::Answer;

pub(super) fn run(authority: &dyn Authority, verify: &Verify) -> Result<Answer, Failure> {
    let Some(presented) = &verify.presented else {
        return Err(Failure::new(Exit::Usage, "there is no key to verify")
            .hint("@FILE, --secret-stdin, or KEYCTL_ACCESS_KEY and KEYCTL_SECRET_KEY"));
    };
    authority.verify(presented)?.map(Answer::Verified).ok_or_else(|| {
        let message = format!("the API key {} is not valid", presented.access_key());
        Failure::new(Exit::NotValid, message)
            .hint("it may be mistyped, Inactive, expired or deleted, or its owner is not active")
    })
}

//! Verifies one pair again and again, so that the work of each refusal can be counted from outside.
//!
//! ```text
//! valgrind --tool=callgrind target/release/examples/refusals wrong-secret 1000
//! ```
//!
//! The first argument is the reason of the refusal, or `allowed`; the second how many times. `tests/equal_work.rs`
//! compares the counts.

use std::error::Error;
use std::hint::black_box;

use keys_core::{
    Credential, DenyReason, Keyring, OwnerRow, OwnerStanding, Pepper, Proof, Revision, RowState, Timestamp,
    Verdict, VerificationRow, judge, prove,
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(case), Some(times)) = (arguments.next(), arguments.next()) else {
        return Err("usage: refusals REASON TIMES".into());
    };
    let reason = DenyReason::ALL.into_iter().find(|reason| reason.as_str() == case);
    let keyring = Keyring::new(vec![Pepper::generate(&mut getrandom::SysRng)?])?;
    let pair = Credential::generate(&mut getrandom::SysRng)?;
    let other = Credential::generate(&mut getrandom::SysRng)?;
    let wrong = Credential::from((pair.access_key(), other.into_parts().1));
    let tagged = keyring.tag(&pair);
    let row = VerificationRow {
        key: "1c7".parse()?,
        owner: "environment/1a5".parse()?,
        state: match reason {
            Some(DenyReason::Inactive) => RowState::Inactive(tagged),
            Some(DenyReason::Deleted) => RowState::Deleted,
            _ => RowState::Active(tagged),
        },
        expires_at: (reason == Some(DenyReason::Expired)).then_some(Timestamp::MIN),
        revision: Revision::ZERO,
    };
    let row = (reason != Some(DenyReason::UnknownKey)).then_some(row);
    let presented = if reason == Some(DenyReason::WrongSecret) { &wrong } else { &pair };
    let standing = match reason {
        Some(DenyReason::OwnerInactive) => OwnerStanding::Inactive,
        _ => OwnerStanding::Active,
    };
    let owner = OwnerRow { standing, administers: false, revision: Revision::ZERO };
    for _ in 0..times.parse::<u32>()? {
        let verdict = match prove(black_box(row.as_ref()), black_box(presented), &keyring) {
            Proof::Possession(possession) => judge(row.as_ref(), Some(&owner), possession, Timestamp::MIN),
            Proof::Mismatch(reason) => Verdict::Deny(reason),
            Proof::NeedsDigest(_) => return Err("the keyring holds the pepper".into()),
        };
        let denied = match black_box(verdict) {
            Verdict::Deny(denied) => Some(denied),
            Verdict::Allow(_) => None,
        };
        if denied != reason {
            return Err(format!("{case}: {denied:?}").into());
        }
    }
    Ok(())
}

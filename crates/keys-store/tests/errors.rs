//! What a store's errors say: each its own level, the cause one below.

use std::error::Error as _;
use std::io;

use keys_core::Revision;
use keys_store::{BackendError, BackendErrorKind, CommitError, Refusal};

const KINDS: [(BackendErrorKind, &str); 5] = [
    (BackendErrorKind::Unavailable, "the store is not available now"),
    (BackendErrorKind::Full, "no space is left where the store is kept"),
    (BackendErrorKind::ReadOnly, "the store cannot be written to"),
    (BackendErrorKind::Corrupt, "the store contradicts itself"),
    (BackendErrorKind::Other, "the store failed"),
];

#[test]
fn a_failure_says_its_kind_and_keeps_its_cause() {
    for (kind, text) in KINDS {
        let bare = BackendError::new(kind);
        assert_eq!((bare.kind(), bare.to_string().as_str(), bare.source().is_none()), (kind, text, true));
        let caused = BackendError::with_source(kind, io::Error::other("the disk is on fire"));
        assert_eq!((caused.kind(), caused.to_string().as_str()), (kind, text));
        assert_eq!(caused.source().map(ToString::to_string).as_deref(), Some("the disk is on fire"));
    }
}

#[test]
fn a_refusal_says_what_does_not_fit() {
    for (refusal, text) in [
        (Refusal::AlreadyExists, "it is there already"),
        (Refusal::NotFound, "it is not there"),
        (Refusal::ReceiptExists, "there is a receipt of this name already"),
        (Refusal::Unmet, "a requirement of the change does not hold"),
    ] {
        assert_eq!(refusal.to_string(), text);
    }
}

#[test]
fn a_commit_that_was_not_acknowledged_says_what_became_of_it() {
    let failure = || BackendError::new(BackendErrorKind::Full);
    let refusal = Refusal::Conflict { current: Revision::new(7) };
    let below = "no space is left where the store is kept";
    for (error, own, below) in [
        (
            CommitError::Refused { index: 2, refusal },
            "change 2 was refused",
            "it has changed since: it is at revision 7",
        ),
        (CommitError::Failed(failure()), "nothing was changed", below),
        (CommitError::Unknown(failure()), "it is unknown whether the changes happened", below),
    ] {
        assert_eq!(error.to_string(), own);
        assert_eq!(error.source().map(ToString::to_string).as_deref(), Some(below));
    }
}

//! The SQLite store from outside: its contract, its files, and what befalls them.
#![cfg(all(feature = "sqlite", unix))]
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test that cannot go on has failed"
)]

mod backup;
mod child;
mod contract;
mod crash;
mod damage;
mod mounts;
mod opening;
mod receipts;
mod rollback;
mod upgrade;

use std::path::Path;

use keys_core::{Action, KeyRecord, Transition};
use keys_store::conformance::sample;
use keys_store::{Change, Committed, KeyStore, OpenMode, SqliteStore, Write};

/// Opens a database to own it.
fn own(path: &Path) -> SqliteStore {
    SqliteStore::open(path, OpenMode::Own).unwrap()
}

/// The change that moves a key to its next state, called what it is.
fn moved(record: KeyRecord, transition: Transition) -> Change {
    let action = match transition {
        Transition::Activate => Action::ActivateKey,
        Transition::Deactivate => Action::DeactivateKey,
        Transition::Delete => Action::DeleteKey,
    };
    let expected = record.parts().revision;
    let record = record.transition(transition, sample::instant(2)).unwrap();
    Change { action, ..sample::change(Write::UpdateKey { record, expected }) }
}

/// Moves a key to its next state.
fn transition(store: &dyn KeyStore, record: KeyRecord, transition: Transition) -> KeyRecord {
    match sample::commit_change(store, moved(record, transition)) {
        Ok(Committed::Key(record)) => *record,
        other => panic!("a key was to be moved: {other:?}"),
    }
}

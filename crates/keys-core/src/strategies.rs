//! Property-test strategies for every type of this crate (feature `proptest`).
//!
//! Each function gives a strategy over **all** values of its type that the crate itself can make or read, boundaries
//! more often than chance would have them. None runs argon2 at more than
//! [`DANGER_CHEAP_FOR_TESTS`](crate::HashPolicy::DANGER_CHEAP_FOR_TESTS), so a thousand cases take well under a second.
//! All are boxed where they would be large: a test of many records fits on a test thread's stack without optimisation.
//!
//! ```
//! use keys_core::{Transition, strategies};
//! use proptest::prelude::*;
//!
//! proptest!(|(record in strategies::key_record(), now in strategies::timestamp())| {
//!     // Whatever a key is, deleting it is refused or leaves no secret.
//!     if let Ok(deleted) = record.transition(Transition::Delete, now) {
//!         prop_assert!(deleted.parts().lifecycle.secret().is_none());
//!     }
//! });
//! ```

mod events;
mod log_in;
mod pairs;
mod receipts;
mod records;
mod secrets;
mod words;

pub use events::{action, audit_event, audit_link, origin, request_id, target, via};
pub use log_in::{
    device_hash, device_record, device_token, login_name, new_password, new_session, password,
    password_record, password_state, session_hash, session_kind, session_record, session_token, soft_lock,
};
pub use pairs::{
    access_key, credential, native_access_key, native_credential, rancher_access_key, secret_key,
};
pub use receipts::{fingerprint, idempotency_key, new_receipt, receipt, receipt_name, sealed_secret};
pub use records::{
    account_kind, account_record, account_state, account_transition, environment_record, environment_state,
    environment_transition, first_state, key_record, lifecycle, lifecycle_state, member_record, new_account,
    new_environment, new_key, new_member, owner_row, owner_standing, transition, verification_row,
};
pub use secrets::{
    Sealed, digest, hash_policy, keyring, pepper, pepper_id, sealed, stored_secret, tag, tagged,
};
pub use words::{
    access_control, access_mode, account_id, account_list, asset_url, audit_id, creator, description,
    environment_id, key_id, log_in_provider, member_id, name, owner, password_id, realm, revision, role,
    session_id, setting_name, setting_value, timestamp, uuid,
};

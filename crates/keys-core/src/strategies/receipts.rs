//! Idempotency keys and receipts.

use alloc::string::String;
use core::fmt::Write as _;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::events::target;
use super::words::{owner, timestamp};
use crate::{Fingerprint, IdempotencyHash, IdempotencyKey, NewReceipt, Receipt, ReceiptName, SealedSecret};

/// Idempotency keys of every length and character, the shortest and the longest among them.
pub fn idempotency_key() -> impl Strategy<Value = IdempotencyKey> + Clone {
    let length = prop_oneof![
        3 => Just(IdempotencyKey::MIN_LENGTH),
        1 => Just(IdempotencyKey::MAX_LENGTH),
        2 => IdempotencyKey::MIN_LENGTH..=IdempotencyKey::MAX_LENGTH,
    ];
    length
        .prop_flat_map(|length| vec(b' '..=b'~', length))
        .prop_filter_map("printable ASCII", |bytes| String::from_utf8(bytes).ok()?.parse().ok())
        .boxed()
}

/// Names of receipts, of no key in particular.
pub fn receipt_name() -> impl Strategy<Value = ReceiptName> + Clone {
    (owner(), owner(), any::<[u8; IdempotencyHash::LENGTH]>())
        .prop_map(|(principal, owner, hash)| {
            let hash = IdempotencyHash::from_bytes(hash);
            ReceiptName { principal, owner, hash }
        })
        .boxed()
}

/// Fingerprints of no request in particular.
pub fn fingerprint() -> impl Strategy<Value = Fingerprint> + Clone {
    any::<[u8; Fingerprint::LENGTH]>().prop_map(Fingerprint::from_bytes).boxed()
}

/// What could be a sealed secret, and opens for nobody: enough for a store, which never looks inside.
pub fn sealed_secret() -> impl Strategy<Value = SealedSecret> + Clone {
    (any::<u64>(), vec(any::<u8>(), 80))
        .prop_filter_map("its text form", |(pepper, bytes)| {
            let mut text = String::from(SealedSecret::PREFIX);
            write!(text, "{pepper:016x}-").ok()?;
            bytes.iter().try_for_each(|byte| write!(text, "{byte:02x}")).ok()?;
            text.parse().ok()
        })
        .boxed()
}

/// Receipts to be kept, with and without a secret.
pub fn new_receipt() -> impl Strategy<Value = NewReceipt> + Clone {
    (receipt_name(), fingerprint(), option::of(sealed_secret()))
        .prop_map(|(name, fingerprint, secret)| NewReceipt { name, fingerprint, secret })
        .boxed()
}

/// Receipts, with and without a secret, of anything.
pub fn receipt() -> impl Strategy<Value = Receipt> + Clone {
    (new_receipt(), target(), timestamp()).prop_map(|(new, made, at)| new.into_receipt(made, at)).boxed()
}

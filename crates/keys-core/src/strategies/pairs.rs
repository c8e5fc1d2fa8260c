//! Access keys, secret keys, and both together.

use alloc::string::String;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::access_key::CROCKFORD;
use crate::secret_key::{BASE58, BASE62};
use crate::{AccessKey, Credential, SecretKey, Shape};

/// Access keys of both shapes.
pub fn access_key() -> impl Strategy<Value = AccessKey> + Clone {
    prop_oneof![3 => native_access_key(), 1 => rancher_access_key()].boxed()
}

/// Access keys of our shape.
pub fn native_access_key() -> impl Strategy<Value = AccessKey> + Clone {
    symbols(CROCKFORD, AccessKey::LENGTH - AccessKey::PREFIX.len())
        .prop_filter_map("of our shape", |body| (String::from(AccessKey::PREFIX) + &body).parse().ok())
        .boxed()
}

/// Access keys brought over from Rancher v1.
pub fn rancher_access_key() -> impl Strategy<Value = AccessKey> + Clone {
    symbols(b"0123456789ABCDEF", AccessKey::LENGTH)
        .prop_filter_map("of Rancher's shape", |text| text.parse().ok())
        .boxed()
}

/// Secret keys of a shape.
pub fn secret_key(shape: Shape) -> BoxedStrategy<SecretKey> {
    match shape {
        Shape::Native => vec(select(BASE62.as_slice()), SecretKey::RANDOM_LENGTH)
            .prop_filter_map("34 characters", |random| {
                random.try_into().ok().map(|random| SecretKey::with_checksum(&random))
            })
            .boxed(),
        Shape::Rancher => symbols(BASE58, SecretKey::LENGTH)
            .prop_filter_map("of Rancher's shape", |text| SecretKey::parse_shape(&text, Shape::Rancher).ok())
            .boxed(),
    }
}

/// Pairs of both shapes; the two halves always have the same.
pub fn credential() -> impl Strategy<Value = Credential> + Clone {
    let rancher = (rancher_access_key(), secret_key(Shape::Rancher)).prop_map(Credential::from);
    prop_oneof![3 => native_credential(), 1 => rancher].boxed()
}

/// Pairs of our shape.
pub fn native_credential() -> impl Strategy<Value = Credential> + Clone {
    (native_access_key(), secret_key(Shape::Native)).prop_map(Credential::from).boxed()
}

fn symbols(alphabet: &'static [u8], length: usize) -> impl Strategy<Value = String> + Clone {
    vec(select(alphabet).prop_map(char::from), length).prop_map(String::from_iter)
}

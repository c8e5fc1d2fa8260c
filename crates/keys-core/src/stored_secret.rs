//! What is kept of a secret key: a digest and a tag.

use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use crate::credential::Credential;
use crate::digest::{Digest, HashError, HashPolicy, Hasher};
use crate::pepper::{Keyring, Tagged};

/// The digest and the tag of one pair; [`seal`](Self::seal) makes it.
///
/// The tag decides every verification under a known pepper, in under a microsecond; the digest lets keys survive
/// the loss of all peppers. Both cover access key and secret key together, so neither can be moved to another row.
#[derive(Debug, Clone)]
pub struct StoredSecret {
    /// The slow hash.
    pub digest: Digest,
    /// The keyed hash, and the pepper it is keyed with.
    pub tagged: Tagged,
}

impl StoredSecret {
    /// Makes what is kept of `credential`. Takes as long as the policy asks: about 25 ms by default.
    ///
    /// ```
    /// use keys_core::{Credential, HashPolicy, Hasher, Keyring, Pepper, StoredSecret};
    ///
    /// let keyring = Keyring::new(vec![Pepper::generate(&mut getrandom::SysRng)?])?;
    /// let credential = Credential::generate(&mut getrandom::SysRng)?;
    /// let policy = HashPolicy::DANGER_CHEAP_FOR_TESTS;
    /// let stored = StoredSecret::seal(&credential, &keyring, policy, &mut Hasher::new(), &mut getrandom::SysRng)?;
    /// assert_eq!(stored.tagged.pepper, keyring.current());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`HashError::Rng`] when the source fails.
    pub fn seal<R: TryCryptoRng + ?Sized>(
        credential: &Credential,
        keyring: &Keyring,
        policy: HashPolicy,
        hasher: &mut Hasher,
        rng: &mut R,
    ) -> Result<Self, HashError> {
        let digest = hasher.hash(policy, &*digest_material(credential), rng)?;
        Ok(Self { digest, tagged: keyring.tag(credential) })
    }
}

/// What a digest is made over: the 20 characters of the access key, then the 40 of the secret key. Both have one
/// fixed length, so the two halves can be read back in one way only.
pub(crate) fn digest_material(credential: &Credential) -> Zeroizing<[u8; 60]> {
    let mut material = Zeroizing::new([0u8; 60]);
    if let Some((access_key, secret_key)) = material.split_first_chunk_mut::<20>() {
        *access_key = *credential.access_key().as_bytes();
        secret_key.copy_from_slice(credential.secret_key().as_bytes());
    }
    material
}

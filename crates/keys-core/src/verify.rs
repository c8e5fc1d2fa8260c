//! Verification in two pure steps: [`prove`] asks whether the caller holds the secret, [`judge`] whether the key is
//! good.
//!
//! ```text
//!  credential ─► prove(row, credential, keyring) ─┬─► Possession ──► judge(row, owner, possession, now) ─► Verdict
//!                                                 ├─► NeedsDigest ─► check(digest, hasher) ─► Possession or not
//!                                                 └─► Mismatch
//! ```
//!
//! The order matters. Only a holder of the secret learns anything of a key's state, and state, owner and expiry are
//! read **last**: after a slow proof they are read again from a row loaded afterwards, so that a key deactivated in
//! the meantime is refused (CWE-367).

use alloc::boxed::Box;

use crate::access_key::AccessKey;
use crate::credential::Credential;
use crate::digest::{Digest, HashError, Hasher};
use crate::id::{KeyId, Revision};
use crate::owner::Owner;
use crate::pepper::{Keyring, Tag, Tagged};
use crate::stored_secret::digest_material;
use crate::time::Timestamp;

/// The small view of a key that verification needs: what a store loads and an index keeps.
#[derive(Debug, Clone, Copy)]
pub struct VerificationRow {
    /// The key.
    pub key: KeyId,
    /// Whom it belongs to.
    pub owner: Owner,
    /// Its state, with the tag while there is one.
    pub state: RowState,
    /// From when on it is refused, if ever.
    pub expires_at: Option<Timestamp>,
    /// The revision of its last change.
    pub revision: Revision,
}

/// The state of a key, with its tag. A deleted key has none.
#[derive(Debug, Clone, Copy)]
pub enum RowState {
    /// See [`Lifecycle::Active`](crate::Lifecycle::Active).
    Active(Tagged),
    /// See [`Lifecycle::Inactive`](crate::Lifecycle::Inactive).
    Inactive(Tagged),
    /// See [`Lifecycle::Deleted`](crate::Lifecycle::Deleted).
    Deleted,
}

impl RowState {
    /// The tag, unless the key is deleted.
    #[must_use]
    pub const fn tagged(&self) -> Option<&Tagged> {
        match self {
            Self::Active(tagged) | Self::Inactive(tagged) => Some(tagged),
            Self::Deleted => None,
        }
    }
}

/// What verification needs to know of a key's owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnerRow {
    /// Whether keys of this owner are accepted.
    pub standing: OwnerStanding,
    /// Whether it is an account that administers the installation.
    pub administers: bool,
    /// The revision of the owner's last change.
    pub revision: Revision,
}

/// Whether keys of an owner are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OwnerStanding {
    /// They are, each by its own state.
    Active,
    /// None is: the owner is inactive or removed.
    Inactive,
}

/// Whether the caller holds the secret of the key.
#[derive(Debug)]
pub enum Proof {
    /// The tag says yes.
    Possession(Possession),
    /// No: there is no such key, it is deleted, or the secret is wrong.
    Mismatch(DenyReason),
    /// The tag's pepper is not in the keyring, so only the digest can tell.
    NeedsDigest(NeedsDigest),
}

/// Evidence that a caller presented the secret of one key.
///
/// Only [`prove`] and [`NeedsDigest::check`] make one. A pair never changes, so it stays true of its key; whether
/// the key is good is for [`judge`] to say.
#[derive(Debug)]
pub struct Possession {
    key: KeyId,
    access_key: AccessKey,
}

/// Evidence still missing: the key whose digest must be checked.
#[derive(Debug)]
pub struct NeedsDigest {
    key: KeyId,
    credential: Box<Credential>,
}

/// What the slow proof came to.
#[derive(Debug)]
pub struct DigestProof {
    /// The evidence.
    pub possession: Possession,
    /// The tag under the current pepper, to be written by compare-and-set on the tag alone.
    pub new_tag: Tagged,
}

/// Asks whether `presented` holds the secret of `row`. Never runs argon2.
///
/// A tag under a known pepper decides alone, both ways. Without a row, or with a deleted one, a decoy tag is
/// computed and compared all the same, so that an unknown access key takes the time of a wrong secret.
///
/// ```
/// use keys_core::{Credential, DenyReason, Keyring, Pepper, Proof, prove};
///
/// let keyring = Keyring::new(vec![Pepper::generate(&mut getrandom::SysRng)?])?;
/// let stranger = Credential::generate(&mut getrandom::SysRng)?;
/// assert!(matches!(prove(None, &stranger, &keyring), Proof::Mismatch(DenyReason::UnknownKey)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn prove(row: Option<&VerificationRow>, presented: &Credential, keyring: &Keyring) -> Proof {
    let kept = row.and_then(|row| row.state.tagged().map(|tagged| (row.key, tagged)));
    let (key, tag, pepper) = match kept {
        Some((key, tagged)) => (Some(key), tagged.tag, tagged.pepper),
        None => (None, DECOY, keyring.current()),
    };
    let matches = keyring.tag_under(pepper, presented).map(|computed| computed.matches(&tag));
    match (key, matches) {
        (Some(key), Some(true)) => Proof::Possession(Possession { key, access_key: presented.access_key() }),
        (Some(_), Some(false)) => Proof::Mismatch(DenyReason::WrongSecret),
        (Some(key), None) => Proof::NeedsDigest(NeedsDigest { key, credential: Box::new(presented.clone()) }),
        (None, _) => {
            Proof::Mismatch(if row.is_some() { DenyReason::Deleted } else { DenyReason::UnknownKey })
        }
    }
}

/// What a presented pair is compared with when there is nothing to compare it with.
const DECOY: Tag = Tag::from_bytes([0x5a; Tag::LENGTH]);

impl NeedsDigest {
    /// The key whose digest is to be loaded.
    #[must_use]
    pub const fn key(&self) -> KeyId {
        self.key
    }

    /// Checks the digest of that key. Takes as long as the digest's policy asks; run it in a bounded pool.
    ///
    /// `Ok(None)` when the secret is wrong.
    ///
    /// ```
    /// use keys_core::*;
    ///
    /// let keyring_of = |pepper| Keyring::new(vec![pepper]);
    /// let lost = keyring_of(Pepper::generate(&mut getrandom::SysRng)?)?;
    /// let keyring = keyring_of(Pepper::generate(&mut getrandom::SysRng)?)?;
    /// let pair = Credential::generate(&mut getrandom::SysRng)?;
    /// let (policy, mut hasher) = (HashPolicy::DANGER_CHEAP_FOR_TESTS, Hasher::new());
    /// let kept = StoredSecret::seal(&pair, &lost, policy, &mut hasher, &mut getrandom::SysRng)?;
    /// # let row = VerificationRow {
    /// #     key: "1c7".parse()?,
    /// #     owner: "environment/1a5".parse()?,
    /// #     state: RowState::Active(kept.tagged),
    /// #     expires_at: None,
    /// #     revision: Revision::new(9),
    /// # };
    ///
    /// let Proof::NeedsDigest(needed) = prove(Some(&row), &pair, &keyring) else { panic!("the pepper is lost") };
    /// let proof = needed.check(&kept.digest, &keyring, &mut hasher)?.ok_or("the secret is right")?;
    /// assert_eq!(proof.possession.key(), row.key);
    /// assert_eq!(proof.new_tag.pepper, keyring.current());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`HashError::Argon2`] is a defect.
    pub fn check(
        self,
        digest: &Digest,
        keyring: &Keyring,
        hasher: &mut Hasher,
    ) -> Result<Option<DigestProof>, HashError> {
        let matches = hasher.verify(digest, &*digest_material(&self.credential))?;
        Ok(matches.then(|| DigestProof {
            possession: Possession { key: self.key, access_key: self.credential.access_key() },
            new_tag: keyring.tag(&self.credential),
        }))
    }
}

impl Possession {
    /// The key whose secret was presented.
    #[must_use]
    pub const fn key(&self) -> KeyId {
        self.key
    }
}

/// Decides, for a caller who holds the secret, whether the key is good **now**.
///
/// `row` and `owner` must have been read after the proof if the proof took any time. No row, or the row of another
/// key, is a refusal. `owner` must be the row of `row.owner`: nothing in it says whose it is.
///
/// ```
/// use keys_core::*;
///
/// let keyring = Keyring::new(vec![Pepper::generate(&mut getrandom::SysRng)?])?;
/// let pair = Credential::generate(&mut getrandom::SysRng)?;
/// let row = VerificationRow {
///     key: "1c7".parse()?,
///     owner: "environment/1a5".parse()?,
///     state: RowState::Active(keyring.tag(&pair)),
///     expires_at: Some("2027-01-01T00:00:00Z".parse()?),
///     revision: Revision::new(9),
/// };
/// let owner = OwnerRow { standing: OwnerStanding::Active, administers: false, revision: Revision::new(2) };
///
/// let verdict = |row: &VerificationRow, now: &str| {
///     let Proof::Possession(possession) = prove(Some(row), &pair, &keyring) else { panic!("the secret is right") };
///     Ok::<_, ParseTimestampError>(judge(Some(row), Some(&owner), possession, now.parse()?))
/// };
/// let Verdict::Allow(grant) = verdict(&row, "2026-12-31T23:59:59.999Z")? else { panic!("the key is good") };
/// assert_eq!(grant.owner(), row.owner);
/// assert!(matches!(verdict(&row, "2027-01-01T00:00:00Z")?, Verdict::Deny(DenyReason::Expired)));
///
/// let inactive = VerificationRow { state: RowState::Inactive(keyring.tag(&pair)), ..row };
/// assert!(matches!(verdict(&inactive, "2026-12-01T00:00:00Z")?, Verdict::Deny(DenyReason::Inactive)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn judge(
    row: Option<&VerificationRow>,
    owner: Option<&OwnerRow>,
    possession: Possession,
    now: Timestamp,
) -> Verdict {
    let Some(row) = row.filter(|row| row.key == possession.key) else {
        return Verdict::Deny(DenyReason::UnknownKey);
    };
    match row.state {
        RowState::Active(_) => {}
        RowState::Inactive(_) => return Verdict::Deny(DenyReason::Inactive),
        RowState::Deleted => return Verdict::Deny(DenyReason::Deleted),
    }
    if row.expires_at.is_some_and(|expiry| expiry <= now) {
        return Verdict::Deny(DenyReason::Expired);
    }
    match owner {
        Some(OwnerRow { standing: OwnerStanding::Active, administers, .. }) => Verdict::Allow(Grant {
            key: row.key,
            access_key: possession.access_key,
            owner: row.owner,
            administers: *administers,
            expires_at: row.expires_at,
        }),
        Some(OwnerRow { standing: OwnerStanding::Inactive, .. }) | None => {
            Verdict::Deny(DenyReason::OwnerInactive)
        }
    }
}

/// The outcome of verification. A refusal is a value; only "could not tell" is an error, elsewhere.
#[derive(Debug)]
pub enum Verdict {
    /// The pair is good.
    Allow(Grant),
    /// It is not. Callers are told nothing more; the reason is for logs.
    Deny(DenyReason),
}

/// Proof that a verdict allowed. Only [`judge`] makes one.
#[derive(Debug)]
pub struct Grant {
    key: KeyId,
    access_key: AccessKey,
    owner: Owner,
    administers: bool,
    expires_at: Option<Timestamp>,
}

impl Grant {
    /// The key that was verified.
    #[must_use]
    pub const fn key(&self) -> KeyId {
        self.key
    }

    /// Its public half.
    #[must_use]
    pub const fn access_key(&self) -> AccessKey {
        self.access_key
    }

    /// Whom the caller acts as.
    #[must_use]
    pub const fn owner(&self) -> Owner {
        self.owner
    }

    /// Whether the owner is an account that administers the installation, at the moment of the verdict.
    #[must_use]
    pub const fn administers(&self) -> bool {
        self.administers
    }

    /// Until when the key is good, if it expires.
    #[must_use]
    pub const fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }
}

/// Why a pair was refused. For log and metrics only: outside, all of these look the same.
///
/// ```
/// use keys_core::DenyReason;
///
/// assert_eq!(DenyReason::WrongSecret.to_string(), "wrong-secret");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DenyReason {
    /// No key has this access key.
    UnknownKey,
    /// The secret key is not this key's.
    WrongSecret,
    /// The key is Inactive.
    Inactive,
    /// The key was deleted.
    Deleted,
    /// The key is past its expiry.
    Expired,
    /// The key's owner is not active.
    OwnerInactive,
}

impl DenyReason {
    /// Every reason.
    pub const ALL: [Self; 6] = [
        Self::UnknownKey,
        Self::WrongSecret,
        Self::Inactive,
        Self::Deleted,
        Self::Expired,
        Self::OwnerInactive,
    ];

    /// A stable word for logs and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownKey => "unknown-key",
            Self::WrongSecret => "wrong-secret",
            Self::Inactive => "inactive",
            Self::Deleted => "deleted",
            Self::Expired => "expired",
            Self::OwnerInactive => "owner-inactive",
        }
    }
}

impl core::fmt::Display for DenyReason {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.pad(self.as_str())
    }
}

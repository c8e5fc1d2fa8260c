//! A key as it is kept.

use crate::access_key::AccessKey;
use crate::id::{KeyId, Revision};
use crate::lifecycle::{Lifecycle, Transition, TransitionError};
use crate::owner::{Creator, Owner};
use crate::stored_secret::StoredSecret;
use crate::text::{Description, Name};
use crate::time::Timestamp;
use crate::verify::{RowState, VerificationRow};

/// The state a key begins in. One that is issued begins Active; one that is brought over may be meant for later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum FirstState {
    /// See [`Lifecycle::Active`].
    #[default]
    Active,
    /// See [`Lifecycle::Inactive`].
    Inactive,
}

/// A key that no store has numbered yet.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// Whom it belongs to.
    pub owner: Owner,
    /// Its public half.
    pub access_key: AccessKey,
    /// What is kept of its secret.
    pub secret: StoredSecret,
    /// Whether its pair is accepted from the beginning.
    pub first_state: FirstState,
    /// Its name.
    pub name: Option<Name>,
    /// Its description.
    pub description: Option<Description>,
    /// Who makes it.
    pub creator: Creator,
    /// When.
    pub created: Timestamp,
    /// From when on it is refused, if ever.
    pub expires_at: Option<Timestamp>,
}

impl NewKey {
    /// The record, once the store has given it an id and a revision.
    #[must_use]
    pub fn into_record(self, id: KeyId, revision: Revision) -> KeyRecord {
        let Self { owner, access_key, secret, first_state, name, description, creator, created, expires_at } =
            self;
        let lifecycle = match first_state {
            FirstState::Active => Lifecycle::Active(secret),
            FirstState::Inactive => Lifecycle::Inactive(secret),
        };
        KeyRecord(KeyParts {
            id,
            owner,
            access_key,
            lifecycle,
            name,
            description,
            creator,
            created,
            updated: created,
            expires_at,
            revision,
        })
    }
}

/// The fields of a [`KeyRecord`], for a store to write and read.
#[derive(Debug, Clone)]
pub struct KeyParts {
    /// Its id.
    pub id: KeyId,
    /// Whom it belongs to.
    pub owner: Owner,
    /// Its public half.
    pub access_key: AccessKey,
    /// Its state, with what is kept of the secret.
    pub lifecycle: Lifecycle,
    /// Its name.
    pub name: Option<Name>,
    /// Its description.
    pub description: Option<Description>,
    /// Who made it.
    pub creator: Creator,
    /// When it was made.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
    /// From when on it is refused, if ever. Computed at each verification, never stored as a state.
    pub expires_at: Option<Timestamp>,
    /// The revision of its last change.
    pub revision: Revision,
}

/// A key as it is kept. Changed only by the methods here: the pair, the owner and the creator never are.
///
/// ```
/// use keys_core::*;
///
/// let keyring = Keyring::new(vec![Pepper::generate(&mut getrandom::SysRng)?])?;
/// let pair = Credential::generate(&mut getrandom::SysRng)?;
/// let policy = HashPolicy::DANGER_CHEAP_FOR_TESTS;
/// let now: Timestamp = "2026-11-23T18:30:00Z".parse()?;
/// let new = NewKey {
///     owner: "environment/1a5".parse()?,
///     access_key: pair.access_key(),
///     secret: StoredSecret::seal(&pair, &keyring, policy, &mut Hasher::new(), &mut getrandom::SysRng)?,
///     first_state: FirstState::Active,
///     name: Some(Name::new("build box")?),
///     description: None,
///     creator: "account/1a1".parse()?,
///     created: now,
///     expires_at: None,
/// };
/// let record = new.into_record("1c7".parse()?, Revision::new(1));
/// let record = record.edit(Some(Name::new("old build box")?), None, now);
/// let record = record.transition(Transition::Deactivate, now)?.transition(Transition::Delete, now)?;
/// assert_eq!(record.parts().lifecycle.state(), LifecycleState::Deleted);
///
/// // A store keeps the parts and gives them back.
/// let read = KeyRecord::from_parts(record.into_parts())?;
/// assert_eq!(read.parts().name, Some(Name::new("old build box")?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct KeyRecord(KeyParts);

impl KeyRecord {
    /// Takes fields that a store read.
    ///
    /// # Errors
    ///
    /// [`InvalidRecord::Times`] when it changed, or was deleted, before it was made.
    pub fn from_parts(parts: KeyParts) -> Result<Self, InvalidRecord> {
        let deleted = match parts.lifecycle {
            Lifecycle::Active(_) | Lifecycle::Inactive(_) => parts.created,
            Lifecycle::Deleted { at } => at,
        };
        if parts.updated < parts.created || deleted < parts.created {
            return Err(InvalidRecord::Times);
        }
        Ok(Self(parts))
    }

    /// The fields.
    #[must_use]
    pub const fn parts(&self) -> &KeyParts {
        &self.0
    }

    /// Takes the record apart.
    #[must_use]
    pub fn into_parts(self) -> KeyParts {
        self.0
    }

    /// Whether it is past its expiry: from the instant `expires_at` on, a key is refused.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.0.expires_at.is_some_and(|expiry| expiry <= now)
    }

    /// The record with another name and description. Nothing else can be edited.
    #[must_use]
    pub fn edit(self, name: Option<Name>, description: Option<Description>, now: Timestamp) -> Self {
        let updated = self.0.updated.max(now);
        Self(KeyParts { name, description, updated, ..self.0 })
    }

    /// The record in its next state.
    ///
    /// # Errors
    ///
    /// As [`Lifecycle::apply`].
    pub fn transition(self, transition: Transition, now: Timestamp) -> Result<Self, TransitionError> {
        // A clock that went back must not make a record that was deleted before it was made.
        let updated = self.0.updated.max(now);
        let lifecycle = self.0.lifecycle.apply(transition, updated)?;
        Ok(Self(KeyParts { lifecycle, updated, ..self.0 }))
    }

    /// The record as the store keeps it after a change.
    #[must_use]
    pub fn with_revision(self, revision: Revision) -> Self {
        Self(KeyParts { revision, ..self.0 })
    }

    /// The small view that verification needs.
    #[must_use]
    pub fn verification_row(&self) -> VerificationRow {
        VerificationRow {
            key: self.0.id,
            owner: self.0.owner,
            state: match &self.0.lifecycle {
                Lifecycle::Active(secret) => RowState::Active(secret.tagged),
                Lifecycle::Inactive(secret) => RowState::Inactive(secret.tagged),
                Lifecycle::Deleted { .. } => RowState::Deleted,
            },
            expires_at: self.0.expires_at,
            revision: self.0.revision,
        }
    }
}

/// Why stored fields are no record: the store is damaged, or was written by something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidRecord {
    /// It changed before it was made.
    #[error("the record's times contradict each other")]
    Times,
}

//! Passwords: how a person proves to be the one an account belongs to.
//!
//! A **password** is typed by a person and kept as an argon2id [`Digest`] only. The **log-in name** beside it says which
//! account is meant; it is shown as it was given and compared without regard to letter case. The one rule for a password
//! is its length (NIST SP 800-63B-4 §3.1.1.2): rules about its characters make people choose worse ones.
//!
//! ```text
//!   ── set ──► Active ──┐ change: the digest, the log-in name, or both
//!                │ ▲────┘
//!              remove
//!                ▼
//!             Removed      holds no digest, so nothing can match it
//! ```

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use crate::digest::{Digest, HashError, HashPolicy, Hasher};
use crate::id::{AccountId, PasswordId, Revision};
use crate::record::InvalidRecord;
use crate::rng::{self, RngError};
use crate::secret_key::BASE58;
use crate::text::{Name, NameError};
use crate::time::Timestamp;

/// A password in the clear: 8 to 256 characters, exactly as typed.
///
/// It lives from a form or a prompt to its digest and is wiped from memory when dropped. It has no `Display`, no
/// equality and no serialisation on purpose; `Debug` shows only the type's name. [`expose`](Self::expose) is the one way
/// to the text.
///
/// ```
/// use keys_core::{HashPolicy, Hasher, Password};
///
/// let password = Password::new("correct horse battery staple")?;
/// assert_eq!(format!("{password:?}"), "Password(…)");
///
/// let mut hasher = Hasher::new();
/// let digest = password.digest(HashPolicy::DANGER_CHEAP_FOR_TESTS, &mut hasher, &mut getrandom::SysRng)?;
/// assert!(password.matches(&digest, &mut hasher)?);
/// assert!(!Password::new("correct horse")?.matches(&digest, &mut hasher)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Password(Zeroizing<Box<str>>);

impl Password {
    /// The fewest characters (Unicode scalar values) a password has.
    pub const MIN_CHARS: usize = 8;
    /// The most characters a password has: enough for every passphrase, and a bound on what is hashed.
    pub const MAX_CHARS: usize = 256;

    /// Takes a text as a password. Nothing is trimmed and nothing normalised: what was typed is what counts.
    ///
    /// # Errors
    ///
    /// [`PasswordError::TooShort`] or [`PasswordError::TooLong`]. Neither holds any part of the text.
    pub fn new(text: &str) -> Result<Self, PasswordError> {
        let length = text.chars().count();
        if length < Self::MIN_CHARS {
            return Err(PasswordError::TooShort);
        }
        if length > Self::MAX_CHARS {
            return Err(PasswordError::TooLong);
        }
        Ok(Self(Zeroizing::new(text.into())))
    }

    /// A new password that nobody chose: four groups of five characters, 117 random bits, none of which is easily mistaken
    /// for another.
    ///
    /// ```
    /// use keys_core::Password;
    ///
    /// let password = Password::generate(&mut getrandom::SysRng)?;
    /// assert_eq!(password.expose().split('-').map(str::len).collect::<Vec<_>>(), [5; 4]);
    /// # Ok::<(), keys_core::RngError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`RngError`] when the source fails.
    pub fn generate<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, RngError> {
        let mut symbols = Zeroizing::new([0u8; GROUP * GROUPS]);
        rng::fill_symbols(rng, BASE58, symbols.as_mut_slice())?;
        // Of its final size from the beginning: a text that grows leaves what it was behind.
        let mut text = Zeroizing::new(String::with_capacity((GROUP + 1) * GROUPS));
        for group in symbols.chunks(GROUP) {
            if !text.is_empty() {
                text.push('-');
            }
            text.extend(group.iter().map(|symbol| char::from(*symbol)));
        }
        Ok(Self(Zeroizing::new(text.as_str().into())))
    }

    /// The text. Whoever calls this answers for where it goes.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// A new digest of the password, with a random salt.
    ///
    /// # Errors
    ///
    /// As [`Hasher::hash`].
    pub fn digest<R: TryCryptoRng + ?Sized>(
        &self,
        policy: HashPolicy,
        hasher: &mut Hasher,
        rng: &mut R,
    ) -> Result<Digest, HashError> {
        hasher.hash(policy, self.0.as_bytes(), rng)
    }

    /// Whether `digest` is one of this password.
    ///
    /// # Errors
    ///
    /// As [`Hasher::verify`].
    pub fn matches(&self, digest: &Digest, hasher: &mut Hasher) -> Result<bool, HashError> {
        hasher.verify(digest, self.0.as_bytes())
    }

    /// Does the work of [`matches`](Self::matches) against nobody's digest of this policy, so that a log-in name that
    /// nobody has takes the time of a wrong password.
    ///
    /// # Errors
    ///
    /// As [`Hasher::verify`].
    pub fn match_decoy(&self, policy: HashPolicy, hasher: &mut Hasher) -> Result<(), HashError> {
        let _never = hasher.verify(&Digest::decoy(policy), self.0.as_bytes())?;
        Ok(())
    }
}

/// How a generated password looks: in groups, because people read it to each other and type it.
const GROUP: usize = 5;
const GROUPS: usize = 4;

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Why a text is no [`Password`]. Says nothing of the text but which bound it broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordError {
    /// Fewer than 8 characters.
    #[error("a password has at least 8 characters")]
    TooShort,
    /// More than 256 characters.
    #[error("a password has at most 256 characters")]
    TooLong,
}

/// The name a person logs in with: 1 to 255 characters as in a [`Name`], no colon, no white space at either end.
///
/// The colon parts name and password wherever both travel in one text. Two log-in names that differ in letter case only
/// are one: see [`folded`](Self::folded).
///
/// ```
/// use keys_core::{LoginName, LoginNameError};
///
/// let name: LoginName = "Ada.Lovelace".parse()?;
/// assert_eq!(name.as_str(), "Ada.Lovelace");
/// assert_eq!(name.folded(), "ada.lovelace".parse::<LoginName>()?.folded());
/// assert_eq!("ada:lovelace".parse::<LoginName>(), Err(LoginNameError::Colon));
/// # Ok::<(), LoginNameError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LoginName(Name);

impl LoginName {
    /// Takes a text as a log-in name.
    ///
    /// # Errors
    ///
    /// [`LoginNameError::Empty`], [`Colon`](LoginNameError::Colon), [`Edge`](LoginNameError::Edge), or what a [`Name`]
    /// refuses.
    pub fn new(text: impl Into<Box<str>>) -> Result<Self, LoginNameError> {
        let name = Name::new(text).map_err(LoginNameError::Name)?;
        let text = name.as_str();
        if text.is_empty() {
            return Err(LoginNameError::Empty);
        }
        if text.contains(':') {
            return Err(LoginNameError::Colon);
        }
        if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) {
            return Err(LoginNameError::Edge);
        }
        Ok(Self(name))
    }

    /// The text, exactly as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The name without its letter case: what makes it unique and what it is found by.
    #[must_use]
    pub fn folded(&self) -> FoldedLogin {
        // Character by character, so that no letter's form depends on its neighbours (a sigma at the end of a word).
        FoldedLogin(self.0.as_str().chars().flat_map(char::to_lowercase).collect::<String>().into())
    }
}

impl fmt::Display for LoginName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for LoginName {
    type Err = LoginNameError;

    fn from_str(text: &str) -> Result<Self, LoginNameError> {
        Self::new(text)
    }
}

/// Why a text is no [`LoginName`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoginNameError {
    /// No characters.
    #[error("a log-in name has at least one character")]
    Empty,
    /// A colon.
    #[error("a log-in name has no colon: it parts name and password")]
    Colon,
    /// White space at the beginning or the end, which nobody sees.
    #[error("a log-in name neither begins nor ends with white space")]
    Edge,
    /// What no name has.
    #[error(transparent)]
    Name(NameError),
}

/// A [`LoginName`] without its letter case. Only [`LoginName::folded`] makes one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FoldedLogin(Box<str>);

impl FoldedLogin {
    /// The text, for a store to find it by.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The state of a password, with what exists in it only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordState {
    /// Its account can log in with it.
    Active(Digest),
    /// It is gone. Nothing is left that a password could match.
    Removed {
        /// When.
        at: Timestamp,
    },
}

/// A password that no store has numbered yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPassword {
    /// Whose it is.
    pub account: AccountId,
    /// What its owner logs in as.
    pub login: LoginName,
    /// What is kept of it.
    pub digest: Digest,
    /// When it is set.
    pub created: Timestamp,
}

impl NewPassword {
    /// The record, once the store has given it an id and a revision.
    #[must_use]
    pub fn into_record(self, id: PasswordId, revision: Revision) -> PasswordRecord {
        let Self { account, login, digest, created } = self;
        let state = PasswordState::Active(digest);
        PasswordRecord(PasswordParts { id, account, login, state, created, updated: created, revision })
    }
}

/// The fields of a [`PasswordRecord`], for a store to write and read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordParts {
    /// Its id.
    pub id: PasswordId,
    /// Whose it is.
    pub account: AccountId,
    /// What its owner logs in as.
    pub login: LoginName,
    /// Its state.
    pub state: PasswordState,
    /// When it was set first.
    pub created: Timestamp,
    /// When it was changed last.
    pub updated: Timestamp,
    /// The revision of its last change.
    pub revision: Revision,
}

/// A password as it is kept: a digest and a log-in name.
///
/// ```
/// use keys_core::{HashPolicy, Hasher, NewPassword, Password, PasswordState, Revision, Timestamp};
///
/// let password = Password::new("correct horse battery staple")?;
/// let mut hasher = Hasher::new();
/// let new = NewPassword {
///     account: "1a7".parse()?,
///     login: "ada".parse()?,
///     digest: password.digest(HashPolicy::DANGER_CHEAP_FOR_TESTS, &mut hasher, &mut getrandom::SysRng)?,
///     created: Timestamp::MIN,
/// };
/// let record = new.into_record("1c9".parse()?, Revision::new(4));
/// assert!(record.digest().is_some());
///
/// let removed = record.remove(Timestamp::MIN).ok_or("it was there")?;
/// assert!(removed.digest().is_none() && removed.remove(Timestamp::MIN).is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordRecord(PasswordParts);

impl PasswordRecord {
    /// Takes fields that a store read.
    ///
    /// # Errors
    ///
    /// [`InvalidRecord::Times`] when it changed before it was made.
    pub fn from_parts(parts: PasswordParts) -> Result<Self, InvalidRecord> {
        let changed = match &parts.state {
            PasswordState::Active(_) => parts.updated,
            PasswordState::Removed { at } => parts.updated.min(*at),
        };
        if changed < parts.created { Err(InvalidRecord::Times) } else { Ok(Self(parts)) }
    }

    /// The fields.
    #[must_use]
    pub const fn parts(&self) -> &PasswordParts {
        &self.0
    }

    /// Takes the record apart.
    #[must_use]
    pub fn into_parts(self) -> PasswordParts {
        self.0
    }

    /// What is kept of the password; `None` once it is removed.
    #[must_use]
    pub const fn digest(&self) -> Option<&Digest> {
        match &self.0.state {
            PasswordState::Active(digest) => Some(digest),
            PasswordState::Removed { .. } => None,
        }
    }

    /// The record of another password; `None` when it is removed: a new one is a new record.
    #[must_use]
    pub fn change(self, digest: Digest, now: Timestamp) -> Option<Self> {
        match self.0.state {
            PasswordState::Active(_) => {
                let updated = self.0.updated.max(now);
                Some(Self(PasswordParts { state: PasswordState::Active(digest), updated, ..self.0 }))
            }
            PasswordState::Removed { .. } => None,
        }
    }

    /// The record under another log-in name; `None` when it is removed.
    #[must_use]
    pub fn rename(self, login: LoginName, now: Timestamp) -> Option<Self> {
        match self.0.state {
            PasswordState::Active(_) => {
                let updated = self.0.updated.max(now);
                Some(Self(PasswordParts { login, updated, ..self.0 }))
            }
            PasswordState::Removed { .. } => None,
        }
    }

    /// The record once removed, without its digest; `None` when it is removed already.
    #[must_use]
    pub fn remove(self, now: Timestamp) -> Option<Self> {
        match self.0.state {
            PasswordState::Active(_) => {
                let at = self.0.updated.max(now);
                Some(Self(PasswordParts { state: PasswordState::Removed { at }, updated: at, ..self.0 }))
            }
            PasswordState::Removed { .. } => None,
        }
    }

    /// The record as the store keeps it after a change.
    #[must_use]
    pub fn with_revision(self, revision: Revision) -> Self {
        Self(PasswordParts { revision, ..self.0 })
    }
}

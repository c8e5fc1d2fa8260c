//! Admission: which people are let in at all.
//!
//! Whoever can say a name and its password is somebody; whether that somebody may be here is the access mode's to say. It
//! is asked at each log-in and again in each request of a session, so a mode that becomes narrower is effective at once.
//!
//! | mode | administrators | listed | members of an Active environment | other people |
//! |---|---|---|---|---|
//! | unrestricted | yes | yes | yes | yes |
//! | restricted | yes | yes | yes | no |
//! | required | yes | yes | no | no |
//! | closed | no | no | no | no |
//!
//! Keys are not people: no mode stops a key.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::fmt::Write as _;
use core::str::FromStr;

use crate::account::AccountRecord;
use crate::id::AccountId;

/// Which people may log in.
///
/// Text forms, for ever: `unrestricted`, `restricted`, `required`.
///
/// ```
/// use keys_core::AccessMode;
///
/// assert_eq!("restricted".parse(), Ok(AccessMode::Restricted));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum AccessMode {
    /// All of them.
    #[default]
    Unrestricted,
    /// Administrators, those who are listed, and members of an Active environment.
    Restricted,
    /// Administrators and those who are listed.
    Required,
    /// Nobody. It cannot be chosen: it is what a damaged setting means, because a mode that nobody can read must not let
    /// anybody in. Its text is `closed`, which does not parse.
    Closed,
}

impl AccessMode {
    /// Those that can be chosen.
    pub const ALL: [Self; 3] = [Self::Unrestricted, Self::Restricted, Self::Required];

    /// The text form, for ever.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unrestricted => "unrestricted",
            Self::Restricted => "restricted",
            Self::Required => "required",
            Self::Closed => "closed",
        }
    }

    /// Whether an account is let in, as far as that does not depend on its environments.
    #[must_use]
    pub fn admission(self, listed: &AccountList, account: &AccountRecord) -> Admission {
        let known = account.administers() || listed.contains(account.parts().id);
        match (self, known) {
            (Self::Unrestricted, _) | (Self::Restricted | Self::Required, true) => Admission::Always,
            (Self::Restricted, false) => Admission::AsMember,
            (Self::Required, false) | (Self::Closed, _) => Admission::Never,
        }
    }
}

impl fmt::Display for AccessMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why a text is no [`AccessMode`] that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an access mode: expected `unrestricted`, `restricted` or `required`")]
#[non_exhaustive]
pub struct ParseAccessModeError;

impl FromStr for AccessMode {
    type Err = ParseAccessModeError;

    fn from_str(text: &str) -> Result<Self, ParseAccessModeError> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == text).ok_or(ParseAccessModeError)
    }
}

/// The outcome of [`AccessMode::admission`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It is let in.
    Always,
    /// It is let in while it is a member of an Active environment.
    AsMember,
    /// It is not let in.
    Never,
}

/// Accounts that are listed by name, each once, in the order they were given.
///
/// Text form, for ever: their ids with commas between them.
///
/// ```
/// use keys_core::AccountList;
///
/// let listed: AccountList = "1a7,1a9".parse()?;
/// assert!(listed.contains("1a9".parse()?));
/// assert_eq!(listed.to_string(), "1a7,1a9");
/// assert!(AccountList::default().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct AccountList {
    text: Box<str>,
    accounts: Vec<AccountId>,
}

impl AccountList {
    /// The most accounts of a list: every request of a session looks through it.
    pub const MAX: usize = 256;

    /// A list of these accounts; one that stands there twice is listed once.
    ///
    /// # Errors
    ///
    /// [`ParseAccountListError::TooLong`] for more than [`MAX`](Self::MAX) of them.
    pub fn new(accounts: impl IntoIterator<Item = AccountId>) -> Result<Self, ParseAccountListError> {
        let mut list = Self::default();
        for account in accounts {
            if list.contains(account) {
                continue;
            }
            if list.accounts.len() == Self::MAX {
                return Err(ParseAccountListError::TooLong);
            }
            list.accounts.push(account);
        }
        let mut text = alloc::string::String::new();
        for account in &list.accounts {
            let comma = if text.is_empty() { "" } else { "," };
            // Writing to a string does not fail.
            let _ = write!(text, "{comma}{account}");
        }
        list.text = text.into();
        Ok(list)
    }

    /// The text form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The accounts.
    #[must_use]
    pub fn accounts(&self) -> &[AccountId] {
        &self.accounts
    }

    /// Whether an account is listed.
    #[must_use]
    pub fn contains(&self, account: AccountId) -> bool {
        self.accounts.contains(&account)
    }

    /// Whether nobody is listed.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.accounts.is_empty()
    }
}

impl fmt::Display for AccountList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// Why a text is no [`AccountList`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseAccountListError {
    /// It names too many.
    #[error("more than 256 accounts")]
    TooLong,
    /// Something of it is no id of an account.
    #[error("not a list of accounts: expected ids like `1a7` with commas between them")]
    NotAnAccount,
}

impl FromStr for AccountList {
    type Err = ParseAccountListError;

    fn from_str(text: &str) -> Result<Self, ParseAccountListError> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let mut accounts = Vec::new();
        for id in text.split(',') {
            if accounts.len() == Self::MAX {
                return Err(ParseAccountListError::TooLong);
            }
            accounts.push(id.parse().map_err(|_| ParseAccountListError::NotAnAccount)?);
        }
        Self::new(accounts)
    }
}

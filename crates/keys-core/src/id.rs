//! Identifiers: positive 63-bit numbers with a type in front of them.
//!
//! The text form is `1`, the letters of the type, then the number: `1a5`, `1c7`. Numbers come from one counter
//! per family, so an account and an environment never share one; they are never given twice.

use core::fmt;
use core::num::NonZeroU64;
use core::str::FromStr;

use crate::display::pad;

/// Why a text is no identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id: expected `{prefix}` and a number from 1 to 9223372036854775807 without leading zeros")]
pub struct ParseIdError {
    prefix: &'static str,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(NonZeroU64);

        impl $name {
            /// What the text form begins with.
            pub const PREFIX: &'static str = $prefix;

            /// The identifier with this number; `None` for 0 and for numbers past 2^63 − 1, which no store can keep.
            #[must_use]
            pub const fn new(number: u64) -> Option<Self> {
                if number > i64::MAX.unsigned_abs() {
                    return None;
                }
                match NonZeroU64::new(number) {
                    Some(number) => Some(Self(number)),
                    None => None,
                }
            }

            /// The bare number, at least 1 and at most 2^63 − 1.
            #[must_use]
            pub const fn number(self) -> u64 {
                self.0.get()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                pad(f, format_args!("{}{}", Self::PREFIX, self.0))
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                text.strip_prefix(Self::PREFIX)
                    .and_then(parse_number)
                    .and_then(Self::new)
                    .ok_or(ParseIdError { prefix: Self::PREFIX })
            }
        }
    };
}

id! {
    /// The id of an account, such as `1a1`, the administrator.
    ///
    /// ```
    /// use keys_core::AccountId;
    ///
    /// assert_eq!(AccountId::ADMIN, "1a1".parse()?);
    /// assert!("1a01".parse::<AccountId>().is_err());
    /// # Ok::<(), keys_core::ParseIdError>(())
    /// ```
    AccountId, "1a"
}
id! {
    /// The id of an environment, such as `1a5`, the environment of a fresh installation.
    ///
    /// ```
    /// use keys_core::EnvironmentId;
    ///
    /// assert_eq!(EnvironmentId::new(5).map(|id| id.to_string()), Some("1a5".to_owned()));
    /// assert_eq!(EnvironmentId::new(0), None);
    /// ```
    EnvironmentId, "1a"
}
id! {
    /// The id of an API key, such as `1c7`. Not the access key: an id names the managed object.
    ///
    /// ```
    /// use keys_core::KeyId;
    ///
    /// assert_eq!("1c7".parse::<KeyId>()?.number(), 7);
    /// # Ok::<(), keys_core::ParseIdError>(())
    /// ```
    KeyId, "1c"
}
id! {
    /// The id of a member of an environment, such as `1pm1`.
    ///
    /// ```
    /// use keys_core::MemberId;
    ///
    /// assert_eq!("1pm1".parse::<MemberId>()?.number(), 1);
    /// # Ok::<(), keys_core::ParseIdError>(())
    /// ```
    MemberId, "1pm"
}
id! {
    /// The id of a password, such as `1c9`. Passwords and keys are numbered by one counter, so none shares its number
    /// with a key.
    ///
    /// ```
    /// use keys_core::PasswordId;
    ///
    /// assert_eq!("1c9".parse::<PasswordId>()?.number(), 9);
    /// # Ok::<(), keys_core::ParseIdError>(())
    /// ```
    PasswordId, "1c"
}
id! {
    /// The id of a session, such as `1s7`. It names the session in the audit chain; it lets nobody in.
    ///
    /// ```
    /// use keys_core::SessionId;
    ///
    /// assert_eq!("1s7".parse::<SessionId>()?.to_string(), "1s7");
    /// # Ok::<(), keys_core::ParseIdError>(())
    /// ```
    SessionId, "1s"
}
id! {
    /// The id of an audit event; events are numbered from 1 without gaps.
    ///
    /// ```
    /// use keys_core::AuditId;
    ///
    /// assert_eq!(AuditId::FIRST.next(), Some("1al2".parse()?));
    /// # Ok::<(), keys_core::ParseIdError>(())
    /// ```
    AuditId, "1al"
}

impl EnvironmentId {
    /// The smallest there can be, to begin a walk at.
    pub const FIRST: Self = Self(NonZeroU64::MIN);
}

impl MemberId {
    /// The smallest there can be: the member every installation begins with.
    pub const FIRST: Self = Self(NonZeroU64::MIN);
}

impl AccountId {
    /// The administrator, `1a1`: there from the first start.
    pub const ADMIN: Self = Self(NonZeroU64::MIN);
}

impl AuditId {
    /// The first event of a chain.
    pub const FIRST: Self = Self(NonZeroU64::MIN);

    /// The event after this one; `None` at the end of the number range.
    #[must_use]
    pub const fn next(self) -> Option<Self> {
        match self.0.get().checked_add(1) {
            Some(number) => Self::new(number),
            None => None,
        }
    }
}

/// The version of the whole store after a change: it grows by one with every change, whatever was changed.
///
/// A record carries the revision of its own last change, so that a writer can say which version it read.
/// Revision 0 is the empty store. Text form, for ever: the number in decimal, without leading zeros.
///
/// ```
/// use keys_core::Revision;
///
/// assert!(Revision::ZERO < Revision::ZERO.next());
/// assert_eq!("41".parse::<Revision>()?.next().to_string(), "42");
/// # Ok::<(), keys_core::ParseRevisionError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Revision(u64);

impl Revision {
    /// The revision of a store in which nothing has happened.
    pub const ZERO: Self = Self(0);

    /// The revision with this number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The bare number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The revision after this one; stays at the end of the number range, which no store reaches.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a text is no [`Revision`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a revision: expected a number from 0 to 18446744073709551615 without leading zeros")]
#[non_exhaustive]
pub struct ParseRevisionError;

impl FromStr for Revision {
    type Err = ParseRevisionError;

    fn from_str(text: &str) -> Result<Self, ParseRevisionError> {
        if text == "0" {
            return Ok(Self::ZERO);
        }
        parse_number(text).map(Self).ok_or(ParseRevisionError)
    }
}

/// Digits only, no sign, no leading zero: one number has one text form.
fn parse_number(text: &str) -> Option<u64> {
    let canonical = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if canonical { text.parse().ok() } else { None }
}

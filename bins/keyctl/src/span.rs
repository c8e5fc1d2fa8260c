//! A span of time as people write it: a number and `d`, `h`, `m` or `s`.

use std::str::FromStr;
use std::time::Duration;

use keys_core::Timestamp;

/// A span, in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span(Duration);

/// Why a text is no [`Span`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParseSpanError {
    /// It is no number with a unit.
    Syntax,
    /// It is one that no clock lives to see.
    TooLong,
}

impl Span {
    /// Whether it has no length.
    pub(crate) const fn is_nothing(self) -> bool {
        self.0.is_zero()
    }

    /// The instant this long after another, if there is one.
    pub(crate) fn after(self, instant: Timestamp) -> Option<Timestamp> {
        instant.checked_add(self.0)
    }

    /// The instant this long before another, if there is one.
    pub(crate) fn before(self, instant: Timestamp) -> Option<Timestamp> {
        let millis = i64::try_from(self.0.as_millis()).ok()?;
        Timestamp::from_millis(instant.as_millis().checked_sub(millis)?)
    }
}

impl FromStr for Span {
    type Err = ParseSpanError;

    fn from_str(text: &str) -> Result<Self, ParseSpanError> {
        let unit = text.chars().next_back().and_then(seconds_of).ok_or(ParseSpanError::Syntax)?;
        // The unit is one ASCII character, so this is the text before it.
        let count = text.strip_suffix(|_: char| true).unwrap_or_default();
        if count.is_empty() || !count.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ParseSpanError::Syntax);
        }
        let seconds = count.parse::<u64>().ok().and_then(|count| count.checked_mul(unit));
        seconds.map(|seconds| Self(Duration::from_secs(seconds))).ok_or(ParseSpanError::TooLong)
    }
}

const fn seconds_of(unit: char) -> Option<u64> {
    match unit {
        'd' => Some(86_400),
        'h' => Some(3_600),
        'm' => Some(60),
        's' => Some(1),
        _ => None,
    }
}

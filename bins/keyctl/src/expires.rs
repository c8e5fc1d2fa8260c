//! `--expires`: after a span, or at an instant.

use std::str::FromStr;

use keys_core::Timestamp;

use crate::span::{ParseSpanError, Span};

/// When a new key shall stop being accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expiry {
    /// This long from now.
    After(Span),
    /// At this instant.
    At(Timestamp),
}

/// Why a text is no [`Expiry`], or why it cannot be one now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ExpiryError {
    #[error(
        "expected a number with d, h, m or s such as 90d, 12h or 30m, or UTC such as 2027-01-01T00:00:00Z"
    )]
    Syntax,
    #[error("the key would expire at once")]
    Now,
    #[error("that instant has passed")]
    Passed,
    #[error("that is past the year 9999")]
    TooFar,
}

impl Expiry {
    /// The instant it means.
    ///
    /// # Errors
    ///
    /// [`ExpiryError::Passed`] when it is not in the future, [`ExpiryError::TooFar`] past the last instant there is.
    pub(crate) fn at(self, now: Timestamp) -> Result<Timestamp, ExpiryError> {
        match self {
            Self::After(span) => span.after(now).ok_or(ExpiryError::TooFar),
            Self::At(instant) if instant > now => Ok(instant),
            Self::At(_) => Err(ExpiryError::Passed),
        }
    }
}

impl FromStr for Expiry {
    type Err = ExpiryError;

    fn from_str(text: &str) -> Result<Self, ExpiryError> {
        if let Ok(instant) = text.parse() {
            return Ok(Self::At(instant));
        }
        match text.parse::<Span>() {
            Ok(span) if span.is_nothing() => Err(ExpiryError::Now),
            Ok(span) => Ok(Self::After(span)),
            Err(ParseSpanError::Syntax) => Err(ExpiryError::Syntax),
            Err(ParseSpanError::TooLong) => Err(ExpiryError::TooFar),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    #[test]
    fn spans_count_from_now() {
        let now = instant("2026-11-23T12:00:00Z");
        let table = [
            ("90d", "2027-02-21T12:00:00.000Z"),
            ("12h", "2026-11-24T00:00:00.000Z"),
            ("30m", "2026-11-23T12:30:00.000Z"),
            ("1s", "2026-11-23T12:00:01.000Z"),
            ("2027-01-01T00:00:00Z", "2027-01-01T00:00:00.000Z"),
        ];
        for (text, expected) in table {
            let expiry: Expiry = text.parse().expect(text);
            assert_eq!(expiry.at(now).expect(text).to_string(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_expiry_is_refused() {
        let table = [
            ("", ExpiryError::Syntax),
            ("d", ExpiryError::Syntax),
            ("90", ExpiryError::Syntax),
            ("-1d", ExpiryError::Syntax),
            ("+1d", ExpiryError::Syntax),
            ("1.5h", ExpiryError::Syntax),
            ("1 d", ExpiryError::Syntax),
            ("1w", ExpiryError::Syntax),
            ("1D", ExpiryError::Syntax),
            ("٣d", ExpiryError::Syntax),
            ("dé", ExpiryError::Syntax),
            ("2027-01-01", ExpiryError::Syntax),
            ("2027-02-30T00:00:00Z", ExpiryError::Syntax),
            ("2027-01-01T00:00:00+01:00", ExpiryError::Syntax),
            ("0d", ExpiryError::Now),
            ("00000s", ExpiryError::Now),
            ("99999999999999999999d", ExpiryError::TooFar),
            ("213503982334602d", ExpiryError::TooFar),
        ];
        for (text, error) in table {
            assert_eq!(text.parse::<Expiry>(), Err(error), "{text:?}");
        }
    }

    #[test]
    fn an_instant_that_is_not_ahead_is_refused() {
        let now = instant("2026-11-23T12:00:00Z");
        assert_eq!(Expiry::At(now).at(now), Err(ExpiryError::Passed));
        assert_eq!("213503982334601d".parse::<Expiry>().expect("a span").at(now), Err(ExpiryError::TooFar));
        assert_eq!("9999999d".parse::<Expiry>().expect("a span").at(now), Err(ExpiryError::TooFar));
    }
}

//! A moment of the past: an instant, or how long ago.

use std::str::FromStr;

use keys_core::Timestamp;

use crate::span::{ParseSpanError, Span};

/// When something was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// This long before now.
    Ago(Span),
    /// At this instant.
    At(Timestamp),
}

/// Why a text is no [`Moment`], or why it cannot be one now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MomentError {
    #[error(
        "expected how long ago, a number with d, h, m or s such as 90d, or UTC such as 2026-11-01T00:00:00Z"
    )]
    Syntax,
    #[error("that is before 1970")]
    TooEarly,
}

impl Moment {
    /// The instant it means.
    ///
    /// # Errors
    ///
    /// [`MomentError::TooEarly`] when there is no such instant.
    pub(crate) fn at(self, now: Timestamp) -> Result<Timestamp, MomentError> {
        match self {
            Self::At(instant) => Ok(instant),
            Self::Ago(span) => span.before(now).ok_or(MomentError::TooEarly),
        }
    }
}

impl FromStr for Moment {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Self, MomentError> {
        if let Ok(instant) = text.parse() {
            return Ok(Self::At(instant));
        }
        text.parse().map(Self::Ago).map_err(|error| match error {
            ParseSpanError::Syntax => MomentError::Syntax,
            ParseSpanError::TooLong => MomentError::TooEarly,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_an_instant_or_a_span_back() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().expect("a timestamp");
        let table = [
            ("90d", "2026-08-25T12:00:00.000Z"),
            ("12h", "2026-11-23T00:00:00.000Z"),
            ("0s", "2026-11-23T12:00:00.000Z"),
            ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000Z"),
            ("2099-01-01T00:00:00Z", "2099-01-01T00:00:00.000Z"),
        ];
        for (text, expected) in table {
            let moment: Moment = text.parse().expect(text);
            assert_eq!(moment.at(now).expect(text).to_string(), expected, "{text}");
        }
        assert_eq!("9999999d".parse::<Moment>().expect("a span").at(now), Err(MomentError::TooEarly));
        assert_eq!("99999999999999999999d".parse::<Moment>(), Err(MomentError::TooEarly));
        for text in ["", "90", "-1d", "1.5h", "yesterday", "2026-01-01"] {
            assert_eq!(text.parse::<Moment>(), Err(MomentError::Syntax), "{text:?}");
        }
    }
}

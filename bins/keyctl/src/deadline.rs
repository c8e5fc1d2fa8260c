//! An instant by which something ends: outright, or by how long that is from now.

use std::str::FromStr;

use keys_core::Timestamp;

use crate::span::{ParseSpanError, Span};

/// By when something ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deadline {
    /// This long from now.
    Within(Span),
    /// At this instant.
    At(Timestamp),
}

/// Why a text is no [`Deadline`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected how long from now, a number with d, h, m or s such as 30d, or UTC such as 2027-01-01T00:00:00Z"
)]
pub(crate) struct ParseDeadlineError;

impl Deadline {
    /// The instant it means; the last there is for what is further.
    pub(crate) fn at(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Within(span) => span.after(now).unwrap_or(Timestamp::MAX),
            Self::At(instant) => instant,
        }
    }
}

impl FromStr for Deadline {
    type Err = ParseDeadlineError;

    fn from_str(text: &str) -> Result<Self, ParseDeadlineError> {
        if let Ok(instant) = text.parse() {
            return Ok(Self::At(instant));
        }
        match text.parse() {
            Ok(span) => Ok(Self::Within(span)),
            Err(ParseSpanError::TooLong) => Ok(Self::At(Timestamp::MAX)),
            Err(ParseSpanError::Syntax) => Err(ParseDeadlineError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_an_instant_or_a_span_ahead() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().expect("a timestamp");
        for (text, expected) in [
            ("90d", "2027-02-21T12:00:00.000Z"),
            ("0d", "2026-11-23T12:00:00.000Z"),
            ("9999999d", "9999-12-31T23:59:59.999Z"),
            ("99999999999999999999d", "9999-12-31T23:59:59.999Z"),
            ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(text.parse::<Deadline>().expect(text).at(now).to_string(), expected, "{text}");
        }
        for text in ["", "soon", "90", "-1d", "1w", "2027-01-01"] {
            assert_eq!(text.parse::<Deadline>(), Err(ParseDeadlineError), "{text:?}");
        }
    }
}

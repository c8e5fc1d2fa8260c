//! Dates as the dialect writes them: whole seconds of UTC, with a twin in milliseconds.

use serde::{Deserialize, Deserializer};

/// An instant on the wire: `2016-04-02T10:11:12Z`, and in an answer a twin field `…TS` with the milliseconds since
/// 1970.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Date {
    text: String,
    millis: Option<i64>,
}

impl Date {
    /// A date of an answer.
    #[must_use]
    pub fn new(text: impl Into<String>, millis: i64) -> Self {
        Self { text: text.into(), millis: Some(millis) }
    }

    /// The date, as it stands on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Milliseconds since 1970, for the twin. A date that was read from the wire does not know its twin.
    #[must_use]
    pub const fn millis(&self) -> Option<i64> {
        self.millis
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { text: String::deserialize(deserializer)?, millis: None })
    }
}

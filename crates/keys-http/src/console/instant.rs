//! Instants as pages show them.

use keys_core::Timestamp;

/// An instant: exactly, for the browser, and in UTC for whoever reads without a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Instant {
    /// As RFC 3339 writes it.
    pub(super) exact: String,
    /// To the minute, with its zone.
    pub(super) shown: String,
}

impl From<Timestamp> for Instant {
    fn from(timestamp: Timestamp) -> Self {
        let exact = timestamp.to_string();
        let minutes = exact.get(..16).unwrap_or(&exact);
        let shown = format!("{} UTC", minutes.replace('T', " "));
        Self { exact, shown }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_shown_to_the_minute_in_utc() {
        let instant = Instant::from("2026-11-26T00:51:10.250Z".parse::<Timestamp>().unwrap());
        assert_eq!(instant.shown, "2026-11-26 00:51 UTC");
        assert_eq!(instant.exact, "2026-11-26T00:51:10.250Z");
    }
}

//! Where a list goes on: the marker in the address of a next page.
//!
//! It holds the sort value and the id of the last key seen, so pages stay right while others insert and delete.
//! Clients must not look into it.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keys_core::{KeyRecord, Timestamp};
use keys_store::{KeyCursor, KeyCursorValue, KeyOrder};

use crate::problem::Problem;

/// The place just behind a key.
pub(super) fn cursor(record: &KeyRecord, order: KeyOrder) -> KeyCursor {
    let parts = record.parts();
    // Absent text sorts as empty.
    let text = |text: Option<&str>| KeyCursorValue::Text(text.unwrap_or_default().into());
    let value = match order {
        KeyOrder::Id => KeyCursorValue::Id,
        KeyOrder::Name => text(parts.name.as_ref().map(keys_core::Name::as_str)),
        KeyOrder::Description => text(parts.description.as_ref().map(keys_core::Description::as_str)),
        KeyOrder::AccessKey => text(Some(parts.access_key.as_str())),
        KeyOrder::Created => KeyCursorValue::Time(parts.created),
        KeyOrder::State => KeyCursorValue::State(parts.lifecycle.state()),
    };
    KeyCursor { value, id: parts.id }
}

/// A place as a marker.
pub(super) fn write(cursor: &KeyCursor) -> String {
    let value = match &cursor.value {
        KeyCursorValue::Id => String::new(),
        KeyCursorValue::Text(text) => text.to_string(),
        KeyCursorValue::Time(instant) => instant.to_string(),
        KeyCursorValue::State(state) => state.to_string(),
    };
    format!("m{}", URL_SAFE_NO_PAD.encode(format!("{} {value}", cursor.id)))
}

/// A marker as a place in a list of this order.
///
/// # Errors
///
/// [`unknown`].
pub(super) fn read(marker: &str, order: KeyOrder) -> Result<KeyCursor, Problem> {
    parse(marker, order).ok_or_else(unknown)
}

fn parse(marker: &str, order: KeyOrder) -> Option<KeyCursor> {
    let decoded = URL_SAFE_NO_PAD.decode(marker.strip_prefix('m')?).ok()?;
    let decoded = String::from_utf8(decoded).ok()?;
    let (id, value) = decoded.split_once(' ')?;
    let value = match order {
        KeyOrder::Id if value.is_empty() => KeyCursorValue::Id,
        KeyOrder::Id => return None,
        KeyOrder::Name | KeyOrder::Description | KeyOrder::AccessKey => KeyCursorValue::Text(value.into()),
        KeyOrder::Created => KeyCursorValue::Time(value.parse::<Timestamp>().ok()?),
        KeyOrder::State => KeyCursorValue::State(value.parse().ok()?),
    };
    Some(KeyCursor { value, id: id.parse().ok()? })
}

/// A place in a list by id, as a marker.
pub(super) fn write_id(id: impl fmt::Display) -> String {
    format!("m{id}")
}

/// A marker as a place in a list by id.
///
/// # Errors
///
/// [`unknown`].
pub(super) fn read_id<I: FromStr>(marker: &str) -> Result<I, Problem> {
    marker.strip_prefix('m').and_then(|id| id.parse().ok()).ok_or_else(unknown)
}

/// A marker that is none of ours: starting again from the beginning would make a client read for ever.
fn unknown() -> Problem {
    Problem::field(
        "InvalidFormat",
        "marker",
        "not a marker of this list: follow `pagination.next`, or leave the marker out to begin again",
    )
}

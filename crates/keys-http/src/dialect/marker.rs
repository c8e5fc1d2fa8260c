//! Where a list goes on: the marker in the address of a next page.
//!
//! It holds the sort value and the id of the last record seen, so pages stay right while others insert and delete.
//! Clients must not look into it.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keys_core::Timestamp;
use keys_store::{CreatorRank, Cursor, Expiry, Order, SortKind, SortValue, StateRank};

use crate::problem::Problem;

/// The expiry of what has none.
const NEVER: &str = "never";

/// A place as a marker.
pub(super) fn write<Id: fmt::Display>(cursor: &Cursor<Id>) -> String {
    let value = match &cursor.value {
        SortValue::Id => String::new(),
        SortValue::Text(text) => text.to_string(),
        SortValue::Time(instant) => instant.to_string(),
        SortValue::State(rank) => word(*rank).to_owned(),
        SortValue::Expiry(Expiry::At(instant)) => instant.to_string(),
        SortValue::Expiry(Expiry::Never) => NEVER.to_owned(),
        SortValue::Creator(CreatorRank { principal, key: None }) => principal.to_string(),
        SortValue::Creator(CreatorRank { principal, key: Some(key) }) => format!("{principal} {key}"),
    };
    format!("m{}", URL_SAFE_NO_PAD.encode(format!("{} {value}", cursor.id)))
}

/// A marker as a place in a list of this order.
///
/// # Errors
///
/// [`unknown`].
pub(super) fn read<Id: FromStr>(marker: &str, order: impl Order) -> Result<Cursor<Id>, Problem> {
    parse(marker, order.sorts_by()).ok_or_else(unknown)
}

fn parse<Id: FromStr>(marker: &str, sorts_by: SortKind) -> Option<Cursor<Id>> {
    let decoded = URL_SAFE_NO_PAD.decode(marker.strip_prefix('m')?).ok()?;
    let decoded = String::from_utf8(decoded).ok()?;
    let (id, value) = decoded.split_once(' ')?;
    let value = match sorts_by {
        SortKind::Id if value.is_empty() => SortValue::Id,
        SortKind::Id => return None,
        SortKind::Text => SortValue::Text(value.into()),
        SortKind::Time => SortValue::Time(value.parse::<Timestamp>().ok()?),
        SortKind::State => SortValue::State(StateRank::ALL.into_iter().find(|rank| word(*rank) == value)?),
        SortKind::Expiry if value == NEVER => SortValue::Expiry(Expiry::Never),
        SortKind::Expiry => SortValue::Expiry(Expiry::At(value.parse().ok()?)),
        SortKind::Creator => SortValue::Creator(match value.split_once(' ') {
            Some((principal, key)) => {
                CreatorRank { principal: principal.parse().ok()?, key: Some(key.parse().ok()?) }
            }
            None => CreatorRank { principal: value.parse().ok()?, key: None },
        }),
    };
    Some(Cursor { value, id: id.parse().ok()? })
}

const fn word(rank: StateRank) -> &'static str {
    match rank {
        StateRank::Active => "active",
        StateRank::Inactive => "inactive",
        StateRank::Gone => "removed",
    }
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

//! Where a list goes on: the marker in the address of a page.
//!
//! It holds the sort value and the id of a record at the edge of a page, so pages stay right while others insert and delete.
//! Clients must not look into it. One that somebody made up is a place like any other: what is shown there is for the caller's
//! reach and the filters to say, and no marker says anything of those.

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
pub(crate) fn write<Id: fmt::Display>(cursor: &Cursor<Id>) -> String {
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
    parse(marker, order).ok_or_else(unknown)
}

/// A marker as a place in a list of this order; `None` if it is none of ours.
pub(crate) fn parse<Id: FromStr>(marker: &str, order: impl Order) -> Option<Cursor<Id>> {
    let decoded = URL_SAFE_NO_PAD.decode(marker.strip_prefix('m')?).ok()?;
    let decoded = String::from_utf8(decoded).ok()?;
    let (id, value) = decoded.split_once(' ')?;
    let value = match order.sorts_by() {
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

#[cfg(test)]
mod tests {
    use keys_core::{Creator, EnvironmentId, KeyId, NewKey, Revision, Timestamp};
    use keys_store::conformance::sample;
    use keys_store::{EnvironmentOrder, KeyOrder};

    use super::*;

    /// Keys that have a place of every kind.
    fn cursors(order: KeyOrder) -> Vec<Cursor<KeyId>> {
        let owner = "environment/1a5".parse().unwrap();
        let mut cursors = Vec::new();
        for (n, (creator, expires_at, name)) in [
            ("account/1a1", None, "a b"),
            (
                "environment/1a9223372036854775807#1c9223372036854775807",
                Some(Timestamp::MAX),
                " \u{1F511}'\"",
            ),
            ("account/1a7#1c12", Some(Timestamp::MIN), ""),
        ]
        .into_iter()
        .enumerate()
        {
            let number = n as u64 + 1;
            let creator: Creator = creator.parse().unwrap();
            let name = Some(sample::name(name));
            let new = NewKey { creator, expires_at, name, ..sample::new_key(owner, number) };
            let record = new.into_record(KeyId::new(number).unwrap(), Revision::new(number));
            cursors.push(Cursor::of(&record, order));
        }
        cursors
    }

    #[test]
    fn a_marker_is_the_place_it_was_made_of() {
        for order in KeyOrder::ALL {
            for cursor in cursors(order) {
                let marker = write(&cursor);
                assert!(marker.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
                assert_eq!(parse(&marker, order), Some(cursor), "{order:?}");
                assert_eq!(parse::<EnvironmentId>(&marker, order), None, "an id of something else");
            }
        }
    }

    #[test]
    fn what_is_no_place_in_the_list_is_no_marker() {
        let made = |text: &str| format!("m{}", URL_SAFE_NO_PAD.encode(text));
        let key = |text: &str, order| parse::<KeyId>(&made(text), order);
        for order in KeyOrder::ALL {
            for text in ["", " ", "1c0 1", "1a5 1", "1c1", "x 1", "1c18446744073709551616 1"] {
                assert_eq!(key(text, order), None, "{text:?} in {order:?}");
            }
            for marker in ["", "m", "m1c7", "MMWMxIA", "m====", "m\u{e9}", "MWMxIDE"] {
                assert_eq!(parse::<KeyId>(marker, order), None, "{marker:?} in {order:?}");
            }
            let not_utf8 = format!("m{}", URL_SAFE_NO_PAD.encode(b"1c1 \xff"));
            assert_eq!(parse::<KeyId>(&not_utf8, order), None, "{order:?}");
        }
        for (order, values) in [
            (KeyOrder::Id, &["1"][..]),
            (KeyOrder::Created, &["", "never", "2016", "1"]),
            (KeyOrder::State, &["", "gone", "Active"]),
            (KeyOrder::Expires, &["", "Never", "1"]),
            (KeyOrder::Creator, &["", "1a1", "1 ", " 1c1", "1 1a1", "1 1c1 1", "-1", "18446744073709551616"]),
        ] {
            for value in values {
                assert_eq!(key(&format!("1c1 {value}"), order), None, "{value:?} in {order:?}");
            }
        }
        assert_eq!(parse::<EnvironmentId>(&made("1a5 never"), EnvironmentOrder::State), None);
    }
}

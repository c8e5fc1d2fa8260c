//! Where a record stands in an ordered list. One definition, so that every store sorts and resumes alike.

use keys_core::KeyRecord;

use crate::query::{Direction, KeyCursor, KeyCursorValue, KeyOrder};

impl KeyCursor {
    /// The place of a record in a list of this order: what to give as
    /// [`KeyQuery::after`](crate::KeyQuery::after) to go on behind it.
    #[must_use]
    pub fn of(record: &KeyRecord, order: KeyOrder) -> Self {
        Self { value: KeyCursorValue::of(record, order), id: record.parts().id }
    }

    /// Whether this place comes behind `other` in a list that runs in this direction.
    #[must_use]
    pub fn is_behind(&self, other: &Self, direction: Direction) -> bool {
        match direction {
            Direction::Ascending => self > other,
            Direction::Descending => self < other,
        }
    }
}

impl KeyCursorValue {
    /// The value a record is sorted by. Absent text sorts as empty.
    #[must_use]
    pub fn of(record: &KeyRecord, order: KeyOrder) -> Self {
        let parts = record.parts();
        match order {
            KeyOrder::Id => Self::Id,
            KeyOrder::Name => Self::Text(parts.name.as_ref().map_or("", |name| name.as_str()).into()),
            KeyOrder::Description => {
                Self::Text(parts.description.as_ref().map_or("", |description| description.as_str()).into())
            }
            KeyOrder::AccessKey => Self::Text(parts.access_key.as_str().into()),
            KeyOrder::Created => Self::Time(parts.created),
            KeyOrder::State => Self::State(parts.lifecycle.state()),
        }
    }

    /// Whether this is a value of that order. A list shows nothing behind a cursor that does not fit it.
    #[must_use]
    pub const fn fits(&self, order: KeyOrder) -> bool {
        match order {
            KeyOrder::Id => matches!(self, Self::Id),
            KeyOrder::Name | KeyOrder::Description | KeyOrder::AccessKey => matches!(self, Self::Text(_)),
            KeyOrder::Created => matches!(self, Self::Time(_)),
            KeyOrder::State => matches!(self, Self::State(_)),
        }
    }
}

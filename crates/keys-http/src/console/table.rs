//! Tables: how one is asked for in an address, and the addresses that lead from one page of it to others.

use keys_service::{PageRequest, Place, SearchText, TwoWayPage};
use keys_store::{Cursor, Direction, Listed};

use super::visit::Visit;
use crate::dialect::marker;

/// A column that can be sorted by.
pub(super) struct Column<O> {
    /// Its heading.
    pub(super) text: &'static str,
    /// Its word in addresses.
    pub(super) word: &'static str,
    /// The order of the list.
    pub(super) order: O,
}

/// The heading of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) text: &'static str,
    pub(super) word: &'static str,
    /// Where the table is sorted by it, the other way round if it is already.
    pub(super) path: String,
    /// How the table is sorted by it now: `ascending`, `descending` or `none`.
    pub(super) order: &'static str,
}

/// The pages beside a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Pager {
    pub(super) previous: Option<String>,
    pub(super) next: Option<String>,
}

/// A table as an address asks for it. What it says wrongly does not count: a link that is old still shows the table.
pub(super) struct Table<T: Listed + 'static> {
    path: String,
    columns: &'static [Column<T::Order>],
    word: &'static str,
    order: T::Order,
    direction: Direction,
    typed: String,
    place: Place<T::Id>,
}

impl<T> Table<T>
where
    T: Listed,
    T::Order: Copy,
    T::Id: std::fmt::Display + std::str::FromStr,
{
    /// What the address of a visit says. The first column is what the table is sorted by otherwise.
    pub(super) fn read(
        visit: &Visit<'_>,
        path: String,
        columns: &'static [Column<T::Order>],
        first: &'static Column<T::Order>,
    ) -> Self {
        let query = visit.call.query;
        let wanted = query.get("sort");
        let column = columns.iter().find(|column| Some(column.word) == wanted).unwrap_or(first);
        let direction = match query.get("order") {
            Some("desc") => Direction::Descending,
            _ => Direction::Ascending,
        };
        let cursor = |name| query.get(name).and_then(|text| marker::parse(text, column.order));
        let place = match (cursor("after"), cursor("before")) {
            (Some(after), _) => Place::After(after),
            (None, Some(before)) => Place::Before(before),
            (None, None) => Place::Start,
        };
        let typed = query.get("search").unwrap_or_default().trim().to_owned();
        Self { path, columns, word: column.word, order: column.order, direction, typed, place }
    }

    /// What is asked of the use case.
    pub(super) fn request(&self, rows: usize) -> PageRequest<T> {
        let first = PageRequest::first(self.order, self.direction, rows);
        PageRequest { place: self.place.clone(), search: SearchText::new(&self.typed), ..first }
    }

    /// What was searched for.
    pub(super) fn searched(&self) -> &str {
        &self.typed
    }

    /// What the address says beside what is searched for: to be kept by the form that searches.
    pub(super) fn sorted(&self) -> [(&'static str, &'static str); 2] {
        [("sort", self.word), ("order", word(self.direction))]
    }

    /// The headings.
    pub(super) fn heads(&self) -> Vec<Head> {
        let head = |column: &Column<T::Order>| {
            let sorts = column.word == self.word;
            let next = match self.direction {
                Direction::Ascending if sorts => Direction::Descending,
                Direction::Ascending | Direction::Descending => Direction::Ascending,
            };
            let order = match self.direction {
                Direction::Ascending if sorts => "ascending",
                Direction::Descending if sorts => "descending",
                Direction::Ascending | Direction::Descending => "none",
            };
            let path = self.address(column.word, next, None);
            Head { text: column.text, word: column.word, path, order }
        };
        self.columns.iter().map(head).collect()
    }

    /// The pages beside this one.
    pub(super) fn pager(&self, page: &TwoWayPage<T>) -> Pager {
        let to = |name, cursor: &Option<Cursor<T::Id>>| {
            let marker = cursor.as_ref().map(marker::write)?;
            Some(self.address(self.word, self.direction, Some((name, &marker))))
        };
        Pager { previous: to("before", &page.before), next: to("after", &page.after) }
    }

    fn address(&self, sort: &str, direction: Direction, place: Option<(&str, &str)>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("sort", sort).append_pair("order", word(direction));
        if !self.typed.is_empty() {
            query.append_pair("search", &self.typed);
        }
        if let Some((name, marker)) = place {
            query.append_pair(name, marker);
        }
        format!("{}?{}", self.path, query.finish())
    }
}

/// What the address says of the table somebody came from, so that they find it as it was when they come back.
pub(super) fn carried<'a>(visit: &'a Visit<'_>) -> Vec<(&'a str, &'a str)> {
    let pairs = visit.call.query.pairs();
    pairs.filter(|(name, value)| CARRIED.contains(name) && !value.is_empty()).collect()
}

/// The address of a table as somebody came from it, or of a step that leads back there.
pub(super) fn carry(visit: &Visit<'_>, path: &str) -> String {
    let carried = carried(visit);
    if carried.is_empty() {
        return path.to_owned();
    }
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(carried).finish();
    format!("{path}?{query}")
}

/// The parameters of a table.
const CARRIED: [&str; 5] = ["sort", "order", "search", "after", "before"];

const fn word(direction: Direction) -> &'static str {
    match direction {
        Direction::Ascending => "asc",
        Direction::Descending => "desc",
    }
}

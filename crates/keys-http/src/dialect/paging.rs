//! Pages of lists: how many, from where on, in which order.

use keys_api::{Collection, Declaration, Links, Pagination, Sort};
use keys_store::Direction;

use super::filter::{self, Filter};
use super::query::Query;
use super::urls::Urls;

/// A field that a list can be sorted by.
#[derive(Debug)]
pub(super) struct Sorting<O: 'static> {
    /// The field's name on the wire.
    pub(super) field: &'static str,
    /// The store's order.
    pub(super) order: O,
}

/// What a caller says of the page it wants.
#[derive(Debug)]
pub(super) struct Paging<O: 'static> {
    /// At most this many.
    pub(super) limit: usize,
    /// Whether the caller asked for everything.
    everything: bool,
    /// Behind this place.
    pub(super) marker: Option<String>,
    /// In this order, if it asked for one.
    pub(super) order: Option<O>,
    /// Which way.
    pub(super) direction: Direction,
    sorted_by: Option<&'static str>,
    sorting: &'static [Sorting<O>],
}

impl<O: Copy> Paging<O> {
    const DEFAULT_LIMIT: i64 = 100;
    const MAX_LIMIT: usize = keys_store::KeyQuery::MAX_LIMIT;

    /// Reads `limit`, `marker`, `sort` and `order`. What makes no sense there is as good as absent, as the contract has
    /// it; a marker is checked where its order is known.
    pub(super) fn read(query: &Query, sorting: &'static [Sorting<O>]) -> Self {
        let asked = query.get("limit").and_then(|limit| limit.parse().ok()).unwrap_or(Self::DEFAULT_LIMIT);
        let everything = asked <= 0;
        let limit = match usize::try_from(asked) {
            Ok(0) | Err(_) => Self::MAX_LIMIT,
            Ok(limit) => limit.min(Self::MAX_LIMIT),
        };
        let sorted = query
            .get("sort")
            .and_then(|name| sorting.iter().find(|sorting| sorting.field.eq_ignore_ascii_case(name)));
        let descending = sorted.is_some() && query.get("order") == Some("desc");
        Self {
            limit,
            everything,
            marker: query.get("marker").map(ToOwned::to_owned),
            order: sorted.map(|sorting| sorting.order),
            direction: if descending { Direction::Descending } else { Direction::Ascending },
            sorted_by: sorted.map(|sorting| sorting.field),
            sorting,
        }
    }

    /// The document of a page.
    pub(super) fn collection<T>(
        &self,
        declaration: &Declaration,
        urls: &Urls,
        query: &Query,
        filters: &[Filter],
        data: Vec<T>,
        marker: Option<String>,
    ) -> Collection<T> {
        let own = urls.of(&declaration.plural.to_ascii_lowercase());
        let with = |query: String| if query.is_empty() { own.clone() } else { format!("{own}?{query}") };
        let pagination = self.pagination(query, &with, marker);
        let sort_links: Links = self
            .sorting
            .iter()
            .map(|sorting| {
                let link = query.rewritten(&["sort", "order", "marker"], &[("sort", sorting.field)]);
                (sorting.field.to_owned(), with(link))
            })
            .collect();
        Collection {
            sort_links,
            pagination,
            sort: self.sort(query, &with),
            filters: filter::echo(declaration, filters),
            ..Collection::whole(declaration.id, own.clone(), data)
        }
    }

    fn pagination(
        &self,
        query: &Query,
        with: &impl Fn(String) -> String,
        marker: Option<String>,
    ) -> Option<Pagination> {
        if self.everything && marker.is_none() && self.marker.is_none() {
            return None;
        }
        let first = self.marker.is_some().then(|| with(query.rewritten(&["marker"], &[])));
        let partial = marker.is_some();
        let next = marker.map(|marker| with(query.rewritten(&["marker"], &[("marker", &marker)])));
        let limit = u64::try_from(self.limit).ok();
        Some(Pagination { first, previous: None, next, limit, total: None, partial })
    }

    fn sort(&self, query: &Query, with: &impl Fn(String) -> String) -> Option<Sort> {
        let name = self.sorted_by?;
        let (order, other) = match self.direction {
            Direction::Ascending => ("asc", "desc"),
            Direction::Descending => ("desc", "asc"),
        };
        let reverse = query.rewritten(&["sort", "order", "marker"], &[("sort", name), ("order", other)]);
        Some(Sort { name: name.to_owned(), order: order.to_owned(), reverse: with(reverse) })
    }
}

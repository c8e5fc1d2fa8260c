//! Pages of a list of numbers, turned forwards and backwards while it changes.

use std::cell::Cell;
use std::collections::BTreeSet;

use keys_core::{KeyId, Timestamp};
use keys_store::{KeyOrder, SortValue};
use proptest::prelude::*;

use super::*;

/// A row: its number, and when it came, which many share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Row(u64);

impl Listed for Row {
    type Id = KeyId;
    type Order = KeyOrder;

    fn id(&self) -> KeyId {
        KeyId::new(self.0 + 1).unwrap()
    }

    fn sort_value(&self, order: KeyOrder) -> SortValue {
        if order == KeyOrder::Created {
            SortValue::Time(Timestamp::from_millis((self.0 * 7 % 5).cast_signed()).unwrap())
        } else {
            SortValue::Id
        }
    }
}

/// A list, and how many rows of it the last page has cost.
#[derive(Debug, Default)]
struct List {
    rows: BTreeSet<Row>,
    cost: Cell<usize>,
}

type Request = PageRequest<Row>;

impl List {
    fn of(rows: impl IntoIterator<Item = u64>) -> Self {
        Self { rows: rows.into_iter().map(Row).collect(), cost: Cell::default() }
    }

    /// Every row, in order.
    fn sorted(&self, request: &Request) -> Vec<Row> {
        let mut rows: Vec<Row> = self.rows.iter().copied().collect();
        rows.sort_by_key(|row| Cursor::of(row, request.order));
        if request.direction == Direction::Descending {
            rows.reverse();
        }
        rows
    }

    /// As a store reads: one row more than it gives, to know whether there is more.
    fn read(
        &self,
        order: KeyOrder,
        direction: Direction,
        from: Option<&Cursor<KeyId>>,
        limit: usize,
    ) -> Page<Row> {
        let mut rows = self.sorted(&Request { direction, ..Request::first(order, direction, 1) });
        rows.retain(|row| from.is_none_or(|from| Cursor::of(row, order).is_behind(from, direction)));
        self.cost.set(self.cost.get() + rows.len().min(limit + 1));
        let more = rows.len() > limit;
        rows.truncate(limit);
        Page { items: rows, more }
    }

    fn page(&self, request: &Request, passes: Option<fn(&Row) -> bool>) -> TwoWayPage<Row> {
        self.cost.set(0);
        let read = |direction, from: Option<Cursor<KeyId>>, limit| {
            Ok(self.read(request.order, direction, from.as_ref(), limit))
        };
        Reader::new(request, read, passes).page().unwrap()
    }

    /// All pages from the beginning, and what leads from each to both sides.
    fn forwards(&self, request: &Request, passes: Option<fn(&Row) -> bool>) -> Vec<TwoWayPage<Row>> {
        let mut pages = vec![self.page(request, passes)];
        while let Some(after) = pages.last().unwrap().after.clone() {
            assert!(pages.len() < 1_000, "the list does not end");
            pages.push(self.page(&Request { place: Place::After(after), ..request.clone() }, passes));
        }
        pages
    }
}

fn numbers(page: &TwoWayPage<Row>) -> Vec<u64> {
    page.items.iter().map(|row| row.0).collect()
}

fn odd(row: &Row) -> bool {
    !row.0.is_multiple_of(2)
}

fn orders() -> impl Iterator<Item = (KeyOrder, Direction)> {
    [KeyOrder::Id, KeyOrder::Created]
        .into_iter()
        .flat_map(|order| Direction::ALL.map(|direction| (order, direction)))
}

#[test]
fn pages_forwards_are_the_list_and_each_leads_back_to_the_one_before() {
    for (length, limit) in (0..12).flat_map(|length| (1..6).map(move |limit| (length, limit))) {
        for ((order, direction), passes) in
            orders().flat_map(|one| [None, Some(odd as fn(&Row) -> bool)].map(|passes| (one, passes)))
        {
            let list = List::of(0..length);
            let request = Request::first(order, direction, limit);
            let pages = list.forwards(&request, passes);
            let mut expected = list.sorted(&request);
            expected.retain(|row| passes.is_none_or(|passes| passes(row)));
            let shown: Vec<Row> = pages.iter().flat_map(|page| page.items.clone()).collect();
            assert_eq!(shown, expected, "{length} by {limit}, {order:?}, {direction:?}");
            for two in pages.windows(2) {
                let before = Place::Before(two[1].before.clone().unwrap());
                assert_eq!(
                    list.page(&Request { place: before, ..request.clone() }, passes).items,
                    two[0].items
                );
            }
            assert!(pages[0].before.is_none());
        }
    }
}

#[test]
fn a_page_costs_one_row_more_than_it_may_show_wherever_it_is() {
    let list = List::of(0..100);
    let place = |number: u64| Cursor { value: SortValue::Id, id: KeyId::new(number + 1).unwrap() };
    for limit in [1, 2, 10, 99, 100, 101] {
        for number in [0, 1, 9, 10, 50, 98, 99, 200] {
            for at in [Place::Start, Place::End, Place::After(place(number)), Place::Before(place(number))] {
                let request =
                    Request { place: at, ..Request::first(KeyOrder::Id, Direction::Ascending, limit) };
                let page = list.page(&request, None);
                assert!(page.items.len() <= limit);
                assert!(list.cost.get() <= limit + 1, "{} rows for {request:?}", list.cost.get());
            }
        }
    }
}

#[test]
fn the_last_page_is_the_end_of_the_list_and_leads_back() {
    let list = List::of(0..10);
    let request = Request::first(KeyOrder::Id, Direction::Ascending, 4);
    let last = list.page(&Request { place: Place::End, ..request.clone() }, None);
    assert_eq!((numbers(&last), last.after), (vec![6, 7, 8, 9], None));
    let before = list.page(&Request { place: Place::Before(last.before.unwrap()), ..request.clone() }, None);
    assert_eq!(numbers(&before), [2, 3, 4, 5]);
    let first = list.page(&Request { place: Place::Before(before.before.unwrap()), ..request }, None);
    assert_eq!(numbers(&first), [0, 1, 2, 3], "the first page is whole");
    assert_eq!((first.before, first.after.map(|after| after.id.number())), (None, Some(4)));
}

#[test]
fn a_place_whose_neighbours_are_gone_shows_what_is_left() {
    let mut list = List::of(0..10);
    let request = Request::first(KeyOrder::Id, Direction::Ascending, 4);
    let first = list.page(&request, None);
    let second =
        list.page(&Request { place: Place::After(first.after.clone().unwrap()), ..request.clone() }, None);
    list.rows.retain(|row| row.0 < 3);
    let behind = list.page(&Request { place: Place::After(first.after.unwrap()), ..request.clone() }, None);
    assert_eq!((numbers(&behind), behind.before, behind.after), (vec![0, 1, 2], None, None));
    list.rows = (20..30).map(Row).collect();
    let before =
        list.page(&Request { place: Place::Before(second.before.unwrap()), ..request.clone() }, None);
    assert_eq!((numbers(&before), &before.before), (vec![20, 21, 22, 23], &None));
    assert_eq!(before.after.unwrap().id.number(), 24);
    list.rows.clear();
    for at in [Place::Start, Place::End, Place::After(Cursor::of(&Row(3), KeyOrder::Id))] {
        let page = list.page(&Request { place: at, ..request.clone() }, None);
        assert_eq!((page.items, page.before, page.after), (vec![], None, None));
    }
}

#[test]
fn a_cursor_of_another_order_leads_nowhere() {
    let list = List::of(0..10);
    let other = Cursor::of(&Row(5), KeyOrder::Created);
    for at in [Place::After(other.clone()), Place::Before(other)] {
        let request = Request { place: at, ..Request::first(KeyOrder::Id, Direction::Ascending, 4) };
        let page = list.page(&request, None);
        assert_eq!((page.items, page.before, page.after), (vec![], None, None));
    }
}

#[test]
fn a_search_reads_a_bounded_number_of_rows_and_goes_on_where_it_ended_both_ways() {
    let list = List::of(0..25_000);
    let passes: fn(&Row) -> bool = |row| [3, 24_000].contains(&row.0);
    let request = Request::first(KeyOrder::Id, Direction::Ascending, 5);
    let mut at = Place::Start;
    let turn = |place: Place<KeyId>| {
        let page = list.page(&Request { place, ..request.clone() }, Some(passes));
        // Each batch reads one more to know whether there is more.
        assert!(list.cost.get() <= MAX_ROWS + MAX_ROWS / BATCH, "{}", list.cost.get());
        page
    };
    let mut found = Vec::new();
    let last = loop {
        let page = turn(at);
        found.push(numbers(&page));
        match page.after.clone() {
            Some(after) => at = Place::After(after),
            None => break page,
        }
    };
    assert_eq!(found, [vec![3], vec![], vec![24_000]]);
    let mut back = Vec::new();
    let mut page = last;
    while let Some(before) = page.before {
        page = turn(Place::Before(before));
        back.push(numbers(&page));
    }
    assert_eq!(back, [vec![], vec![3]]);
}

#[test]
fn the_limit_is_between_one_and_the_most() {
    let list = List::of(0..3);
    let page = list.page(&Request::first(KeyOrder::Id, Direction::Ascending, 0), None);
    assert_eq!(numbers(&page), [0]);
    let page = list.page(&Request::first(KeyOrder::Id, Direction::Ascending, usize::MAX), None);
    assert_eq!((numbers(&page), page.after), (vec![0, 1, 2], None));
}

proptest! {
    /// Rows that stay are seen once each, whichever way one turns; only the page at the end may show again what was seen.
    #[test]
    fn what_stays_is_seen_once_while_others_come_and_go(
        stay in prop::collection::btree_set(0..60u64, 0..20),
        passing in prop::collection::vec((0..60u64, any::<bool>()), 0..200),
        limit in 1..6usize,
        created in any::<bool>(),
        descending in any::<bool>(),
        sparse in any::<bool>(),
    ) {
        let order = if created { KeyOrder::Created } else { KeyOrder::Id };
        let direction = if descending { Direction::Descending } else { Direction::Ascending };
        let passes = sparse.then_some(odd as fn(&Row) -> bool);
        let request = Request::first(order, direction, limit);
        let stays = |row: &Row| stay.contains(&row.0) && passes.is_none_or(|passes| passes(row));
        let expected: Vec<Row> = List::of(stay.iter().copied()).sorted(&request).into_iter().filter(stays).collect();
        for back in [false, true] {
            let mut list = List::of(stay.iter().copied());
            let mut changes = passing.iter();
            let mut place = if back { Place::End } else { Place::Start };
            let mut seen = Vec::new();
            loop {
                let page = list.page(&Request { place, ..request.clone() }, passes);
                let mut shown: Vec<Row> = page.items.iter().copied().filter(stays).collect();
                let next = if back { page.before } else { page.after };
                // Whoever comes to an end that has moved is shown the page that is there now.
                if next.is_none() {
                    shown.retain(|row| !seen.contains(row));
                }
                if back {
                    shown.reverse();
                }
                seen.extend(shown);
                place = match next {
                    Some(cursor) if back => Place::Before(cursor),
                    Some(cursor) => Place::After(cursor),
                    None => break,
                };
                for (number, comes) in changes.by_ref().take(5) {
                    if *comes {
                        list.rows.insert(Row(*number));
                    } else if !stay.contains(number) {
                        list.rows.remove(&Row(*number));
                    }
                }
            }
            if back {
                seen.reverse();
            }
            prop_assert_eq!(&seen, &expected);
        }
    }
}

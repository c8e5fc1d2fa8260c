//! Reading a list row by row until a page is full, within a bound.

use crate::problem::Problem;

/// The most rows that one page reads when it leaves some of them out; what is left is behind its marker.
pub(super) const MAX_ROWS: usize = 10_000;
/// How many rows such a page reads at a time.
const BATCH: usize = 1_000;

/// Some rows in their order.
#[derive(Debug)]
pub(super) struct Batch<T, P> {
    /// Those the caller may see.
    pub(super) items: Vec<T>,
    /// How many were read for it.
    pub(super) rows: usize,
    /// The place behind the last that was read, if it is not that of the last item.
    pub(super) end: Option<P>,
    /// Whether there is more.
    pub(super) more: bool,
}

impl<T, P> From<keys_store::Page<T>> for Batch<T, P> {
    fn from(page: keys_store::Page<T>) -> Self {
        Self { rows: page.items.len(), items: page.items, end: None, more: page.more }
    }
}

/// What a page shall hold.
#[derive(Debug)]
pub(super) struct Wanted<P> {
    /// At most this many.
    pub(super) limit: usize,
    /// Behind this place.
    pub(super) after: Option<P>,
    /// Whether rows are left out, so that more must be read than are shown.
    pub(super) sparse: bool,
}

/// One page: its members, and the place to go on behind when there is more.
///
/// # Errors
///
/// What `read` fails with.
pub(super) fn scan<T, P>(
    wanted: Wanted<P>,
    mut read: impl FnMut(Option<&P>, usize) -> Result<Batch<T, P>, Problem>,
    place: impl Fn(&T) -> P,
    passes: impl Fn(&T) -> bool,
) -> Result<(Vec<T>, Option<P>), Problem> {
    let Wanted { limit, mut after, sparse } = wanted;
    let batch = if sparse { BATCH } else { limit };
    let (mut items, mut rows) = (Vec::new(), 0);
    loop {
        let page = read(after.as_ref(), batch.min(MAX_ROWS - rows))?;
        rows = MAX_ROWS.min(rows + page.rows);
        let mut left = page.items.into_iter();
        while items.len() < limit
            && let Some(item) = left.next()
        {
            after = Some(place(&item));
            if passes(&item) {
                items.push(item);
            }
        }
        let unseen = left.next().is_some();
        if !unseen && page.end.is_some() {
            after = page.end;
        }
        let more = unseen || page.more;
        if !more || items.len() >= limit || rows >= MAX_ROWS || page.rows == 0 {
            return Ok((items, after.filter(|_| more)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers from 1 to `last`, and how many of them were read.
    fn pages(last: usize, limit: usize, passes: fn(&usize) -> bool) -> (Vec<Vec<usize>>, Vec<usize>) {
        let (mut pages, mut reads, mut after) = (Vec::new(), Vec::new(), None);
        loop {
            let mut rows = 0;
            let read = |after: Option<&usize>, limit: usize| {
                let from = after.map_or(1, |after| after + 1);
                let items: Vec<usize> = (from..=last).take(limit).collect();
                rows += items.len();
                let more = items.last().is_some_and(|item| *item < last);
                Ok(Batch { rows: items.len(), items, end: None, more })
            };
            let wanted = Wanted { limit, after, sparse: true };
            let (items, next) = scan(wanted, read, |item| *item, passes).unwrap();
            pages.push(items);
            reads.push(rows);
            match next {
                None => return (pages, reads),
                next => after = next,
            }
        }
    }

    #[test]
    fn a_page_reads_no_more_than_its_bound_and_the_next_goes_on_there() {
        let (found, reads) = pages(25_000, 5, |number| *number == 24_000);
        assert_eq!(found, [vec![], vec![], vec![24_000]]);
        assert_eq!(reads, [10_000, 10_000, 5_000]);
    }

    #[test]
    fn every_row_is_shown_once_whatever_the_limit() {
        for limit in [1, 2, 7, 999, 1_000, 1_001, 5_000] {
            let (found, _) = pages(2_500, limit, |number| number % 3 == 0);
            let all: Vec<usize> = found.concat();
            assert_eq!(all, (1..=2_500).filter(|number| number % 3 == 0).collect::<Vec<_>>(), "{limit}");
            assert!(found.iter().all(|page| page.len() <= limit));
        }
    }

    #[test]
    fn a_source_that_gives_nothing_ends_the_list() {
        let nothing = |_: Option<&usize>, _| Ok(Batch { items: Vec::new(), rows: 0, end: None, more: true });
        let wanted = Wanted { limit: 5, after: None, sparse: true };
        assert_eq!(scan(wanted, nothing, |item: &usize| *item, |_| true).unwrap(), (vec![], None));
    }
}

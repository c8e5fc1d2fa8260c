//! Pages of lists that lead both ways: to what comes behind them and to what comes before.
//!
//! The store reads a list forwards or backwards behind a place. So the page before a place is read backwards from it and
//! turned round. A page covers a stretch of rows, and its two cursors are the ends of the stretch; nothing is counted, so
//! pages stay right while others insert and delete.

use keys_store::{BackendError, Cursor, Direction, KeyQuery, Listed, Page};

use crate::search::SearchText;

/// The most rows that are read for a page that leaves some of them out; what is left is behind its cursors.
pub(crate) const MAX_ROWS: usize = 10_000;
/// How many rows such a page reads at a time.
pub(crate) const BATCH: usize = 1_000;

/// Where in a list a page is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Place<Id> {
    /// At the beginning.
    #[default]
    Start,
    /// Behind this.
    After(Cursor<Id>),
    /// Before this, and next to it.
    Before(Cursor<Id>),
    /// At the end.
    End,
}

/// A request for one page of a list.
#[derive(Debug, Clone)]
pub struct PageRequest<T: Listed> {
    /// The order.
    pub order: T::Order,
    /// Which way.
    pub direction: Direction,
    /// Where. A cursor of another order shows nothing.
    pub place: Place<T::Id>,
    /// At most this many, between 1 and [`KeyQuery::MAX_LIMIT`].
    pub limit: usize,
    /// Only what this is found in.
    pub search: Option<SearchText>,
}

/// A page, and where the pages on both sides of it are.
///
/// Without a search, one row more is read than the page may show. With one, at most 10,000 rows are, so a page may show few or
/// nothing and still have others beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwoWayPage<T: Listed> {
    /// What it shows, in the order that was asked for.
    pub items: Vec<T>,
    /// What the page before this one is [`Before`](Place::Before); `None` at the beginning.
    pub before: Option<Cursor<T::Id>>,
    /// What the page behind this one is [`After`](Place::After); `None` at the end.
    pub after: Option<Cursor<T::Id>>,
}

/// The rows a page is made of, and how far it has come among them.
pub(crate) struct Reader<'a, T: Listed, R, P> {
    /// The order the list is in.
    order: T::Order,
    /// Reads rows in a direction behind a cursor, so many at most.
    read: R,
    /// Which rows are shown; all of them without it.
    passes: Option<P>,
    /// The list as it is asked for.
    request: &'a PageRequest<T>,
    /// How many rows may still be read.
    left: usize,
}

/// Rows that follow one another, read in one direction.
struct Stretch<T: Listed> {
    /// Those of them that are shown, as they were read.
    items: Vec<T>,
    /// The first and the last of all of them.
    ends: Option<Ends<T::Id>>,
    /// Whether there is more behind the last.
    more: bool,
}

struct Ends<Id> {
    first: Cursor<Id>,
    last: Cursor<Id>,
}

impl<T: Listed> PageRequest<T> {
    /// The first page of a list in this order, of up to `limit`.
    #[must_use]
    pub const fn first(order: T::Order, direction: Direction, limit: usize) -> Self {
        Self { order, direction, place: Place::Start, limit, search: None }
    }
}

impl<T: Listed> TwoWayPage<T> {
    pub(crate) const fn nothing() -> Self {
        Self { items: Vec::new(), before: None, after: None }
    }
}

impl<'a, T, R, P> Reader<'a, T, R, P>
where
    T: Listed,
    R: Fn(Direction, Option<Cursor<T::Id>>, usize) -> Result<Page<T>, BackendError>,
    P: Fn(&T) -> bool,
{
    /// A page of what `read` gives, as far as `passes` lets it.
    pub(crate) fn new(request: &'a PageRequest<T>, read: R, passes: Option<P>) -> Self {
        let left = if passes.is_some() { MAX_ROWS } else { KeyQuery::MAX_LIMIT };
        Self { order: request.order, read, passes, request, left }
    }

    /// Reads it.
    pub(crate) fn page(mut self) -> Result<TwoWayPage<T>, BackendError> {
        match self.request.place.clone() {
            Place::Start => self.first(),
            Place::After(place) => self.after(place),
            Place::Before(place) => self.before(place),
            Place::End => self.last(),
        }
    }

    fn first(&mut self) -> Result<TwoWayPage<T>, BackendError> {
        let stretch = self.forwards(None, self.limit())?;
        let after = stretch.rest();
        Ok(TwoWayPage { items: stretch.items, before: None, after })
    }

    fn last(&mut self) -> Result<TwoWayPage<T>, BackendError> {
        let stretch = self.backwards(None)?;
        let before = stretch.rest();
        Ok(TwoWayPage { items: turned(stretch.items), before, after: None })
    }

    /// Nothing behind the place is what is left when all that was there is gone: then it is the last page that is shown.
    fn after(&mut self, place: Cursor<T::Id>) -> Result<TwoWayPage<T>, BackendError> {
        if !place.fits(self.order) {
            return Ok(TwoWayPage::nothing());
        }
        let stretch = self.forwards(Some(place), self.limit())?;
        let after = stretch.rest();
        match stretch.ends {
            Some(Ends { first, .. }) => Ok(TwoWayPage { items: stretch.items, before: Some(first), after }),
            None => self.last(),
        }
    }

    /// Where the beginning is nearer than a page is long, the page goes on behind the place: the first page is whole,
    /// however it was come to.
    fn before(&mut self, place: Cursor<T::Id>) -> Result<TwoWayPage<T>, BackendError> {
        if !place.fits(self.order) {
            return Ok(TwoWayPage::nothing());
        }
        let stretch = self.backwards(Some(place))?;
        let before = stretch.rest();
        let nearest = stretch.ends.map(|ends| ends.first);
        let mut items = turned(stretch.items);
        let missing = self.limit().saturating_sub(items.len());
        if before.is_some() || missing == 0 {
            return Ok(TwoWayPage { items, before, after: nearest });
        }
        let behind = self.forwards(nearest.clone(), missing)?;
        let after = if behind.ends.is_some() { behind.rest() } else { nearest.filter(|_| behind.more) };
        items.extend(behind.items);
        Ok(TwoWayPage { items, before: None, after })
    }

    fn limit(&self) -> usize {
        self.request.limit.clamp(1, KeyQuery::MAX_LIMIT)
    }

    fn forwards(&mut self, from: Option<Cursor<T::Id>>, wanted: usize) -> Result<Stretch<T>, BackendError> {
        self.stretch(self.request.direction, from, wanted)
    }

    fn backwards(&mut self, from: Option<Cursor<T::Id>>) -> Result<Stretch<T>, BackendError> {
        self.stretch(self.request.direction.reversed(), from, self.limit())
    }

    /// Reads on until enough is found, nothing is left, or no more may be read.
    fn stretch(
        &mut self,
        direction: Direction,
        from: Option<Cursor<T::Id>>,
        wanted: usize,
    ) -> Result<Stretch<T>, BackendError> {
        let mut stretch = Stretch { items: Vec::new(), ends: None, more: true };
        while stretch.more && stretch.items.len() < wanted && self.left > 0 {
            let batch = if self.passes.is_some() { BATCH } else { wanted };
            let from = stretch.ends.as_ref().map(|ends| ends.last.clone()).or_else(|| from.clone());
            let page = (self.read)(direction, from, batch.min(self.left))?;
            self.left = self.left.saturating_sub(page.items.len());
            let mut rows = page.items.into_iter();
            while stretch.items.len() < wanted
                && let Some(row) = rows.next()
            {
                let here = Cursor::of(&row, self.order);
                let first = stretch.ends.map_or_else(|| here.clone(), |ends| ends.first);
                stretch.ends = Some(Ends { first, last: here });
                if self.passes.as_ref().is_none_or(|passes| passes(&row)) {
                    stretch.items.push(row);
                }
            }
            stretch.more = page.more || rows.next().is_some();
        }
        Ok(stretch)
    }
}

impl<T: Listed> Stretch<T> {
    /// The place that what is left of the list is behind, if anything is.
    fn rest(&self) -> Option<Cursor<T::Id>> {
        self.ends.as_ref().filter(|_| self.more).map(|ends| ends.last.clone())
    }
}

fn turned<T>(mut items: Vec<T>) -> Vec<T> {
    items.reverse();
    items
}

#[cfg(test)]
mod tests;

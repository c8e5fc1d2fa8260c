//! Reading every key into the index.

use std::sync::atomic::Ordering;

use keys_core::{AccessKey, KeyId, VerificationRow};
use keys_store::{BackendError, KeyStore, Load};

use super::Index;
use super::protocol::Protocol;
use super::shard::{Landing, Room};

/// How many keys are read in one snapshot.
const PAGE: usize = 1_000;

/// How often a key that may not land is read again before the filling is given up. Each time comes after everything
/// visible has been published, so it takes a steady stream of changes in the same shard to get that far.
const ATTEMPTS: usize = 100;

/// How a page went.
enum PageEnd {
    /// There may be more behind this key.
    More(KeyId),
    /// It was the last one.
    Last,
    /// The index is full, or changes came too fast.
    GivenUp,
}

impl<P: Protocol> Index<P> {
    /// Reads every key the store has into the index, in pages. A row lands by the same rule as one that a request
    /// loaded. The index is complete afterwards unless it is full or had to forget something meanwhile.
    pub(crate) fn fill(&self, store: &dyn KeyStore) -> Result<(), BackendError> {
        let filling = self.begin_filling();
        let mut after = None;
        loop {
            match self.fill_page(store, after)? {
                PageEnd::More(last) => after = Some(last),
                PageEnd::Last => break self.end_filling(filling),
                PageEnd::GivenUp => break,
            }
        }
        Ok(())
    }

    /// From here on a shard that loses an entry knows that it is not complete.
    pub(super) fn begin_filling(&self) -> u64 {
        let filling = self.fillings.fetch_add(1, Ordering::Relaxed);
        self.keys.change_all(|shard| shard.begin_filling(filling));
        filling
    }

    /// Everything has landed: shards that lost nothing are complete.
    pub(super) fn end_filling(&self, filling: u64) {
        self.keys.change_all(|shard| shard.end_filling(filling));
    }

    fn fill_page(&self, store: &dyn KeyStore, after: Option<KeyId>) -> Result<PageEnd, BackendError> {
        let Load { row: rows, at } = store.load_keys(after, PAGE)?;
        let Some((_, last)) = rows.last() else { return Ok(PageEnd::Last) };
        let last = last.key;
        for (access_key, landing) in self.keys.land_all(&rows, at, Room::Leave) {
            let landing = match landing {
                Landing::Refused => self.fill_again(store, &access_key)?,
                Landing::Landed | Landing::Full => landing,
            };
            if landing != Landing::Landed {
                return Ok(PageEnd::GivenUp);
            }
        }
        Ok(PageEnd::More(last))
    }

    /// Lands one key that a change nearby kept from landing.
    fn fill_again(&self, store: &dyn KeyStore, access_key: &AccessKey) -> Result<Landing, BackendError> {
        for _ in 0..ATTEMPTS {
            if self.keys.find(access_key).known().is_some() {
                return Ok(Landing::Landed);
            }
            store.barrier()?;
            let Load { row, at }: Load<Option<VerificationRow>> = store.load_key(access_key)?;
            match self.keys.land(*access_key, row, at, Room::Leave) {
                Landing::Refused => {}
                landing @ (Landing::Landed | Landing::Full) => return Ok(landing),
            }
        }
        Ok(Landing::Refused)
    }
}

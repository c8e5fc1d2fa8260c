//! What the writer and its callers share.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::pool::Pool;
use crate::error::{BackendError, BackendErrorKind};
use crate::listener::ChangeListener;

pub(super) struct Shared {
    pub(super) path: PathBuf,
    pub(super) readers: Pool,
    /// Jobs that wait for the writer.
    pub(super) queued: AtomicUsize,
    /// Batches committed since the store was opened.
    pub(super) batches: AtomicU64,
    /// Whether something is published whose anchor is not yet written. Set before it is published.
    pub(super) anchor_is_due: AtomicBool,
    // Held by the writer from before a batch is hidden until it is published, so that whoever sets a listener knows
    // that every later batch is told to it.
    listener: Mutex<Option<Arc<dyn ChangeListener>>>,
    failed: OnceLock<String>,
    #[cfg(test)]
    pub(super) accidents: super::tests::Accidents,
}

impl Shared {
    pub(super) fn new(path: PathBuf, readers: usize) -> Self {
        Self {
            readers: Pool::new(path.clone(), readers),
            path,
            queued: AtomicUsize::new(0),
            batches: AtomicU64::new(0),
            anchor_is_due: AtomicBool::new(false),
            listener: Mutex::new(None),
            failed: OnceLock::new(),
            #[cfg(test)]
            accidents: super::tests::Accidents::default(),
        }
    }

    pub(super) fn listener(&self) -> MutexGuard<'_, Option<Arc<dyn ChangeListener>>> {
        // Poisoned by a listener that panicked. The writer has ended then, and the store has failed.
        self.listener.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on every call fails: the store no longer knows what is kept.
    pub(super) fn fail(&self, why: impl Into<String>) {
        // The first reason is the one that matters.
        let _ = self.failed.set(why.into());
    }

    pub(super) fn failed(&self) -> Option<&str> {
        self.failed.get().map(String::as_str)
    }

    pub(super) fn check(&self) -> Result<(), BackendError> {
        match self.failed() {
            None => Ok(()),
            Some(why) => Err(BackendError::with_source(
                BackendErrorKind::Other,
                format!("the store has failed and must be opened again: {why}"),
            )),
        }
    }
}

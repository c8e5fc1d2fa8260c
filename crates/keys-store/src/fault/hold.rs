//! Holding a call up, so that a test decides what happens meanwhile.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

/// Where a call is held up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Moment {
    /// Before the store is called.
    BeforeTheCall,
    /// When the store has done it and told the listener, and the caller has no answer yet.
    BeforeTheAnswer,
}

/// A call that is held up, or will be. Dropping it lets the call go on.
#[derive(Debug)]
pub struct Hold {
    reached: Receiver<()>,
    go_on: Option<SyncSender<()>>,
}

/// The other side of a [`Hold`].
#[derive(Debug)]
pub(super) struct Gate {
    moment: Moment,
    reached: SyncSender<()>,
    go_on: Receiver<()>,
}

impl Hold {
    /// Far more than a test takes; a call that is not held by then never will be.
    const BOUND: Duration = Duration::from_secs(60);

    pub(super) fn new(moment: Moment) -> (Self, Gate) {
        let (here, reached) = sync_channel(1);
        let (sender, go_on) = sync_channel(1);
        (Self { reached, go_on: Some(sender) }, Gate { moment, reached: here, go_on })
    }

    /// Waits until a call is held.
    ///
    /// # Panics
    ///
    /// When none is after a minute.
    #[track_caller]
    #[expect(clippy::panic, reason = "it is for tests, and a test that waits in vain has failed")]
    pub fn wait_until_reached(&self) {
        match self.reached.recv_timeout(Self::BOUND) {
            Ok(()) => {}
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                panic!("no call came that was to be held")
            }
        }
    }

    /// Lets the call go on.
    pub fn release(mut self) {
        self.go_on.take();
    }
}

impl Gate {
    /// Waits at this moment until the test lets go.
    pub(super) fn pass(&self, moment: Moment) {
        if self.moment == moment {
            // The test may have gone, and then there is nobody to wait for: both errors say so.
            let _ = self.reached.send(());
            let _ = self.go_on.recv();
        }
    }
}

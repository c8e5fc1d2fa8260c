//! Names for requests.

use std::sync::atomic::{AtomicU64, Ordering};

use keys_core::RequestId;

use crate::ports::Entropy;

/// Gives each request a name that no other request of this or another process has.
#[derive(Debug)]
pub(crate) struct RequestIds {
    process: u64,
    next: AtomicU64,
}

impl RequestIds {
    /// For one process; `fallback` names it should the random source fail.
    pub(crate) fn new(entropy: &dyn Entropy, fallback: u64) -> Self {
        let mut bytes = [0; 8];
        let process = match entropy.fill(&mut bytes) {
            Ok(()) => u64::from_le_bytes(bytes),
            Err(_) => fallback,
        };
        Self { process, next: AtomicU64::new(1) }
    }

    /// The next name. All are equally long, so that answers that must look alike do.
    #[expect(clippy::expect_used, reason = "hexadecimal digits and a dash are always a request id")]
    pub(crate) fn next(&self) -> RequestId {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        format!("{:016x}-{number:016x}", self.process).parse().expect("32 digits and a dash")
    }
}

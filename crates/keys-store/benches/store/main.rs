//! What the store does in a second: inserts by how many write at once, reads of one key, pages and filters among a
//! million keys.
//!
//! ```text
//! cargo bench -p keys-store --bench store
//! KEYS_BENCH_KEYS=100000 cargo bench -p keys-store --bench store
//! ```
//!
//! The database of a million keys is made once, below `target/tmp`.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a bench that cannot go on should stop")]

mod inserts;
mod large;
mod reads;

use keys_bench::Bench;

fn main() {
    let mut bench = Bench::from_args("The store");
    inserts::run(&mut bench);
    reads::run(&mut bench);
}

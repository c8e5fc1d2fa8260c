//! What the figures of the other benches were taken on.
//!
//! ```text
//! cargo bench -p keys-bench --bench machine
//! ```
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on should stop")]

use std::path::Path;

use keys_bench::{Bench, machine};

fn main() {
    let bench = Bench::from_args("The machine");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let fsync = machine::fsync(folder, bench.pick(1_000, 10)).unwrap();
    let memory = machine::memory().map_or(f64::NAN, |bytes| bytes as f64 / f64::from(1 << 30));
    bench.columns(&["", ""]);
    bench.row(&[&"processors", &machine::processors()]);
    bench.row(&[&"memory", &format_args!("{memory:.1} GiB")]);
    bench.row(&[&"system", &machine::kernel()]);
    bench.row(&[&"compiler", &machine::compiler()]);
    bench.row(&[&"`fdatasync` of 4 KiB behind the end of a file", &fsync]);
}

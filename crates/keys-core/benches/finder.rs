//! How fast the finder goes through what files are made of, as a ratio to summing up the same bytes.
//!
//! ```text
//! cargo bench -p keys-core --bench finder
//! ```
//!
//! By this thread's own processor time. The finder is to be faster than a file system hands out text.
#![expect(clippy::indexing_slicing, reason = "a bench that cannot go on should stop")]

use std::hint::black_box;

use keys_bench::{Bench, Clock, Unit};
use keys_core::Finder;
use rand_chacha::ChaCha12Rng;
use rand_core::{Rng as _, SeedableRng as _};

const ROUNDS: usize = 9;
const CHUNK: usize = 256 << 10;

fn main() {
    let mut bench = Bench::from_args("Finding credentials");
    let length = bench.pick(8 << 20, 64 << 10);
    let mut rng = ChaCha12Rng::seed_from_u64(1);
    let mut words = |alphabet: &[u8], longest: u32, between: &[u8]| {
        let mut text = Vec::with_capacity(length + 64);
        while text.len() < length {
            for _ in (0..=rng.next_u32() % longest).take(length) {
                text.push(alphabet[rng.next_u32() as usize % alphabet.len()]);
            }
            text.push(between[rng.next_u32() as usize % between.len()]);
        }
        text.truncate(length);
        text
    };
    let letters = b"abcdefghijklmnopqrstuvwxyz";
    let base62 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let base64 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/";
    let bytes: Vec<u8> = (0..=u8::MAX).collect();
    let texts = [
        ("words of 1 to 10 letters", words(letters, 10, b"   \n.,(")),
        ("names of 1 to 4 letters, minified", words(letters, 4, b"(){}=,.;")),
        ("bytes", words(&bytes, 255, &bytes)),
        ("base64 in lines of up to 76", words(base64, 76, b"\n")),
        ("base64 without an end", words(base64, u32::MAX, b"/")),
        ("letters and digits without an end", words(base62, u32::MAX, b"/")),
        ("zeros without an end", words(b"0", u32::MAX, b"0")),
        (
            "39 letters and a gap",
            words(b"a", 1, b"a").chunks(39).flat_map(|run| [run, b"."].concat()).collect(),
        ),
        ("base64 of letters", words(b"YWFh", 400, b"\n")),
    ];
    let mut measured = bench.cases(ROUNDS, Unit::Seconds);
    for (name, text) in &texts {
        measured.add(*name, || {
            time(|| {
                black_box(find(text));
            })
        });
        measured.add("summing up its bytes", || {
            time(|| {
                black_box(text.iter().map(|byte| u64::from(*byte)).sum::<u64>());
            })
        });
    }
    bench.columns(&["what is searched", "MB/s", "÷ summing up its bytes"]);
    for (pair, (name, text)) in measured.run().chunks(2).zip(&texts) {
        let speed = text.len() as f64 / pair[0].median / 1e6;
        bench.row(&[name, &format_args!("{speed:.0}"), &pair[0].ratio_to(&pair[1])]);
    }
}

fn find(text: &[u8]) -> usize {
    let mut finder = Finder::new();
    let told: usize = text.chunks(CHUNK).map(|chunk| finder.feed(chunk).len()).sum();
    told + finder.finish().len()
}

fn time(work: impl FnOnce()) -> f64 {
    let begin = Clock::of_thread();
    work();
    begin.seconds()
}

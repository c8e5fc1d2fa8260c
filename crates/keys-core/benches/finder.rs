//! How fast the finder goes through what files are made of, as a ratio to summing up the same bytes.
//!
//! ```text
//! cargo bench -p keys-core --bench finder
//! ```
//!
//! Each round measures every case in turn; the medians of the rounds are printed. Wall-clock figures move with the
//! machine, ratios hardly.
#![expect(
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench that cannot go on should stop, and prints its figures"
)]

use std::hint::black_box;
use std::time::Instant;

use keys_core::Finder;
use rand_chacha::ChaCha12Rng;
use rand_core::{Rng as _, SeedableRng as _};

const ROUNDS: usize = 9;
const LENGTH: usize = 8 << 20;
const CHUNK: usize = 256 << 10;

fn main() {
    let mut rng = ChaCha12Rng::seed_from_u64(1);
    let mut words = |alphabet: &[u8], longest: u32, between: &[u8]| {
        let mut text = Vec::with_capacity(LENGTH + 64);
        while text.len() < LENGTH {
            for _ in 0..=rng.next_u32() % longest {
                text.push(alphabet[rng.next_u32() as usize % alphabet.len()]);
            }
            text.push(between[rng.next_u32() as usize % between.len()]);
        }
        text.truncate(LENGTH);
        text
    };
    let letters = b"abcdefghijklmnopqrstuvwxyz";
    let base62 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let base64 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/";
    let bytes: Vec<u8> = (0..=u8::MAX).collect();
    let cases = [
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
    let mut times = vec![[Vec::new(), Vec::new()]; cases.len()];
    for _ in 0..ROUNDS {
        for ((_, text), times) in cases.iter().zip(&mut times) {
            times[0].push(time(|| {
                black_box(find(text));
            }));
            times[1].push(time(|| {
                black_box(text.iter().map(|byte| u64::from(*byte)).sum::<u64>());
            }));
        }
    }
    println!("{:>9}  {:>12}", "MB/s", "÷ summing up");
    for ((name, text), mut times) in cases.iter().zip(times) {
        times.iter_mut().for_each(|rounds| rounds.sort_by(f64::total_cmp));
        let [own, sum] = times.map(|rounds| rounds[ROUNDS / 2]);
        println!("{:>9.0}  {:>12.1}  {name}", text.len() as f64 / own / 1e6, own / sum);
    }
}

fn find(text: &[u8]) -> usize {
    let mut finder = Finder::new();
    let told: usize = text.chunks(CHUNK).map(|chunk| finder.feed(chunk).len()).sum();
    told + finder.finish().len()
}

fn time(work: impl FnOnce()) -> f64 {
    let begin = Instant::now();
    work();
    begin.elapsed().as_secs_f64()
}

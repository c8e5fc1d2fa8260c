//! How fast `keyctl scan` goes through a tree of files that are in memory already, as a ratio to reading them.
//!
//! ```text
//! cargo bench -p keyctl --bench scan
//! KEYS_BENCH_MEGABYTES=64 cargo bench -p keyctl --bench scan
//! ```
//!
//! It makes a gigabyte of files from a seed, of 1 kB to 4 MB: two fifths source text, and a fifth each of minified
//! JavaScript, bytes, and base64. One in a thousand holds a secret, and a run that does not find them all has failed. It is
//! scanned and read with one thread and with as many as there are processors, by the clock on the wall.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a bench that cannot go on should stop")]

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use keys_bench::{Bench, Clock, Unit};
use keys_core::SecretKey;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

const ROUNDS: usize = 5;

fn main() {
    let mut bench = Bench::from_args("keyctl scan");
    let megabytes = std::env::var("KEYS_BENCH_MEGABYTES").ok().and_then(|text| text.parse().ok());
    let megabytes = megabytes.unwrap_or_else(|| bench.pick(1_000, 8));
    let folder = tempfile::tempdir().expect("a folder");
    let tree = Tree::make(folder.path(), megabytes * 1_000_000);
    bench.line(format_args!("\n{} files, {} bytes, {} secrets", tree.files.len(), tree.bytes, tree.secrets));
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let mut cases = bench.cases(ROUNDS, Unit::Seconds);
    for threads in [1, processors] {
        let tree = &tree;
        cases.add(threads.to_string(), move || time(|| tree.scan(threads)));
        cases.add("reading", move || time(|| tree.read(threads)));
    }
    bench.columns(&["threads", "scan, MB/s", "reading the same, MB/s", "÷ reading the same"]);
    for pair in cases.run().chunks(2) {
        let speed = |seconds: f64| format!("{:.0}", tree.bytes as f64 / seconds / 1e6);
        let (scan, read) = (&pair[0], &pair[1]);
        bench.row(&[&scan.name, &speed(scan.median), &speed(read.median), &scan.ratio_to(read)]);
    }
}

struct Tree {
    root: PathBuf,
    files: Vec<PathBuf>,
    bytes: usize,
    secrets: usize,
}

impl Tree {
    fn make(root: &Path, bytes: usize) -> Self {
        let mut rng = ChaCha12Rng::seed_from_u64(1);
        // Files are cut from these, so that making them takes no longer than reading them.
        let kinds = [source, source, minified, binary, base64].map(|make| make(&mut rng));
        let mut tree = Self { root: root.to_owned(), files: Vec::new(), bytes: 0, secrets: 0 };
        while tree.bytes < bytes {
            let number = tree.files.len();
            let kind = &kinds[number % kinds.len()];
            let length = 1_000 << (rng.next_u32() % 13);
            let from = rng.next_u32() as usize % (kind.len() - length);
            let mut content = kind[from..from + length].to_vec();
            if number.is_multiple_of(1_000) {
                let secret = SecretKey::generate(&mut rng).expect("randomness");
                let at = length / 2;
                // A character before it that it does not run into.
                content.splice(at..at, [b" ", secret.expose().as_bytes(), b" "].concat());
                tree.secrets += 1;
            }
            let folder = root.join(format!("{:03}", number / 100));
            fs::create_dir_all(&folder).expect("a folder");
            let path = folder.join(number.to_string());
            fs::write(&path, &content).expect("a file");
            tree.bytes += content.len();
            tree.files.push(path);
        }
        tree
    }

    fn scan(&self, threads: usize) {
        let mut keyctl = Command::new(env!("CARGO_BIN_EXE_keyctl"));
        keyctl.args(["scan", "--quiet", "--threads", &threads.to_string()]).arg(&self.root).env_clear();
        let output = keyctl.output().expect("keyctl runs");
        let found = output.stdout.iter().filter(|byte| **byte == b'\n').count();
        assert_eq!(found, self.secrets, "every secret, and nothing else");
    }

    fn read(&self, threads: usize) {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut buffer = vec![0; 256 * 1_024];
            while let Some(path) = self.files.get(next.fetch_add(1, Ordering::Relaxed)) {
                let mut file = File::open(path).expect("a file");
                while file.read(&mut buffer).expect("it can be read") > 0 {}
            }
        };
        thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    }
}

const PIECE: usize = 8_000_000;

fn words(rng: &mut ChaCha12Rng, alphabet: &[u8], longest: u32, between: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(PIECE + longest as usize);
    while text.len() < PIECE {
        for _ in 0..=rng.next_u32() % longest {
            text.push(alphabet[rng.next_u32() as usize % alphabet.len()]);
        }
        text.push(between[rng.next_u32() as usize % between.len()]);
    }
    text
}

fn source(rng: &mut ChaCha12Rng) -> Vec<u8> {
    words(rng, b"abcdefghijklmnopqrstuvwxyz_", 12, b"        \n\n(){};.,=")
}

fn minified(rng: &mut ChaCha12Rng) -> Vec<u8> {
    words(rng, b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 6, b"(){}=,.;:?!")
}

fn binary(rng: &mut ChaCha12Rng) -> Vec<u8> {
    let mut bytes = vec![0; PIECE];
    rng.fill_bytes(&mut bytes);
    bytes
}

fn base64(rng: &mut ChaCha12Rng) -> Vec<u8> {
    words(rng, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 4_000, b"\n")
}

fn time(work: impl FnOnce()) -> f64 {
    let begin = Clock::of_wall();
    work();
    begin.seconds()
}

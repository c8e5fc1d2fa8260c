//! Inserts of ready records: no digest is computed, every one is durable before it is answered.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use keys_bench::{Bench, Clock, Figure, Unit, machine};
use keys_core::Owner;
use keys_store::conformance::{many, sample};
use keys_store::{KeyStore, MemoryStore, OpenMode, SqliteStore, Write};
use rusqlite::Connection;

const ROUNDS: usize = 7;
const WRITERS: [usize; 3] = [1, 10, 100];

/// The same for every store.
struct Site<'a> {
    store: &'a dyn KeyStore,
    owner: Owner,
    next: &'a AtomicU64,
}

pub(crate) fn run(bench: &mut Bench) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let sqlite = SqliteStore::open(&folder.path().join("keys.sqlite3"), OpenMode::Own).unwrap();
    let memory = MemoryStore::new();
    let bare = bare(&folder.path().join("bare.sqlite3"));
    let length = Duration::from_millis(bench.pick(1_000, 20));
    let next = AtomicU64::new(1);
    let sites = [&sqlite as &dyn KeyStore, &memory].map(|store| Site {
        store,
        owner: sample::owner(store, 1),
        next: &next,
    });
    let mut cases = bench.cases(ROUNDS, Unit::PerSecond);
    cases.add("one fsync each, one table without indexes, rusqlite alone", || alone(&bare, length));
    for (site, name) in sites.iter().zip(["SQLite", "memory"]) {
        for writers in WRITERS {
            cases.add(format!("{name}, {writers} writers"), move || together(site, writers, length));
        }
    }
    let figures = cases.run();
    bench.columns(&["inserts", "a second", "÷ one writer"]);
    let fsync = machine::fsync(folder.path(), bench.pick(300, 3)).unwrap();
    bench.row(&[&"`fdatasync` of 4 KiB, in the same minutes", &fsync, &""]);
    bench.row(&[&figures[0].name, &figures[0], &""]);
    for store in figures[1..].chunks(WRITERS.len()) {
        for figure in store {
            bench.row(&[&figure.name, figure, &figure.ratio_to(&store[0])]);
        }
    }
    let ratio: Figure = figures[1].ratio_to(&figures[0]);
    bench.line(format_args!("\nOne writer of the store ÷ rusqlite alone: {ratio}"));
}

/// A key's row without anything else, so that what remains is SQLite and the disk.
fn bare(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())).unwrap();
    connection.pragma_update(None, "synchronous", "FULL").unwrap();
    connection.execute_batch("CREATE TABLE rows (id INTEGER PRIMARY KEY, row BLOB NOT NULL) STRICT").unwrap();
    connection
}

fn alone(connection: &Connection, length: Duration) -> f64 {
    let row = [0xa5u8; 300];
    let mut insert = connection.prepare_cached("INSERT INTO rows (row) VALUES (?1)").unwrap();
    let clock = Clock::of_wall();
    let mut count = 0;
    while clock.seconds() < length.as_secs_f64() {
        count += insert.execute([row.as_slice()]).unwrap();
    }
    count as f64 / clock.seconds()
}

/// Inserts in a second, by so many threads that each wait for their answer.
fn together(site: &Site<'_>, writers: usize, length: Duration) -> f64 {
    let stop = AtomicBool::new(false);
    let clock = Clock::of_wall();
    let count: u64 = thread::scope(|scope| {
        let write = || {
            let mut count = 0;
            while !stop.load(Ordering::Relaxed) {
                let n = site.next.fetch_add(1, Ordering::Relaxed);
                sample::commit(site.store, Write::InsertKey(many::new_key(site.owner, n))).unwrap();
                count += 1;
            }
            count
        };
        let threads: Vec<_> = (0..writers).map(|_| scope.spawn(write)).collect();
        // There is nothing to wait for but the time; it may be woken early.
        while let Some(left) = length.checked_sub(Duration::from_secs_f64(clock.seconds())) {
            thread::park_timeout(left);
        }
        stop.store(true, Ordering::Relaxed);
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    count as f64 / clock.seconds()
}

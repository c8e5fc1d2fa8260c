//! kill -9: nothing acknowledged is lost, and nothing deactivated or deleted is accepted.
//!
//! Clients change keys, environments and access control, and keep a journal of every acknowledgement. The server is
//! killed at a random moment and started again on the same directory. Then every fact of the journal is compared
//! with what the server says, with whom it lets in, and with its audit chain. A change that was asked for and not
//! acknowledged may have happened or not; nothing else may.
//!
//! `cargo test` kills 10 times. `KEYS_KILLS=10000 cargo test --release -p keys-tests --test it kill:: -- --nocapture`
//! (after `cargo build --release`) kills 10,000 times. `KEYS_SEED` repeats the choices of a run; the moments of its
//! kills are the machine's.

mod access;
mod belief;
mod chain;
mod check;
mod journal;
mod session;
mod share;
mod worker;

use std::env;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use keys_tests::{Key, TestServer, create_key, enable_access_control};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};

use self::chain::Chain;
use self::journal::Journal;
use self::session::Session;
use self::share::Share;

/// How many clients change things at once.
const WORKERS: u64 = 3;
/// Every so many kills it is access control that is being switched.
const ACCESS_CONTROL_EVERY: u64 = 5;

#[test]
fn nothing_acknowledged_is_lost_and_nothing_revoked_is_accepted() {
    let kills = number("KEYS_KILLS").unwrap_or(10);
    let seed = number("KEYS_SEED").unwrap_or_else(|| getrandom::u64().expect("random bytes"));
    println!("kill -9: {kills} kills, KEYS_SEED={seed}");
    let dir = tempfile::tempdir().expect("a temporary directory");
    let begun = Instant::now();
    let mut run = Run::begin(dir.path(), seed);
    for kill in 1..=kills {
        run.cycle(kill);
        if kill % 500 == 0 {
            println!("kill -9: {kill} kills, {}, {:.0?}", run.total, begun.elapsed());
        }
    }
    run.end();
    let total = &run.total;
    println!(
        "kill -9: {kills} kills in {:.1?}; {total}; {} audit events verified; lost=0 accepted-after-revocation=0",
        begun.elapsed(),
        run.chain.verified(),
    );
    assert!(
        total.acknowledged_changes() >= kills,
        "hardly anything was changed, so hardly anything was tested"
    );
}

fn number(variable: &str) -> Option<u64> {
    env::var(variable)
        .ok()
        .map(|text| text.parse().unwrap_or_else(|_| panic!("{variable} is no number: {text}")))
}

/// A number below `bound`. The small unevenness of a remainder does not matter here.
fn below(rng: &mut ChaCha8Rng, bound: u64) -> u64 {
    rng.next_u64() % bound
}

/// Everything that is known between two kills.
struct Run<'dir> {
    data_dir: &'dir Path,
    rng: ChaCha8Rng,
    admin: Key,
    shares: Vec<Share>,
    total: Journal,
    chain: Chain,
    server: Option<TestServer>,
}

impl<'dir> Run<'dir> {
    /// A first server with an administrator's key, an environment for each worker, and access control on.
    fn begin(data_dir: &'dir Path, seed: u64) -> Self {
        let server = TestServer::start_in(data_dir);
        let admin = create_key(&server.client(), "/v1/apikeys", "admin");
        enable_access_control(&server.client());
        let session = Session::new(&server, &admin);
        let shares = (0..WORKERS).map(|number| Share::begin(&session, number, seed)).collect();
        let mut chain = Chain::new(data_dir);
        chain.skip();
        let total = Journal::default();
        Self {
            data_dir,
            rng: ChaCha8Rng::seed_from_u64(seed),
            admin,
            shares,
            total,
            chain,
            server: Some(server),
        }
    }

    /// Load, kill, start, compare.
    fn cycle(&mut self, kill: u64) {
        let server = self.server.take().expect("a server runs between cycles");
        let mut session = Session::new(&server, &self.admin);
        let mut journal = Journal::default();
        if kill.is_multiple_of(ACCESS_CONTROL_EVERY) {
            let control = access::switch_until_killed(&session, server, &mut self.rng, &mut journal);
            let server = self.restart();
            session = Session::new(&server, &self.admin);
            access::check(&session, control, &mut journal);
            self.server = Some(server);
        } else {
            journal = self.load_until_killed(&session, server);
            let server = self.restart();
            session = Session::new(&server, &self.admin);
            self.server = Some(server);
        }
        for share in &mut self.shares {
            check::share(share, &session, &mut journal);
        }
        check::strays(&mut self.shares, &session, &mut journal);
        self.chain.compare(&journal);
        self.total.add(journal);
    }

    fn restart(&self) -> TestServer {
        TestServer::start_in(self.data_dir)
    }

    fn load_until_killed(&mut self, session: &Session, server: TestServer) -> Journal {
        let moment = Moment::choose(&mut self.rng);
        let (acknowledged, heard) = channel();
        thread::scope(|scope| {
            let workers: Vec<_> = self
                .shares
                .iter_mut()
                .map(|share| {
                    let acknowledged = acknowledged.clone();
                    scope.spawn(move || worker::change_until_killed(share, &session.clone(), &acknowledged))
                })
                .collect();
            drop(acknowledged);
            moment.wait(&heard);
            server.kill();
            let mut journal = Journal::default();
            for worker in workers {
                journal.add(worker.join().expect("the worker found no defect"));
            }
            journal
        })
    }

    /// The whole of what has come together: every key ever deleted, and the audit chain from its beginning.
    fn end(&mut self) {
        let server = self.server.take().expect("a server runs between cycles");
        let session = Session::new(&server, &self.admin);
        for share in &self.shares {
            check::all_deleted(share, &session);
        }
        assert_eq!(server.stop().code(), Some(0));
        self.chain.verify_from_the_beginning();
    }
}

/// When the kill comes: after some time, or just behind an acknowledgement, when its promise is youngest.
enum Moment {
    After(Duration),
    Behind(u64),
}

impl Moment {
    fn choose(rng: &mut ChaCha8Rng) -> Self {
        if below(rng, 2) == 0 {
            Self::After(Duration::from_micros(below(rng, 100_000)))
        } else {
            Self::Behind(1 + below(rng, 40))
        }
    }

    fn wait(&self, acknowledged: &Receiver<()>) {
        match self {
            Self::After(time) => {
                let until = Instant::now() + *time;
                while acknowledged.recv_timeout(until.saturating_duration_since(Instant::now())).is_ok() {}
            }
            Self::Behind(count) => {
                for _ in 0..*count {
                    // Workers that have all stopped have nothing to say; then the kill may come at once.
                    if acknowledged.recv_timeout(Duration::from_secs(10)).is_err() {
                        return;
                    }
                }
            }
        }
    }
}

//! What a log-in costs, and what being in a session costs each request.
//!
//! ```text
//! cargo bench -p keys-service --bench log_in
//! ```
//!
//! The log-in hashes at the standard cost; the sessions are read from a store in memory and from one in SQLite.
#![expect(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench that cannot go on should stop, and prints its figures"
)]

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Instant;

use keys_core::{AccountId, HashPolicy, Keyring, Password, Pepper, SessionKind, SessionToken, Timestamp};
use keys_service::{Authority, AuthorityConfig, Caller, Context, LogInRequest, SessionOutcome, Visitor};
use keys_store::{KeyStore, MemoryStore, OpenMode, SqliteStore};
use rand_chacha::ChaCha12Rng;
use rand_core::SeedableRng as _;

const LOG_INS: usize = 40;
const READS: usize = 20_000;

fn main() {
    let folder = std::env::temp_dir().join(format!("keys-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let sqlite = SqliteStore::open(&folder.join("keys.sqlite3"), OpenMode::Own).unwrap();
    println!("| store | log-in, ms | session, µs |\n|---|---|---|");
    for (name, store) in
        [("memory", Arc::new(MemoryStore::new()) as Arc<dyn KeyStore>), ("SQLite", Arc::new(sqlite))]
    {
        let house = House::on(store);
        let (log_in, tokens) = house.log_ins();
        let session = house.sessions(&tokens);
        println!("| {name} | {:.1} | {:.1} |", log_in * 1e3, session * 1e6);
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

struct House {
    authority: Authority,
    now: Timestamp,
}

impl House {
    fn on(store: Arc<dyn KeyStore>) -> Self {
        let mut rng = ChaCha12Rng::seed_from_u64(1);
        let config = AuthorityConfig {
            keyring: Keyring::new(vec![Pepper::generate(&mut rng).unwrap()]).unwrap(),
            policy: HashPolicy::STANDARD,
            hashers: NonZeroUsize::MIN,
            hash_queue: 1,
            index_capacity: None,
            accept_lost_pepper: false,
        };
        let now = "2026-11-23T18:30:00Z".parse().unwrap();
        let authority = Authority::open(store, config, "bench".parse().unwrap(), now, &mut rng).unwrap();
        let caller = Caller::of_database();
        let context = Context { caller, client_address: None, request_id: "bench".parse().unwrap(), now };
        let login = "admin".parse().unwrap();
        authority.set_password(&context, AccountId::ADMIN, login, &password(), &mut rng).unwrap();
        Self { authority, now }
    }

    /// Seconds for each log-in, the durable write included; and the tokens.
    fn log_ins(&self) -> (f64, Vec<SessionToken>) {
        let mut rng = ChaCha12Rng::seed_from_u64(2);
        let visitor = Visitor { client_address: None, request_id: "bench".parse().unwrap(), now: self.now };
        let begin = Instant::now();
        let tokens = (0..LOG_INS)
            .map(|_| {
                let login = "admin".parse().unwrap();
                let kind = SessionKind::Bearer;
                let request = LogInRequest { login, password: password(), device: None, kind };
                self.authority.log_in(&request, &visitor, &mut rng).unwrap().token
            })
            .collect();
        (begin.elapsed().as_secs_f64() / LOG_INS as f64, tokens)
    }

    /// Seconds for each look at a session.
    fn sessions(&self, tokens: &[SessionToken]) -> f64 {
        let begin = Instant::now();
        for n in 0..READS {
            let outcome = self.authority.authenticate_session(&tokens[n % tokens.len()], self.now).unwrap();
            assert!(matches!(outcome, SessionOutcome::Entered(_)));
        }
        begin.elapsed().as_secs_f64() / READS as f64
    }
}

fn password() -> Password {
    Password::new("correct horse battery staple").unwrap()
}

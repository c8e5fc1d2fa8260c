//! Bytes that turn and files that end early: found or without effect, never a key that lives again, never a panic.

use std::fs;
use std::path::Path;

use keys_core::{
    AccessKey, EnvironmentTransition, Owner, OwnerStanding, RowState, SettingName, Timestamp, Transition,
};
use keys_store::conformance::sample;
use keys_store::{KeyFilter, KeyQuery, KeyStore, OpenMode, Reach, SqliteStore, StateFilter, Write};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

use crate::{own, transition};

/// Half a second after everything in the sample happened.
fn now() -> Timestamp {
    sample::instant(500)
}

/// A database with everything that must not be accepted, and one key that is.
fn fill(store: &dyn KeyStore) {
    let active = sample::owner(store, 1);
    let inactive = sample::environment(store, 2);
    let suspended = Owner::Environment(inactive.parts().id);
    for n in 0..40 {
        sample::key(store, if n % 2 == 0 { active } else { suspended }, n);
    }
    let moved = inactive.transition(EnvironmentTransition::Deactivate, sample::instant(1)).unwrap();
    sample::update_environment(store, moved);
    for n in 40..80 {
        let record = sample::key(store, active, n);
        let record = transition(store, record, Transition::Deactivate);
        if n % 2 == 0 {
            transition(store, record, Transition::Delete);
        }
    }
    for n in 80..100 {
        let expires_at = Some(sample::instant(400));
        sample::insert(store, keys_core::NewKey { expires_at, ..sample::new_key(active, n) });
    }
    let name = SettingName::AccessControl;
    sample::commit(store, Write::PutSetting { name, value: "true".into() }).unwrap();
}

fn every_access_key() -> impl Iterator<Item = AccessKey> {
    (0..100).map(sample::access_key)
}

/// Whether this key would be accepted from whoever holds its secret, as far as the store can say.
fn is_good(store: &dyn KeyStore, access_key: &AccessKey) -> bool {
    let Ok(Some(row)) = store.load_key(access_key).map(|load| load.row) else { return false };
    let Ok(Some(owner)) = store.load_owner(row.owner).map(|load| load.row) else { return false };
    // A tag that is another accepts nobody.
    let own_tag = row.state.tagged().is_some_and(|tagged| is_sample(tagged.tag.as_bytes()));
    matches!(row.state, RowState::Active(_))
        && own_tag
        && row.expires_at.is_none_or(|expiry| expiry > now())
        && owner.standing == OwnerStanding::Active
}

fn is_sample(tag: &[u8; 32]) -> bool {
    (0..100).any(|n| sample::tagged(n).tag.as_bytes() == tag)
}

/// Opens what is there and asks everything; `true` when anything was found out.
fn try_everything(path: &Path, good: &[AccessKey]) -> bool {
    let Ok(store) = SqliteStore::open(path, OpenMode::Own) else { return true };
    for access_key in every_access_key() {
        assert!(good.contains(&access_key) || !is_good(&store, &access_key), "{access_key} lives again");
    }
    if let Ok(setting) = store.setting(SettingName::AccessControl) {
        assert_eq!(setting.map(|setting| setting.value).as_deref(), Some("true"), "the door is open");
    }
    let filter = KeyFilter { state: StateFilter::Any, ..KeyFilter::default() };
    let query = KeyQuery { filter, limit: 1000, ..KeyQuery::default() };
    let listed = store.keys(Reach::AllOwners, &query);
    let audited = store.audit(None, 1000);
    let _ = store.keys(Reach::Owner(sample::creator().principal), &query);
    let _ = store.load_keys(None, 1000);
    let _ = store.peppers();
    let _ = sample::commit(&store, Write::InsertEnvironment(sample::new_environment(77)));
    let problems = store.quick_check();
    listed.is_err() || audited.is_err() || problems.is_err() || problems.is_ok_and(|found| !found.is_empty())
}

/// The files of a database: the main file, its log, its anchor.
struct Files([(&'static str, Vec<u8>); 3]);

impl Files {
    fn read(path: &Path) -> Self {
        Self(
            ["", "-wal", ".anchor"]
                .map(|suffix| (suffix, fs::read(format!("{}{suffix}", path.display())).unwrap_or_default())),
        )
    }

    fn write(&self, path: &Path) {
        for (suffix, bytes) in &self.0 {
            fs::write(format!("{}{suffix}", path.display()), bytes).unwrap();
        }
        let _ = fs::remove_file(format!("{}-shm", path.display()));
    }
}

/// The files of a filled database, as an orderly end leaves them, or as a kill leaves them.
fn sample_files(path: &Path, killed: bool) -> (Files, Vec<AccessKey>) {
    let store = own(path);
    fill(&store);
    let good: Vec<_> = every_access_key().filter(|access_key| is_good(&store, access_key)).collect();
    assert_eq!(good.len(), 20, "half of the first forty");
    if killed {
        // SQLite begins the log anew once it is long enough, and what stands behind its new end is read by nobody. An
        // orderly end empties it, so that all of it matters from here on.
        drop(store);
        let store = own(path);
        for n in 200..220 {
            sample::environment(&store, n);
        }
        let name = SettingName::AccessControl;
        sample::commit(&store, Write::PutSetting { name, value: "true".into() }).unwrap();
        // A copy of the files of a store at work is what a kill would leave.
        let files = Files::read(path);
        drop(store);
        (files, good)
    } else {
        drop(store);
        (Files::read(path), good)
    }
}

fn flip(rounds: usize, killed: bool, seed: u64) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.sqlite3");
    let (files, good) = sample_files(&path, killed);
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let mut found = 0;
    for _ in 0..rounds {
        files.write(&path);
        let which = if killed { 1 } else { 0 };
        let (suffix, bytes) = &files.0[which];
        let at = usize::try_from(rng.next_u64() % bytes.len() as u64).unwrap();
        let mut bytes = bytes.clone();
        // Any other value, not only a turned bit.
        bytes[at] = bytes[at].wrapping_add(1 + (rng.next_u32() % 255) as u8);
        fs::write(format!("{}{suffix}", path.display()), &bytes).unwrap();
        found += usize::from(try_everything(&path, &good));
    }
    assert!(found > rounds / 20, "only {found} of {rounds} were found out: was anything damaged?");
}

/// How many bytes are turned: a sample, or as many as asked for.
fn rounds() -> usize {
    std::env::var("KEYS_STORE_FLIPS").map_or(60, |rounds| rounds.parse().unwrap())
}

#[test]
fn no_byte_of_the_database_revives_a_key() {
    flip(rounds(), false, 1);
}

#[test]
fn no_byte_of_the_log_revives_a_key() {
    flip(rounds() / 2, true, 2);
}

#[test]
fn no_row_whose_byte_has_turned_is_used() {
    // Aimed at the rows themselves: the bytes of the row of one key, each turned once.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.sqlite3");
    let (files, good) = sample_files(&path, false);
    let bytes = &files.0[0].1;
    let needle = sample::access_key(41).to_string();
    let places: Vec<_> = bytes
        .windows(20)
        .enumerate()
        .filter(|(_, window)| *window == needle.as_bytes())
        .map(|(at, _)| at)
        .collect();
    let row = *places
        .iter()
        .find(|at| {
            bytes.get(**at..**at + 40).is_some_and(|row| row.windows(8).any(|word| word == b"inactive"))
        })
        .unwrap();
    for at in (row - 30..row + 220).step_by(250 / rounds().min(250)) {
        files.write(&path);
        let mut bytes = bytes.clone();
        bytes[at] ^= 1;
        fs::write(&path, &bytes).unwrap();
        try_everything(&path, &good);
    }
}

#[test]
fn a_database_that_ends_early_is_never_used() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.sqlite3");
    let (files, good) = sample_files(&path, false);
    let length = files.0[0].1.len();
    let page = 4096;
    for length in (0..length).step_by(page).chain([1, 99, 100, 101, page - 1, page + 1, length - 1]) {
        files.write(&path);
        let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
        file.set_len(length as u64).unwrap();
        drop(file);
        assert!(try_everything(&path, &good), "{length} bytes were taken for a whole database");
    }
}

#[test]
fn a_log_that_is_cut_or_gone_is_noticed_by_the_anchor() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.sqlite3");
    let (files, good) = sample_files(&path, true);
    let length = files.0[1].1.len();
    for length in (0..length).step_by(length / 40) {
        files.write(&path);
        let log = fs::OpenOptions::new().write(true).open(format!("{}-wal", path.display())).unwrap();
        log.set_len(length as u64).unwrap();
        drop(log);
        try_everything(&path, &good);
    }
    files.write(&path);
    fs::remove_file(format!("{}-wal", path.display())).unwrap();
    assert!(SqliteStore::open(&path, OpenMode::Own).is_err());
}

//! A person at a browser: Debian's Chromium on the pages of the API, driven by the programs below `tests/browser`.
//!
//! `tests/browser/harness.py` says what a visit is and that it must be quiet. Each test has a server and a browser of its
//! own. Screenshots of every kind of page are left below `target/screenshots`, to be looked at.
//! `docs/decisions/0022-chromium-and-playwright.md` says why it is done so, and how to install what it needs.

use std::path::Path;
use std::process::Command;

use keys_core::Owner;
use keys_store::conformance::sample;
use keys_store::{KeyStore as _, OpenMode, SqliteStore, Write};
use keys_tests::server::database_in;
use keys_tests::{TestServer, create_key};
use tempfile::TempDir;

use crate::installation::{DEFAULT, Installation};
use crate::python;

/// A driver with a home of its own, which Chromium wants.
fn driver(name: &str, server: &TestServer, home: &TempDir) -> Command {
    let mut driver = python::driver(".venv-browser", &format!("browser/{name}"), server);
    driver.env("HOME", home.path());
    driver
}

#[track_caller]
fn run(driver: Command) {
    python::run(driver, "docs/decisions/0022-chromium-and-playwright.md says how to install it");
}

/// Access control is on; the driver has a key of the administrator and one of the environment.
#[track_caller]
fn run_protected(name: &str) {
    run_with(name, &Installation::start());
}

#[track_caller]
fn run_with(name: &str, installation: &Installation) {
    let home = tempfile::tempdir().expect("a folder");
    let mut driver = driver(name, &installation.server, &home);
    let administrator = create_key(&installation.administrator, "/v1/apikeys", "at a browser");
    python::give_pair(&mut driver, "ADMINISTRATOR", &administrator);
    python::give_pair(&mut driver, "ENVIRONMENT", &installation.key_of(DEFAULT, "of the environment"));
    driver.env("SCREENSHOTS", python::workspace().join("target/screenshots"));
    run(driver);
}

/// Access control is off, as at the first start.
#[track_caller]
fn run_open(name: &str) {
    let server = TestServer::start();
    let home = tempfile::tempdir().expect("a folder");
    let mut driver = driver(name, &server, &home);
    driver.env("OPEN", "yes");
    driver.env("SCREENSHOTS", python::workspace().join("target/screenshots"));
    run(driver);
}

#[test]
#[ignore = "needs chromium and .venv-browser"]
fn a_person_is_asked_for_a_pair_and_finds_the_way_by_links() {
    run_protected("walk.py");
}

#[test]
#[ignore = "needs chromium and .venv-browser"]
fn without_access_control_nobody_is_asked() {
    run_open("walk.py");
}

#[test]
#[ignore = "needs chromium and .venv-browser"]
fn a_key_lives_its_life_in_forms() {
    run_protected("life.py");
}

#[test]
#[ignore = "needs chromium and .venv-browser"]
fn long_lists_are_filtered_sorted_and_paged_by_what_can_be_clicked() {
    run_protected("lists.py");
}

#[test]
#[ignore = "needs chromium and .venv-browser"]
fn errors_are_pages_that_lead_on() {
    run_protected("errors.py");
}

#[test]
#[ignore = "needs chromium and .venv-browser"]
fn hostile_texts_are_shown_and_nothing_else() {
    run_protected("hostile.py");
}

#[test]
#[ignore = "needs chromium and .venv-browser"]
fn pages_of_others_change_nothing_and_frame_nothing() {
    run_protected("forged.py");
}

#[test]
#[ignore = "needs chromium and .venv-browser"]
fn pages_of_others_change_nothing_where_nobody_is_asked_for_a_pair() {
    run_open("forged.py");
}

#[test]
#[ignore = "needs chromium and .venv-browser"]
fn everything_can_be_done_without_a_pointer() {
    run_protected("keyboard.py");
}

#[test]
#[ignore = "needs chromium and .venv-browser"]
fn every_page_is_whole_light_and_dark_narrow_and_wide() {
    run_protected("looks.py");
}

#[test]
#[ignore = "needs chromium and .venv-browser"]
fn every_part_of_the_web_page_does_what_it_says() {
    run_open("parts.py");
}

#[test]
#[ignore = "needs chromium and .venv-browser"]
fn another_api_page_runs_in_its_shell() {
    run_protected("shell.py");
}

#[test]
#[ignore = "needs chromium and .venv-browser"]
fn a_key_lives_its_life_on_the_web_page() {
    run_protected("web_life.py");
}

#[test]
#[ignore = "needs chromium and .venv-browser"]
fn hostile_texts_are_shown_on_the_web_page_and_nothing_else() {
    run_protected("web_hostile.py");
}

#[test]
#[ignore = "needs chromium and .venv-browser"]
fn everything_on_the_web_page_can_be_done_without_a_pointer() {
    run_protected("web_keyboard.py");
}

#[test]
#[ignore = "needs chromium and .venv-browser"]
fn the_web_page_is_whole_light_and_dark_narrow_and_wide() {
    run_protected("web_looks.py");
}

#[test]
#[ignore = "needs chromium and .venv-browser"]
fn ten_thousand_keys_are_a_pleasant_table() {
    let dir = tempfile::tempdir().expect("a folder");
    let _ = TestServer::start_in(dir.path()).stop();
    fill(dir.path(), 10_000);
    run_with("web_many.py", &Installation::on(TestServer::start_in(dir.path())));
}

/// Puts keys into the environment while no server has the database open: over the API each would cost a slow hash.
fn fill(data_dir: &Path, keys: u64) {
    let store = SqliteStore::open(&database_in(data_dir), OpenMode::Own).expect("the database");
    let owner: Owner = format!("environment/{DEFAULT}").parse().expect("an owner");
    let inserts: Vec<_> = (0..keys).map(|number| sample::new_key(owner, number)).collect();
    for some in inserts.chunks(1_000) {
        let changes = some.iter().map(|key| sample::change(Write::InsertKey(key.clone())));
        store.commit(changes.collect()).expect("keys");
    }
}

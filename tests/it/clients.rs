//! The Python clients of Rancher v1, `gdapi-python` and `cattle`, as they are published: each driver below
//! `tests/clients` runs them against a server of its own.
//!
//! `docs/CLIENTS.md` says how to install them.

use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use keys_tests::{Client, Key, TestServer, create_key};

use crate::installation::{DEFAULT, Installation};
use crate::python;

/// A driver, told where the server is and nothing else of this machine.
fn driver(name: &str, server: &TestServer) -> Command {
    let mut driver = python::driver(".venv-clients", &format!("clients/{name}"), server);
    driver.env("CATTLE_URL", format!("{}/v1", server.url()));
    driver
}

#[track_caller]
fn run(driver: Command) {
    python::run(driver, "docs/CLIENTS.md says how to install the clients");
}

/// Runs a driver that is given a key of the environment and one of the administrator, access control being on.
#[track_caller]
fn run_with_keys(name: &str, installation: &Installation, key: &Key) {
    let administrator = create_key(&installation.administrator, "/v1/apikeys", "another administrator");
    let mut driver = driver(name, &installation.server);
    python::give_pair(&mut driver, "CATTLE", key);
    python::give_pair(&mut driver, "ADMINISTRATOR", &administrator);
    run(driver);
}

#[track_caller]
fn run_on_a_fresh_server(name: &str) {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "client");
    run_with_keys(name, &installation, &key);
}

/// Creates `count` keys in the default environment, several at a time: each costs a slow hash.
fn create_many(administrator: &Client, count: usize) {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let client = administrator.clone();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        break;
                    }
                    // Named against the order of their ids, so that an order by name is another one.
                    let name = format!("key-{:06}", count - number);
                    let _ = create_key(&client, "/v1/projects/1a5/apikeys", &name);
                }
            });
        }
    });
}

#[test]
#[ignore = "needs the PyPI clients in .venv-clients"]
fn gdapi_python_loads_the_schemas() {
    run_on_a_fresh_server("schemas.py");
}

#[test]
#[ignore = "needs the PyPI clients in .venv-clients"]
fn gdapi_python_lives_the_life_of_a_key() {
    run_on_a_fresh_server("life.py");
}

#[test]
#[ignore = "needs the PyPI clients in .venv-clients"]
fn gdapi_python_lists_filters_and_sorts() {
    run_on_a_fresh_server("lists.py");
}

#[test]
#[ignore = "needs the PyPI clients in .venv-clients"]
fn gdapi_python_pages_through_a_thousand_keys() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "client");
    create_many(&installation.administrator, 1_000);
    run_with_keys("pages.py", &installation, &key);
}

#[test]
#[ignore = "needs the PyPI clients in .venv-clients"]
fn gdapi_python_understands_every_error() {
    run_on_a_fresh_server("errors.py");
}

#[test]
#[ignore = "needs the PyPI clients in .venv-clients"]
fn gdapi_python_works_in_environments() {
    run_on_a_fresh_server("environments.py");
}

#[test]
#[ignore = "needs the PyPI clients in .venv-clients"]
fn cattle_takes_its_pair_from_the_environment_and_waits() {
    run_on_a_fresh_server("cattle_client.py");
}

#[test]
#[ignore = "needs the PyPI clients in .venv-clients"]
fn without_access_control_they_need_no_keys() {
    run(driver("no_keys.py", &TestServer::start()));
}

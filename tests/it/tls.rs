//! TLS of the server itself: when it starts (T68), how its certificate changes (T69), and who can reach it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use keys_tests::{
    CertificateFiles, Client, Issued, Key, Keyctl, Launch, TestServer, Trust, create_key,
    enable_access_control,
};
use rustix::process::{Signal, kill_process};
use tempfile::TempDir;

/// How long a test waits for what must come. It is a bound, not a measure.
const PATIENCE: Duration = Duration::from_secs(60);

/// A data directory, with access control on and the administrator's key if so wanted.
fn installation(protected: bool) -> (TempDir, Option<Key>) {
    let dir = tempfile::tempdir().expect("a directory");
    let server = TestServer::start_in(dir.path());
    let key = protected.then(|| {
        let key = create_key(&server.client(), "/v1/apikeys", "administrator");
        enable_access_control(&server.client());
        key
    });
    assert_eq!(server.stop().code(), Some(0));
    (dir, key)
}

fn launch(data_dir: &Path, files: &CertificateFiles) -> Launch {
    Launch::in_dir(data_dir).args(files.flags())
}

/// A client of this machine, wherever else the server listens.
fn client(server: &TestServer, key: Option<&Key>) -> Client {
    let address = ([127, 0, 0, 1], server.address().port()).into();
    let client = Client::new(address);
    key.map_or(client.clone(), |key| key.client(&client))
}

#[test]
fn nothing_is_served_to_a_network_in_the_clear_or_to_everybody() {
    let issued = Issued::new();
    let trust = Trust::in_these(&[&issued]);
    let files_dir = tempfile::tempdir().expect("a directory");
    let files = issued.write(files_dir.path());
    for protected in [false, true] {
        let (dir, key) = installation(protected);
        for (network, tls, proxied) in (0..8).map(|bits| (bits & 1 != 0, bits & 2 != 0, bits & 4 != 0)) {
            let row = format!("protected {protected}, network {network}, tls {tls}, proxied {proxied}");
            let listen = if network { "0.0.0.0:0" } else { "127.0.0.1:0" };
            let mut launch = Launch::bare().args(["--listen", listen, "--data-dir"]).arg(dir.path());
            if tls {
                launch = launch.args(files.flags());
            }
            if proxied {
                launch = launch.arg("--behind-tls-proxy");
            }
            let in_the_clear = network && !tls && !proxied;
            let open_to_others = !protected && (network || proxied);
            if in_the_clear {
                let refused = launch.run();
                assert_eq!(refused.code(), Some(2), "{row}: {}", refused.stderr);
                assert!(refused.stderr.contains("--tls-cert"), "{row}: {}", refused.stderr);
                continue;
            }
            let server = launch.start();
            let begin = if tls { "api-server listens on https://" } else { "api-server listens on http://" };
            assert!(server.ready_line().starts_with(begin), "{row}: {}", server.ready_line());
            let client = client(&server, key.as_ref());
            let client = if tls { client.over_tls(&trust) } else { client };
            if open_to_others {
                // Nobody has ever said who administers: one page is answered (tests/it/set_up.rs).
                assert_eq!((client.get("/v1").status, client.get("/setup").status), (503, 200), "{row}");
                assert_eq!(server.stop().code(), Some(0), "{row}");
                continue;
            }
            let answer = client.get("/v1").expect(200);
            let schemas = answer.header("x-api-schemas").expect("an address");
            assert_eq!(schemas.starts_with("https://"), tls || proxied, "{row}: {schemas}");
            let https_only = answer.header("strict-transport-security").is_some();
            assert_eq!(https_only, network && tls && !proxied, "{row}");
            assert_eq!(server.stop().code(), Some(0), "{row}");
        }
    }
}

/// Asks until told to stop, over a connection that is kept, over a new one each time, or over both.
fn ask_until(client: &Client, done: &AtomicBool, answered: &AtomicU64) {
    while !done.load(Ordering::Relaxed) {
        for client in [client, &client.clone()] {
            let answer = client.request("GET", "/v1/apikeys").try_send();
            let answer = answer.unwrap_or_else(|error| panic!("a request failed: {error}"));
            assert_eq!(answer.status, 200, "{}", answer.text());
            answered.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Waits until a condition holds.
fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < PATIENCE, "{what}");
        thread::yield_now();
    }
}

#[test]
fn the_certificate_changes_under_load_and_no_request_fails() {
    const CLIENTS: usize = 4;
    const CHANGES: usize = 20;
    let certificates = [Issued::new(), Issued::new()];
    let either = Trust::in_these(&[&certificates[0], &certificates[1]]);
    let (dir, key) = installation(true);
    let files_dir = tempfile::tempdir().expect("a directory");
    let server = launch(dir.path(), &certificates[0].write(files_dir.path())).start();
    let client = client(&server, key.as_ref()).over_tls(&either);
    let (done, answered) = (AtomicBool::new(false), AtomicU64::new(0));
    thread::scope(|scope| {
        let (done, answered) = (&done, &answered);
        for client in (0..CLIENTS).map(|_| client.clone()) {
            scope.spawn(move || ask_until(&client, done, answered));
        }
        for change in 1..=CHANGES {
            let new = &certificates[change % 2];
            let _ = new.write(files_dir.path());
            kill_process(server.pid(), Signal::HUP).expect("the server is there");
            let only_new = client.over_tls(&Trust::in_these(&[new]));
            wait_until("the new certificate is not shown", || {
                only_new.clone().request("GET", "/ping").try_send().is_ok()
            });
            let before = answered.load(Ordering::Relaxed);
            wait_until("no requests are answered", || answered.load(Ordering::Relaxed) > before + 10);
        }
        done.store(true, Ordering::Relaxed);
    });
    let finished = server.stop();
    assert_eq!(finished.code(), Some(0), "{}", finished.stderr);
    let told: Vec<_> =
        finished.stderr.lines().filter(|line| line.contains("with this certificate")).collect();
    assert!(
        told.len() == CHANGES + 1 && told.iter().all(|line| line.contains("until=4000-01-01")),
        "{told:?}"
    );
}

#[test]
fn a_new_pair_that_cannot_be_used_leaves_the_old_one_in_place() {
    let (old, new) = (Issued::new(), Issued::new());
    let dir = tempfile::tempdir().expect("a directory");
    let files = old.write(dir.path());
    let server = launch(dir.path(), &files).start();
    let trusting = |issued: &Issued| client(&server, None).over_tls(&Trust::in_these(&[issued]));
    // The certificate is there and its key is not yet: what a renewal looks like halfway.
    fs::write(&files.certificate, &new.certificate).expect("written");
    kill_process(server.pid(), Signal::HUP).expect("the server is there");
    for _ in 0..20 {
        let _ = trusting(&old).get("/ping").expect(200);
    }
    let _ = new.write(dir.path());
    kill_process(server.pid(), Signal::HUP).expect("the server is there");
    wait_until("the new pair is not used", || trusting(&new).request("GET", "/ping").try_send().is_ok());
    let finished = server.stop();
    assert_eq!(finished.code(), Some(0), "{}", finished.stderr);
    for words in ["the old one is kept", "do not belong together", "cert.pem"] {
        assert!(finished.stderr.contains(words), "{words}: {}", finished.stderr);
    }
    assert!(!finished.stderr.contains("PRIVATE"), "{}", finished.stderr);
}

#[test]
fn keyctl_trusts_the_authority_it_is_given() {
    let issued = Issued::new();
    let dir = tempfile::tempdir().expect("a directory");
    let files = issued.write(dir.path());
    let server = launch(dir.path(), &files).start();
    let url = format!("https://127.0.0.1:{}", server.address().port());
    let keyctl = Keyctl::over_http(&url, dir.path());
    let certificate = files.certificate.to_str().expect("a text");
    let key = keyctl.create(&["--account", "--name", "administrator", "--ca-file", certificate]);
    let listed = keyctl.json(&["list", "--ca-file", certificate]);
    assert!(listed.to_string().contains(&key.access_key), "{listed}");

    let untrusted = keyctl.run(["list"]);
    assert_eq!(untrusted.code, 7, "{}", untrusted.stderr);
    assert!(untrusted.stderr.contains("--ca-file"), "{}", untrusted.stderr);
    let other = Issued::new().write(tempfile::tempdir().expect("a directory").keep().as_path());
    let wrong = keyctl.run(["list", "--ca-file", other.certificate.to_str().expect("a text")]);
    assert_eq!(wrong.code, 7, "{}", wrong.stderr);
    fs::remove_dir_all(other.certificate.parent().expect("a directory")).expect("removed");

    let key_file = files.key.to_str().expect("a text");
    for (url, file, said) in [
        (url.as_str(), "/nowhere.pem", "/nowhere.pem cannot be read"),
        (url.as_str(), key_file, "no certificate is in it"),
        ("http://127.0.0.1:1", certificate, "is for https://"),
    ] {
        let refused = Keyctl::over_http(url, dir.path()).run(["list", "--ca-file", file]);
        assert_eq!(refused.code, 2, "{}", refused.stderr);
        assert!(refused.stderr.contains(said), "{said}: {}", refused.stderr);
    }
    assert_eq!(server.stop().code(), Some(0));
}

#[test]
fn each_way_the_files_can_be_wrong_is_told_before_anything_is_made() {
    let dir = tempfile::tempdir().expect("a directory");
    let files = Issued::new().write(dir.path());
    let path = |name: &str, text: &str| {
        let path = dir.path().join(name);
        fs::write(&path, text).expect("written");
        fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("a mode");
        path.display().to_string()
    };
    let [_, certificate, _, key] = files.flags();
    let other = path("other.pem", &Issued::new().key);
    let empty = path("empty.pem", "");
    let open = path("open.pem", &fs::read_to_string(&files.key).expect("read"));
    let rows: [(&[&str], &str); 9] = [
        (&["--tls-cert", &certificate], "its private key is missing: name it with --tls-key"),
        (&["--tls-key", &key], "its certificate is missing: name it with --tls-cert"),
        (&["--tls-cert", "/nowhere.pem", "--tls-key", &key], "tls-cert: /nowhere.pem cannot be read"),
        (&["--tls-cert", &certificate, "--tls-key", "/nowhere.pem"], "tls-key: /nowhere.pem cannot be read"),
        (&["--tls-cert", "/dev", "--tls-key", &key], "tls-cert: /dev is no PEM file"),
        (&["--tls-cert", &empty, "--tls-key", &key], "no certificate is in it"),
        (&["--tls-cert", &certificate, "--tls-key", &empty], "no private key is in it"),
        (&["--tls-cert", &certificate, "--tls-key", &other], "do not belong together"),
        (&["--tls-cert", &certificate, "--tls-key", &open], "has mode 644, so others may reach it"),
    ];
    fs::set_permissions(&open, Permissions::from_mode(0o644)).expect("a mode");
    let data_dir = dir.path().join("data");
    for (flags, said) in rows {
        let start = Launch::in_dir(&data_dir).args(flags).run();
        assert_eq!(start.code(), Some(2), "{said}: {}", start.stderr);
        assert!(start.stderr.contains(said), "{said}: {}", start.stderr);
        let check = Launch::bare().args(["config", "check"]).args(flags).run();
        assert_eq!((check.code(), &check.stderr), (Some(2), &start.stderr));
    }
    assert!(!data_dir.exists(), "a refused start makes nothing");
    // A group may read the key: that is how packages of a system share one.
    fs::set_permissions(&open, Permissions::from_mode(0o640)).expect("a mode");
    let check =
        Launch::bare().args(["config", "check", "--tls-cert", &certificate, "--tls-key", &open]).run();
    assert_eq!(check.code(), Some(0), "{}", check.stderr);
    assert!(check.stdout.contains("# the certificate is valid: from 1975-01-01"), "{}", check.stdout);
}

#[test]
fn a_certificate_that_has_expired_is_warned_of_and_served() {
    let issued = Issued::until(2020);
    let dir = tempfile::tempdir().expect("a directory");
    let files = issued.write(dir.path());
    let check = Launch::bare().args(["config", "check"]).args(files.flags()).run();
    assert!(check.stdout.contains("# warning: the certificate has expired: from "), "{}", check.stdout);
    let finished = launch(dir.path(), &files).start().stop();
    assert_eq!(finished.code(), Some(0));
    let line = finished.stderr.lines().find(|line| line.contains("the certificate has expired"));
    assert!(
        line.is_some_and(|line| line.contains("WARN") && line.contains("until=2020-01-01")),
        "{}",
        finished.stderr
    );
}

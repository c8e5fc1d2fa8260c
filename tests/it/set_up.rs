//! The first administrator of a server that others can reach (decision 0028).

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use keys_tests::{Client, Keyctl, Launch, TestServer};
use serde_json::json;

const PASSWORD: &str = "correct horse battery staple";

/// A server at the loopback end of a proxy, which others can reach.
fn start(dir: &Path) -> TestServer {
    Launch::in_dir(dir).arg("--behind-tls-proxy").start()
}

fn token(dir: &Path) -> String {
    fs::read_to_string(dir.join("setup-token")).unwrap_or_default().trim().to_owned()
}

fn claim(client: &Client, token: &str, username: &str) -> u16 {
    let body = json!({"token": token, "username": username, "password": PASSWORD});
    client.post("/setup", &body).status
}

/// Who gets in by name and password.
fn logs_in(client: &Client, username: &str) -> bool {
    client.post("/v1/token", &json!({"code": format!("{username}:{PASSWORD}")})).status == 201
}

fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < end, "not in time: {what}");
        thread::yield_now();
    }
}

#[test]
fn t67_the_token_is_in_a_private_file_and_in_no_log_and_works_once() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path());
    let file = dir.path().join("setup-token");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let first = token(dir.path());
    assert_eq!(first.len(), 43);

    // A later start makes another one, and the old one is worth nothing.
    let finished = server.stop();
    assert!(!finished.stderr.contains(&first) && !finished.stdout.contains(&first), "it is in no log");
    assert!(finished.stderr.contains("setup-token"), "the log says where it is: {}", finished.stderr);
    assert!(!file.exists(), "it went with the server");
    let server = start(dir.path());
    let second = token(dir.path());
    assert_ne!(first, second);
    let client = server.client();
    assert_eq!(claim(&client, &first, "eve"), 403);
    assert_eq!(claim(&client, &second, "ada"), 201);
    assert_eq!(claim(&client, &second, "eve"), 409);
    assert_eq!(client.get("/v1").status, 401, "access control is on");
    assert!(logs_in(&client, "ada") && !logs_in(&client, "eve"));
    wait_until("the file goes when the token is used", || !file.exists());
    assert_eq!(server.stop().code(), Some(0));

    let server = start(dir.path());
    assert!(!file.exists(), "closed for ever");
    assert_eq!(claim(&server.client(), &second, "eve"), 404);
    assert!(logs_in(&server.client(), "ada"));
}

#[test]
fn t67_of_a_thousand_who_claim_at_once_exactly_one_wins() {
    const CLAIMS: usize = 1_000;
    const AT_ONCE: usize = 32;
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path());
    let token = token(dir.path());
    let (client, next) = (server.client(), AtomicUsize::new(0));
    let won = thread::scope(|scope| {
        let claimants: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                scope.spawn(|| {
                    let mut won = Vec::new();
                    loop {
                        let n = next.fetch_add(1, Ordering::SeqCst);
                        if n >= CLAIMS {
                            return won;
                        }
                        let name = format!("claimant-{n}");
                        match claim(&client, &token, &name) {
                            201 => won.push(name),
                            // Somebody has been faster, or is just about to.
                            409 | 503 => {}
                            other => panic!("{name}: {other}"),
                        }
                    }
                })
            })
            .collect();
        claimants.into_iter().flat_map(|claimant| claimant.join().unwrap()).collect::<Vec<_>>()
    });
    let [winner] = won.as_slice() else { panic!("exactly one wins: {won:?}") };
    assert!(logs_in(&server.client(), winner));
    assert_eq!(server.stop().code(), Some(0));
    let server = start(dir.path());
    assert!(logs_in(&server.client(), winner), "after a restart as well");
    assert_eq!(claim(&server.client(), &token, "eve"), 404);
}

#[test]
fn keyctl_and_a_form_of_curl_make_the_administrator() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path());
    let file = dir.path().join("setup-token").display().to_string();
    let keyctl = Keyctl::over_http(&server.url(), dir.path());
    let arguments = ["setup", "--token-file", &file, "--login", "ada", "--name", "Ada", "--password-stdin"];
    let short = keyctl.run_with_input(arguments, "short\n");
    assert_eq!(short.code, 2, "{short:?}");
    let made = keyctl.run_with_input(arguments, &format!("{PASSWORD}\n"));
    assert_eq!((made.code, made.stderr.as_str()), (0, ""));
    assert_eq!(made.stdout, "access control is on: callers need an API key or a log-in\n");
    assert!(logs_in(&server.client(), "ada"));
    let missing = keyctl.run_with_input(arguments, &format!("{PASSWORD}\n"));
    wait_until("the file goes", || !dir.path().join("setup-token").exists());
    assert_ne!(missing.code, 0, "once");
    assert!(!(made.stdout + &made.stderr + &missing.stderr).contains(PASSWORD));

    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path());
    // What curl sends for `-d @-`.
    let body = format!("token={}&username=admin&password={}", token(dir.path()), PASSWORD.replace(' ', "+"));
    let made = server
        .client()
        .request("POST", "/setup")
        .header("user-agent", "curl/8.5.0")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body.as_bytes())
        .send()
        .expect(201);
    assert_eq!(made.field("accountId"), "1a1");
}

#[test]
fn a_kill_leaves_a_file_that_the_next_start_takes_away() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path());
    let left = token(dir.path());
    server.kill();
    assert_eq!(token(dir.path()), left);
    let server = start(dir.path());
    assert_ne!(token(dir.path()), left);
    server.kill();
    // On loopback there is no such door, and nothing that looks like its key.
    let server = TestServer::start_in(dir.path());
    assert!(!dir.path().join("setup-token").exists());
    assert_eq!(server.client().get("/setup").status, 404);
}

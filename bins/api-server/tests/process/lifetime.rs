//! Start, readiness, stop.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use keys_tests::{Launch, TestServer, create_key, disable_access_control, enable_access_control};
use rustix::process::{Signal, kill_process};

use crate::assert_refused;

#[test]
fn it_listens_on_a_free_port_and_answers() {
    let server = TestServer::start();
    let answer = server.client().get("/ping");
    assert_eq!((answer.status, answer.text().trim()), (200, "pong"));
    assert_eq!(server.client().get("/healthz").status, 200);
    assert_eq!(server.client().get("/readyz").status, 200);
}

#[test]
fn each_signal_that_asks_for_a_stop_ends_it_well() {
    for signal in [Signal::TERM, Signal::INT] {
        let server = TestServer::start();
        let _ = server.client().get("/ping").expect(200);
        kill_process(server.pid(), signal).unwrap();
        let finished = server.wait();
        assert_eq!(finished.code(), Some(0), "{signal:?}: {}", finished.stderr);
    }
}

#[test]
fn a_hangup_without_a_certificate_changes_nothing() {
    let server = TestServer::start();
    kill_process(server.pid(), Signal::HUP).unwrap();
    let _ = server.client().get("/ping").expect(200);
    let finished = server.stop();
    assert_eq!(finished.code(), Some(0), "{}", finished.stderr);
}

#[test]
fn a_port_that_is_taken_is_a_failure_with_advice() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let dir = tempfile::tempdir().unwrap();
    let launch = Launch::bare().args(["--listen", &address, "--data-dir"]).arg(dir.path());
    assert_refused(&launch.run(), 1, &[&address, "choose another address or port with --listen"]);
}

#[test]
fn the_ready_line_names_a_step_that_works() {
    let dir = tempfile::tempdir().unwrap();
    let server = TestServer::start_in(dir.path());
    assert!(server.ready_line().contains(" - next: curl -X POST http://"), "{}", server.ready_line());
    let _ = create_key(&server.client(), "/v1/apikeys", "admin");
    enable_access_control(&server.client());
    assert_eq!(server.stop().code(), Some(0));
    let server = TestServer::start_in(dir.path());
    assert!(server.ready_line().contains(" - next: curl -u ACCESS_KEY http://"), "{}", server.ready_line());
}

#[test]
fn a_start_without_access_control_is_warned_of() {
    let server = TestServer::start();
    let finished = server.stop();
    assert!(finished.stderr.contains("access control is off"), "{}", finished.stderr);
}

#[test]
fn access_control_switched_off_is_warned_of() {
    let dir = tempfile::tempdir().unwrap();
    let server = TestServer::start_in(dir.path());
    let admin = create_key(&server.client(), "/v1/apikeys", "admin");
    enable_access_control(&server.client());
    assert_eq!(server.stop().code(), Some(0));
    let server = TestServer::start_in(dir.path());
    disable_access_control(&admin.client(&server.client()));
    let finished = server.stop();
    assert!(finished.stderr.contains("has been switched off"), "{}", finished.stderr);
}

#[test]
fn each_request_has_its_line_in_the_log() {
    let server = TestServer::start();
    let _ = server.client().get("/v1/apikeys/1c7").expect(404);
    let finished = server.stop();
    let lines: Vec<_> = finished.stderr.lines().filter(|line| line.contains(" request: ")).collect();
    let [line] = lines.as_slice() else { panic!("one request, one line: {}", finished.stderr) };
    for word in ["INFO", "method=\"GET\"", "route=\"/v1/apikeys/{id}\"", "status=404"] {
        assert!(line.contains(word), "{word} is not in {line}");
    }
}

#[test]
fn the_log_can_be_json_on_every_line() {
    let dir = tempfile::tempdir().unwrap();
    let server = Launch::in_dir(dir.path()).args(["--log-format", "json"]).start();
    let _ = server.client().get("/ping").expect(200);
    let finished = server.stop();
    assert!(finished.stderr.lines().count() > 1);
    for line in finished.stderr.lines() {
        assert!(
            serde_json::from_str::<serde_json::Value>(line).is_ok_and(|event| event.is_object()),
            "{line}"
        );
    }
}

#[test]
fn a_store_in_memory_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let server = Launch::bare()
        .args(["--listen", "127.0.0.1:0", "--database", "memory:"])
        .current_dir(dir.path())
        .start();
    let key = create_key(&server.client(), "/v1/apikeys", "short-lived");
    assert_eq!(key.client(&server.client()).get("/v1").status, 200);
    assert_eq!(server.stop().code(), Some(0));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let server = TestServer::start();
    let mut begun = TcpStream::connect(server.address()).unwrap();
    // A request whose body never comes holds the graceful stop up until its time is over.
    let head = format!(
        "POST /v1/apikeys HTTP/1.1\r\nhost: {}\r\ncontent-length: 9\r\nexpect: 100-continue\r\n\r\n",
        server.address()
    );
    begun.write_all(head.as_bytes()).unwrap();
    begun.read_exact(&mut [0; 12]).unwrap();
    server.ask_to_stop();
    let patience = Instant::now() + Duration::from_secs(60);
    while TcpStream::connect(server.address()).is_ok() {
        assert!(Instant::now() < patience, "the first signal is not heard");
        std::thread::yield_now();
    }
    server.ask_to_stop();
    let finished = server.wait();
    assert_eq!(finished.code(), Some(1), "{}", finished.stderr);
    assert!(finished.stderr.contains("ending at once"), "{}", finished.stderr);
    drop(begun);
}

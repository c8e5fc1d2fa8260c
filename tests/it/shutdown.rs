//! SIGTERM under load: what was begun is answered, what was answered is kept, what was not answered did not happen.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use keys_tests::{Client, Key, TestServer, create_key};
use serde_json::json;

/// How many clients change things when the signal comes.
const CLIENTS: usize = 4;
/// How many changes they have made together by then.
const CHANGES: u64 = 100;

/// The last description that was acknowledged, and the one after it, whose request had no answer.
struct Last {
    acknowledged: u64,
    error: io::Error,
}

/// Gives a key one description after the other until there is no answer.
fn edit_until_no_answer(client: &Client, key: &Key, changes: &AtomicU64) -> Last {
    for number in 1.. {
        let body = json!({ "description": number.to_string() });
        match client.request("PUT", &key.path).json(&body).try_send() {
            Ok(answer) => {
                assert_eq!(answer.status, 200, "a request was begun and not done: {}", answer.text());
                assert_eq!(answer.field("description"), number.to_string());
                changes.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) => return Last { acknowledged: number - 1, error },
        }
    }
    unreachable!("numbers do not end")
}

#[test]
fn under_load_every_request_is_answered_or_was_never_begun() {
    let dir = tempfile::tempdir().unwrap();
    let server = TestServer::start_in(dir.path());
    let keys: Vec<Key> =
        (0..CLIENTS).map(|_| create_key(&server.client(), "/v1/apikeys", "edited")).collect();
    let (client, changes) = (server.client(), AtomicU64::new(0));
    let (lasts, finished) = thread::scope(|scope| {
        let (client, changes) = (&client, &changes);
        let editors: Vec<_> = keys
            .iter()
            .map(|key| scope.spawn(move || edit_until_no_answer(&client.clone(), key, changes)))
            .collect();
        let patience = Instant::now() + Duration::from_secs(60);
        while changes.load(Ordering::Relaxed) < CHANGES {
            assert!(Instant::now() < patience, "the clients get no answers");
            thread::yield_now();
        }
        let finished = server.stop();
        let lasts: Vec<Last> = editors.into_iter().map(|editor| editor.join().expect("no defect")).collect();
        (lasts, finished)
    });
    assert_eq!(finished.code(), Some(0), "{}", finished.stderr);
    assert!(!finished.stderr.contains("were cut"), "{}", finished.stderr);

    let server = TestServer::start_in(dir.path());
    for (key, last) in keys.iter().zip(lasts) {
        assert_ne!(last.error.kind(), io::ErrorKind::UnexpectedEof, "half an answer: {}", last.error);
        assert_ne!(last.error.kind(), io::ErrorKind::WouldBlock, "no answer and no end: {}", last.error);
        assert!(last.acknowledged > 0);
        let description = server.client().get(&key.path).expect(200).field("description");
        assert_eq!(
            description,
            last.acknowledged.to_string(),
            "the request after it had no answer: {}",
            last.error
        );
    }
}

#[test]
fn a_request_that_has_begun_is_finished_while_new_connections_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let server = TestServer::start_in(dir.path());
    let address = server.address();
    let mut begun = TcpStream::connect(address).unwrap();
    begun.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let body = br#"{"name":"begun"}"#;
    let head = format!("POST /v1/apikeys HTTP/1.1\r\nhost: {address}\r\ncontent-length: {}\r\n", body.len());
    begun.write_all(head.as_bytes()).unwrap();
    // The server asks for the body only once it has taken the request on.
    begun.write_all(b"expect: 100-continue\r\n\r\n").unwrap();
    let mut told = [0; 12];
    begun.read_exact(&mut told).unwrap();
    assert_eq!(&told, b"HTTP/1.1 100");

    server.ask_to_stop();
    let patience = Instant::now() + Duration::from_secs(60);
    while TcpStream::connect(address).is_ok() {
        assert!(Instant::now() < patience, "new connections are still taken");
        thread::yield_now();
    }
    begun.write_all(body).unwrap();
    let mut answer = String::new();
    begun.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("HTTP/1.1 201 "), "{answer}");
    let finished = server.wait();
    assert_eq!(finished.code(), Some(0), "{}", finished.stderr);

    let server = TestServer::start_in(dir.path());
    let listed = server.client().get("/v1/apikeys").expect(200).json();
    assert_eq!(listed["data"][0]["name"], "begun", "{listed}");
}

#[test]
fn an_idle_connection_does_not_hold_it_up() {
    let server = TestServer::start();
    let client = server.client();
    let _ = client.get("/ping").expect(200);
    let never_used = TcpStream::connect(server.address()).unwrap();
    let finished = server.stop();
    assert_eq!(finished.code(), Some(0), "{}", finished.stderr);
    // Waited for until the end of the graceful stop, they would have been cut.
    assert!(!finished.stderr.contains("were cut"), "{}", finished.stderr);
    drop(never_used);
}

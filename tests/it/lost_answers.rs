//! The answer to a create is lost, at whichever of its bytes: whoever asks again has exactly one key, and its secret.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keys_tests::{Client, Key, Keyctl, TestServer, create_key, enable_access_control};
use serde_json::json;

use crate::installation::DEFAULT;

/// How many places an answer or a request is cut at. `KEYS_CUTS=10000` cuts it at every byte.
fn cuts() -> usize {
    std::env::var("KEYS_CUTS").map_or(120, |cuts| cuts.parse().expect("KEYS_CUTS is a number"))
}

/// A number of places from the first byte to behind the last.
fn places(length: usize) -> impl Iterator<Item = usize> {
    let cuts = cuts().min(length).max(1);
    (0..=cuts).map(move |cut| cut * length / cuts)
}

/// A create as it goes over the wire.
fn request(administrator: &Key, name: &str) -> Vec<u8> {
    let pair = STANDARD.encode(format!("{}:{}", administrator.access_key, administrator.secret_key));
    let body = json!({ "name": name }).to_string();
    let length = body.len();
    format!(
        "POST /v1/projects/{DEFAULT}/apikeys HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic {pair}\r\n\
         Idempotency-Key: \"{}\"\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}",
        once(name),
    )
    .into_bytes()
}

/// The idempotency key of the create of this name.
fn once(name: &str) -> String {
    format!("idempotency-key-of-{name:0>8}")
}

/// Sends part of a request, reads part of the answer, and is gone.
fn send_and_break_off(server: SocketAddr, request: &[u8], read: usize) {
    let mut stream = TcpStream::connect(server).expect("a connection");
    stream.write_all(request).expect("a request can be written");
    // Fewer than that are there only when the server has more to say than it did the last time.
    stream.read_exact(&mut vec![0; read]).expect("an answer");
}

/// Asks for it until it is there, as a client does whose answer was lost.
fn ask_again(administrator: &Client, name: &str) -> Key {
    let answer = administrator
        .request("POST", &format!("/v1/projects/{DEFAULT}/apikeys"))
        .header("idempotency-key", &once(name))
        .json(&json!({ "name": name }))
        .send()
        .expect(201);
    let id = answer.field("id");
    Key {
        path: format!("/v1/projects/{DEFAULT}/apikeys/{id}"),
        id,
        access_key: answer.field("publicValue"),
        secret_key: answer.field("secretValue"),
    }
}

/// The ids of the keys of this name.
fn ids(administrator: &Client, name: &str) -> Vec<String> {
    let list = administrator.get(&format!("/v1/apikeys?name={name}")).expect(200).json();
    let keys = list["data"].as_array().expect("a list");
    keys.iter().map(|key| key["id"].as_str().expect("an id").to_owned()).collect()
}

/// Where to ask, and as whom.
#[derive(Clone)]
struct Site {
    address: SocketAddr,
    administrator_key: Key,
}

impl Site {
    /// Of a server just started, with access control on from now on.
    fn of(server: &TestServer) -> Self {
        let administrator_key = create_key(&server.client(), "/v1/apikeys", "administrator");
        enable_access_control(&administrator_key.client(&server.client()));
        Self { address: address_of(server), administrator_key }
    }

    fn administrator(&self) -> Client {
        self.administrator_key.client(&Client::new(self.address))
    }

    /// Whoever asks again has one key, and its secret works.
    fn assert_one_key(&self, administrator: &Client, name: &str) {
        let key = ask_again(administrator, name);
        assert_eq!(ids(administrator, name).as_slice(), std::slice::from_ref(&key.id), "{name}");
        assert_eq!(key.client(&Client::new(self.address)).get("/v1").status, 200, "{name}");
    }
}

fn address_of(server: &TestServer) -> SocketAddr {
    let url = server.url();
    url.strip_prefix("http://").and_then(|address| address.parse().ok()).expect("an address")
}

#[test]
fn an_answer_that_breaks_off_at_any_byte_costs_neither_the_secret_nor_a_second_key() {
    let server = TestServer::start();
    let site = Site::of(&server);
    let whole = request(&site.administrator_key, "whole");
    let answer = site.administrator().raw(&whole).expect("an answer").expect(201);
    // Of the head every line but the first, which has at least this.
    let head: usize = answer.headers.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
    let length = "HTTP/1.1 201\r\n\r\n".len() + head + answer.body.len();
    // Two at a time, as two processors allow.
    thread::scope(|scope| {
        for part in 0..2 {
            let site = site.clone();
            scope.spawn(move || {
                let administrator = site.administrator();
                for place in places(length).skip(part).step_by(2) {
                    let name = format!("read{place}");
                    send_and_break_off(site.address, &request(&site.administrator_key, &name), place);
                    site.assert_one_key(&administrator, &name);
                }
            });
        }
    });
}

#[test]
fn a_request_that_breaks_off_at_any_byte_makes_one_key_when_it_is_repeated() {
    let server = TestServer::start();
    let site = Site::of(&server);
    let administrator = site.administrator();
    let length = request(&site.administrator_key, "write0000").len();
    for place in places(length) {
        let name = format!("write{place:0>4}");
        let request = request(&site.administrator_key, &name);
        send_and_break_off(site.address, &request[..place], 0);
        site.assert_one_key(&administrator, &name);
    }
}

/// The server dies while it creates, and another takes its place.
#[test]
fn a_server_that_is_killed_while_it_creates_has_made_one_key_or_none() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut server = TestServer::start_in(dir.path());
    let mut site = Site::of(&server);
    for round in 0..12 {
        let name = format!("killed{round}");
        let mut stream = TcpStream::connect(site.address).expect("a connection");
        stream.write_all(&request(&site.administrator_key, &name)).expect("a request can be written");
        match round % 3 {
            // Not before it has begun to answer.
            0 => stream.read_exact(&mut [0]).expect("an answer"),
            // While it is busy with it, probably.
            1 => drop(server.client().get("/ping").expect(200)),
            _ => {}
        }
        server.kill();
        server = TestServer::start_in(dir.path());
        site.address = address_of(&server);
        site.assert_one_key(&site.administrator(), &name);
    }
}

/// The tool from end to end: it confirms what it has printed, so nobody is shown it again.
#[test]
fn keyctl_confirms_what_it_has_printed() {
    let server = TestServer::start();
    let site = Site::of(&server);
    let dir = tempfile::tempdir().expect("a temporary directory");
    let tool = Keyctl::over_http(&server.url(), dir.path()).with_key(&site.administrator_key);
    let made = tool.create(&["--environment", DEFAULT, "--name", "printed"]);
    assert_eq!(made.client(&server.client()).get("/v1").status, 200);
    let log = server.stop().stderr;
    let confirmed = log.lines().find(|line| line.contains("route=\"/receipts/confirm\""));
    assert!(confirmed.is_some_and(|line| line.contains("status=204")), "{log}");
}

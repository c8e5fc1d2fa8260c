//! TLS, with real sockets: what is spoken, what is refused, and what becomes of connections when the certificate does.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use keys_http::{AppConfig, Certificate, CertificateError, Exposure, Tls};
use rcgen::{CertificateParams, CertifiedKey, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion};

use crate::server::{Client, Server};
use crate::support::{Ask, TestApp};

const SHORT: Duration = Duration::from_millis(50);
const GET: &str = "GET /v1 HTTP/1.1\r\nHost: localhost\r\n\r\n";
/// How many bytes of a record tell its type, version and length.
const RECORD: usize = 5;

type Secure = StreamOwned<ClientConnection, TcpStream>;

/// A certificate for localhost that nobody but a test trusts.
struct Issued {
    chain: String,
    key: String,
    der: CertificateDer<'static>,
}

impl Issued {
    fn new() -> Self {
        let CertifiedKey { cert, signing_key } =
            rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        Self { chain: cert.pem(), key: signing_key.serialize_pem(), der: cert.der().clone() }
    }

    fn certificate(&self) -> Certificate {
        Certificate::from_pem(self.chain.as_bytes(), self.key.as_bytes()).unwrap()
    }

    fn config(&self) -> AppConfig {
        AppConfig { tls: Some(Tls::new(self.certificate())), ..AppConfig::default() }
    }

    fn client_config(&self, versions: &[&'static SupportedProtocolVersion], alpn: &[&str]) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.der.clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(versions).unwrap();
        let mut config = builder.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        config
    }

    /// A client that trusts this certificate and no other.
    fn connect(&self, server: &Server) -> Client<Secure> {
        self.connect_with(server, self.client_config(&[&TLS12, &TLS13], &["h2", "http/1.1"]))
    }

    fn connect_with(&self, server: &Server, config: ClientConfig) -> Client<Secure> {
        let name = ServerName::try_from("localhost").unwrap();
        let connection = ClientConnection::new(Arc::new(config), name).unwrap();
        Client::over(StreamOwned::new(connection, server.connect().stream))
    }
}

#[test]
fn both_versions_are_spoken_with_one_protocol_behind_them() {
    let issued = Issued::new();
    let server = Server::start_with(issued.config(), |_| ());
    for version in [&TLS12, &TLS13] {
        let config = issued.client_config(&[version], &["h2", "http/1.1"]);
        let mut client = issued.connect_with(&server, config);
        for _ in 0..2 {
            assert_eq!(client.send(GET).answer().status, 200);
        }
        assert_eq!(client.stream.conn.protocol_version(), Some(version.version));
        assert_eq!(client.stream.conn.alpn_protocol(), Some(&b"http/1.1"[..]));
    }
    let mut only_http_2 = issued.connect_with(&server, issued.client_config(&[&TLS13], &["h2"]));
    let refused = only_http_2.stream.write_all(GET.as_bytes()).and_then(|()| only_http_2.stream.flush());
    assert!(refused.unwrap_err().to_string().contains("NoApplicationProtocol"));
}

/// What a client of TLS 1.`minor - 1` begins with.
fn hello(minor: u8) -> Vec<u8> {
    let mut hello = vec![3, minor];
    hello.extend([7; 32]); // random
    hello.push(0); // no session
    hello.extend([0, 4, 0xc0, 0x2b, 0xc0, 0x09]); // suites: one of 1.2, one of before
    hello.extend([1, 0]); // no compression
    let extensions = [
        [0, 10, 0, 4, 0, 2, 0, 23].as_slice(), // groups: P-256
        &[0, 13, 0, 4, 0, 2, 4, 3],            // signatures: ECDSA with it
        &[0, 23, 0, 0],                        // extended master secret
    ]
    .concat();
    hello.extend([0, u8::try_from(extensions.len()).unwrap()]);
    hello.extend(extensions);
    let length = u8::try_from(hello.len()).unwrap();
    let head = [22, 3, 1, 0, length + 4, 1, 0, 0, length];
    [head.as_slice(), &hello].concat()
}

#[test]
fn a_version_before_1_2_is_refused() {
    const ALERT: [u8; 2] = [21, 2];
    let server = Server::start_with(Issued::new().config(), |_| ());
    for minor in [0, 1, 2] {
        let mut client = server.connect();
        client.send(hello(minor));
        let mut answer = [0; RECORD + 2];
        client.stream.read_exact(&mut answer).unwrap();
        assert_eq!([answer[0], answer[RECORD]], ALERT, "fatal, at 3.{minor}");
        client.closed();
    }
    let mut client = server.connect();
    client.send(hello(3));
    let mut answer = [0; RECORD + 1];
    client.stream.read_exact(&mut answer).unwrap();
    assert_eq!([answer[0], answer[RECORD]], [22, 2], "a server's hello, at 1.2");
}

#[test]
fn who_sends_http_in_the_clear_is_told_how_and_answered_nothing_else() {
    let server = Server::start_with(Issued::new().config(), |_| ());
    for request in [GET.to_owned(), format!("POST /v1 HTTP/1.1\r\nContent-Length: 9000\r\n\r\n{:9000}", "")] {
        let mut client = server.connect();
        let answer = client.send(request).answer();
        assert_eq!(answer.error(), 400);
        assert!(answer.body.contains("https://"), "{answer:?}");
        assert_eq!(answer.header("location"), None);
        client.closed();
    }
}

#[test]
fn a_handshake_that_does_not_end_is_cut() {
    let server = Server::start_with(Issued::new().config(), |limits| limits.handshake_time = SHORT);
    server.connect().closed();
    let mut begun = server.connect();
    begun.send([22, 3, 1, 0, 200, 1]);
    begun.closed();
}

#[test]
fn a_connection_counts_before_its_handshake() {
    let issued = Issued::new();
    let server = Server::start_with(issued.config(), |limits| limits.connections = 1);
    let silent = server.connect();
    // Closed without a word: an answer in the clear would be no answer to who speaks TLS.
    server.connect().closed();
    drop(silent);
    let started = std::time::Instant::now();
    loop {
        let mut client = issued.connect(&server);
        if client.stream.write_all(GET.as_bytes()).and_then(|()| client.stream.flush()).is_ok() {
            assert_eq!(client.answer().status, 200);
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "the room is not given back");
    }
}

#[test]
fn another_certificate_is_shown_to_the_next_and_the_others_go_on() {
    let (old, new) = (Issued::new(), Issued::new());
    let config = old.config();
    let tls = config.tls.clone().unwrap();
    let server = Server::start_with(config, |_| ());
    let mut before = old.connect(&server);
    assert_eq!(before.send(GET).answer().status, 200);
    tls.replace(new.certificate());
    assert_eq!(before.send(GET).answer().status, 200);
    assert_eq!(new.connect(&server).send(GET).answer().status, 200);
    let mut trusts_the_old = old.connect(&server);
    let refused = trusts_the_old.stream.write_all(GET.as_bytes()).unwrap_err();
    assert!(refused.to_string().contains("invalid peer certificate"), "{refused}");
    assert_eq!(before.send(GET).answer().status, 200);
}

#[test]
fn what_runs_over_tls_is_answered_before_the_server_stops_and_a_handshake_is_not_waited_for() {
    let issued = Issued::new();
    let mut server =
        Server::start_with(issued.config(), |limits| limits.drain_time = Duration::from_secs(600));
    let mut silent = server.connect();
    let mut running = issued.connect(&server);
    // The server has read the head when it asks for the body.
    let head =
        "POST /v1/apikeys HTTP/1.1\r\nHost: localhost\r\nContent-Length: 13\r\nExpect: 100-continue\r\n\r\n";
    assert_eq!(running.send(head).answer().status, 100);
    server.stop();
    silent.closed();
    server.wait_until_closed();
    let answer = running.send("{\"name\":\"ci\"}").answer();
    assert_eq!((answer.status, answer.header("connection")), (201, Some("close")));
    running.closed();
    assert_eq!(server.drained().cut, 0);
}

#[test]
fn a_caller_over_tls_who_does_not_read_is_let_go() {
    /// Sixty megabytes of requests: more than any system keeps for a socket.
    const MOST_ROUNDS: usize = 15_000;
    let issued = Issued::new();
    let server = Server::start_with(issued.config(), |limits| {
        limits.connections = 1;
        limits.write_stall = SHORT;
    });
    let mut client = issued.connect(&server);
    assert_eq!(client.send(GET).answer().status, 200);
    client.stream.sock.set_write_timeout(Some(Duration::from_secs(2))).unwrap();
    let request = "GET /v1/schemas HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100);
    // Until the server has stopped reading, or has gone. What it writes is left where it is, and no more is kept to be
    // sent than one round: only what the socket has taken makes room for the next.
    let stuck = (0..MOST_ROUNDS).any(|_| {
        client.stream.conn.writer().write_all(request.as_bytes()).unwrap();
        while client.stream.conn.wants_write() {
            if client.stream.conn.write_tls(&mut client.stream.sock).is_err() {
                return true;
            }
        }
        false
    });
    assert!(stuck, "the server reads on although nobody reads its answers");
    let started = std::time::Instant::now();
    while issued.connect(&server).stream.write_all(GET.as_bytes()).is_err() {
        assert!(started.elapsed() < Duration::from_secs(20), "it is still waited for");
    }
}

#[test]
fn addresses_in_answers_are_https_and_a_network_is_told_to_stay_with_it() {
    let https_only = |config: AppConfig| {
        let app = TestApp::with(AppConfig { exposure: Exposure::Loopback, ..config.clone() });
        let administrator = app.protect();
        let app = TestApp::over(app.store, config);
        let answer = Ask::new(Method::GET, "/v1").by(&administrator).send(&app);
        assert_eq!(answer.header("x-api-schemas"), Some("https://localhost:8080/v1/schemas"));
        let refused = app.get("/ping");
        assert_eq!(refused.header("strict-transport-security"), answer.header("strict-transport-security"));
        answer.header("strict-transport-security").map(str::to_owned)
    };
    let tls = || Issued::new().config();
    let year = Some("max-age=31536000".to_owned());
    assert_eq!(https_only(AppConfig { exposure: Exposure::Network, ..tls() }), year);
    // Not every server of this machine speaks TLS, and a proxy says it itself.
    assert_eq!(https_only(AppConfig { exposure: Exposure::Loopback, ..tls() }), None);
    assert_eq!(https_only(AppConfig { exposure: Exposure::BehindTlsProxy, ..tls() }), None);
}

#[test]
fn a_network_is_answered_nothing_while_access_control_is_off() {
    let app = TestApp::with(AppConfig { exposure: Exposure::Network, ..Issued::new().config() });
    assert_eq!(app.get("/v1/apikeys").error().0, 503);
    assert_eq!(app.get("/ping").status, 200);
}

#[test]
fn each_way_a_pair_can_be_wrong_is_told_apart() {
    let (one, other) = (Issued::new(), Issued::new());
    let read = |chain: &str, key: &str| Certificate::from_pem(chain.as_bytes(), key.as_bytes()).unwrap_err();
    let cut = one.chain.replace("-----END CERTIFICATE-----", "");
    let altered = one.chain.replacen("MII", "AII", 1);
    let encrypted = one.key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    let old_form =
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMII=\n-----END RSA PRIVATE KEY-----\n";
    assert!(matches!(read("", &one.key), CertificateError::NoCertificate));
    assert!(matches!(read(&one.key, &one.chain), CertificateError::NoCertificate));
    assert!(matches!(read(&cut, &one.key), CertificateError::Malformed { number: 1 }));
    assert!(matches!(read(&altered, &one.key), CertificateError::Malformed { number: 1 }));
    let second = format!("{}{altered}", one.chain);
    assert!(matches!(read(&second, &one.key), CertificateError::Malformed { number: 2 }));
    assert!(matches!(read(&one.chain, ""), CertificateError::NoKey));
    assert!(matches!(read(&one.chain, &one.chain), CertificateError::NoKey));
    assert!(matches!(read(&one.chain, &encrypted), CertificateError::EncryptedKey));
    assert!(matches!(read(&one.chain, old_form), CertificateError::EncryptedKey));
    let unusable = one.key.replacen("MIG", "AIG", 1);
    assert!(matches!(read(&one.chain, &unusable), CertificateError::UnusableKey));
    assert!(matches!(read(&one.chain, &other.key), CertificateError::Mismatch));
    let both = format!("{}{}", one.key, one.chain);
    assert!(Certificate::from_pem(both.as_bytes(), both.as_bytes()).is_ok(), "one file may hold both");
}

#[test]
fn a_certificate_knows_from_when_until_when_it_is_valid() {
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 2), date_time_ymd(2061, 3, 4));
    let key = KeyPair::generate().unwrap();
    let chain = params.self_signed(&key).unwrap().pem();
    let certificate = Certificate::from_pem(chain.as_bytes(), key.serialize_pem().as_bytes()).unwrap();
    assert_eq!(certificate.valid_from().to_string(), "2020-01-02T00:00:00.000Z");
    assert_eq!(certificate.valid_until().to_string(), "2061-03-04T00:00:00.000Z");
    let text = format!("{certificate:?} {:?}", Tls::new(certificate.clone()));
    assert!(text.contains("valid_until") && !text.contains("MIG"), "{text}");
}

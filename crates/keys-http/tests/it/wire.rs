//! The connection layer, with real sockets.

use std::io::Write as _;
use std::time::{Duration, Instant};

use crate::server::Server;

const SHORT: Duration = Duration::from_millis(50);
const GET: &str = "GET /v1 HTTP/1.1\r\nHost: localhost\r\n\r\n";

fn post(length: usize, body: &str) -> String {
    format!("POST /v1/apikeys HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n{body}")
}

#[test]
fn a_connection_serves_one_request_after_another_and_pipelined_ones_in_order() {
    let server = Server::start(|_| ());
    let mut client = server.connect();
    for _ in 0..3 {
        assert_eq!(client.send(GET).answer().status, 200);
    }
    let pipelined = format!(
        "{GET}{}GET /v1/nothing HTTP/1.1\r\nHost: localhost\r\n\r\n{GET}",
        post(13, "{\"name\":\"ci\"}")
    );
    client.send(pipelined);
    let statuses: Vec<_> = (0..4).map(|_| client.answer().status).collect();
    assert_eq!(statuses, [200, 201, 404, 200]);
}

#[test]
fn a_head_that_does_not_end_gets_a_408_and_a_silent_connection_none() {
    let server = Server::start(|limits| limits.header_time = SHORT);
    let mut slow = server.connect();
    let answer = slow.send("GET /v1 HTTP/1.1\r\nHost: local").answer();
    assert_eq!(answer.error(), 408);
    assert_eq!(answer.header("connection"), Some("close"));
    slow.closed();
    server.connect().closed();
    // The second head has the same deadline as the first.
    let mut second = server.connect();
    assert_eq!(second.send(format!("{GET}GET")).answer().status, 200);
    assert_eq!(second.answer().error(), 408);
    second.closed();
}

#[test]
fn a_connection_without_requests_is_closed_in_the_end() {
    let server = Server::start(|limits| limits.idle_time = SHORT);
    let mut client = server.connect();
    assert_eq!(client.send(GET).answer().status, 200);
    client.closed();
}

#[test]
fn an_idle_connection_outlives_the_deadline_of_a_head() {
    let server = Server::start(|limits| {
        limits.header_time = SHORT;
        limits.idle_time = Duration::from_secs(60);
    });
    let mut patient = server.connect();
    assert_eq!(patient.send(GET).answer().status, 200);
    // Another connection that came later has met the deadline of a head, so the first has outlived it.
    server.connect().closed();
    assert_eq!(patient.send(GET).answer().status, 200);
}

#[test]
fn a_body_that_does_not_arrive_gets_a_408() {
    let server = Server::start(|limits| limits.body_time = SHORT);
    let mut client = server.connect();
    let before = server.app.revision();
    assert_eq!(client.send(post(100, "{\"name\":")).answer().error(), 408);
    assert_eq!(server.app.revision(), before);
    client.closed();
}

#[test]
fn a_body_past_its_size_gets_a_413_however_it_is_framed() {
    let server = Server::start(|limits| limits.body_bytes = 1_000);
    let exact = format!("{{\"name\":\"ci\"}}{}", " ".repeat(1_000 - 13));
    assert_eq!(server.connect().send(post(1_000, &exact)).answer().status, 201);
    assert_eq!(server.connect().send(post(1_001, &format!("{exact} "))).answer().error(), 413);
    // A caller that sends a large one to its end gets the answer all the same.
    let mut large = server.connect();
    large.send(post(16_000, &" ".repeat(16_000)));
    assert_eq!(large.answer().error(), 413);
    let chunked = format!(
        "POST /v1/apikeys HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n{exact}\r\n1\r\n \r\n0\r\n\r\n"
    );
    assert_eq!(server.connect().send(&chunked).answer().error(), 413);
    // Nothing of a body is asked for that is too large.
    let expecting = "POST /v1/apikeys HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n";
    assert_eq!(server.connect().send(expecting).answer().error(), 413);
    let expecting = expecting.replace("1001", "13");
    let mut client = server.connect();
    assert_eq!(client.send(expecting).answer().status, 100);
    assert_eq!(client.send("{\"name\":\"ci\"}").answer().status, 201);
}

#[test]
fn a_chunked_body_is_read_and_ends_its_connection() {
    let server = Server::start(|_| ());
    let mut client = server.connect();
    let request = "POST /v1/apikeys HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    let answer = client.send(request).send("d\r\n{\"name\":\"ci\"}\r\n0\r\n\r\n").answer();
    assert_eq!((answer.status, answer.header("connection")), (201, Some("close")));
    assert!(answer.body.contains("\"name\":\"ci\""));
    client.closed();
}

#[test]
fn heads_are_bounded_in_lines_and_bytes() {
    let server = Server::start(|_| ());
    let with = |lines: usize, bytes: usize| {
        let line = |number| format!("X-{number}: {}\r\n", "y".repeat(bytes));
        let head: String = (1..lines).map(line).collect();
        server.connect().send(format!("GET /v1 HTTP/1.1\r\nHost: localhost\r\n{head}\r\n")).answer().status
    };
    assert_eq!(with(100, 1), 200);
    assert_eq!(with(101, 1), 431);
    assert_eq!(with(2, 15_000), 200);
    assert_eq!(with(2, 17_000), 431);
    let long = format!("GET /v1?{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "x".repeat(9_000));
    assert_eq!(server.connect().send(long).answer().error(), 414);
}

#[test]
fn a_body_framed_in_two_ways_is_refused_and_ends_the_connection() {
    let server = Server::start(|_| ());
    let before = server.app.revision();
    for framing in [
        "Content-Length: 13\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 13",
        "content-length: 0\r\nX: y\r\ntransfer-ENCODING: chunked",
    ] {
        let mut client = server.connect();
        let request = format!(
            "POST /v1/apikeys HTTP/1.1\r\nHost: localhost\r\n{framing}\r\n\r\n0\r\n\r\n{}",
            post(0, "")
        );
        let answer = client.send(request).answer();
        assert_eq!((answer.error(), answer.header("connection")), (400, Some("close")), "{framing}");
        client.closed();
    }
    for framing in [
        "Content-Length: 1\r\nContent-Length: 2",
        "Content-Length: -1",
        "Content-Length: 1, 2",
        "Transfer-Encoding: identity",
        "Transfer-Encoding : chunked",
        "X: a\r\n b",
    ] {
        let mut client = server.connect();
        let request =
            format!("POST /v1/apikeys HTTP/1.1\r\nHost: localhost\r\n{framing}\r\n\r\n{}", post(0, ""));
        assert_eq!(client.send(request).answer().status, 400, "{framing}");
        client.closed();
    }
    assert_eq!(server.app.revision(), before);
}

#[test]
fn http_1_0_gets_one_answer() {
    let server = Server::start(|_| ());
    let mut client = server.connect();
    client.send("GET /v1 HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n");
    assert_eq!(client.answer().status, 200);
    client.closed();
}

#[test]
fn a_request_names_its_host_once() {
    let server = Server::start(|_| ());
    for head in ["", "Host: localhost\r\nHost: localhost\r\n", "Host:\r\n", "Host: a b\r\n"] {
        let answer = server.connect().send(format!("GET /v1 HTTP/1.1\r\n{head}\r\n")).answer();
        assert_eq!(answer.error(), 400, "{head:?}");
    }
    let absolute = "GET http://localhost:1/v1 HTTP/1.1\r\nHost: other\r\n\r\n";
    let answer = server.connect().send(absolute).answer();
    assert_eq!((answer.status, answer.header("x-api-schemas")), (200, Some("http://localhost:1/v1/schemas")));
}

#[test]
fn what_is_no_http_is_refused() {
    let server = Server::start(|_| ());
    for bytes in [
        "\u{16}\u{3}\u{1}\u{2}\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "G\u{0}T / HTTP/1.1\r\n\r\n",
    ] {
        let mut client = server.connect();
        assert_eq!(client.send(bytes).answer().status, 400, "{bytes:?}");
        client.closed();
    }
}

#[test]
fn when_there_is_no_room_the_next_is_told_so_and_room_comes_back() {
    let server = Server::start(|limits| limits.connections = 2);
    let (mut one, mut two) = (server.connect(), server.connect());
    assert_eq!((one.send(GET).answer().status, two.send(GET).answer().status), (200, 200));
    let mut three = server.connect();
    let answer = three.answer();
    assert_eq!((answer.error(), answer.header("retry-after")), (503, Some("1")));
    three.closed();
    drop(one);
    wait_for_room(&server);
}

/// Asks until there is room.
fn wait_for_room(server: &Server) {
    let started = Instant::now();
    loop {
        let mut client = server.connect();
        // A connection that is turned away may be reset before it has said anything.
        let _ = client.stream.write_all(GET.as_bytes());
        let mut first = [0; 12];
        let read = std::io::Read::read_exact(&mut client.stream, &mut first);
        if read.is_ok() && first == *b"HTTP/1.1 200" {
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "no room came back");
    }
}

#[test]
fn a_caller_who_does_not_read_is_let_go() {
    let server = Server::start(|limits| {
        limits.connections = 1;
        limits.write_stall = SHORT;
    });
    let mut client = server.connect();
    client.stream.set_write_timeout(Some(Duration::from_secs(2))).unwrap();
    let request = "GET /v1/schemas HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(1_000);
    // Until the server has stopped reading, or has gone.
    while client.stream.write_all(request.as_bytes()).is_ok() {}
    wait_for_room(&server);
}

#[test]
fn who_has_said_everything_may_close_its_half() {
    let server = Server::start(|_| ());
    let mut client = server.connect();
    client.send(GET).stream.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(client.answer().status, 200);
    client.closed();
}

#[test]
fn a_request_that_runs_is_answered_before_the_server_stops() {
    let mut server = Server::start(|_| ());
    let mut idle = server.connect();
    assert_eq!(idle.send(GET).answer().status, 200);
    let mut running = server.connect();
    // The server has read the head when it asks for the body.
    let head = post(13, "").replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n");
    assert_eq!(running.send(head).answer().status, 100);
    server.stop();
    server.wait_until_closed();
    idle.closed();
    let answer = running.send("{\"name\":\"ci\"}").answer();
    assert_eq!((answer.status, answer.header("connection")), (201, Some("close")));
    running.closed();
    assert_eq!(server.drained().cut, 0);
}

#[test]
fn a_request_that_does_not_end_is_cut() {
    let mut server = Server::start(|limits| limits.drain_time = SHORT);
    let mut idle = server.connect();
    assert_eq!(idle.send(GET).answer().status, 200);
    let mut running = server.connect();
    let head = post(13, "").replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n");
    assert_eq!(running.send(head).answer().status, 100);
    server.stop();
    assert_eq!(server.drained().cut, 1, "the idle one ended by itself");
    running.closed();
}

#[test]
fn a_server_out_of_descriptors_goes_on_once_there_are_some_again() {
    // The limit holds for a process, so this test is run again by a shell that lowers it.
    let own = std::env::current_exe().unwrap();
    let output = std::process::Command::new("sh")
        .args(["-c", "ulimit -n 64 && exec \"$0\" --exact wire::with_few_descriptors --ignored --nocapture"])
        .arg(own)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{output:?}");
}

#[test]
#[ignore = "needs a low limit of descriptors; a_server_out_of_descriptors_goes_on_once_there_are_some_again runs it"]
fn with_few_descriptors() {
    let server = Server::start(|_| ());
    let mut clients = Vec::new();
    // The last one waits in the listener's queue: the server has nothing left to accept it with.
    while let Some(client) = server.try_connect() {
        clients.push(client);
    }
    assert!(clients.len() > 10, "{}", clients.len());
    let mut waiting = clients.pop().unwrap();
    waiting.send(GET);
    // Both ends are in this process, so whoever stays takes two.
    clients.truncate(4);
    assert_eq!(waiting.answer().status, 200);
    assert_eq!(server.connect().send(GET).answer().status, 200);
}

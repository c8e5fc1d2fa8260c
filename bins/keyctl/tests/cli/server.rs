//! A server of canned answers, one for each connection, that keeps what it was asked.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};

pub(crate) struct CannedServer {
    address: SocketAddr,
    requests: Receiver<Request>,
}

#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) line: String,
    headers: Vec<String>,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let named =
            |line: &&String| line.split_once(": ").is_some_and(|(own, _)| own.eq_ignore_ascii_case(name));
        self.headers.iter().find(named).and_then(|line| line.split_once(": ")).map(|(_, value)| value)
    }
}

impl CannedServer {
    /// Starts one that gives these answers in turn, each a status and a body, then closes its port. The tag of the first
    /// is `answer-1`.
    pub(crate) fn start(answers: impl IntoIterator<Item = (u16, String)>) -> Self {
        Self::start_as("1a1", answers)
    }

    /// As [`start`](Self::start), taking every caller for this account or environment.
    pub(crate) fn start_as(
        account_id: &'static str,
        answers: impl IntoIterator<Item = (u16, String)>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let answers: Vec<_> = answers.into_iter().collect();
        let (sender, requests) = channel();
        std::thread::spawn(move || {
            for (n, (status, body)) in (1..).zip(answers) {
                let Ok((stream, _)) = listener.accept() else { return };
                let head = format!("X-API-Account-Id: {account_id}\r\nETag: \"answer-{n}\"");
                serve(stream, &head, status, &body, &sender);
            }
        });
        Self { address, requests }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it has been asked so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.try_iter().collect()
    }

    /// The first lines of what it has been asked so far, without the protocol.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.requests().into_iter().map(|request| request.line.replace(" HTTP/1.1", "")).collect()
    }
}

fn serve(stream: TcpStream, headers: &str, status: u16, body: &str, requests: &Sender<Request>) {
    let mut reader = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a request");
        if line.trim_end().is_empty() {
            break;
        }
        head.push(line.trim_end().to_owned());
    }
    let mut request = Request { line: head.remove(0), headers: head, body: String::new() };
    let length = request.header("content-length").map_or(0, |length| length.parse().expect("a length"));
    let mut bytes = vec![0; length];
    reader.read_exact(&mut bytes).expect("a body");
    request.body = String::from_utf8(bytes).expect("text");
    // Told before the answer, so that whoever has the answer finds it.
    let _ = requests.send(request);
    let head = format!(
        "HTTP/1.1 {status} Canned\r\n{headers}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let _ = reader.into_inner().write_all(format!("{head}{body}").as_bytes());
}

//! A small blocking HTTP/1.1 client with one kept-alive connection.
//!
//! Small on purpose: a test of a server should see every byte of an answer, and nothing may be retried, followed or
//! decoded behind its back.

use std::fmt::Debug;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::dialect::Key;
use crate::tls::Trust;

/// How long a client waits for an answer: long enough for a busy machine, so that only a hang fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// Speaks to one server. Its methods panic when there is no answer; [`Request::try_send`] returns that instead.
#[derive(Debug)]
pub struct Client {
    server: SocketAddr,
    headers: Vec<(String, String)>,
    trust: Option<Trust>,
    connection: Mutex<Option<Connection>>,
}

/// A connection, in the clear or over TLS.
#[derive(Debug)]
struct Connection(BufReader<Box<dyn Stream>>);

/// What a connection is made of.
trait Stream: Read + Write + Debug + Send {}

impl<S: Read + Write + Debug + Send> Stream for S {}

impl Clone for Client {
    /// The same server and the same headers, over a connection of its own.
    fn clone(&self) -> Self {
        let (headers, trust) = (self.headers.clone(), self.trust.clone());
        Self { server: self.server, headers, trust, connection: Mutex::new(None) }
    }
}

impl Client {
    /// A client without credentials.
    #[must_use]
    pub fn new(server: SocketAddr) -> Self {
        Self { server, headers: Vec::new(), trust: None, connection: Mutex::new(None) }
    }

    /// The client, over TLS, with a server that it trusts only so far.
    #[must_use]
    pub fn over_tls(&self, trust: &Trust) -> Self {
        Self { trust: Some(trust.clone()), ..self.clone() }
    }

    /// A client that sends this pair by HTTP Basic with every request.
    #[must_use]
    pub fn with_key(&self, access_key: &str, secret_key: &str) -> Self {
        self.with_header("authorization", &basic(access_key, secret_key))
    }

    /// A request that presents this pair, over this client's connection.
    pub fn with_key_once(&self, method: &str, path: &str, key: &Key) -> Request<'_> {
        self.request(method, path).header("authorization", &basic(&key.access_key, &key.secret_key))
    }

    /// A client that sends this header with every request, in place of any it had of that name.
    #[must_use]
    pub fn with_header(&self, name: &str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        client.headers.push((name.to_owned(), value.to_owned()));
        client
    }

    /// The server.
    #[must_use]
    pub const fn server(&self) -> SocketAddr {
        self.server
    }

    /// `GET`.
    #[must_use]
    pub fn get(&self, path: &str) -> Response {
        self.request("GET", path).send()
    }

    /// `POST` of a JSON document.
    #[must_use]
    pub fn post(&self, path: &str, body: &Value) -> Response {
        self.request("POST", path).json(body).send()
    }

    /// `PUT` of a JSON document.
    #[must_use]
    pub fn put(&self, path: &str, body: &Value) -> Response {
        self.request("PUT", path).json(body).send()
    }

    /// `DELETE`.
    #[must_use]
    pub fn delete(&self, path: &str) -> Response {
        self.request("DELETE", path).send()
    }

    /// A request to be filled in. `path` may be an absolute URL, as links are; its server is then ignored.
    pub fn request(&self, method: &str, path: &str) -> Request<'_> {
        let target = path
            .strip_prefix("http://")
            .or(path.strip_prefix("https://"))
            .map_or(path, |rest| rest.find('/').map_or("/", |at| &rest[at..]));
        Request {
            client: self,
            method: method.to_owned(),
            target: target.to_owned(),
            headers: self.headers.clone(),
            body: Vec::new(),
        }
    }

    /// Sends these bytes over a new connection and reads one answer: for requests no client would make.
    ///
    /// # Errors
    ///
    /// Whatever the socket says, or [`io::ErrorKind::InvalidData`] when what came back is not HTTP.
    pub fn raw(&self, bytes: &[u8]) -> io::Result<Response> {
        let mut connection = self.connect()?;
        // A server may answer and close before it has read everything; its answer is what counts.
        let sent = connection.0.get_mut().write_all(bytes);
        read_response(&mut connection.0, false).or_else(|error| sent.and(Err(error)))
    }

    fn connect(&self) -> io::Result<Connection> {
        let stream = connect(self.server)?;
        let stream: Box<dyn Stream> = match &self.trust {
            None => Box::new(stream),
            Some(trust) => Box::new(trust.handshake(stream)?),
        };
        Ok(Connection(BufReader::new(stream)))
    }

    fn exchange(&self, bytes: &[u8], head: bool) -> io::Result<Response> {
        let mut slot = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let mut connection = match slot.take() {
            Some(connection) => connection,
            None => self.connect()?,
        };
        connection.0.get_mut().write_all(bytes)?;
        let response = read_response(&mut connection.0, head)?;
        if response.keeps_alive() {
            *slot = Some(connection);
        }
        Ok(response)
    }
}

/// A request being filled in.
#[derive(Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct Request<'client> {
    client: &'client Client,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request<'_> {
    /// Adds a header, beside any of the same name.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A JSON document as the body, with its content type.
    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string().as_bytes())
    }

    /// These bytes as the body.
    pub fn body(mut self, body: &[u8]) -> Self {
        self.body = body.to_vec();
        self
    }

    /// Sends the request and returns the answer.
    ///
    /// # Panics
    ///
    /// When there is no answer.
    #[must_use]
    pub fn send(self) -> Response {
        let what = format!("{} {}", self.method, self.target);
        self.try_send().unwrap_or_else(|error| panic!("{what}: no answer: {error}"))
    }

    /// Sends the request once. Nothing is ever sent again: after an error the request may have been carried out.
    ///
    /// # Errors
    ///
    /// Whatever the socket says; [`io::ErrorKind::ConnectionAborted`] when the server closed the connection without an
    /// answer, [`io::ErrorKind::UnexpectedEof`] when it closed it within one, [`io::ErrorKind::InvalidData`] when what
    /// came back is not HTTP.
    pub fn try_send(self) -> io::Result<Response> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        let named = |name: &str| self.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
        if !named("host") {
            head.push_str(&format!("host: {}\r\n", self.client.server));
        }
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !self.body.is_empty() || matches!(self.method.as_str(), "POST" | "PUT") {
            head.push_str(&format!("content-length: {}\r\n", self.body.len()));
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(&self.body);
        self.client.exchange(&bytes, self.method == "HEAD")
    }
}

/// An answer, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers in the order they came, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as it came, chunks joined.
    pub body: Vec<u8>,
}

impl Response {
    /// The first header of this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    ///
    /// When it is not JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("status {}: not JSON ({error}): {}", self.status, self.text()))
    }

    /// One field of a JSON body that is an object, as text.
    ///
    /// # Panics
    ///
    /// When it is not there or not a text.
    #[must_use]
    pub fn field(&self, name: &str) -> String {
        match self.json().get(name).and_then(Value::as_str) {
            Some(text) => text.to_owned(),
            None => panic!("status {}: no text `{name}` in {}", self.status, self.text()),
        }
    }

    /// This answer, if its status is the expected one.
    ///
    /// # Panics
    ///
    /// When it is another.
    #[must_use]
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    fn keeps_alive(&self) -> bool {
        !self.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"))
    }
}

fn basic(access_key: &str, secret_key: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{access_key}:{secret_key}")))
}

fn connect(server: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&server, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    // Head and body leave in one write; waiting for more would only slow the tests.
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn read_response(stream: &mut impl BufRead, head: bool) -> io::Result<Response> {
    let mut response = read_head(stream)?;
    // 100 Continue and its kind announce the answer; they are not it.
    while (100..200).contains(&response.status) {
        response = read_head(stream)?;
    }
    response.body = if head || matches!(response.status, 204 | 304) {
        Vec::new()
    } else if response.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked"))
    {
        read_chunks(stream)?
    } else if let Some(length) = response.header("content-length") {
        let length = length.parse().map_err(|_| invalid("the content length is no number"))?;
        let mut body = vec![0; length];
        stream.read_exact(&mut body)?;
        body
    } else {
        let mut body = Vec::new();
        stream.read_to_end(&mut body)?;
        body
    };
    Ok(response)
}

fn read_head(stream: &mut impl BufRead) -> io::Result<Response> {
    if stream.fill_buf()?.is_empty() {
        // Closed before the first byte of an answer, which is another thing than half an answer.
        return Err(io::ErrorKind::ConnectionAborted.into());
    }
    let line = read_line(stream)?;
    let status = line
        .strip_prefix("HTTP/1.1 ")
        .or_else(|| line.strip_prefix("HTTP/1.0 "))
        .and_then(|rest| rest.split(' ').next())
        .and_then(|status| status.parse().ok())
        .ok_or_else(|| invalid("the answer does not begin with a status line"))?;
    let mut headers = Vec::new();
    loop {
        let line = read_line(stream)?;
        if line.is_empty() {
            return Ok(Response { status, headers, body: Vec::new() });
        }
        let (name, value) = line.split_once(':').ok_or_else(|| invalid("a header has no colon"))?;
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
}

fn read_chunks(stream: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = read_line(stream)?;
        let length = line.split(';').next().and_then(|length| usize::from_str_radix(length.trim(), 16).ok());
        let length = length.ok_or_else(|| invalid("a chunk has no length"))?;
        if length == 0 {
            while !read_line(stream)?.is_empty() {}
            return Ok(body);
        }
        let start = body.len();
        body.resize(start + length, 0);
        stream.read_exact(&mut body[start..])?;
        read_line(stream)?;
    }
}

fn read_line(stream: &mut impl BufRead) -> io::Result<String> {
    let mut line = Vec::new();
    stream.read_until(b'\n', &mut line)?;
    match line.strip_suffix(b"\r\n") {
        Some(line) => String::from_utf8(line.to_vec()).map_err(|_| invalid("a header is not UTF-8")),
        None => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

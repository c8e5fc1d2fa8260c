//! A server on a socket of its own, and a client that writes bytes.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use keys_http::{AppConfig, Drained, Limits, serve};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::support::TestApp;

/// How long a test waits for what must come. It is a bound, not a measure.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Server {
    runtime: Runtime,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<Drained>>,
    pub(crate) app: TestApp,
}

impl Server {
    pub(crate) fn start(change: impl FnOnce(&mut Limits)) -> Self {
        Self::start_with(AppConfig::default(), change)
    }

    pub(crate) fn start_with(mut config: AppConfig, change: impl FnOnce(&mut Limits)) -> Self {
        change(&mut config.limits);
        let app = TestApp::with(config);
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0))).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let served = app.app.clone();
        let serving = runtime.spawn(serve(listener, served, async {
            let _ = stopped.await;
        }));
        Self { runtime, address, stop: Some(stop), serving: Some(serving), app }
    }

    pub(crate) fn connect(&self) -> Client {
        self.try_connect().unwrap()
    }

    /// `None` when the system has nothing left to connect with.
    pub(crate) fn try_connect(&self) -> Option<Client> {
        let stream = TcpStream::connect(self.address).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Some(Client::over(stream))
    }

    /// Tells the server to stop.
    pub(crate) fn stop(&mut self) {
        let _ = self.stop.take().unwrap().send(());
    }

    /// Waits until it has.
    pub(crate) fn drained(&mut self) -> Drained {
        self.runtime.block_on(self.serving.take().unwrap()).unwrap()
    }

    /// Waits until nobody listens.
    pub(crate) fn wait_until_closed(&self) {
        let started = std::time::Instant::now();
        while TcpStream::connect(self.address).is_ok() {
            assert!(started.elapsed() < PATIENCE, "the listener stays open");
            std::thread::yield_now();
        }
    }
}

pub(crate) struct Client<S = TcpStream> {
    pub(crate) stream: S,
    read: Vec<u8>,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (own, value) = line.split_once(": ")?;
            own.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    /// The status in the error object, to show that there is one.
    pub(crate) fn error(&self) -> u16 {
        let error: keys_api::ErrorObject =
            serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        assert_eq!(error.status, self.status);
        error.status
    }
}

impl<S: Read + Write> Client<S> {
    /// A client on a stream that is connected.
    pub(crate) fn over(stream: S) -> Self {
        Self { stream, read: Vec::new() }
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        self.stream.write_all(bytes.as_ref()).unwrap();
        self
    }

    /// The next answer. An answer to HEAD has no body and cannot be read with this.
    pub(crate) fn answer(&mut self) -> Answer {
        let end = loop {
            if let Some(end) = self.read.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            assert!(self.fill() > 0, "closed in a head: {:?}", String::from_utf8_lossy(&self.read));
        };
        let head = String::from_utf8(self.read.drain(..end).collect()).unwrap();
        let mut answer = Answer { status: head[9..12].parse().unwrap(), head, body: String::new() };
        let length: usize = answer.header("content-length").unwrap_or("0").parse().unwrap();
        while self.read.len() < length {
            assert!(self.fill() > 0, "closed in a body: {answer:?}");
        }
        answer.body = String::from_utf8(self.read.drain(..length).collect()).unwrap();
        answer
    }

    /// Waits until the server has closed; nothing else may come.
    pub(crate) fn closed(&mut self) {
        assert_eq!(self.fill(), 0, "{:?}", String::from_utf8_lossy(&self.read));
    }

    fn fill(&mut self) -> usize {
        let mut bytes = [0; 16 * 1024];
        match self.stream.read(&mut bytes) {
            Ok(count) => {
                self.read.extend_from_slice(&bytes[..count]);
                count
            }
            // The server closed with something of ours unread.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => 0,
            Err(error) => panic!("nothing came: {error}"),
        }
    }
}

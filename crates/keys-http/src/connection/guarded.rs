//! A stream with deadlines for what a caller has to say: its first request, the rest of a head, the next request.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use super::limits::Limits;
use super::scanner::Scanner;

/// What a connection's stream and its requests tell each other.
#[derive(Debug, Default)]
pub(super) struct Signals {
    busy: AtomicBool,
    ambiguous: AtomicBool,
    /// How many requests have begun.
    requests: AtomicU64,
}

impl Signals {
    /// A request is being answered: its own deadlines hold.
    pub(super) fn begin(&self) {
        self.requests.fetch_add(1, Ordering::Release);
        self.busy.store(true, Ordering::Release);
    }

    /// Its answer is ready.
    pub(super) fn end(&self) {
        self.busy.store(false, Ordering::Release);
    }

    /// Whether a head on this connection framed its body in two ways at once.
    pub(super) fn ambiguous(&self) -> bool {
        self.ambiguous.load(Ordering::Acquire)
    }
}

/// What a silent connection is waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waiting {
    /// Its first request.
    First,
    /// The rest of a head.
    Head,
    /// The next request.
    Next,
}

/// A stream with deadlines.
#[derive(Debug)]
pub(super) struct Guarded<S> {
    stream: S,
    signals: Arc<Signals>,
    scanner: Scanner,
    first: bool,
    /// What is waited for, while nothing is being answered.
    waiting: Option<Waiting>,
    /// How many requests had begun when that was last looked at.
    requests: u64,
    deadline: Pin<Box<Sleep>>,
    /// Whether the last write could not go on.
    writing: bool,
    header_time: Duration,
    idle_time: Duration,
}

impl<S> Guarded<S> {
    /// Puts deadlines on a stream.
    pub(super) fn new(stream: S, signals: Arc<Signals>, limits: &Limits) -> Self {
        Self {
            stream,
            signals,
            scanner: Scanner::default(),
            first: true,
            waiting: None,
            requests: 0,
            deadline: Box::pin(sleep(limits.header_time)),
            writing: false,
            header_time: limits.header_time,
            idle_time: limits.idle_time,
        }
    }

    /// What is waited for now; `None` while a request is answered or its body read, which have deadlines elsewhere.
    fn waits_for(&self) -> Option<Waiting> {
        if self.signals.busy.load(Ordering::Acquire) || self.scanner.in_body() {
            None
        } else if self.scanner.in_head() {
            Some(Waiting::Head)
        } else if self.first {
            Some(Waiting::First)
        } else {
            Some(Waiting::Next)
        }
    }

    /// Starts the deadline when what is waited for changes, and says what was waited for once it has passed.
    fn poll_deadline(&mut self, cx: &mut Context<'_>) -> Poll<Waiting> {
        // Nobody reads while a request is answered, so its passing may be all that tells one wait from the next.
        let requests = self.signals.requests.load(Ordering::Acquire);
        if self.requests != requests {
            self.requests = requests;
            self.waiting = None;
        }
        let waiting = self.waits_for();
        let Some(waited) = waiting else {
            self.waiting = None;
            return Poll::Pending;
        };
        if self.waiting != waiting {
            self.waiting = waiting;
            let time = match waited {
                // Who connects is about to ask; only who has asked before may take its time.
                Waiting::First | Waiting::Head => self.header_time,
                Waiting::Next => self.idle_time,
            };
            self.deadline.as_mut().reset(Instant::now() + time);
        }
        self.deadline.as_mut().poll(cx).map(|()| waited)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        if let Poll::Ready(read) = Pin::new(&mut this.stream).poll_read(cx, buffer) {
            this.scanner.feed(buffer.filled().get(before..).unwrap_or_default());
            this.first &= !this.scanner.in_head() && buffer.filled().len() == before;
            if this.scanner.ambiguous() {
                this.signals.ambiguous.store(true, Ordering::Release);
            }
            return Poll::Ready(read);
        }
        match this.poll_deadline(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(waited) => {
                if waited == Waiting::Head && !this.writing {
                    // Nothing is being answered, so nothing else is being written.
                    let _ = Pin::new(&mut this.stream).poll_write(cx, SLOW.as_bytes());
                }
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.writing = written.is_pending();
        written
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, slices);
        this.writing = written.is_pending();
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

macro_rules! whole_answer {
    ($status:literal, $extra:literal, $length:literal, $body:literal) => {
        concat!(
            "HTTP/1.1 ",
            $status,
            "\r\nContent-Type: application/json; charset=utf-8\r\nCache-Control: no-store\r\nConnection: close\r\n",
            $extra,
            "Content-Length: ",
            $length,
            "\r\n\r\n",
            $body
        )
    };
}

/// The answer to a head that does not come to its end.
const SLOW: &str = whole_answer!(
    "408 Request Timeout",
    "",
    "172",
    r#"{"id":"","type":"error","links":{},"actions":{},"status":408,"code":"Request Timeout","message":"Request Timeout","detail":"the head of the request did not arrive in time"}"#
);

/// The answer to a connection for which there is no room.
pub(super) const FULL: &str = whole_answer!(
    "503 Service Unavailable",
    "Retry-After: 1\r\n",
    "181",
    r#"{"id":"","type":"error","links":{},"actions":{},"status":503,"code":"Service Unavailable","message":"Service Unavailable","detail":"there are too many connections; try again later"}"#
);

/// The answer to who speaks HTTP where TLS is spoken.
pub(super) const PLAIN: &str = whole_answer!(
    "400 Bad Request",
    "",
    "212",
    r#"{"id":"","type":"error","links":{},"actions":{},"status":400,"code":"Bad Request","message":"Bad Request","detail":"this address speaks HTTPS: begin the URL with https://, and change a key that was sent without"}"#
);

#[cfg(test)]
mod tests {
    use super::*;

    /// A stream on which nothing ever comes.
    #[derive(Debug)]
    struct Silent;

    impl AsyncRead for Silent {
        fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            Poll::Pending
        }
    }

    impl AsyncWrite for Silent {
        fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
            Poll::Pending
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Pending
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Pending
        }
    }

    /// The deadline of a connection on which nothing comes, looked at later than `after`.
    fn deadline_behind(guarded: &mut Guarded<Silent>, after: Instant) -> Instant {
        while Instant::now() <= after {
            std::hint::spin_loop();
        }
        let mut bytes = [0; 8];
        let mut buffer = ReadBuf::new(&mut bytes);
        let mut context = Context::from_waker(std::task::Waker::noop());
        assert!(Pin::new(&mut *guarded).poll_read(&mut context, &mut buffer).is_pending());
        guarded.deadline.deadline()
    }

    #[test]
    fn a_connection_that_is_used_is_not_idle_however_long() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let _entered = runtime.enter();
        let signals = Arc::new(Signals::default());
        let mut guarded = Guarded::new(Silent, Arc::clone(&signals), &Limits::default());
        guarded.first = false;
        let begun = Instant::now();
        let idle = deadline_behind(&mut guarded, begun);
        assert_eq!(
            deadline_behind(&mut guarded, Instant::now()),
            idle,
            "waiting on is no reason for more time"
        );
        // A request comes and is answered, and nobody looks at the stream meanwhile.
        signals.begin();
        signals.end();
        assert!(deadline_behind(&mut guarded, Instant::now()) > idle);
    }

    #[test]
    fn answers_written_by_hand_are_well_formed() {
        for answer in [SLOW, FULL, PLAIN] {
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            let length = head.split("Content-Length: ").nth(1).unwrap();
            assert_eq!(length, body.len().to_string());
            let error: keys_api::ErrorObject = serde_json::from_str(body).unwrap();
            assert!(head.starts_with(&format!("HTTP/1.1 {} {}\r\n", error.status, error.code)));
        }
    }
}

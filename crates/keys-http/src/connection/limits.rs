//! How much one caller, and all of them together, may take.

use std::time::Duration;

/// The limits of the connection layer. [`Limits::default`] is what a server should run with; tests use small ones.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// How long a TLS handshake may take.
    pub handshake_time: Duration,
    /// How long the head of a request may take from its first byte on.
    pub header_time: Duration,
    /// How long a connection may stay open without a request.
    pub idle_time: Duration,
    /// How long the body of a request may take.
    pub body_time: Duration,
    /// How long a caller may leave an answer unread.
    pub write_stall: Duration,
    /// How long a request may take in all, once its head has arrived.
    pub request_time: Duration,
    /// How long the requests that are running may still take once the server is told to stop.
    pub drain_time: Duration,
    /// The most bytes of a body.
    pub body_bytes: usize,
    /// The most bytes of a request's head; hyper allows no fewer than 8192.
    pub header_bytes: usize,
    /// The most bytes of a request's target (path and query).
    pub target_bytes: usize,
    /// The most header lines.
    pub headers: usize,
    /// The most connections.
    pub connections: usize,
    /// The most connections of one IPv4 address or one IPv6 network of 64 bits. Loopback and trusted proxies are exempt.
    pub connections_per_address: usize,
    /// The most requests that may block at the same time (store, argon2). The next is told to come back.
    pub blocking: usize,
    /// The most log-ins at the same time, beside those. The next is told to come back.
    pub log_ins: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            handshake_time: Duration::from_secs(10),
            header_time: Duration::from_secs(10),
            idle_time: Duration::from_secs(60),
            body_time: Duration::from_secs(10),
            write_stall: Duration::from_secs(30),
            request_time: Duration::from_secs(30),
            drain_time: Duration::from_secs(10),
            body_bytes: 64 * 1024,
            header_bytes: 16 * 1024,
            target_bytes: 8 * 1024,
            headers: 100,
            connections: 10_000,
            connections_per_address: 256,
            blocking: 256,
            log_ins: 32,
        }
    }
}

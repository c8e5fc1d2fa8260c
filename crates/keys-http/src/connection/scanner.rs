//! Reads along with hyper, to know two things that hyper does not tell: whether a head has begun, and whether it
//! frames its body in two ways at once.
//!
//! A head with both `Content-Length` and `Transfer-Encoding` is how one request is smuggled behind another (RFC 9112
//! §11.2). hyper takes the latter and forgets the former, so a handler cannot see it.

/// Follows the bytes of a connection from head to head.
#[derive(Debug, Default)]
pub(super) struct Scanner {
    place: Place,
    line: Line,
    begun: bool,
    length: Option<u64>,
    chunked: bool,
    ambiguous: bool,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Place {
    /// In a head, or before one.
    #[default]
    Head,
    /// In a body with so many bytes left.
    Body(u64),
    /// Behind a head whose body has no length. The connection ends with its answer.
    Lost,
}

/// The beginning of a line: as much as the names and numbers need that are looked for.
#[derive(Debug, Default)]
struct Line(Vec<u8>);

impl Line {
    const KEPT: usize = 64;

    fn push(&mut self, byte: u8) {
        if self.0.len() < Self::KEPT {
            self.0.push(byte);
        }
    }
}

impl Scanner {
    /// Follows some more bytes.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some((byte, behind)) = rest.split_first() {
            match self.place {
                Place::Lost => return,
                Place::Body(left) => {
                    let here = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                    let left = left.saturating_sub(u64::try_from(here).unwrap_or(u64::MAX));
                    self.place = if left == 0 { Place::Head } else { Place::Body(left) };
                    rest = rest.get(here..).unwrap_or_default();
                }
                Place::Head => {
                    if *byte == b'\n' {
                        self.end_line();
                    } else {
                        self.line.push(*byte);
                    }
                    rest = behind;
                }
            }
        }
    }

    /// Whether a head has begun and not ended.
    pub(super) fn in_head(&self) -> bool {
        self.place == Place::Head && (self.begun || !self.line.0.is_empty())
    }

    /// Whether a body has begun and not ended, as far as that can be known.
    pub(super) fn in_body(&self) -> bool {
        self.place != Place::Head
    }

    /// Whether any head so far framed its body in two ways.
    pub(super) const fn ambiguous(&self) -> bool {
        self.ambiguous
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line.0);
        let line = line.trim_ascii_end();
        if line.is_empty() {
            // Empty lines before a head are skipped, as hyper does.
            if std::mem::take(&mut self.begun) {
                self.end_head();
            }
            return;
        }
        if self.begun {
            self.read_field(line);
        }
        self.begun = true;
    }

    fn read_field(&mut self, line: &[u8]) {
        let mut halves = line.splitn(2, |byte| *byte == b':');
        let (Some(name), Some(value)) = (halves.next(), halves.next()) else { return };
        if name.eq_ignore_ascii_case(b"transfer-encoding") {
            self.chunked = true;
        } else if name.eq_ignore_ascii_case(b"content-length") {
            let digits = std::str::from_utf8(value.trim_ascii()).ok();
            // What is no length ends the connection; until then nothing can be known of it.
            self.length = Some(digits.and_then(|digits| digits.parse().ok()).unwrap_or(u64::MAX));
        }
    }

    fn end_head(&mut self) {
        let (length, chunked) = (self.length.take(), std::mem::take(&mut self.chunked));
        self.ambiguous |= chunked && length.is_some();
        self.place = match length {
            _ if chunked => Place::Lost,
            None | Some(0) => Place::Head,
            Some(length) => Place::Body(length),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The scanner after these bytes, in one piece and in pieces of one: both must agree.
    fn after(bytes: &[u8]) -> (bool, bool, bool) {
        let mut whole = Scanner::default();
        whole.feed(bytes);
        let mut pieces = Scanner::default();
        bytes.chunks(1).for_each(|piece| pieces.feed(piece));
        let state = |scanner: &Scanner| (scanner.in_head(), scanner.in_body(), scanner.ambiguous());
        assert_eq!(state(&whole), state(&pieces));
        state(&whole)
    }

    const AT_REST: (bool, bool, bool) = (false, false, false);
    const IN_HEAD: (bool, bool, bool) = (true, false, false);
    const IN_BODY: (bool, bool, bool) = (false, true, false);

    #[test]
    fn heads_and_bodies_are_told_apart() {
        for (bytes, state) in [
            ("", AT_REST),
            ("\r\n", AT_REST),
            ("G", IN_HEAD),
            ("\r\nGET / HTTP/1.1\r\nHost: h\r\n", IN_HEAD),
            ("GET / HTTP/1.1\r\nHost: h\r\n\r\n", AT_REST),
            ("GET / HTTP/1.1\nHost: h\n\n", AT_REST),
            ("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n", IN_BODY),
            ("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab", IN_BODY),
            ("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", AT_REST),
            ("POST / HTTP/1.1\r\ncontent-LENGTH:3\r\n\r\nabcG", IN_HEAD),
            ("POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", AT_REST),
            ("POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", IN_BODY),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", IN_BODY),
        ] {
            assert_eq!(after(bytes.as_bytes()), state, "{bytes:?}");
        }
    }

    #[test]
    fn two_framings_are_seen_in_any_order_and_letter_case() {
        for head in [
            "Content-Length: 3\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: chunked\r\nX: y\r\nContent-Length: 3",
            "TRANSFER-encoding: identity\r\ncontent-length: 0",
        ] {
            let bytes = format!("GET / HTTP/1.1\r\nHost: h\r\n\r\nPOST / HTTP/1.1\r\n{head}\r\n\r\n");
            assert!(after(bytes.as_bytes()).2, "{head}");
        }
        let apart = "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\nPOST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        assert!(!after(apart.as_bytes()).2);
        // In a body it is only text.
        let body = "Transfer-Encoding: chunked\r\n";
        let inside = format!("POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        assert_eq!(after(inside.as_bytes()), AT_REST);
    }
}

//! Finds credentials where they should not be: in files, logs, histories, in any bytes.
//!
//! A secret key of ours tells itself: the last six of its 40 characters are the checksum of the others. So it is found
//! wherever it stands, inside longer words too (`\nZq7…`, `%3AZq7…`), with nothing around it to go by. Forty random
//! letters and digits are taken for one once in 62⁶, or 57 billion. Found are
//!
//! - pairs: `kc_<access key>_<secret key>`, and `<access key>:<secret key>` as HTTP Basic has it;
//! - lone secret keys, with the access key that stands nearby, if one does;
//! - both in base64 (either alphabet, at any offset of what was encoded, in lines of 54 characters or more): headers of
//!   HTTP Basic, Secrets of Kubernetes, the `auth` of Docker's `config.json`, mail.
//!
//! Not found is what is compressed, encrypted, or encoded twice or in another way; nor are secrets
//! brought over from Rancher v1, which have no checksum and look like any other word.
//!
//! The work is linear in the input, whatever it holds: in text most bytes are jumped over, because a window of 40
//! whose last byte is neither letter nor digit holds no secret, nor does any other window with that byte; in a long
//! run of letters and digits the checksum rolls along.

mod context;
mod fold;
mod search;
mod text;
mod window;

use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::access_key::AccessKey;

/// A credential that was found. Holds no part of the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// How it was written.
    pub encoding: Encoding,
    /// The access key of the pair; of a lone secret the one that stands nearby, which may be another's: on the same line
    /// if there is one, and rather before the secret than behind it.
    pub access_key: Option<AccessKey>,
    /// How many bytes stand before it; before its secret key, if that is on another line of base64 than its access key.
    pub offset: u64,
    /// How many bytes it takes, as it was written.
    pub length: usize,
    /// The line it stands on, from 1.
    pub line: u64,
    /// At which byte of the line it begins, from 1.
    pub column: u64,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FindingKind {
    /// Access key and secret key in one piece.
    Pair,
    /// A secret key.
    SecretKey,
}

/// How a credential was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// As it is.
    Plain,
    /// In base64.
    Base64,
}

/// Finds credentials in a text that comes in chunks, of any size.
///
/// The answer is the same however the text was cut, and each credential is told once, in the order in which they stand.
/// Between chunks it keeps 832 bytes at most, which are wiped when it is dropped.
///
/// ```
/// use keys_core::{Finder, FindingKind};
///
/// let mut finder = Finder::new();
/// let mut findings = finder.feed(b"# the build box\nexport KEYCTL_ACCESS_KEY=KC7Q0WVN3TZ5H8RJ2M4X\nexport KEYCTL_SEC");
/// findings.extend(finder.feed(b"RET_KEY=Zq7WnT0cVb3JkX9sLdYfGhR5mPa2EuQo8i27K6mq\n"));
/// findings.extend(finder.finish());
///
/// assert_eq!(findings.len(), 1);
/// let finding = findings[0];
/// assert_eq!(finding.kind, FindingKind::SecretKey);
/// assert_eq!(finding.access_key, Some("KC7Q0WVN3TZ5H8RJ2M4X".parse()?));
/// assert_eq!((finding.line, finding.column, finding.length), (3, 26, 40));
/// # Ok::<(), keys_core::ParseAccessKeyError>(())
/// ```
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Finder {
    /// The end of what came so far.
    kept: [u8; Self::KEPT],
    /// How many bytes of it.
    length: usize,
    /// Where in it begins what was not decided yet.
    decided: usize,
    /// Where in the whole it begins.
    offset: u64,
    /// The lines before what was not decided yet.
    lines: Lines,
}

impl Finder {
    /// How far before a secret key its access key is looked for, and how far behind its first byte; in base64, which is
    /// longer.
    const LOOK_BACK: usize = 384;
    const LOOK_AHEAD: usize = 448;
    /// Room for what is kept between chunks, and for as much of the next.
    const KEPT: usize = 2 * (Self::LOOK_BACK + Self::LOOK_AHEAD);

    /// A finder that has seen nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { kept: [0; Self::KEPT], length: 0, decided: 0, offset: 0, lines: Lines::NONE }
    }

    /// What is found in a text that is whole.
    ///
    /// ```
    /// use keys_core::{Encoding, Finder, FindingKind};
    ///
    /// let header = "Authorization: Basic \
    ///     S0M3UTBXVk4zVFo1SDhSSjJNNFg6WnE3V25UMGNWYjNKa1g5c0xkWWZHaFI1bVBhMkV1UW84aTI3SzZtcQ==";
    /// let findings = Finder::find(header.as_bytes());
    /// assert_eq!(findings.len(), 1);
    /// assert_eq!((findings[0].kind, findings[0].encoding), (FindingKind::Pair, Encoding::Base64));
    /// assert!(Finder::find(b"nothing to see").is_empty());
    /// ```
    #[must_use]
    pub fn find(text: &[u8]) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut lines = Lines::NONE;
        lines.search(text, 0..text.len(), 0, &mut findings);
        findings
    }

    /// Takes the next chunk, and tells what can be told by now.
    #[must_use = "a finding is told once"]
    pub fn feed(&mut self, chunk: &[u8]) -> Vec<Finding> {
        let mut findings = Vec::new();
        let rest = self.append(chunk);
        let to = self.length.saturating_sub(Self::LOOK_AHEAD);
        self.search_kept(to, &mut findings);
        if rest == 0 {
            self.compact();
        } else {
            self.search_in_place(chunk, rest, &mut findings);
        }
        findings
    }

    /// Says that nothing more comes, and tells what is left to tell.
    #[must_use = "a finding is told once"]
    pub fn finish(mut self) -> Vec<Finding> {
        let mut findings = Vec::new();
        self.search_kept(self.length, &mut findings);
        findings
    }

    /// Keeps as much of the chunk as there is room for; how many bytes of it are left.
    fn append(&mut self, chunk: &[u8]) -> usize {
        let room = self.kept.get_mut(self.length..).unwrap_or_default();
        let fits = room.len().min(chunk.len());
        for (to, from) in room.iter_mut().zip(chunk) {
            *to = *from;
        }
        self.length += fits;
        chunk.len() - fits
    }

    fn search_kept(&mut self, to: usize, findings: &mut Vec<Finding>) {
        if to <= self.decided {
            return;
        }
        if let Some(kept) = self.kept.get(..self.length) {
            self.lines.search(kept, self.decided..to, self.offset, findings);
        }
        self.decided = to;
    }

    /// Searches a chunk of which all but `rest` bytes were kept, too many for anything to reach from before it into what
    /// is not decided yet; and keeps its end.
    fn search_in_place(&mut self, chunk: &[u8], rest: usize, findings: &mut Vec<Finding>) {
        let from = (chunk.len() - rest).saturating_sub(Self::LOOK_AHEAD);
        let to = chunk.len().saturating_sub(Self::LOOK_AHEAD);
        let begins = self.offset + (self.length - (chunk.len() - rest)) as u64;
        self.lines.search(chunk, from..to, begins, findings);
        let cut = to.saturating_sub(Self::LOOK_BACK);
        self.length = 0;
        self.append(chunk.get(cut..).unwrap_or_default());
        self.decided = to - cut;
        self.offset = begins + cut as u64;
    }

    /// Forgets what nothing hangs on any longer.
    fn compact(&mut self) {
        let cut = self.decided.saturating_sub(Self::LOOK_BACK);
        self.kept.copy_within(cut..self.length, 0);
        self.length -= cut;
        self.decided -= cut;
        self.offset += cut as u64;
    }
}

/// How many lines have ended, and where the last of them.
#[derive(Clone, Zeroize)]
struct Lines {
    ended: u64,
    start: u64,
}

impl Lines {
    const NONE: Self = Self { ended: 0, start: 0 };

    /// Decides about every secret key that begins in this range of the text, before which everything is decided. The
    /// text begins `begins` bytes into the whole.
    fn search(&mut self, text: &[u8], range: Range<usize>, begins: u64, findings: &mut Vec<Finding>) {
        let Range { start: from, end: to } = range;
        for found in search::secrets(text, from, to) {
            // A pair may begin before the range; it has no line end in it.
            let line = self.after(text.get(from..found.begin).unwrap_or_default(), begins + from as u64);
            let offset = begins + found.begin as u64;
            findings.push(Finding {
                kind: found.kind,
                encoding: found.encoding,
                access_key: found.access_key,
                offset,
                length: found.length,
                line: line.ended + 1,
                column: offset - line.start + 1,
            });
        }
        *self = self.after(text.get(from..to).unwrap_or_default(), begins + from as u64);
    }

    /// The lines when this text has gone by, which begins at `offset`.
    fn after(&self, text: &[u8], offset: u64) -> Self {
        match count_lines(text) {
            0 => self.clone(),
            ended => {
                let last = text.iter().rposition(|byte| *byte == b'\n').unwrap_or_default();
                Self { ended: self.ended + ended, start: offset + last as u64 + 1 }
            }
        }
    }
}

/// How many lines end in the text.
fn count_lines(text: &[u8]) -> u64 {
    // Blocks short enough for a byte to count them, which a compiler makes wide instructions of.
    let block =
        |block: &[u8]| block.iter().fold(0_u8, |count, byte| count.wrapping_add(u8::from(*byte == b'\n')));
    text.chunks(255).map(|bytes| u64::from(block(bytes))).sum()
}

impl Default for Finder {
    fn default() -> Self {
        Self::new()
    }
}

/// Says where it is and nothing of what it keeps.
impl fmt::Debug for Finder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finder").field("offset", &(self.offset + self.length as u64)).finish_non_exhaustive()
    }
}

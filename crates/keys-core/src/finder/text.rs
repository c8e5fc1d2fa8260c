//! What is searched: bytes as they stand, or what they are the base64 of.

use crate::secret_key::BASE62;

/// A sequence of bytes.
pub(super) trait Text: Copy {
    /// The byte at this place; `None` where there is none.
    fn byte(self, at: usize) -> Option<u8>;
}

/// Bytes as they stand.
#[derive(Clone, Copy)]
pub(super) struct Plain<'a>(pub(super) &'a [u8]);

impl Text for Plain<'_> {
    fn byte(self, at: usize) -> Option<u8> {
        self.0.get(at).copied()
    }
}

/// What the input is the base64 of, if its first group of four characters began `phase` characters before it; decoded
/// where it is looked at.
#[derive(Clone, Copy)]
pub(super) struct Decoded<'a> {
    input: &'a [u8],
    phase: usize,
}

impl<'a> Decoded<'a> {
    /// How many ways there are to cut an input into groups.
    pub(super) const PHASES: usize = 4;

    pub(super) const fn new(input: &'a [u8], phase: usize) -> Self {
        Self { input, phase }
    }

    /// The first byte that begins at this place of the input or behind it.
    pub(super) const fn at(self, position: usize) -> usize {
        let characters = position + self.phase;
        characters / 4 * 3 + characters % 4
    }

    /// Where in the input the byte at this place begins.
    pub(super) const fn position(self, at: usize) -> usize {
        (at / 3 * 4 + at % 3).saturating_sub(self.phase)
    }

    /// Where in the input it ends.
    pub(super) const fn end(self, at: usize) -> usize {
        self.position(at) + 2
    }
}

impl Text for Decoded<'_> {
    fn byte(self, at: usize) -> Option<u8> {
        let first = (at / 3 * 4 + at % 3).checked_sub(self.phase)?;
        let mut sixes = self.input.get(first..)?.iter().map(|byte| six(*byte));
        let (high, low) = (sixes.next()??, sixes.next()??);
        Some(match at % 3 {
            0 => high << 2 | low >> 4,
            1 => high << 4 | low >> 2,
            _ => high << 6 | low,
        })
    }
}

/// The digit that a byte is in base62.
pub(super) fn digit(byte: u8) -> Option<u8> {
    value(byte, &DIGITS)
}

/// The six bits that a byte stands for in base64, of either alphabet.
pub(super) fn six(byte: u8) -> Option<u8> {
    value(byte, &SIXES)
}

fn value(byte: u8, values: &[u8; 256]) -> Option<u8> {
    values.get(usize::from(byte)).copied().filter(|value| *value != NONE)
}

const NONE: u8 = u8::MAX;

static DIGITS: [u8; 256] = values(BASE62, 0, [NONE; 256]);

static SIXES: [u8; 256] = {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    values(b"-_", 62, values(alphabet, 0, [NONE; 256]))
};

/// The table, in which each byte of the alphabet has its place there, counted from `first`.
#[expect(clippy::indexing_slicing, reason = "run by the compiler: an index out of bounds would not build")]
const fn values<const N: usize>(alphabet: &[u8; N], first: u8, mut table: [u8; 256]) -> [u8; 256] {
    let mut at = 0;
    while at < N {
        table[alphabet[at] as usize] = first + at as u8;
        at += 1;
    }
    table
}

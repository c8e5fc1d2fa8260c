//! Base64 that was broken into lines, as `base64` and mail do: what stands on both sides of a break, in one piece.

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::Finder;
use super::text::six;

/// How many characters of base64 forty bytes take, wherever in a group of four they begin. Lines that are shorter are not
/// put together: the usual ones have 64 or 76.
pub(super) const ENCODED: usize = 54;

/// What is looked at around a secret key that was found: all that a [`Finder`](super::Finder) may look at.
const BEFORE: usize = Finder::LOOK_BACK;
const BEHIND: usize = Finder::LOOK_AHEAD;

/// How far a line is indented at most, as in YAML.
const INDENT: usize = 24;

/// Where base64 that breaks off here goes on: behind one line end and blanks.
pub(super) fn resume(input: &[u8], at: usize) -> Option<usize> {
    let is_encoded = |at: usize| input.get(at).is_some_and(|byte| six(*byte).is_some());
    let begins = input.get(at..)?;
    let behind = begins.strip_prefix(b"\r\n").or_else(|| begins.strip_prefix(b"\n"))?;
    let blanks = behind.iter().take(INDENT).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let next = input.len() - behind.len() + blanks;
    (is_encoded(at.checked_sub(1)?) && is_encoded(next)).then_some(next)
}

/// The last characters before a break, and the first behind it: as many as can hold a secret key that is broken there.
pub(super) fn seam(input: &[u8], at: usize, next: usize) -> Option<Zeroizing<[u8; 2 * ENCODED]>> {
    let mut seam = Zeroizing::new([b'\n'; 2 * ENCODED]);
    let (before, behind) = seam.split_at_mut(ENCODED);
    before.copy_from_slice(input.get(at.checked_sub(ENCODED)?..at)?);
    for (to, from) in behind.iter_mut().zip(input.get(next..)?) {
        *to = *from;
    }
    Some(seam)
}

/// What stands around a place of base64, without breaks between lines. Wiped when dropped: it may hold a secret.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct Unfolded {
    bytes: [u8; BEFORE + BEHIND],
    length: usize,
    /// Where the line begins in which the place is.
    pub(super) line: usize,
    /// Where the place is.
    pub(super) place: usize,
}

impl Unfolded {
    /// What stands around `at`, which is no break.
    pub(super) fn around(input: &[u8], at: usize) -> Self {
        let mut unfolded = Self { bytes: [0; BEFORE + BEHIND], length: 0, line: 0, place: 0 };
        let end = input.len().min(at + BEHIND);
        let mut position = at.saturating_sub(BEFORE);
        while position < end {
            if let Some(next) = resume(input, position).filter(|next| *next < end) {
                position = next;
                if position <= at {
                    unfolded.line = unfolded.length;
                }
            }
            if position == at {
                unfolded.place = unfolded.length;
            }
            if let (Some(to), Some(from)) = (unfolded.bytes.get_mut(unfolded.length), input.get(position)) {
                *to = *from;
                unfolded.length += 1;
            }
            position += 1;
        }
        unfolded
    }

    /// The characters.
    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

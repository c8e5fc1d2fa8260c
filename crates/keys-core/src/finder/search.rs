//! The search of one piece of a text.

use alloc::vec::Vec;
use core::ops::Range;

use super::fold::{self, ENCODED, Unfolded};
use super::text::{Decoded, Plain, six};
use super::window::each_secret;
use super::{Encoding, FindingKind, context};
use crate::access_key::AccessKey;
use crate::secret_key::SecretKey;

/// What was found in a piece, and where in it.
pub(super) struct Found {
    pub(super) kind: FindingKind,
    pub(super) encoding: Encoding,
    pub(super) access_key: Option<AccessKey>,
    pub(super) begin: usize,
    pub(super) length: usize,
}

/// Every secret key that begins in `from..to`, in order.
pub(super) fn secrets(piece: &[u8], from: usize, to: usize) -> Vec<Found> {
    let mut found = Vec::new();
    let plain = Plain(piece);
    each_secret(plain, from, to, |at| found.push((at, as_it_stands(plain, at))));
    let mut encoded = |range: Range<usize>, group| {
        if (from..to).contains(&range.start) {
            found.push((range.start, decoded(piece, range, group)));
        }
    };
    // A line may begin before, and its end lie behind what is decided here.
    let limit = piece.len().min(to + ENCODED);
    each_encoded_run(piece, from.saturating_sub(ENCODED), limit, |begin, end| {
        decode(piece, begin.max(from)..end.min(to), &mut encoded);
        if end < limit && end > from {
            decode_seam(piece, end, &mut encoded);
        }
    });
    found.sort_by_key(|(position, _)| *position);
    found.into_iter().map(|(_, found)| found).collect()
}

/// What the secret key at this place is part of.
fn as_it_stands(text: Plain<'_>, secret: usize) -> Found {
    let end = secret + SecretKey::LENGTH;
    let (kind, begin, access_key) = match context::pair(text, secret) {
        Some((begin, access_key)) => (FindingKind::Pair, begin, Some(access_key)),
        None => (FindingKind::SecretKey, secret, context::nearby(text, secret)),
    };
    Found { kind, encoding: Encoding::Plain, access_key, begin, length: end - begin }
}

/// What the secret key is part of that stands here in base64, and begins so many characters behind a group of four.
///
/// A pair may begin in a line before. Then the secret key alone is told.
fn decoded(piece: &[u8], range: Range<usize>, group: usize) -> Found {
    let Range { start, end } = range;
    let unfolded = Unfolded::around(piece, start);
    let begun = unfolded.place % Decoded::PHASES;
    let text = Decoded::new(unfolded.bytes(), (Decoded::PHASES + group - begun) % Decoded::PHASES);
    let secret = text.at(unfolded.place);
    let (kind, begin, access_key) = match context::pair(text, secret) {
        Some((begin, access_key)) => {
            let begin = Some(text.position(begin)).filter(|begin| *begin >= unfolded.line);
            let before = begin.map_or(0, |begin| unfolded.place - begin);
            (FindingKind::Pair, start - before, Some(access_key))
        }
        None => {
            let access_key = context::nearby(text, secret);
            (FindingKind::SecretKey, start, access_key.or_else(|| context::nearby(Plain(piece), start)))
        }
    };
    Found { kind, encoding: Encoding::Base64, access_key, begin, length: end - begin }
}

/// Calls `see` with where each secret key stands that begins in this range of base64, and where in its group of four.
fn decode(piece: &[u8], range: Range<usize>, see: &mut impl FnMut(Range<usize>, usize)) {
    for phase in 0..Decoded::PHASES {
        let text = Decoded::new(piece, phase);
        each_secret(text, text.at(range.start), text.at(range.end), |secret| {
            let begin = text.position(secret);
            see(begin..text.end(secret + SecretKey::LENGTH - 1), (begin + phase) % Decoded::PHASES);
        });
    }
}

/// As [`decode`], with each secret key that begins before the break at `at` between two lines of base64, and ends behind
/// it.
fn decode_seam(piece: &[u8], at: usize, see: &mut impl FnMut(Range<usize>, usize)) {
    let Some(next) = fold::resume(piece, at) else { return };
    let Some(seam) = fold::seam(piece, at, next) else { return };
    decode(seam.as_slice(), 0..ENCODED, &mut |range, group| {
        if range.end > ENCODED {
            see(at + range.start - ENCODED..next + range.end - ENCODED, group);
        }
    });
}

/// Calls `see` with where each run of base64 begins and ends that is long enough for a secret key, as far as it lies in
/// `from..to`. The run may go on behind.
fn each_encoded_run(piece: &[u8], from: usize, to: usize, mut see: impl FnMut(usize, usize)) {
    let is_encoded = |at: usize| piece.get(at).is_some_and(|byte| six(*byte).is_some());
    let mut start = from;
    while start < to {
        // As in `each_secret`: no run holds a gap, and it is looked for from the end.
        if let Some(gap) = (start..start + ENCODED).rev().find(|at| !is_encoded(*at)) {
            start = gap + 1;
            continue;
        }
        let end = (start + ENCODED..to).find(|at| !is_encoded(*at)).unwrap_or(to);
        see(start, end.min(to));
        start = end;
    }
}

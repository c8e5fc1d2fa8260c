//! The search of one piece of a text.

use alloc::vec::Vec;

use super::text::{Decoded, Plain, Text, six};
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
    each_secret(plain, from, to, |at| {
        found.push((at, describe(plain, Encoding::Plain, at, || None)));
    });
    each_encoded_run(piece, from, to, |begin, end| {
        for phase in 0..Decoded::PHASES {
            let decoded = Decoded::new(piece, phase);
            each_secret(decoded, decoded.at(begin), decoded.at(end), |at| {
                let position = decoded.position(at);
                let in_the_clear = || context::nearby(plain, position);
                found.push((position, describe(decoded, Encoding::Base64, at, in_the_clear)));
            });
        }
    });
    found.sort_by_key(|(position, _)| *position);
    found.into_iter().map(|(_, found)| found).collect()
}

/// What the secret key at this place is part of.
fn describe<T: Text>(
    text: T,
    encoding: Encoding,
    secret: usize,
    otherwise: impl FnOnce() -> Option<AccessKey>,
) -> Found {
    let (kind, begin, access_key) = match context::pair(text, secret) {
        Some((begin, access_key)) => (FindingKind::Pair, begin, Some(access_key)),
        None => (FindingKind::SecretKey, secret, context::nearby(text, secret).or_else(otherwise)),
    };
    let (begin, end) = (text.position(begin), text.end(secret + SecretKey::LENGTH - 1));
    Found { kind, encoding, access_key, begin, length: end - begin }
}

/// Calls `see` with where each run of base64 begins and ends that is long enough for a secret key, as far as it lies in
/// `from..to`. The run may go on behind.
fn each_encoded_run(piece: &[u8], from: usize, to: usize, mut see: impl FnMut(usize, usize)) {
    /// Forty bytes, wherever in a group of four characters they begin.
    const SHORTEST: usize = 54;
    let is_encoded = |at: usize| piece.get(at).is_some_and(|byte| six(*byte).is_some());
    let mut start = from;
    while start < to {
        // As in `each_secret`: no run holds a gap, and it is looked for from the end.
        if let Some(gap) = (start..start + SHORTEST).rev().find(|at| !is_encoded(*at)) {
            start = gap + 1;
            continue;
        }
        let end = (start + SHORTEST..to).find(|at| !is_encoded(*at)).unwrap_or(to);
        see(start, end.min(to));
        start = end;
    }
}

//! What stands around a secret key: the rest of a pair, or an access key nearby.

use super::text::Text;
use crate::access_key::AccessKey;
use crate::credential::Credential;
use crate::secret_key::SecretKey;

/// How far away from a secret key its access key may stand.
const NEARBY: usize = 256;

/// Where the pair begins whose secret key stands at `secret`, and its access key: `kc_<access key>_<secret key>`, or
/// `<access key>:<secret key>`.
pub(super) fn pair<T: Text>(text: T, secret: usize) -> Option<(usize, AccessKey)> {
    let separator = text.byte(secret.checked_sub(1)?)?;
    let start = secret.checked_sub(AccessKey::LENGTH + 1)?;
    let access_key = access_key(text, start)?;
    match separator {
        b':' => Some((start, access_key)),
        b'_' => {
            let begin = start.checked_sub(Credential::JOINED_PREFIX.len())?;
            let prefix = Credential::JOINED_PREFIX.bytes();
            let is_joined = (begin..).zip(prefix).all(|(at, byte)| text.byte(at) == Some(byte));
            is_joined.then_some((begin, access_key))
        }
        _ => None,
    }
}

/// The access key that stands near a lone secret key: on the same line if there is one, and rather before it.
pub(super) fn nearby<T: Text>(text: T, secret: usize) -> Option<AccessKey> {
    let end = secret + SecretKey::LENGTH;
    let before = (secret.saturating_sub(NEARBY + AccessKey::LENGTH)
        ..(secret + 1).saturating_sub(AccessKey::LENGTH))
        .rev()
        .map_while(|at| text.byte(at).map(|_| at))
        .find_map(|at| Some((at, access_key(text, at)?)));
    let behind = (end..end + NEARBY)
        .map_while(|at| text.byte(at).map(|_| at))
        .find_map(|at| Some((at, access_key(text, at)?)));
    let on_line = |from, to| (from..to).all(|at| text.byte(at) != Some(b'\n'));
    let beside = before.filter(|(at, _)| on_line(*at, secret));
    let beside = beside.or(behind.filter(|(at, _)| on_line(end, *at)));
    beside.or(before).or(behind).map(|(_, access_key)| access_key)
}

/// The access key of ours at this place.
fn access_key<T: Text>(text: T, start: usize) -> Option<AccessKey> {
    let mut bytes = [0; AccessKey::LENGTH];
    // Most places are told by their first byte.
    for (at, byte) in (start..).zip(&mut bytes) {
        *byte = text.byte(at)?;
        if at == start && *byte != b'K' {
            return None;
        }
    }
    core::str::from_utf8(&bytes).ok()?.parse().ok()
}

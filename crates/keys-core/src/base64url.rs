//! Base64url without padding (RFC 4648 §5), of 32 bytes: the text form of tokens.

use alloc::string::String;

use zeroize::Zeroizing;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The text of `bytes`, in memory that is wiped.
pub(crate) fn write(bytes: &[u8]) -> Zeroizing<String> {
    // Room for all of it from the start: growing would leave a copy behind that nobody wipes.
    let mut text = Zeroizing::new(String::with_capacity(bytes.len().div_ceil(3) * 4));
    let (mut rest, mut bits) = (0u32, 0u32);
    for byte in bytes {
        rest = rest << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 6 {
            bits -= 6;
            push(&mut text, rest >> bits);
        }
    }
    if bits > 0 {
        push(&mut text, rest << (6 - bits));
    }
    text
}

fn push(text: &mut String, value: u32) {
    // Six bits are always within the alphabet, so the fallback is never taken.
    let symbol = ALPHABET.get((value & 63) as usize).copied().unwrap_or(b'A');
    text.push(char::from(symbol));
}

/// Reads exactly `bytes.len()` bytes; the bits left over must be zero, so that no value has two spellings.
pub(crate) fn read(text: &str, bytes: &mut [u8]) -> Option<()> {
    if text.len() != (bytes.len() * 8).div_ceil(6) {
        return None;
    }
    let (mut rest, mut bits) = (0u32, 0u32);
    let mut free = bytes.iter_mut();
    for symbol in text.bytes() {
        let value = match symbol {
            b'A'..=b'Z' => symbol - b'A',
            b'a'..=b'z' => symbol - b'a' + 26,
            b'0'..=b'9' => symbol - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        rest = rest << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            *free.next()? = (rest >> bits) as u8;
        }
    }
    if rest & ((1 << bits) - 1) == 0 { Some(()) } else { None }
}

//! Where in a text stand 40 characters of base62 of which the last six are the checksum of the others.

use super::text::{Text, digit};
use crate::secret_key::SecretKey;

/// Calls `see` with the place of every secret key that begins in `from..to`.
pub(super) fn each_secret<T: Text>(text: T, from: usize, to: usize, mut see: impl FnMut(usize)) {
    let mut start = from;
    while start < to {
        start = match last_gap(text, start) {
            // Every window up to there holds it.
            Some(gap) => gap + 1,
            None => roll(text, start, to, &mut see),
        };
    }
}

/// The last place of a window that holds no letter or digit. Looked for from the end, which lets text be jumped over.
fn last_gap<T: Text>(text: T, start: usize) -> Option<usize> {
    (start..start + SecretKey::LENGTH).rev().find(|at| text.byte(*at).and_then(digit).is_none())
}

/// Moves a window without a gap along, byte by byte, until there is one or it is at `to`; the next start to look at.
fn roll<T: Text>(text: T, first: usize, to: usize, see: &mut impl FnMut(usize)) -> usize {
    let mut window = Window::default();
    for at in first..first + SecretKey::RANDOM_LENGTH {
        window.enter(text.byte(at).unwrap_or_default());
    }
    for at in first + SecretKey::RANDOM_LENGTH..first + SecretKey::LENGTH {
        window.append(text.byte(at).and_then(digit).unwrap_or_default());
    }
    let mut start = first;
    loop {
        if window.is_secret() {
            see(start);
        }
        let next = text.byte(start + SecretKey::LENGTH).and_then(digit);
        let middle = text.byte(start + SecretKey::RANDOM_LENGTH);
        let (Some(next), Some(middle), Some(oldest)) = (next, middle, text.byte(start)) else {
            return start + SecretKey::LENGTH + 1;
        };
        start += 1;
        if start >= to {
            return start;
        }
        window.enter(middle);
        window.leave(oldest);
        window.append(next);
        window.detach(digit(middle).unwrap_or_default());
    }
}

/// The checksum of 34 bytes, and the number that the next six characters are in base62. Both can be moved along by one
/// byte at a cost that does not depend on their length.
///
/// CRC-32 is linear but for what it begins and ends with: the register after a text is the sum (exclusive or) of what each
/// byte has left there. So a byte is taken out again by adding what it has left, 34 bytes later.
#[derive(Default)]
struct Window {
    register: u32,
    number: u64,
}

impl Window {
    /// A byte joins the 34 at their end.
    fn enter(&mut self, byte: u8) {
        self.register = self.register >> 8 ^ look_up(&STEP, self.register as u8 ^ byte);
    }

    /// The byte that was the first of them before leaves.
    fn leave(&mut self, byte: u8) {
        self.register ^= look_up(&LEFT, byte);
    }

    /// A digit joins the six at their end.
    fn append(&mut self, digit: u8) {
        self.number = self.number.wrapping_mul(62).wrapping_add(u64::from(digit));
    }

    /// The digit that was the first of them before leaves.
    fn detach(&mut self, digit: u8) {
        const WEIGHT: u64 = 62_u64.pow(6);
        self.number = self.number.wrapping_sub(WEIGHT.wrapping_mul(u64::from(digit)));
    }

    fn is_secret(&self) -> bool {
        self.number == u64::from(self.register ^ FRAME)
    }
}

fn look_up(table: &[u32; 256], byte: u8) -> u32 {
    // Every byte has its entry, so the fallback is never taken.
    table.get(usize::from(byte)).copied().unwrap_or_default()
}

/// What a byte leaves in the register.
static STEP: [u32; 256] = steps(0);

/// What is left of it 34 bytes later.
static LEFT: [u32; 256] = steps(SecretKey::RANDOM_LENGTH);

/// What the checksum begins and ends with, as it is after 34 bytes.
const FRAME: u32 = !shifted(u32::MAX, SecretKey::RANDOM_LENGTH);

#[expect(clippy::indexing_slicing, reason = "run by the compiler: an index out of bounds would not build")]
const fn steps(bytes: usize) -> [u32; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = shifted(byte as u32, bytes + 1);
        byte += 1;
    }
    table
}

/// A register, after as many bytes of zero.
const fn shifted(mut register: u32, bytes: usize) -> u32 {
    const POLYNOMIAL: u32 = 0xEDB8_8320;
    let mut bit = 0;
    while bit < 8 * bytes {
        register = if register & 1 == 1 { register >> 1 ^ POLYNOMIAL } else { register >> 1 };
        bit += 1;
    }
    register
}

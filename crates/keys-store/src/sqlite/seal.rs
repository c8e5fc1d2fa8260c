//! The seal of a row: a checksum over its values, kept in its last column.
//!
//! SQLite checks pages for their structure, not for their content, so a bit that turns in a file could move an
//! expiry, an owner or a state without anybody noticing. FNV-1a (64 bits) is not a signature: it is there for
//! accidents. Each of its steps is a bijection of the state, so any single altered byte is found with certainty,
//! and anything else but for one time in 2^64.

use rusqlite::types::{Value, ValueRef};

/// The seal over the values that are added, one after the other.
pub(super) struct Seal(u64);

impl Seal {
    pub(super) const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// One more value. The kind and the length in front, so that no two rows are written alike.
    pub(super) fn add(&mut self, value: ValueRef<'_>) {
        match value {
            ValueRef::Null => self.field(0, &[]),
            ValueRef::Integer(number) => self.field(1, &number.to_be_bytes()),
            ValueRef::Real(number) => self.field(2, &number.to_be_bytes()),
            ValueRef::Text(text) => self.field(3, text),
            ValueRef::Blob(bytes) => self.field(4, bytes),
        }
    }

    /// What stands in the last column.
    pub(super) const fn value(&self) -> i64 {
        self.0.cast_signed()
    }

    fn field(&mut self, kind: u8, bytes: &[u8]) {
        self.eat(&[kind]);
        self.eat(&(bytes.len() as u64).to_be_bytes());
        self.eat(bytes);
    }

    fn eat(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// The values with their seal behind them, ready to be written.
pub(super) fn sealed(mut values: Vec<Value>) -> Vec<Value> {
    let seal = seal(values.iter().map(ValueRef::from));
    values.push(Value::Integer(seal));
    values
}

/// The seal over these values.
fn seal<'a>(values: impl Iterator<Item = ValueRef<'a>>) -> i64 {
    let mut seal = Seal::new();
    values.for_each(|value| seal.add(value));
    seal.value()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[Value]) -> i64 {
        seal(values.iter().map(ValueRef::from))
    }

    #[test]
    fn the_seal_is_the_same_for_ever() {
        let values = [Value::Null, Value::Integer(-7), Value::Text("kö".into()), Value::Blob(vec![0, 255])];
        assert_eq!(of(&[]), 0xcbf2_9ce4_8422_2325_u64.cast_signed());
        assert_eq!(of(&values), KNOWN);
    }

    // Computed by another program from the definition above.
    const KNOWN: i64 = 142_505_280_729_255_491;

    #[test]
    fn every_single_altered_byte_is_found() {
        let text = "environment/1a5".to_owned();
        let good = of(&[Value::Text(text.clone()), Value::Integer(1)]);
        for at in 0..text.len() {
            for flip in 1..=255u8 {
                let mut bytes = text.clone().into_bytes();
                bytes[at] ^= flip;
                let bad = seal([ValueRef::Text(&bytes), ValueRef::Integer(1)].into_iter());
                assert_ne!(bad, good);
            }
        }
    }

    #[test]
    fn what_moves_from_one_column_to_the_next_is_found() {
        let text = |text: &str| Value::Text(text.into());
        assert_ne!(of(&[text("ab"), text("c")]), of(&[text("a"), text("bc")]));
        assert_ne!(of(&[text(""), Value::Null]), of(&[Value::Null, text("")]));
        assert_ne!(of(&[Value::Integer(0)]), of(&[Value::Null]));
    }
}

//! What a client may believe of something it changes.

/// The value that was acknowledged last, and the one that was asked for since and not answered.
#[derive(Debug, Clone)]
pub(super) struct Belief<T> {
    certain: T,
    asked: Option<T>,
}

impl<T: Clone + PartialEq + std::fmt::Debug> Belief<T> {
    pub(super) const fn new(certain: T) -> Self {
        Self { certain, asked: None }
    }

    /// The value, if there is only one it can have.
    pub(super) fn certain(&self) -> Option<&T> {
        if self.asked.is_none() { Some(&self.certain) } else { None }
    }

    /// A change is asked for: from now on it may have happened.
    pub(super) fn ask(&mut self, value: T) {
        assert!(self.asked.is_none(), "what is unknown must be settled before it is changed again");
        self.asked = Some(value);
    }

    /// The change was acknowledged: it has happened, for good.
    pub(super) fn acknowledge(&mut self) {
        if let Some(value) = self.asked.take() {
            self.certain = value;
        }
    }

    /// The server says what it is. `Err` with what was promised when that is impossible.
    pub(super) fn settle(&mut self, seen: T) -> Result<(), String> {
        if self.certain != seen && self.asked.as_ref() != Some(&seen) {
            return Err(format!("promised {self:?}, seen {seen:?}"));
        }
        *self = Self::new(seen);
        Ok(())
    }
}

#[test]
fn what_was_acknowledged_is_the_only_value_and_what_was_asked_for_a_second_one() {
    let mut belief = Belief::new(1);
    belief.ask(2);
    assert_eq!(belief.certain(), None);
    assert!(belief.clone().settle(1).is_ok());
    assert!(belief.clone().settle(2).is_ok());
    assert!(belief.clone().settle(3).is_err());
    belief.acknowledge();
    assert_eq!(belief.certain(), Some(&2));
    assert!(belief.settle(1).is_err());
}

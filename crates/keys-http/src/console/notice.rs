//! What is told after a change, on the page one is led to. Its address carries a word of these, so that nothing a
//! stranger puts into a link is ever shown as a message of ours.

/// Something that was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Notice {
    word: &'static str,
    text: &'static str,
}

impl Notice {
    /// The parameter.
    pub(super) const PARAMETER: &'static str = "done";

    pub(super) const KEY_CLOSED: Self = Self {
        word: "key-added",
        text: "The key was added and is Active. Its secret key is shown nowhere any more.",
    };
    pub(super) const KEY_EDITED: Self = Self { word: "key-edited", text: "The key was saved." };
    pub(super) const KEY_ACTIVATED: Self =
        Self { word: "key-activated", text: "The key is Active: its credentials are accepted again." };
    pub(super) const KEY_DEACTIVATED: Self = Self {
        word: "key-deactivated",
        text: "The key is Inactive: its credentials are refused from now on, everywhere.",
    };
    pub(super) const KEY_DELETED: Self = Self {
        word: "key-deleted",
        text: "The key was deleted. Its credentials will never be accepted again.",
    };

    pub(super) const KEYS_ACTIVATED: Self =
        Self { word: "keys-activated", text: "The keys are Active: their credentials are accepted again." };
    pub(super) const KEYS_DEACTIVATED: Self = Self {
        word: "keys-deactivated",
        text: "The keys are Inactive: their credentials are refused from now on, everywhere.",
    };
    pub(super) const KEYS_DELETED: Self = Self {
        word: "keys-deleted",
        text: "The keys were deleted. Their credentials will never be accepted again.",
    };

    const ALL: &'static [Self] = &[
        Self::KEYS_ACTIVATED,
        Self::KEYS_DEACTIVATED,
        Self::KEYS_DELETED,
        Self::KEY_CLOSED,
        Self::KEY_EDITED,
        Self::KEY_ACTIVATED,
        Self::KEY_DEACTIVATED,
        Self::KEY_DELETED,
    ];

    /// The text of a word, if it is one of ours.
    pub(super) fn said_by(word: &str) -> Option<&'static str> {
        Self::ALL.iter().find(|notice| notice.word == word).map(|notice| notice.text)
    }

    /// The word, for an address.
    pub(super) const fn word(self) -> &'static str {
        self.word
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_words_say_anything() {
        for (place, notice) in Notice::ALL.iter().enumerate() {
            assert_eq!(Notice::said_by(notice.word()), Some(notice.text));
            assert!(Notice::ALL.iter().skip(place + 1).all(|other| other.word != notice.word));
        }
        assert_eq!(Notice::said_by("<b>you won</b>"), None);
        assert_eq!(Notice::said_by(""), None);
    }
}

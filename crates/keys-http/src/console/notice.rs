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

    pub(super) const ENVIRONMENT_ADDED: Self = Self {
        word: "environment-added",
        text: "The environment was added and is Active. What acts in it needs a key: add the first one here.",
    };
    pub(super) const ENVIRONMENT_EDITED: Self =
        Self { word: "environment-edited", text: "The environment was saved." };
    pub(super) const ENVIRONMENT_ACTIVATED: Self = Self {
        word: "environment-activated",
        text: "The environment is Active: its Active keys are accepted again.",
    };
    pub(super) const ENVIRONMENT_DEACTIVATED: Self = Self {
        word: "environment-deactivated",
        text: "The environment is Inactive: all of its keys are refused from now on, everywhere.",
    };
    pub(super) const ENVIRONMENT_DELETED: Self = Self {
        word: "environment-deleted",
        text: "The environment was deleted. It can be restored, under “Removed environments”.",
    };
    pub(super) const ENVIRONMENT_RESTORED: Self = Self {
        word: "environment-restored",
        text: "The environment is back, and Inactive: activate it, and its Active keys are accepted again.",
    };
    pub(super) const ENVIRONMENT_DEFAULT: Self =
        Self { word: "environment-default", text: "This environment is where you begin from now on." };
    pub(super) const MEMBER_ADDED: Self =
        Self { word: "member-added", text: "The person is a member now, and may enter the environment." };
    pub(super) const MEMBER_CHANGED: Self =
        Self { word: "member-changed", text: "The role was changed, and holds from now on." };
    pub(super) const MEMBER_REMOVED: Self = Self {
        word: "member-removed",
        text: "The person is a member no longer, and is let into the environment no more.",
    };
    pub(super) const PASSWORD_CHANGED: Self = Self {
        word: "password-changed",
        text: "Your password was changed. You stay logged in here; every other session of yours has ended.",
    };
    pub(super) const USER_ADDED: Self =
        Self { word: "user-added", text: "The user was added, and is Active." };
    pub(super) const USER_EDITED: Self = Self { word: "user-edited", text: "The user was saved." };
    pub(super) const USER_LOG_IN: Self = Self { word: "user-log-in", text: "The log-in name was saved." };
    pub(super) const USER_PASSWORD: Self = Self {
        word: "user-password",
        text: "The password was set: the one before lets nobody in, and whoever was logged in with it is out.",
    };
    pub(super) const USER_ACTIVATED: Self = Self {
        word: "user-activated",
        text: "The user is Active: may log in again, and the account keys that are Active are accepted again.",
    };
    pub(super) const USER_DEACTIVATED: Self = Self {
        word: "user-deactivated",
        text: "The user is Inactive: logged out everywhere, and none of the account keys is accepted.",
    };
    pub(super) const USER_DELETED: Self = Self {
        word: "user-deleted",
        text: "The user was deleted, is a member of nothing any more, and the log-in name is free.",
    };
    pub(super) const USER_UNLOCKED: Self = Self {
        word: "user-unlocked",
        text: "The failed log-ins of this user are forgotten: the next attempt need not wait.",
    };
    pub(super) const SESSIONS_ENDED: Self = Self {
        word: "sessions-ended",
        text: "Every session of this user has ended: whoever was in one has to log in again.",
    };
    pub(super) const ACCESS_ON: Self = Self {
        word: "access-on",
        text: "Access control is on: nobody is let in any more without a log-in or an API key.",
    };
    pub(super) const ACCESS_ON_LOG_IN: Self = Self {
        word: "access-on-log-in",
        text: "Access control is on: log in. If nobody has a password yet, an administrator's API key is the way in.",
    };
    pub(super) const ACCESS_OFF: Self = Self {
        word: "access-off",
        text: "Access control is off: everybody who reaches this address is the administrator.",
    };
    pub(super) const ACCESS_MODE: Self =
        Self { word: "access-mode", text: "It was saved: whoever may log in no longer is out already." };
    pub(super) const ACCESS_LISTED: Self = Self { word: "access-listed", text: "The user is on the list." };
    pub(super) const ACCESS_UNLISTED: Self =
        Self { word: "access-unlisted", text: "The user is on the list no longer." };

    const ALL: &'static [Self] = &[
        Self::KEYS_ACTIVATED,
        Self::KEYS_DEACTIVATED,
        Self::KEYS_DELETED,
        Self::KEY_CLOSED,
        Self::KEY_EDITED,
        Self::KEY_ACTIVATED,
        Self::KEY_DEACTIVATED,
        Self::KEY_DELETED,
        Self::ENVIRONMENT_ADDED,
        Self::ENVIRONMENT_EDITED,
        Self::ENVIRONMENT_ACTIVATED,
        Self::ENVIRONMENT_DEACTIVATED,
        Self::ENVIRONMENT_DELETED,
        Self::ENVIRONMENT_RESTORED,
        Self::ENVIRONMENT_DEFAULT,
        Self::MEMBER_ADDED,
        Self::MEMBER_CHANGED,
        Self::MEMBER_REMOVED,
        Self::PASSWORD_CHANGED,
        Self::USER_ADDED,
        Self::USER_EDITED,
        Self::USER_LOG_IN,
        Self::USER_PASSWORD,
        Self::USER_ACTIVATED,
        Self::USER_DEACTIVATED,
        Self::USER_DELETED,
        Self::USER_UNLOCKED,
        Self::SESSIONS_ENDED,
        Self::ACCESS_ON,
        Self::ACCESS_ON_LOG_IN,
        Self::ACCESS_OFF,
        Self::ACCESS_MODE,
        Self::ACCESS_LISTED,
        Self::ACCESS_UNLISTED,
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

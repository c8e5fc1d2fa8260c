//! Settings and peppers.

use keys_core::{PepperId, SettingName};

use super::sample;
use crate::error::Refusal;
use crate::store::{Committed, KeyStore, Setting, Write};

/// There is no default in a store.
pub fn a_setting_is_absent_until_it_is_put(store: &dyn KeyStore) {
    for name in SettingName::ALL {
        assert_eq!(store.setting(name).unwrap(), None);
    }
}

/// Whatever it was before.
pub fn the_last_value_of_a_setting_is_kept(store: &dyn KeyStore) {
    for name in SettingName::ALL {
        for value in ["true", "false", "false", "true"] {
            let made = sample::commit(store, Write::PutSetting { name, value: value.into() }).unwrap();
            let Committed::Setting(made) = made else { panic!("a setting was to be put: {made:?}") };
            let expected = Setting { name, value: value.into(), revision: sample::head_revision(store) };
            assert_eq!(made, expected);
            assert_eq!(store.setting(name).unwrap(), Some(expected));
        }
    }
}

/// A store does not judge values, and keeps them byte for byte.
pub fn setting_values_survive_quotes_nul_and_emoji(store: &dyn KeyStore) {
    let name = SettingName::AccessControl;
    for value in ["", "a\0b", "\0", "'\"\\", "🗝️", "\u{202E}\r\n", " TRUE "] {
        sample::commit(store, Write::PutSetting { name, value: value.into() }).unwrap();
        assert_eq!(&*store.setting(name).unwrap().unwrap().value, value);
    }
}

/// Also those whose number is past what a signed column holds.
pub fn peppers_are_kept_in_the_order_they_came(store: &dyn KeyStore) {
    let peppers = [5, u64::MAX, 0, 1 << 63, 7].map(PepperId::from_number);
    assert_eq!(store.peppers().unwrap(), []);
    for pepper in peppers {
        sample::commit(store, Write::InsertPepper(pepper)).unwrap();
    }
    assert_eq!(store.peppers().unwrap(), peppers);
}

/// A pepper comes into use once.
pub fn a_second_pepper_is_refused_and_changes_nothing(store: &dyn KeyStore) {
    let pepper = PepperId::from_number(u64::MAX);
    sample::commit(store, Write::InsertPepper(pepper)).unwrap();
    let before = sample::store_picture(store);
    let refused = sample::commit(store, Write::InsertPepper(pepper));
    assert_eq!(sample::refusal(refused), (0, Refusal::AlreadyExists));
    assert_eq!(sample::store_picture(store), before);
}

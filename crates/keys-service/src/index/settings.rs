//! The settings of the installation as they were last published.

use std::collections::BTreeMap;

use keys_core::{AccessControl, Revision, SettingName, SettingValue};

use super::protocol::{Lock, Protocol};
use super::switch::Switch;

/// The settings. Access control is asked for by every request and is read without a lock; the others are not.
///
/// Of each, the value of the greatest revision wins, so a late reader of an old value cannot undo a newer one.
#[derive(Debug)]
pub(crate) struct Settings<P: Protocol> {
    access_control: Switch,
    others: P::Lock<BTreeMap<SettingName, (SettingValue, Revision)>>,
}

impl<P: Protocol> Settings<P> {
    /// Each at its default.
    pub(crate) fn new() -> Self {
        Self { access_control: Switch::new(), others: P::Lock::new(BTreeMap::new()) }
    }

    /// The value of a setting.
    pub(crate) fn get(&self, name: SettingName) -> SettingValue {
        match name {
            SettingName::AccessControl => SettingValue::AccessControl(self.access_control()),
            SettingName::AccessMode
            | SettingName::AllowedAccounts
            | SettingName::LogInProvider
            | SettingName::Realm
            | SettingName::ApiUiScript
            | SettingName::ApiUiStylesheet => self
                .others
                .read(|others| others.get(&name).map(|(value, _)| value.clone()))
                .unwrap_or_else(|| SettingValue::default_of(name)),
        }
    }

    /// Access control.
    pub(crate) fn access_control(&self) -> AccessControl {
        self.access_control.get()
    }

    /// A setting has this value since `revision`.
    pub(crate) fn set(&self, value: SettingValue, revision: Revision) {
        let value = match value {
            SettingValue::AccessControl(value) => return self.access_control.set(value, revision),
            value @ (SettingValue::AccessMode(_)
            | SettingValue::AllowedAccounts(_)
            | SettingValue::LogInProvider(_)
            | SettingValue::Realm(_)
            | SettingValue::ApiUiScript(_)
            | SettingValue::ApiUiStylesheet(_)) => value,
        };
        self.others.write(|others| {
            let entry = others.entry(value.name()).or_insert_with(|| (value.clone(), revision));
            if entry.1 <= revision {
                *entry = (value, revision);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::protocol::Production;

    #[test]
    fn the_latest_change_wins_whoever_comes_last() {
        let script = |url: &str| SettingValue::ApiUiScript(url.parse().ok());
        for values in [
            [SettingValue::AccessControl(AccessControl::On), SettingValue::AccessControl(AccessControl::Off)],
            [script("/new.js"), script("/old.js")],
            [script(""), script("/old.js")],
        ] {
            let [new, old] = values;
            for (name, order) in [(new.name(), [(&old, 1), (&new, 2)]), (new.name(), [(&new, 2), (&old, 1)])]
            {
                let settings = Settings::<Production>::new();
                assert_eq!(settings.get(name), SettingValue::default_of(name));
                for (value, revision) in order {
                    settings.set(value.clone(), Revision::new(revision));
                }
                assert_eq!(settings.get(name), new);
            }
        }
    }
}

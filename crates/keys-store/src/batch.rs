//! What a listener is told of a batch of changes.

use std::collections::HashMap;

use keys_core::{KeyRecord, Owner};

use crate::listener::{Published, Touched};
use crate::rules::{account_row, environment_row, setting_value};
use crate::store::{Committed, Setting};

/// What a batch of changes touches and makes of it: each thing once, as the last change of the batch left it.
///
/// ```
/// use keys_core::SettingName;
/// use keys_store::batch::Batch;
/// use keys_store::{Committed, Setting, Touched};
///
/// let mut batch = Batch::new();
/// for value in ["true", "false"] {
///     let revision = keys_core::Revision::new(1);
///     batch.add(&Committed::Setting(Setting { name: SettingName::AccessControl, value: value.into(), revision }));
/// }
/// assert_eq!(batch.touched(), [Touched::Setting(SettingName::AccessControl)]);
/// assert_eq!(batch.published().len(), 1);
/// ```
#[derive(Debug, Default)]
pub struct Batch {
    touched: Vec<Touched>,
    published: Vec<Published>,
    places: HashMap<Touched, usize>,
}

impl Batch {
    /// A batch in which nothing is touched yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in what a change has become.
    pub fn add(&mut self, committed: &Committed) {
        match committed {
            Committed::Account(record) => {
                let owner = Owner::Account(record.parts().id);
                self.put(Touched::Owner(owner), Published::Owner(owner, account_row(record)));
            }
            Committed::Environment(record) => {
                let owner = Owner::Environment(record.parts().id);
                self.put(Touched::Owner(owner), Published::Owner(owner, environment_row(record)));
            }
            Committed::Key(record) => self.add_key(record),
            Committed::Setting(Setting { name, value, revision }) => {
                let value = setting_value(*name, Some(value));
                self.put(Touched::Setting(*name), Published::Setting(value, *revision));
            }
            // What a member may, and who is in a session, is read from the store in each request.
            Committed::Member(_)
            | Committed::MemberRemoved(_)
            | Committed::Pepper(_)
            | Committed::Password(_)
            | Committed::Session(_)
            | Committed::SessionsEnded(_)
            | Committed::Unlocked(_) => {}
        }
    }

    /// Takes in a key whose row has changed.
    pub fn add_key(&mut self, record: &KeyRecord) {
        let access_key = record.parts().access_key;
        self.put(Touched::Key(access_key), Published::Key(access_key, record.verification_row()));
    }

    /// What is to be hidden before the commit.
    #[must_use]
    pub fn touched(&self) -> &[Touched] {
        &self.touched
    }

    /// What is to be published after it.
    #[must_use]
    pub fn published(&self) -> &[Published] {
        &self.published
    }

    fn put(&mut self, touched: Touched, published: Published) {
        let place = *self.places.entry(touched).or_insert(self.published.len());
        match self.published.get_mut(place) {
            Some(earlier) => *earlier = published,
            None => {
                self.touched.push(touched);
                self.published.push(published);
            }
        }
    }
}

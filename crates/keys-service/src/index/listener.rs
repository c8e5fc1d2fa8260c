//! The writer's side of the protocol.

use keys_core::{Revision, SettingValue};
use keys_store::{ChangeListener, Published, Touched};

use super::Index;
use super::protocol::Protocol;
use super::shard::Shard;

impl<P: Protocol> ChangeListener for Index<P> {
    fn hide(&self, batch: &[Touched]) {
        for touched in batch {
            match *touched {
                Touched::Key(access_key) => self.keys.change(access_key, Shard::hide),
                Touched::Owner(owner) => self.owners.change(owner, Shard::hide),
                // Never loaded, only told: there is nothing to hide.
                Touched::Setting(_) => {}
            }
        }
    }

    fn publish(&self, batch: &[Published], revision: Revision) {
        for published in batch {
            match published {
                Published::Key(access_key, row) => {
                    self.keys.change(*access_key, |shard, key| shard.publish(key, *row, revision));
                }
                Published::Owner(owner, row) => {
                    self.owners.change(*owner, |shard, owner| shard.publish(owner, *row, revision));
                }
                Published::Setting(value, changed) => self.settings.set(value.clone(), *changed),
            }
        }
        self.note_published(revision);
    }

    fn reveal(&self, batch: &[Touched]) {
        for touched in batch {
            match *touched {
                Touched::Key(access_key) => self.keys.change(access_key, Shard::reveal),
                Touched::Owner(owner) => self.owners.change(owner, Shard::reveal),
                Touched::Setting(_) => {}
            }
        }
    }

    fn forget(&self) {
        self.keys.change_all(|shard| shard.forget());
        self.owners.change_all(|shard| shard.forget());
    }

    fn resume(&self, revision: Revision, settings: &[SettingValue]) {
        self.keys.change_all(|shard| shard.resume(revision));
        self.owners.change_all(|shard| shard.resume(revision));
        for value in settings {
            self.settings.set(value.clone(), revision);
        }
        self.note_published(revision);
    }
}

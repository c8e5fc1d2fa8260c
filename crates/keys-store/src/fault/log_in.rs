//! Faults of what people log in by.

use keys_core::{AccountId, DeviceHash, DeviceRecord, FoldedLogin, PasswordId, PasswordRecord, SessionHash};

use super::FaultStore;
use super::script::Call;
use crate::error::{BackendError, CommitError};
use crate::log_in::{KnownSession, LogInStore, Note, PasswordQuery};
use crate::query::{Page, Reach};

impl LogInStore for FaultStore {
    fn password(&self, reach: Reach, id: PasswordId) -> Result<Option<PasswordRecord>, BackendError> {
        self.read(Call::Password, |store| store.password(reach, id))
    }

    fn passwords(&self, reach: Reach, query: &PasswordQuery) -> Result<Page<PasswordRecord>, BackendError> {
        self.read(Call::Passwords, |store| store.passwords(reach, query))
    }

    fn password_named(&self, login: &FoldedLogin) -> Result<Option<PasswordRecord>, BackendError> {
        self.read(Call::PasswordNamed, |store| store.password_named(login))
    }

    fn session(&self, hash: &SessionHash) -> Result<Option<KnownSession>, BackendError> {
        self.read(Call::Session, |store| store.session(hash))
    }

    fn device(&self, hash: &DeviceHash) -> Result<Option<DeviceRecord>, BackendError> {
        self.read(Call::Device, |store| store.device(hash))
    }

    fn devices(&self, account: AccountId) -> Result<Vec<DeviceRecord>, BackendError> {
        self.read(Call::Devices, |store| store.devices(account))
    }

    fn note(&self, note: Note) -> Result<u64, CommitError> {
        self.write(Call::Note, &[], |store| store.note(note))
    }
}

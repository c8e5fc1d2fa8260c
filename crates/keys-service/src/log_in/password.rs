//! Setting a password, changing it, taking it away.
//!
//! A change ends every session of the account but the one it is made in, **in the same transaction**: who had the old
//! password is out before the answer.

use keys_core::{
    AccountId, Action, Digest, HashError, LoginName, NewPassword, Owner, Password, PasswordId,
    PasswordRecord, Revision, RngError, Timestamp, Via,
};
use keys_store::{BackendError, Committed, EndSessions, Page, PasswordQuery, Reach, Requirement, Write};
use rand_core::TryCryptoRng;

use super::guard::{Lane, TooSoon};
use crate::ATTEMPTS;
use crate::authority::Authority;
use crate::context::Context;
use crate::error::{StoreFailure, WriteFailure, wrong_acknowledgement};
use crate::hashing::Busy;

/// What an administrator changes of a password.
#[derive(Debug, Default)]
pub struct PasswordEdit {
    /// Another log-in name.
    pub login: Option<LoginName>,
    /// Another password.
    pub password: Option<Password>,
}

/// Why a password was not set, changed or removed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordChangeError {
    /// There is no such password or account within the caller's reach.
    #[error("there is no such password or account")]
    NotFound,
    /// Only an administrator may do this.
    #[error("only an administrator sets, renames or removes a password")]
    Forbidden,
    /// The account stands for nobody, so nobody can log in as it.
    #[error("nobody logs in as this account")]
    NoPerson,
    /// The account has a password already.
    #[error("the account has a password already: change it")]
    AlreadySet,
    /// Another account has this log-in name.
    #[error("another account has this log-in name")]
    NameTaken,
    /// Nobody could administer any longer: it is the last way in.
    #[error("it is the last way in for an administrator")]
    LastWayIn,
    /// What the caller's right rested on was taken away while it was made use of.
    #[error("the right to do this was taken away meanwhile")]
    Revoked,
    /// The old password is not the one presented.
    #[error("the old password is wrong")]
    WrongOldPassword,
    /// Too many failures: nothing was compared.
    #[error("too many attempts failed; the next may be made at {until}")]
    Locked {
        /// From when on.
        until: Timestamp,
    },
    /// Too many passwords are being hashed; come back later.
    #[error("too many passwords are being hashed at once")]
    Busy,
    /// The password is not at the revision the caller expects.
    #[error("the password has changed since: it is at revision {current}")]
    Conflict {
        /// Its revision now.
        current: Revision,
    },
    /// Others kept changing it; come back later.
    #[error("others kept changing the password")]
    Contended,
    /// The random source failed; nothing was stored.
    #[error("no salt could be generated")]
    Rng(#[from] RngError),
    /// The password could not be hashed; nothing was stored.
    #[error("the password could not be hashed")]
    Hash(HashError),
    /// The store failed.
    #[error("the password could not be changed")]
    Store(#[from] StoreFailure),
}

impl From<HashError> for PasswordChangeError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Rng(error) => Self::Rng(error),
            HashError::Argon2 | _ => Self::Hash(error),
        }
    }
}

impl From<Busy> for PasswordChangeError {
    fn from(Busy: Busy) -> Self {
        Self::Busy
    }
}

impl From<TooSoon> for PasswordChangeError {
    fn from(TooSoon { until }: TooSoon) -> Self {
        Self::Locked { until }
    }
}

impl Authority {
    /// The password with this id, within the caller's reach, removed ones included.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn password(
        &self,
        context: &Context,
        id: PasswordId,
    ) -> Result<Option<PasswordRecord>, BackendError> {
        let record = self.store.password(context.caller.reach(), id)?;
        if let Some(record) = &record {
            self.settle(record.parts().revision)?;
        }
        Ok(record)
    }

    /// One page of passwords within the caller's reach, in order of id.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn passwords(
        &self,
        context: &Context,
        query: &PasswordQuery,
    ) -> Result<Page<PasswordRecord>, BackendError> {
        let page = self.store.passwords(context.caller.reach(), query)?;
        self.settle_all()?;
        Ok(page)
    }

    /// The password of an account within the caller's reach, if it has one: with it goes the name it logs in with.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn password_of(
        &self,
        context: &Context,
        account: AccountId,
    ) -> Result<Option<PasswordRecord>, BackendError> {
        let of = Owner::Account(account);
        if !context.caller.reach().covers(of) {
            return Ok(None);
        }
        let query = PasswordQuery { limit: 1, ..PasswordQuery::default() };
        let record = self.store.passwords(Reach::Owner(of), &query)?.items.pop();
        self.settle_all()?;
        Ok(record)
    }

    /// Whose log-in name it is: for administrators, nobody's for anybody else.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn account_named(
        &self,
        context: &Context,
        login: &LoginName,
    ) -> Result<Option<AccountId>, BackendError> {
        if !context.caller.administers() {
            return Ok(None);
        }
        let record = self.store.password_named(&login.folded())?;
        self.settle_all()?;
        Ok(record.map(|record| record.parts().account))
    }

    /// Until when no log-in is tried with an account's name, because too many failed: for administrators.
    #[must_use]
    pub fn locked_until(&self, context: &Context, account: AccountId) -> Option<Timestamp> {
        let checked = context
            .caller
            .administers()
            .then(|| self.log_ins.guard.check(&Lane::Account(account), None, context.now).err());
        checked.flatten().map(|locked| locked.until)
    }

    /// Gives an account its password: by an administrator.
    ///
    /// # Errors
    ///
    /// See [`PasswordChangeError`].
    pub fn set_password<R: TryCryptoRng + ?Sized>(
        &self,
        context: &Context,
        account: AccountId,
        login: LoginName,
        password: &Password,
        rng: &mut R,
    ) -> Result<PasswordRecord, PasswordChangeError> {
        if !context.caller.administers() {
            return Err(PasswordChangeError::Forbidden);
        }
        let of = self.store.account(account).map_err(StoreFailure::from)?;
        let of =
            of.filter(|of| of.parts().state.removed_at().is_none()).ok_or(PasswordChangeError::NotFound)?;
        if !of.parts().kind.is_person() {
            return Err(PasswordChangeError::NoPerson);
        }
        let digest = self.digest(password, rng)?;
        let new = NewPassword { account, login, digest, created: context.now };
        match self.change(context, Action::SetPassword, Write::InsertPassword(new), None) {
            Ok(Committed::Password(record)) => Ok(record),
            Ok(_) => Err(wrong_acknowledgement().into()),
            Err(WriteFailure::NotFound) => Err(PasswordChangeError::NotFound),
            Err(WriteFailure::AlreadyExists) => Err(self.why_taken(account)?),
            Err(WriteFailure::Unmet) => Err(PasswordChangeError::Revoked),
            Err(failure) => Err(failure.into_store_failure().into()),
        }
    }

    /// Changes log-in name, password, or both: by an administrator. Another password ends the sessions and opens the lock.
    ///
    /// # Errors
    ///
    /// See [`PasswordChangeError`].
    pub fn edit_password<R: TryCryptoRng + ?Sized>(
        &self,
        context: &Context,
        id: PasswordId,
        edit: &PasswordEdit,
        expected: Option<Revision>,
        rng: &mut R,
    ) -> Result<PasswordRecord, PasswordChangeError> {
        if !context.caller.administers() {
            return Err(PasswordChangeError::Forbidden);
        }
        if edit.login.is_none() && edit.password.is_none() {
            return self.unchanged(context, id, expected);
        }
        let digest = edit.password.as_ref().map(|password| self.digest(password, rng)).transpose()?;
        let record = self.change_record(context, id, expected, digest.is_some(), |record| {
            let renamed = match &edit.login {
                Some(login) => record.rename(login.clone(), context.now)?,
                None => record,
            };
            match &digest {
                Some(digest) => renamed.change(digest.clone(), context.now),
                None => Some(renamed),
            }
        })?;
        if digest.is_some() {
            self.unlock_for_new_password(record.parts().account);
        }
        Ok(record)
    }

    /// Changes a password by presenting the old one: the account itself does so, or an administrator who knows it.
    ///
    /// # Errors
    ///
    /// See [`PasswordChangeError`].
    pub fn change_password<R: TryCryptoRng + ?Sized>(
        &self,
        context: &Context,
        id: PasswordId,
        old: &Password,
        new: &Password,
        rng: &mut R,
    ) -> Result<PasswordRecord, PasswordChangeError> {
        let stored = self.store.password(context.caller.reach(), id).map_err(StoreFailure::from)?;
        let stored = stored.ok_or(PasswordChangeError::NotFound)?;
        let kept = stored.digest().ok_or(PasswordChangeError::NotFound)?;
        // Who took over a session must not find out the password by trying: the attempts count among those of log-ins.
        let lane = Lane::Account(stored.parts().account);
        self.log_ins.guard.check(&lane, context.client_address, context.now)?;
        let digest = self.log_ins.hashers.run(|hasher| {
            self.log_ins.guard.begin(&lane, context.client_address, context.now)?;
            if !old.matches(kept, hasher)? {
                return Err(PasswordChangeError::WrongOldPassword);
            }
            Ok(new.digest(self.policy, hasher, rng)?)
        })??;
        self.log_ins.guard.succeed(&lane, context.client_address);
        // Only the password that was compared is changed.
        let read_at = Some(stored.parts().revision);
        self.change_record(context, id, read_at, true, |record| record.change(digest.clone(), context.now))
    }

    /// Takes a password away: by an administrator. The account's sessions end with it.
    ///
    /// # Errors
    ///
    /// See [`PasswordChangeError`].
    pub fn remove_password(
        &self,
        context: &Context,
        id: PasswordId,
        expected: Option<Revision>,
    ) -> Result<PasswordRecord, PasswordChangeError> {
        if !context.caller.administers() {
            return Err(PasswordChangeError::Forbidden);
        }
        self.change_record_as(context, id, expected, Action::RemovePassword, true, |record| {
            record.remove(context.now)
        })
    }

    /// What an edit that says nothing leaves: no event, no revision.
    fn unchanged(
        &self,
        context: &Context,
        id: PasswordId,
        expected: Option<Revision>,
    ) -> Result<PasswordRecord, PasswordChangeError> {
        let record = self.password(context, id).map_err(StoreFailure::from)?;
        let record = record.ok_or(PasswordChangeError::NotFound)?;
        let current = record.parts().revision;
        if expected.is_some_and(|expected| expected != current) {
            return Err(PasswordChangeError::Conflict { current });
        }
        Ok(record)
    }

    fn digest<R: TryCryptoRng + ?Sized>(
        &self,
        password: &Password,
        rng: &mut R,
    ) -> Result<Digest, PasswordChangeError> {
        Ok(self.log_ins.hashers.run(|hasher| password.digest(self.policy, hasher, rng))??)
    }

    fn change_record(
        &self,
        context: &Context,
        id: PasswordId,
        expected: Option<Revision>,
        ends: bool,
        decide: impl Fn(PasswordRecord) -> Option<PasswordRecord>,
    ) -> Result<PasswordRecord, PasswordChangeError> {
        self.change_record_as(context, id, expected, Action::ChangePassword, ends, decide)
    }

    /// Loads, decides, writes with the revision it was read at, and begins again when another was faster.
    fn change_record_as(
        &self,
        context: &Context,
        id: PasswordId,
        expected: Option<Revision>,
        action: Action,
        ends: bool,
        decide: impl Fn(PasswordRecord) -> Option<PasswordRecord>,
    ) -> Result<PasswordRecord, PasswordChangeError> {
        for _ in 0..ATTEMPTS {
            let record = self.store.password(context.caller.reach(), id).map_err(StoreFailure::from)?;
            let record = record.ok_or(PasswordChangeError::NotFound)?;
            let (read_at, account) = (record.parts().revision, record.parts().account);
            if expected.is_some_and(|expected| expected != read_at) {
                self.settle(read_at).map_err(StoreFailure::from)?;
                return Err(PasswordChangeError::Conflict { current: read_at });
            }
            let Some(record) = decide(record) else {
                self.settle(read_at).map_err(StoreFailure::from)?;
                return Err(PasswordChangeError::NotFound);
            };
            let remains = (action == Action::RemovePassword)
                .then_some(Requirement::AdministratorRemains { without: nobody(), now: context.now });
            let last_way_in = remains.is_some();
            let mut writes = vec![(action, Write::UpdatePassword { record, expected: read_at }, None)];
            if ends {
                // Looked at once the password is gone.
                writes.push((Action::EndSession, Write::EndSessions(others_of(context, account)), remains));
            }
            match self.change_all(context, None, writes, None) {
                Ok(committed) => match committed.into_iter().next() {
                    Some(Committed::Password(record)) => return Ok(record),
                    _ => return Err(wrong_acknowledgement().into()),
                },
                Err(WriteFailure::Conflict(_)) => {}
                Err(WriteFailure::NotFound) => return Err(PasswordChangeError::NotFound),
                Err(WriteFailure::AlreadyExists) => return Err(PasswordChangeError::NameTaken),
                Err(WriteFailure::Unmet) if last_way_in && self.still_administers(context)? => {
                    return Err(PasswordChangeError::LastWayIn);
                }
                Err(WriteFailure::Unmet) => return Err(PasswordChangeError::Revoked),
                Err(failure) => return Err(failure.into_store_failure().into()),
            }
        }
        Err(PasswordChangeError::Contended)
    }

    /// Whether a new password was refused because the account has one, or because of its name.
    fn why_taken(&self, account: AccountId) -> Result<PasswordChangeError, PasswordChangeError> {
        let query = PasswordQuery { limit: 1, ..PasswordQuery::default() };
        let own = self.store.passwords(Reach::Owner(Owner::Account(account)), &query);
        let own = own.map_err(StoreFailure::from)?;
        self.settle_all().map_err(StoreFailure::from)?;
        Ok(if own.items.is_empty() {
            PasswordChangeError::NameTaken
        } else {
            PasswordChangeError::AlreadySet
        })
    }
}

/// An account that is nobody's: no store gives numbers as great.
fn nobody() -> AccountId {
    AccountId::new(i64::MAX.unsigned_abs()).unwrap_or(AccountId::ADMIN)
}

/// Every session of an account but the one the caller is in.
pub(crate) fn others_of(context: &Context, account: AccountId) -> EndSessions {
    match (context.caller.principal(), context.caller.via()) {
        (Owner::Account(own), Via::Session(session)) if own == account => {
            EndSessions::AllBut { account, session }
        }
        _ => EndSessions::AllOf(account),
    }
}

//! Changing access control, the access mode and an administrator's log-in, all in one transaction.

use keys_core::{
    AccessControl, AccountId, AccountList, Action, Digest, LogInProvider, NewPassword, Owner, Revision,
    SettingValue,
};
use keys_store::{EndSessions, PasswordQuery, Reach, Requirement, Write};
use rand_core::TryCryptoRng;

use super::{AccessError, AccessRequest, AdministratorLogIn, Switch};
use crate::ATTEMPTS;
use crate::authority::Authority;
use crate::context::Context;
use crate::error::{StoreFailure, WriteFailure};
use crate::log_in::others_of;

/// Changes that go together, in their order.
pub(super) type Planned = Vec<(Action, Write)>;

impl Authority {
    /// Changes what is asked for, or nothing: by an administrator, whose own log-in it is that is set. What is so already
    /// is no change. Once this returns `Ok`, whom it no longer lets in is out.
    ///
    /// # Errors
    ///
    /// See [`AccessError`].
    pub fn change_access<R: TryCryptoRng + ?Sized>(
        &self,
        context: &Context,
        request: &AccessRequest,
        rng: &mut R,
    ) -> Result<(), AccessError> {
        let account = context.caller.principal().account().filter(|_| context.caller.administers());
        let account = account.ok_or(AccessError::Forbidden)?;
        self.look_for(request.allowed.as_ref())?;
        for _ in 0..ATTEMPTS {
            let planned = self.plan(context, account, request, rng)?;
            let verifies = request.switch == Switch::On;
            let mut changes: Vec<_> =
                planned.into_iter().map(|(action, write)| (action, write, None)).collect();
            match (changes.last_mut(), verifies) {
                // Everything is as it was asked for.
                (None, _) => return Ok(self.settle_all().map_err(StoreFailure::from)?),
                // Looked at when everything before it is made.
                (Some(last), true) => {
                    last.2 = Some(Requirement::AdministratorCanEnter { now: context.now });
                }
                (Some(_), false) => {}
            }
            match self.change_all(context, None, changes, None) {
                Ok(_) => return Ok(()),
                Err(WriteFailure::Conflict(_) | WriteFailure::NotFound) => {}
                Err(WriteFailure::AlreadyExists) => return Err(AccessError::NameTaken),
                Err(WriteFailure::Unmet) if verifies && self.still_administers(context)? => {
                    return Err(AccessError::NoAdministrator);
                }
                // The caller administers no longer.
                Err(WriteFailure::Unmet) => return Err(AccessError::Forbidden),
                Err(failure) => return Err(failure.into_store_failure().into()),
            }
        }
        Err(AccessError::Contended)
    }

    /// Whoever shall be listed must be there: a typing error would shut somebody out.
    fn look_for(&self, allowed: Option<&AccountList>) -> Result<(), AccessError> {
        for id in allowed.into_iter().flat_map(AccountList::accounts) {
            if self.store.account(*id).map_err(StoreFailure::from)?.is_none() {
                return Err(AccessError::NoSuchAccount { id: *id });
            }
        }
        Ok(())
    }

    fn plan<R: TryCryptoRng + ?Sized>(
        &self,
        context: &Context,
        account: AccountId,
        request: &AccessRequest,
        rng: &mut R,
    ) -> Result<Planned, AccessError> {
        let mut planned = match &request.log_in {
            Some(log_in) => self.plan_log_in(context, account, log_in, others_of(context, account), rng)?,
            None => Vec::new(),
        };
        let provider = |provider| Some(SettingValue::LogInProvider(provider));
        let access_control = |value| Some(SettingValue::AccessControl(value));
        let (provider, access_control) = match request.switch {
            Switch::Keep => (None, None),
            Switch::On => (provider(LogInProvider::Local), access_control(AccessControl::On)),
            Switch::Off => (provider(LogInProvider::Local), access_control(AccessControl::Off)),
            Switch::GiveUp => (provider(LogInProvider::None), access_control(AccessControl::Off)),
        };
        let settings = [
            request.mode.map(SettingValue::AccessMode),
            request.allowed.clone().map(SettingValue::AllowedAccounts),
            provider,
            // Last: what it needs is looked at when everything else is made.
            access_control,
        ];
        for value in settings.into_iter().flatten() {
            if !self.is_kept(&value)? {
                planned.push((Action::ChangeSetting, put(&value)));
            }
        }
        Ok(planned)
    }

    /// What gives an account its log-in; nothing of what it has already.
    pub(super) fn plan_log_in<R: TryCryptoRng + ?Sized>(
        &self,
        context: &Context,
        account: AccountId,
        log_in: &AdministratorLogIn,
        ends: EndSessions,
        rng: &mut R,
    ) -> Result<Planned, AccessError> {
        let mut planned = self.plan_name(context, account, log_in)?;
        let query = PasswordQuery { limit: 1, ..PasswordQuery::default() };
        let own = self.store.passwords(Reach::Owner(Owner::Account(account)), &query);
        let own = own.map_err(StoreFailure::from)?.items.pop();
        let AdministratorLogIn { login, password, .. } = log_in;
        let kept = own.as_ref().and_then(|record| record.digest());
        let digest: Option<Digest> = self.log_ins.hashers.run(|hasher| {
            let same = kept.map(|kept| password.matches(kept, hasher)).transpose()?;
            if same == Some(true) {
                return Ok(None);
            }
            password.digest(self.policy, hasher, rng).map(Some)
        })??;
        let Some(record) = own else {
            let new = digest.map(|digest| NewPassword {
                account,
                login: login.clone(),
                digest,
                created: context.now,
            });
            planned.extend(new.map(|new| (Action::SetPassword, Write::InsertPassword(new))));
            return Ok(planned);
        };
        let expected: Revision = record.parts().revision;
        let renamed = if record.parts().login == *login {
            None
        } else {
            record.clone().rename(login.clone(), context.now)
        };
        let changes = digest.is_some();
        let wanted = match digest {
            Some(digest) => renamed.unwrap_or(record).change(digest, context.now),
            None => renamed,
        };
        if let Some(record) = wanted {
            planned.push((Action::ChangePassword, Write::UpdatePassword { record, expected }));
            if changes {
                planned.push((Action::EndSession, Write::EndSessions(ends)));
            }
        }
        Ok(planned)
    }

    fn plan_name(
        &self,
        context: &Context,
        account: AccountId,
        log_in: &AdministratorLogIn,
    ) -> Result<Planned, AccessError> {
        let Some(name) = &log_in.name else { return Ok(Vec::new()) };
        let Some(record) = self.store.account(account).map_err(StoreFailure::from)? else {
            return Ok(Vec::new());
        };
        let parts = record.parts();
        if parts.name.as_ref() == Some(name) {
            return Ok(Vec::new());
        }
        let expected = parts.revision;
        let (description, default_environment) = (parts.description.clone(), parts.default_environment);
        // An account that has been removed keeps its name.
        let edited = record.edit(Some(name.clone()), description, default_environment, context.now);
        let write = edited.ok().map(|record| Write::UpdateAccount { record, expected });
        Ok(write.into_iter().map(|write| (Action::EditAccount, write)).collect())
    }

    fn is_kept(&self, value: &SettingValue) -> Result<bool, AccessError> {
        let kept = self.store.setting(value.name()).map_err(StoreFailure::from)?;
        Ok(match kept {
            Some(kept) => &*kept.value == value.as_str(),
            None => SettingValue::default_of(value.name()) == *value,
        })
    }
}

/// What puts a setting.
pub(super) fn put(value: &SettingValue) -> Write {
    Write::PutSetting { name: value.name(), value: value.as_str().into() }
}

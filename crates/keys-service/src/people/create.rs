//! Making an account.

use keys_core::{AccountChangeError, AccountRecord, AccountState, Action, NewAccount, Uuid};
use keys_store::{Committed, Write};
use rand_core::TryCryptoRng;

use super::{AccountError, AccountRequest};
use crate::ATTEMPTS;
use crate::authority::Authority;
use crate::context::Context;
use crate::error::{WriteFailure, wrong_acknowledgement};

impl Authority {
    /// Makes the account of a person, Active: for administrators.
    ///
    /// # Errors
    ///
    /// See [`AccountError`].
    pub fn create_account<R: TryCryptoRng + ?Sized>(
        &self,
        context: &Context,
        request: AccountRequest,
        rng: &mut R,
    ) -> Result<AccountRecord, AccountError> {
        if !context.caller.administers() {
            return Err(AccountError::Forbidden);
        }
        let AccountRequest { kind, .. } = request;
        if !kind.is_person() {
            return Err(AccountChangeError::NotAPerson { kind }.into());
        }
        for _ in 0..ATTEMPTS {
            let uuid = Uuid::generate(rng)?;
            let AccountRequest { name, description, kind } = request.clone();
            let state = AccountState::Active;
            let account = NewAccount { uuid, kind, state, name, description, created: context.now };
            match self.change(context, Action::CreateAccount, Write::InsertAccount(account), None) {
                Ok(Committed::Account(record)) => return Ok(record),
                Ok(_) => return Err(wrong_acknowledgement().into()),
                Err(WriteFailure::AlreadyExists) => {}
                Err(WriteFailure::Unmet) => return Err(AccountError::Revoked),
                Err(failure) => return Err(failure.into_store_failure().into()),
            }
        }
        Err(AccountError::Repeated)
    }
}

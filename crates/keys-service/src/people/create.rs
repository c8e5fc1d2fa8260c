//! Making an account.

use keys_core::{
    AccountChangeError, AccountRecord, AccountState, Action, IdempotencyKey, NewAccount, Receipt, Target,
    Uuid,
};
use keys_store::{Committed, Write};
use rand_core::TryCryptoRng;

use super::{AccountError, AccountRequest};
use crate::ATTEMPTS;
use crate::authority::Authority;
use crate::context::Context;
use crate::error::{StoreFailure, WriteFailure, wrong_acknowledgement};
use crate::receipts::{Asked, Once, contradiction};

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
        // Without a receipt there is none in the way.
        self.make_account(context, &request, None, rng)?.ok_or_else(|| wrong_acknowledgement().into())
    }

    /// As [`create_account`](Self::create_account), but only once under one idempotency key: whoever asks for the same
    /// again is told of the same account as it is then.
    ///
    /// # Errors
    ///
    /// See [`AccountError`]. What was refused left no receipt, so it can be asked for again.
    pub fn create_account_once<R: TryCryptoRng + ?Sized>(
        &self,
        context: &Context,
        request: &AccountRequest,
        key: &IdempotencyKey,
        rng: &mut R,
    ) -> Result<Once<AccountRecord>, AccountError> {
        let fields = [
            ("name", request.name.as_ref().map(|name| name.as_str())),
            ("description", request.description.as_ref().map(|description| description.as_str())),
            ("kind", Some(request.kind.as_str())),
        ];
        let asked = Asked::new(context, key, "account", &fields);
        self.once(
            &asked,
            |receipt| self.replay_account(context, receipt),
            || self.make_account(context, request, Some(&asked), rng),
        )
    }

    /// The account that a receipt is about, if whoever made it may still see it.
    fn replay_account(&self, context: &Context, receipt: &Receipt) -> Result<AccountRecord, AccountError> {
        let Target::Account(id) = receipt.made else {
            return Err(contradiction("the receipt of an account is about something else").into());
        };
        self.account(context, id).map_err(StoreFailure::from)?.ok_or(AccountError::NotFound)
    }

    /// Makes an account, with a receipt if it was asked for under an idempotency key. `Ok(None)` when there is such a
    /// receipt already.
    fn make_account<R: TryCryptoRng + ?Sized>(
        &self,
        context: &Context,
        request: &AccountRequest,
        asked: Option<&Asked<'_>>,
        rng: &mut R,
    ) -> Result<Option<AccountRecord>, AccountError> {
        if !context.caller.administers() {
            return Err(AccountError::Forbidden);
        }
        let AccountRequest { kind, .. } = *request;
        if !kind.is_person() {
            return Err(AccountChangeError::NotAPerson { kind }.into());
        }
        for _ in 0..ATTEMPTS {
            let uuid = Uuid::generate(rng)?;
            let AccountRequest { name, description, kind } = request.clone();
            let state = AccountState::Active;
            let account = NewAccount { uuid, kind, state, name, description, created: context.now };
            let receipt = asked.map(Asked::receipt);
            let write = Write::InsertAccount(account);
            match self.change_with_receipt(context, Action::CreateAccount, write, receipt) {
                Ok(Committed::Account(record)) => return Ok(Some(record)),
                Ok(_) => return Err(wrong_acknowledgement().into()),
                Err(WriteFailure::ReceiptExists) => return Ok(None),
                Err(WriteFailure::AlreadyExists) => {}
                Err(WriteFailure::Unmet) => return Err(AccountError::Revoked),
                Err(failure) => return Err(failure.into_store_failure().into()),
            }
        }
        Err(AccountError::Repeated)
    }
}

//! Making an account, alone or with the way its person logs in.

use keys_core::{
    AccountChangeError, AccountRecord, AccountState, Action, Digest, IdempotencyKey, LoginName, NewAccount,
    Receipt, Target, Uuid,
};
use keys_store::{Committed, Requirement, Write};
use rand_core::TryCryptoRng;

use super::{AccountError, AccountRequest, PersonRequest};
use crate::ATTEMPTS;
use crate::authority::{Authority, first};
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
        let request = PersonRequest { account: request, log_in: None };
        self.add_person(context, &request, None, rng).map(|Once { made, .. }| made)
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
        let request = PersonRequest { account: request.clone(), log_in: None };
        self.add_person(context, &request, Some(key), rng)
    }

    /// Makes the account of a person, Active, and the way it logs in, in one step: for administrators. Under an idempotency
    /// key only once. The password is no part of what makes two requests the same: whoever asks again is told of the same
    /// account, and its password is the one of the first.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/authority.rs.in"));
    /// use keys_core::{Name, Password};
    /// use keys_service::{AccountRequest, FirstLogIn, PersonRequest};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (authority, context, mut rng) = authority()?;
    /// let person = PersonRequest {
    ///     account: AccountRequest { name: Some(Name::new("Ada")?), ..AccountRequest::default() },
    ///     log_in: Some(FirstLogIn { login: "ada".parse()?, password: Password::new("correct horse battery")? }),
    /// };
    /// let added = authority.add_person(&context, &person, None, &mut rng)?;
    /// assert_eq!(added.made.parts().name, Some(Name::new("Ada")?));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`AccountError`]. What was refused left no receipt, so it can be asked for again.
    pub fn add_person<R: TryCryptoRng + ?Sized>(
        &self,
        context: &Context,
        request: &PersonRequest,
        key: Option<&IdempotencyKey>,
        rng: &mut R,
    ) -> Result<Once<AccountRecord>, AccountError> {
        let Some(key) = key else {
            // Without a receipt there is none in the way.
            let made = self.make_person(context, request, None, rng)?;
            return Ok(Once { made: made.ok_or_else(wrong_acknowledgement)?, replayed: false });
        };
        let PersonRequest { account, log_in } = request;
        let mut fields = vec![
            ("name", account.name.as_ref().map(|name| name.as_str())),
            ("description", account.description.as_ref().map(|description| description.as_str())),
            ("kind", Some(account.kind.as_str())),
        ];
        // An account alone is the same request as before there were log-ins beside it.
        fields.extend(log_in.as_ref().map(|log_in| ("login", Some(log_in.login.as_str()))));
        let asked = Asked::new(context, key, "account", &fields);
        self.once(
            &asked,
            |receipt| self.replay_account(context, receipt),
            || self.make_person(context, request, Some(&asked), rng),
        )
    }

    /// The account that a receipt is about, if whoever made it may still see it.
    fn replay_account(&self, context: &Context, receipt: &Receipt) -> Result<AccountRecord, AccountError> {
        let Target::Account(id) = receipt.made else {
            return Err(contradiction("the receipt of an account is about something else").into());
        };
        self.account(context, id).map_err(StoreFailure::from)?.ok_or(AccountError::NotFound)
    }

    /// Makes an account and its log-in, with a receipt if it was asked for under an idempotency key. `Ok(None)` when there
    /// is such a receipt already.
    fn make_person<R: TryCryptoRng + ?Sized>(
        &self,
        context: &Context,
        request: &PersonRequest,
        asked: Option<&Asked<'_>>,
        rng: &mut R,
    ) -> Result<Option<AccountRecord>, AccountError> {
        if !context.caller.administers() {
            return Err(AccountError::Forbidden);
        }
        let PersonRequest { account, log_in } = request;
        let AccountRequest { kind, .. } = account;
        if !kind.is_person() {
            return Err(AccountChangeError::NotAPerson { kind: *kind }.into());
        }
        let digest = log_in.as_ref().map(|log_in| {
            self.log_ins.hashers.run(|hasher| log_in.password.digest(self.policy, hasher, rng))
        });
        let login = log_in.as_ref().map(|log_in| &log_in.login);
        let log_in = login.cloned().zip(digest.transpose()?.transpose()?);
        for _ in 0..ATTEMPTS {
            let uuid = Uuid::generate(rng)?;
            let changes = beginning(context, account, log_in.as_ref(), uuid);
            match self.change_all(context, None, changes, asked.map(Asked::receipt)).and_then(first) {
                Ok(Committed::Account(record)) => return Ok(Some(record)),
                Ok(_) => return Err(wrong_acknowledgement().into()),
                Err(WriteFailure::ReceiptExists) => return Ok(None),
                Err(WriteFailure::AlreadyExists) => {
                    if let Some((login, _)) = &log_in
                        && self.store.password_named(&login.folded()).map_err(StoreFailure::from)?.is_some()
                    {
                        return Err(AccountError::NameTaken);
                    }
                }
                Err(WriteFailure::Unmet) => return Err(AccountError::Revoked),
                Err(failure) => return Err(failure.into_store_failure().into()),
            }
        }
        Err(AccountError::Repeated)
    }
}

/// An account, and behind it the way its person logs in.
fn beginning(
    context: &Context,
    request: &AccountRequest,
    log_in: Option<&(LoginName, Digest)>,
    uuid: Uuid,
) -> Vec<(Action, Write, Option<Requirement>)> {
    let AccountRequest { name, description, kind } = request.clone();
    let (state, created) = (AccountState::Active, context.now);
    let account = NewAccount { uuid: uuid.clone(), kind, state, name, description, created };
    let mut changes = vec![(Action::CreateAccount, Write::InsertAccount(account), None)];
    changes.extend(log_in.cloned().map(|(login, digest)| {
        let first = Write::InsertFirstPassword { account: uuid, login, digest, created };
        (Action::SetPassword, first, None)
    }));
    changes
}

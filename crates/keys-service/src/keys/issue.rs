//! Issuing a key.

use keys_core::{
    Action, Credential, FirstState, HashError, IdempotencyKey, NewKey, Owner, OwnerStanding, Receipt,
    StoredSecret, Target,
};
use keys_store::{Committed, Write};
use rand_core::TryCryptoRng;

use super::{IssueError, IssuedKey, KeyRequest, ReceivedKey};
use crate::authority::Authority;
use crate::context::Context;
use crate::error::{StoreFailure, WriteFailure, wrong_acknowledgement};
use crate::hashing::Busy;
use crate::receipts::{Asked, Once, contradiction};

/// How many pairs are tried before a random source is said to repeat itself. Two honest ones are the same once in
/// 2^90 pairs.
const ATTEMPTS: usize = 3;

impl Authority {
    /// Issues a key to whom the caller acts as, or to whom an administrator says. Waits for a hasher, computes a digest, and waits for the disk.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/authority.rs.in"));
    /// use keys_core::Name;
    /// use keys_service::KeyRequest;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (authority, context, mut rng) = authority()?;
    /// let request = KeyRequest { name: Some(Name::new("build box")?), ..KeyRequest::default() };
    /// let issued = authority.issue_key(&context, request, &mut rng)?;
    /// // Handed over once. What is kept of it opens nothing.
    /// let pair = (issued.record.parts().access_key, issued.secret_key);
    /// assert_eq!(issued.record.parts().name.as_ref().map(|name| name.as_str()), Some("build box"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`IssueError`].
    pub fn issue_key<R: TryCryptoRng + ?Sized>(
        &self,
        context: &Context,
        request: KeyRequest,
        rng: &mut R,
    ) -> Result<IssuedKey, IssueError> {
        // Without a receipt there is none in the way.
        self.issue(context, &request, None, rng)?.ok_or_else(|| wrong_acknowledgement().into())
    }

    /// As [`issue_key`](Self::issue_key), but only once under one idempotency key: whoever asks for the same again is
    /// told of the same key as it is then, and for ten minutes of its secret.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/authority.rs.in"));
    /// use keys_core::IdempotencyKey;
    /// use keys_service::KeyRequest;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (authority, context, mut rng) = authority()?;
    /// let once = IdempotencyKey::generate(&mut rng)?;
    /// let mut ask = || authority.issue_key_once(&context, KeyRequest::default(), &once, &mut rng);
    /// let (first, again) = (ask()?, ask()?);
    /// assert_eq!(first.made.record.parts().id, again.made.record.parts().id);
    /// assert!(again.replayed && again.made.secret_key.is_some(), "the secret too, for ten minutes");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`IssueError`]. What was refused left no receipt, so it can be asked for again.
    pub fn issue_key_once<R: TryCryptoRng + ?Sized>(
        &self,
        context: &Context,
        request: KeyRequest,
        key: &IdempotencyKey,
        rng: &mut R,
    ) -> Result<Once<ReceivedKey>, IssueError> {
        // Asked before a receipt is looked for: what it holds of a secret is for those who may issue a key now.
        if !context.caller.may_change_keys() {
            return Err(IssueError::Forbidden);
        }
        let expires_at = request.expires_at.map(|expiry| expiry.to_string());
        let owner = request.owner.map(|owner| owner.to_string());
        let fields = [
            ("name", request.name.as_ref().map(|name| name.as_str())),
            ("description", request.description.as_ref().map(|description| description.as_str())),
            ("expires_at", expires_at.as_deref()),
            ("owner", owner.as_deref()),
        ];
        let asked = Asked::new(context, key, "key", &fields);
        self.once(
            &asked,
            |receipt| self.replay_key(context, &asked, receipt),
            || Ok(self.issue(context, &request, Some(&asked), rng)?.map(ReceivedKey::from)),
        )
    }

    /// The key that a receipt is about.
    fn replay_key(
        &self,
        context: &Context,
        asked: &Asked<'_>,
        receipt: &Receipt,
    ) -> Result<ReceivedKey, IssueError> {
        let Target::Key(id) = receipt.made else {
            return Err(contradiction("the receipt of a key is about something else").into());
        };
        let record = self.store.key(context.caller.reach(), id).map_err(StoreFailure::from)?;
        // It was issued to another by one who administers no longer.
        let record = record.ok_or(IssueError::Revoked)?;
        self.settle(record.parts().revision).map_err(StoreFailure::from)?;
        // The receipt was read before the record: of a key that is deleted by now it may still hold the secret.
        let lives = record.parts().lifecycle.secret().is_some();
        let secret_key = if lives {
            receipt.open(&record.parts().access_key, asked.key, &self.keyring, context.now)
        } else {
            None
        };
        Ok(ReceivedKey { record, secret_key })
    }

    /// Issues a key, with a receipt if it was asked for under an idempotency key. `Ok(None)` when there is such a receipt
    /// already.
    fn issue<R: TryCryptoRng + ?Sized>(
        &self,
        context: &Context,
        request: &KeyRequest,
        asked: Option<&Asked<'_>>,
        rng: &mut R,
    ) -> Result<Option<IssuedKey>, IssueError> {
        if !context.caller.may_change_keys() {
            return Err(IssueError::Forbidden);
        }
        let owner = request.owner.unwrap_or_else(|| context.caller.effective());
        if owner != context.caller.effective() && !context.caller.administers() {
            return Err(IssueError::Forbidden);
        }
        if request.expires_at.is_some_and(|expiry| expiry <= context.now) {
            return Err(IssueError::ExpiryPassed);
        }
        if !self.is_active(owner)? || !self.may_own_keys(owner)? {
            return Err(IssueError::OwnerInactive);
        }
        for _ in 0..ATTEMPTS {
            let credential = Credential::generate(rng)?;
            let secret = self.seal(&credential, rng)?;
            let receipt = asked.map(|asked| asked.receipt_of(&credential, self, rng)).transpose()?;
            let (access_key, secret_key) = credential.into_parts();
            let KeyRequest { name, description, expires_at, .. } = request.clone();
            let creator = context.caller.creator();
            let created = context.now;
            let key = NewKey {
                owner,
                access_key,
                secret,
                first_state: FirstState::Active,
                name,
                description,
                creator,
                created,
                expires_at,
            };
            match self.change_with_receipt(context, Action::IssueKey, Write::InsertKey(key), receipt) {
                Ok(Committed::Key(record)) => return Ok(Some(IssuedKey { record: *record, secret_key })),
                Ok(_) => return Err(wrong_acknowledgement().into()),
                Err(WriteFailure::ReceiptExists) => return Ok(None),
                Err(WriteFailure::AlreadyExists) => {}
                // Making the digest took its time: long enough to be deactivated, or removed from the members.
                Err(WriteFailure::Unmet) => return Err(IssueError::Revoked),
                Err(failure) => return Err(failure.into_store_failure().into()),
            }
        }
        Err(IssueError::Repeated)
    }

    /// Whether keys of this owner are accepted.
    fn is_active(&self, owner: Owner) -> Result<bool, IssueError> {
        let row = self.index.owner(&*self.store, owner).map_err(StoreFailure::from)?;
        Ok(row.is_some_and(|row| row.standing == OwnerStanding::Active))
    }

    /// An account that stands for no person never acts, so it gets no key.
    fn may_own_keys(&self, owner: Owner) -> Result<bool, IssueError> {
        let Owner::Account(id) = owner else { return Ok(true) };
        let record = self.store.account(id).map_err(StoreFailure::from)?;
        Ok(record.is_some_and(|record| record.parts().kind.is_person()))
    }

    fn seal<R: TryCryptoRng + ?Sized>(
        &self,
        credential: &Credential,
        rng: &mut R,
    ) -> Result<StoredSecret, IssueError> {
        let sealed = self
            .hashers
            .run(|hasher| StoredSecret::seal(credential, &self.keyring, self.policy, hasher, rng))
            .map_err(|Busy| IssueError::Busy)?;
        sealed.map_err(|error| match error {
            HashError::Rng(error) => IssueError::Rng(error),
            HashError::Argon2 | _ => IssueError::Hash(error),
        })
    }
}

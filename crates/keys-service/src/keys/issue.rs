//! Issuing a key.

use keys_core::{Action, Credential, HashError, NewKey, Owner, OwnerStanding, StoredSecret};
use keys_store::{Committed, Write};
use rand_core::TryCryptoRng;

use super::{IssueError, IssuedKey, KeyRequest};
use crate::authority::Authority;
use crate::context::Context;
use crate::error::{StoreFailure, WriteFailure, wrong_acknowledgement};
use crate::hashing::Busy;

/// How many pairs are tried before a random source is said to repeat itself. Two honest ones are the same once in
/// 2^90 pairs.
const ATTEMPTS: usize = 3;

impl Authority {
    /// Issues a key to whom the caller acts as. Waits for a hasher, computes a digest, and waits for the disk.
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
        let owner = context.caller.effective();
        if request.expires_at.is_some_and(|expiry| expiry <= context.now) {
            return Err(IssueError::ExpiryPassed);
        }
        if !self.is_active(owner)? {
            return Err(IssueError::OwnerInactive);
        }
        for _ in 0..ATTEMPTS {
            let credential = Credential::generate(rng)?;
            let secret = self.seal(&credential, rng)?;
            let (access_key, secret_key) = credential.into_parts();
            let KeyRequest { name, description, expires_at } = request.clone();
            let creator = context.caller.creator();
            let created = context.now;
            let key = NewKey { owner, access_key, secret, name, description, creator, created, expires_at };
            match self.change(context, Action::IssueKey, Write::InsertKey(key), None) {
                Ok(Committed::Key(record)) => return Ok(IssuedKey { record: *record, secret_key }),
                Ok(_) => return Err(wrong_acknowledgement().into()),
                Err(WriteFailure::AlreadyExists) => {}
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

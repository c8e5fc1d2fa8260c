//! Deciding whether a credential is good.
//!
//! ```text
//!  row (index, else store) ─► prove ─┬─► possession ─────────────► owner, last ─► judge
//!                                    ├─► mismatch ─► refused
//!                                    └─► needs the digest ─► pool ─► row and owner AGAIN ─► judge
//! ```

use keys_core::{
    Credential, DenyReason, DigestProof, KeyId, NeedsDigest, Possession, Proof, Tagged, Timestamp, Verdict,
    VerificationRow, judge, prove,
};
use keys_store::BackendError;

use super::AuthenticateError;
use crate::authority::Authority;
use crate::hashing::Busy;

impl Authority {
    /// Decides whether a credential is good, from the index alone; `None` when that takes the store or argon2. Never
    /// blocks for longer than a map look-up.
    #[must_use]
    pub fn authenticate_indexed(&self, credential: &Credential, now: Timestamp) -> Option<Verdict> {
        let row = self.index.find_key(&credential.access_key()).known()?;
        match prove(row.as_ref(), credential, &self.keyring) {
            Proof::Possession(possession) => {
                let owner = self.index.find_owner(row?.owner).known()?;
                Some(judge(row.as_ref(), owner.as_ref(), possession, now))
            }
            Proof::Mismatch(reason) => Some(Verdict::Deny(reason)),
            Proof::NeedsDigest(_) => None,
        }
    }

    /// Decides whether a credential is good. May read the store, and may wait for a hasher when its key's pepper is lost.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/authority.rs.in"));
    /// use keys_core::{Credential, Transition, Verdict};
    /// use keys_service::KeyRequest;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (authority, context, mut rng) = authority()?;
    /// let issued = authority.issue_key(&context, KeyRequest::default(), &mut rng)?;
    /// let key = issued.record.parts().id;
    /// let presented = Credential::from((issued.record.parts().access_key, issued.secret_key));
    /// match authority.authenticate(&presented, context.now)? {
    ///     Verdict::Allow(grant) => assert_eq!(authority.caller(&grant).principal(), grant.owner()),
    ///     // For the log. Whoever asks is told the same, whatever the reason.
    ///     Verdict::Deny(reason) => panic!("{reason}"),
    /// }
    /// authority.transition_key(&context, key, Transition::Deactivate, None)?;
    /// assert!(matches!(authority.authenticate(&presented, context.now)?, Verdict::Deny(_)));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`AuthenticateError`]: it could not be told, which is never a yes.
    pub fn authenticate(
        &self,
        credential: &Credential,
        now: Timestamp,
    ) -> Result<Verdict, AuthenticateError> {
        let row = self.index.key(&*self.store, &credential.access_key())?;
        match prove(row.as_ref(), credential, &self.keyring) {
            Proof::Possession(possession) => {
                let verdict = self.judge_now(row.as_ref(), possession, now)?;
                if let (Verdict::Allow(_), Some(row)) = (&verdict, &row) {
                    self.renew_tag(row, credential);
                }
                Ok(verdict)
            }
            Proof::Mismatch(reason) => Ok(Verdict::Deny(reason)),
            Proof::NeedsDigest(evidence) => self.authenticate_by_digest(evidence, credential, now),
        }
    }

    /// The slow proof. It takes milliseconds, so row and owner are read again afterwards: a key deactivated while the
    /// digest was computed is refused (CWE-367).
    fn authenticate_by_digest(
        &self,
        evidence: NeedsDigest,
        credential: &Credential,
        now: Timestamp,
    ) -> Result<Verdict, AuthenticateError> {
        let key = evidence.key();
        let Some(stored) = self.store.stored_secret(key)? else {
            return Ok(Verdict::Deny(DenyReason::Deleted));
        };
        let proof = self
            .hashers
            .run(|hasher| evidence.check(&stored.digest, &self.keyring, hasher))
            .map_err(|Busy| AuthenticateError::Busy)??;
        let Some(DigestProof { possession, new_tag }) = proof else {
            return Ok(Verdict::Deny(DenyReason::WrongSecret));
        };
        self.replace_tag(possession.key(), &stored.tagged, &new_tag);
        let row = self.index.reload_key(&*self.store, &credential.access_key())?;
        Ok(self.judge_now(row.as_ref(), possession, now)?)
    }

    fn judge_now(
        &self,
        row: Option<&VerificationRow>,
        possession: Possession,
        now: Timestamp,
    ) -> Result<Verdict, BackendError> {
        let owner = match row {
            Some(row) => self.index.owner(&*self.store, row.owner)?,
            None => None,
        };
        Ok(judge(row, owner.as_ref(), possession, now))
    }

    /// Rewrites a tag that was made under a known pepper which is no longer the current one.
    fn renew_tag(&self, row: &VerificationRow, credential: &Credential) {
        if let Some(old) = row.state.tagged().filter(|tagged| tagged.pepper != self.keyring.current()) {
            self.replace_tag(row.key, old, &self.keyring.tag(credential));
        }
    }

    /// Replaces a tag if it can be done now. The verdict does not depend on it: the old tag or the digest says the same
    /// next time, so a failure costs time and nothing else.
    fn replace_tag(&self, key: KeyId, old: &Tagged, new: &Tagged) {
        let _ = self.store.replace_tag(key, old, new);
    }
}

//! Creates that are asked for more than once: whoever asks again under the same idempotency key is told what was made.
//!
//! ```text
//!              ┌─ a receipt, of this request ──────► what it is about, as it is now; its secret while that can be had
//!  look for ───┼─ a receipt, of another request ───► refused
//!              └─ none ─► make it, with a receipt ─┬► it
//!                                                  └► somebody was faster: look again
//! ```

use keys_core::{
    Credential, Fingerprint, IdempotencyKey, NewReceipt, Receipt, ReceiptName, ReceiptSweep, SealError,
    SealedSecret, Timestamp,
};
use keys_store::{BackendError, BackendErrorKind, CommitError};
use rand_core::TryCryptoRng;

use crate::ATTEMPTS;
use crate::authority::Authority;
use crate::context::Context;
use crate::error::{StoreFailure, WriteFailure};

/// How many sweeps one [`tick`](Authority::tick) makes at most: what is left then is swept by the next.
const SWEEPS: usize = 16;

/// What was asked for under an idempotency key.
#[derive(Debug)]
pub struct Once<T> {
    /// What was made, by this request or by the first.
    pub made: T,
    /// Whether it was made before.
    pub replayed: bool,
}

/// The idempotency key was used for another request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the idempotency key was used for another request")]
#[non_exhaustive]
pub struct AnotherRequest;

/// A create under an idempotency key.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) key: &'a IdempotencyKey,
    name: ReceiptName,
    fingerprint: Fingerprint,
}

impl<'a> Asked<'a> {
    /// What this caller asks for: one of `kind` with these fields.
    pub(crate) fn new(
        context: &Context,
        key: &'a IdempotencyKey,
        kind: &str,
        fields: &[(&str, Option<&str>)],
    ) -> Self {
        let caller = &context.caller;
        let name = ReceiptName { principal: caller.principal(), owner: caller.effective(), hash: key.hash() };
        Self { key, name, fingerprint: Fingerprint::of(key, kind, fields) }
    }

    /// The receipt of it, without a secret.
    pub(crate) const fn receipt(&self) -> NewReceipt {
        NewReceipt { name: self.name, fingerprint: self.fingerprint, secret: None }
    }

    /// The receipt of it, with the secret of a pair.
    pub(crate) fn receipt_of<R: TryCryptoRng + ?Sized>(
        &self,
        pair: &Credential,
        authority: &Authority,
        rng: &mut R,
    ) -> Result<NewReceipt, SealError> {
        let secret = SealedSecret::seal(pair, &self.name, self.key, &authority.keyring, rng)?;
        Ok(NewReceipt { secret: Some(secret), ..self.receipt() })
    }
}

impl Authority {
    /// Makes something once: `replay` says what a receipt is about, `make` makes it, or nothing when a receipt came
    /// between.
    pub(crate) fn once<T, E: From<StoreFailure> + From<AnotherRequest>>(
        &self,
        asked: &Asked<'_>,
        replay: impl Fn(&Receipt) -> Result<T, E>,
        mut make: impl FnMut() -> Result<Option<T>, E>,
    ) -> Result<Once<T>, E> {
        for _ in 0..ATTEMPTS {
            let receipt = self.store.receipt(&asked.name).map_err(StoreFailure::from)?;
            if let Some(receipt) = receipt {
                if receipt.fingerprint != asked.fingerprint {
                    return Err(AnotherRequest.into());
                }
                return Ok(Once { made: replay(&receipt)?, replayed: true });
            }
            if let Some(made) = make()? {
                return Ok(Once { made, replayed: false });
            }
        }
        Err(contradiction("the store refuses a receipt that it does not have").into())
    }

    /// Erases the secret of a receipt, because the caller has it. `Ok(false)` when the caller has no receipt under this
    /// key.
    ///
    /// # Errors
    ///
    /// [`StoreFailure`].
    pub fn confirm_receipt(&self, context: &Context, key: &IdempotencyKey) -> Result<bool, StoreFailure> {
        let name = Asked::new(context, key, "", &[]).name;
        if self.store.erase_receipt_secret(&name).map_err(store_failure)? {
            return Ok(true);
        }
        Ok(self.store.receipt(&name)?.is_some())
    }

    /// Drops receipts and erases their secrets when they are past their time. Returns how many that were.
    pub(crate) fn sweep_receipts(&self, now: Timestamp) -> Result<usize, StoreFailure> {
        let sweep = ReceiptSweep::at(now);
        let mut all = 0;
        for _ in 0..SWEEPS {
            let swept = self.store.sweep_receipts(&sweep).map_err(store_failure)?;
            if swept == 0 {
                break;
            }
            all += swept;
        }
        Ok(all)
    }
}

fn store_failure(error: CommitError) -> StoreFailure {
    WriteFailure::from(error).into_store_failure()
}

/// What is kept contradicts itself.
pub(crate) fn contradiction(what: &'static str) -> StoreFailure {
    StoreFailure::Failed(BackendError::with_source(BackendErrorKind::Corrupt, what))
}

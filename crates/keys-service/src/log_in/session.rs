//! Being in a session, and leaving it.

use keys_core::{Action, Owner, SessionPolicy, SessionToken, SessionVerdict, Timestamp, Via, judge_session};
use keys_store::{BackendError, EndSessions, KnownSession, Note, Write};

use super::{Entered, SessionOutcome, Whom};
use crate::authority::Authority;
use crate::context::{Caller, Context};
use crate::error::{StoreFailure, WriteFailure};

/// Why sessions were not ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EndSessionsError {
    /// The caller is neither in a session of its own nor an administrator.
    #[error("only the account itself or an administrator ends its sessions")]
    Forbidden,
    /// There is no such person.
    #[error("there is no such person")]
    NotFound,
    /// The store failed.
    #[error("the sessions could not be ended")]
    Store(#[from] StoreFailure),
}

impl Authority {
    /// Decides whether a session token is good. Reads the store each time, session and account together: what takes a
    /// right away is effective as soon as it is committed, and so before it is acknowledged. Once a minute a use is noted.
    ///
    /// # Errors
    ///
    /// [`BackendError`]: it could not be told, which is never a yes.
    pub fn authenticate_session(
        &self,
        token: &SessionToken,
        now: Timestamp,
    ) -> Result<SessionOutcome, BackendError> {
        let known = self.store.session(&token.hash())?;
        let (session, account) = match known {
            Some(KnownSession { session, account }) => (Some(session), account),
            None => (None, None),
        };
        let admitted = match &account {
            Some(account) => self.admits(account)?,
            None => false,
        };
        let verdict = judge_session(session.as_ref(), account.as_ref(), admitted, &self.log_ins.policy, now);
        Ok(match (verdict, account) {
            (SessionVerdict::Allow(grant), Some(account)) => {
                if grant.wants_touch() {
                    // Failing costs a session its next hour at worst, and lets nobody in.
                    let _ = self.store.note(Note::Seen { session: grant.session(), at: now });
                }
                let principal = Owner::Account(grant.account());
                let caller = Caller::new(principal, Via::Session(grant.session()), account.administers());
                SessionOutcome::Entered(Entered { caller, grant, account })
            }
            (SessionVerdict::Allow(_), None) => {
                SessionOutcome::Denied(keys_core::SessionDenyReason::AccountInactive)
            }
            (SessionVerdict::Deny(reason), _) => SessionOutcome::Denied(reason),
        })
    }

    /// Ends the session the caller is in. Once this returns `Ok`, its token lets nobody in.
    ///
    /// # Errors
    ///
    /// [`EndSessionsError::Forbidden`] for a caller in no session.
    pub fn log_out(&self, context: &Context) -> Result<(), EndSessionsError> {
        let (Some(account), Via::Session(session)) =
            (context.caller.principal().account(), context.caller.via())
        else {
            return Err(EndSessionsError::Forbidden);
        };
        match self.end(context, EndSessions::One { account, session }) {
            // Who has no session any more has left.
            Err(EndSessionsError::Forbidden) => Ok(()),
            ended => ended,
        }
    }

    /// Ends all sessions of a person: of itself for everybody, of anybody for an administrator. The session the caller is
    /// in is no exception. Once this returns `Ok`, none of them lets anybody in.
    ///
    /// # Errors
    ///
    /// See [`EndSessionsError`].
    pub fn end_sessions(&self, context: &Context, whom: &Whom) -> Result<(), EndSessionsError> {
        let account = self.account_meant(whom)?;
        let own = context.caller.effective().account();
        // Whoever may end its own only learns nothing of who else there is.
        if !context.caller.administers() && (own.is_none() || account != own) {
            return Err(EndSessionsError::Forbidden);
        }
        self.end(context, EndSessions::AllOf(account.ok_or(EndSessionsError::NotFound)?))
    }

    /// Ends every session there is: for an administrator, for the day when tokens may be in wrong hands. So the session
    /// the caller is in is no exception: it may be the one that was stolen. Keys are not touched.
    ///
    /// # Errors
    ///
    /// See [`EndSessionsError`].
    pub fn end_all_sessions(&self, context: &Context) -> Result<(), EndSessionsError> {
        if !context.caller.administers() {
            return Err(EndSessionsError::Forbidden);
        }
        self.end(context, EndSessions::All)
    }

    fn end(&self, context: &Context, which: EndSessions) -> Result<(), EndSessionsError> {
        match self.change(context, Action::EndSession, Write::EndSessions(which), None) {
            // It had ended already: by another request, or by its age.
            Ok(_) | Err(WriteFailure::NotFound) => Ok(()),
            Err(WriteFailure::Unmet) => Err(EndSessionsError::Forbidden),
            Err(failure) => Err(failure.into_store_failure().into()),
        }
    }

    /// Takes out up to `limit` sessions and devices whose time is over. Nothing depends on it but room: they let nobody in
    /// any longer. Returns how many went.
    ///
    /// # Errors
    ///
    /// [`StoreFailure`].
    pub fn forget_ended_sessions(&self, now: Timestamp, limit: usize) -> Result<u64, StoreFailure> {
        let SessionPolicy { absolute, idle, device } = self.log_ins.policy;
        let before = |span: std::time::Duration| {
            let millis = i64::try_from(span.as_millis()).ok()?;
            Timestamp::from_millis(now.as_millis().checked_sub(millis)?)
        };
        let note =
            Note::Forget { begun: before(absolute), unused: before(idle), devices: before(device), limit };
        self.store.note(note).map_err(|error| WriteFailure::from(error).into_store_failure())
    }
}

//! From name and password to a session.

use keys_core::{
    AccountRecord, Action, DeviceToken, Digest, NewSession, Origin, Owner, PasswordRecord, SessionKind,
    SessionToken, Via, may_log_in,
};
use keys_store::{BackendError, Change, Committed, Note, Requirement, Write};
use rand_core::TryCryptoRng;

use super::guard::Lane;
use super::{LogInError, LogInRefusal, LogInRequest, LoggedIn, Visitor};
use crate::authority::Authority;
use crate::error::{StoreFailure, WriteFailure, wrong_acknowledgement};
use crate::hashing::Busy;

/// What the slow comparison found.
enum Compared {
    Same {
        /// The digest it should have: the policy asks for more than its own.
        newer: Option<Digest>,
    },
    Another,
}

impl Authority {
    /// Begins a session, if name and password are those of an account that is let in. May wait for a hasher, and waits for
    /// the disk.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/authority.rs.in"));
    /// use keys_core::{Password, SessionKind};
    /// use keys_service::{LogInError, LogInRequest, SessionOutcome, Visitor};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (authority, context, mut rng) = authority()?;
    /// # let ada = authority.create_account(&context, Default::default(), &mut rng)?.parts().id;
    /// let password = || Password::new("correct horse battery");
    /// authority.set_password(&context, ada, "ada".parse()?, &password()?, &mut rng)?;
    ///
    /// let visitor = Visitor { client_address: None, request_id: "request-2".parse()?, now: context.now };
    /// let mut ask = |password| {
    ///     let request = LogInRequest { login: "ada".parse()?, password, device: None, kind: SessionKind::Bearer };
    ///     Ok::<_, Box<dyn std::error::Error>>(authority.log_in(&request, &visitor, &mut rng))
    /// };
    /// let session = ask(password()?)??;
    /// let outcome = authority.authenticate_session(&session.token, context.now)?;
    /// assert!(matches!(outcome, SessionOutcome::Entered(entered) if entered.grant.account() == ada));
    /// assert!(matches!(ask(Password::new("another one")?)?, Err(LogInError::Refused(_))));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`LogInError`]. A name that nobody has is refused after the same work as a wrong password.
    pub fn log_in<R: TryCryptoRng + ?Sized>(
        &self,
        request: &LogInRequest,
        visitor: &Visitor,
        rng: &mut R,
    ) -> Result<LoggedIn, LogInError> {
        let folded = request.login.folded();
        let record = self.store.password_named(&folded).map_err(StoreFailure::from)?;
        let lane = match &record {
            Some(record) => self.lane_of(record, request, visitor).map_err(StoreFailure::from)?,
            None => Lane::Nobody(folded),
        };
        let compared = self.compare(record.as_ref(), request, &lane, visitor, rng)?;
        let Some(record) = record else {
            return Err(LogInError::Refused(LogInRefusal::UnknownName));
        };
        let newer = match compared {
            Compared::Same { newer } => newer,
            Compared::Another => return Err(LogInError::Refused(LogInRefusal::WrongPassword)),
        };
        let account = self.admitted(&record)?;
        let logged_in = self.begin_session(&record, account, request, visitor, rng)?;
        self.log_ins.guard.succeed(&lane, visitor.client_address);
        if let (Some(new), Some(expected)) = (newer, record.digest()) {
            // The session does not depend on it: the old digest says the same next time.
            let _ = self.store.note(Note::Digest {
                password: record.parts().id,
                expected: expected.clone(),
                new,
            });
        }
        Ok(logged_in)
    }

    /// Whose failures this attempt counts among. A device counts by itself if this very account has logged in on it.
    fn lane_of(
        &self,
        record: &PasswordRecord,
        request: &LogInRequest,
        visitor: &Visitor,
    ) -> Result<Lane, BackendError> {
        let account = record.parts().account;
        let device = match &request.device {
            Some(token) => self.store.device(&token.hash())?,
            None => None,
        };
        let known = device
            .filter(|device| device.account == account && self.log_ins.policy.knows(device, visitor.now));
        Ok(known.map_or(Lane::Account(account), |device| Lane::Device(account, device.hash)))
    }

    /// Compares the password once the guard allows it and a hasher is free. The attempt is counted when its comparison
    /// begins: one that was turned away by a full queue is none.
    fn compare<R: TryCryptoRng + ?Sized>(
        &self,
        record: Option<&PasswordRecord>,
        request: &LogInRequest,
        lane: &Lane,
        visitor: &Visitor,
        rng: &mut R,
    ) -> Result<Compared, LogInError> {
        let Visitor { client_address, now, .. } = visitor;
        self.log_ins.guard.check(lane, *client_address, *now)?;
        let password = &request.password;
        let compared = self.log_ins.hashers.run(|hasher| {
            self.log_ins.guard.begin(lane, *client_address, *now)?;
            let Some(digest) = record.and_then(PasswordRecord::digest) else {
                password.match_decoy(self.policy, hasher)?;
                return Ok(Compared::Another);
            };
            if !password.matches(digest, hasher)? {
                return Ok(Compared::Another);
            }
            let obsolete = digest.is_obsolete(self.policy);
            // No salt, no newer digest; the log-in goes on.
            let newer = obsolete.then(|| password.digest(self.policy, hasher, rng).ok()).flatten();
            Ok(Compared::Same { newer })
        });
        compared.map_err(|Busy| LogInError::Busy)?
    }

    /// The account of a password that was found to be the right one, as it is now, if it is let in.
    fn admitted(&self, record: &PasswordRecord) -> Result<AccountRecord, LogInError> {
        let account = self.store.account(record.parts().account).map_err(StoreFailure::from)?;
        let Some(account) = account.filter(may_log_in) else {
            return Err(LogInError::Refused(LogInRefusal::AccountInactive));
        };
        if !self.admits(&account).map_err(StoreFailure::from)? {
            return Err(LogInError::Refused(LogInRefusal::NotAdmitted));
        }
        Ok(account)
    }

    /// Begins the session, provided the password is still the one that was compared.
    fn begin_session<R: TryCryptoRng + ?Sized>(
        &self,
        record: &PasswordRecord,
        account: AccountRecord,
        request: &LogInRequest,
        visitor: &Visitor,
        rng: &mut R,
    ) -> Result<LoggedIn, LogInError> {
        let Visitor { client_address, request_id, now } = visitor.clone();
        let token = SessionToken::generate(rng)?;
        // Always a new one: a token that somebody else put into the browser must not become a known device.
        let device = match request.kind {
            SessionKind::Cookie => Some(DeviceToken::generate(rng)?),
            SessionKind::Bearer => None,
        };
        let (id, password) = (account.parts().id, record.parts().id);
        let session = NewSession { hash: token.hash(), account: id, kind: request.kind, created: now };
        let change = Change {
            write: Write::BeginSession { session, device: device.as_ref().map(DeviceToken::hash) },
            requires: vec![Requirement::PasswordIs { password, revision: record.parts().revision }],
            at: now,
            origin: Origin {
                principal: Owner::Account(id),
                via: Via::Password(password),
                client_address,
                request_id,
            },
            action: Action::BeginSession,
            receipt: None,
        };
        match self.store.commit(vec![change]).map_err(WriteFailure::from) {
            Ok(committed) => match committed.into_iter().next() {
                Some(Committed::Session(session)) => Ok(LoggedIn { token, session, account, device }),
                _ => Err(wrong_acknowledgement().into()),
            },
            Err(WriteFailure::Unmet) => Err(LogInError::Refused(LogInRefusal::WrongPassword)),
            Err(failure) => Err(failure.into_store_failure().into()),
        }
    }
}

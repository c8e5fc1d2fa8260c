//! What the use cases refuse and fail with, as problems.

use keys_core::{AccountChangeError, AccountTransitionError, EnvironmentTransitionError, TransitionError};
use keys_service::{
    AccountError, AuthenticateError, BulkError, EndSessionsError, EnterError, EnvironmentChangeError,
    IssueError, KeyChangeError, MembersError, SettingError, StoreFailure, UnlockError,
};
use keys_store::{BackendError, BackendErrorKind};

use crate::problem::Problem;

const UNCHANGED: &str = "the server could not store it, nothing was changed; try again, and if it stays so, its log \
    says why";
const UNKNOWN: &str = "the server failed while it stored the change; it is unknown whether it happened, so read \
    before trying again";
const UNREAD: &str = "the server could not read its store; try again, and if it stays so, its log says why";
const DEFECT: &str = "the server failed; nothing was changed, and its log says why";

const REVOKED: &str = "what you may was taken away while this was being done; nothing was changed";
const READ_ONLY: &str = "your role in this environment is to read: ask one of its owners for another";

impl From<BackendError> for Problem {
    fn from(error: BackendError) -> Self {
        Self::Failed { soon: soon(&error), detail: UNREAD, cause: error.into() }
    }
}

/// Whether whoever runs the server, or time, can be expected to help.
fn soon(error: &BackendError) -> bool {
    match error.kind() {
        BackendErrorKind::Unavailable | BackendErrorKind::Full | BackendErrorKind::ReadOnly => true,
        BackendErrorKind::Corrupt | BackendErrorKind::Other | _ => false,
    }
}

impl From<StoreFailure> for Problem {
    fn from(error: StoreFailure) -> Self {
        match error {
            StoreFailure::Failed(cause) => {
                Self::Failed { soon: soon(&cause), detail: UNCHANGED, cause: cause.into() }
            }
            StoreFailure::Unknown(cause) => Self::Failed { soon: true, detail: UNKNOWN, cause: cause.into() },
            other => Self::Failed { soon: false, detail: UNKNOWN, cause: other.into() },
        }
    }
}

impl From<IssueError> for Problem {
    fn from(error: IssueError) -> Self {
        match error {
            IssueError::Busy => Self::Busy,
            IssueError::Forbidden => Self::Forbidden(READ_ONLY),
            IssueError::Revoked => Self::Forbidden(REVOKED),
            IssueError::ExpiryPassed => {
                Self::field("MinLimitExceeded", "expiresAt", "the expiry is not in the future")
            }
            IssueError::AnotherRequest(_) => another_request(),
            IssueError::OwnerInactive => Self::Forbidden(
                "whom the key shall belong to is not active: activate the environment or the account first",
            ),
            IssueError::Store(failure) => failure.into(),
            IssueError::Rng(cause) => Self::Failed { soon: true, detail: DEFECT, cause: cause.into() },
            IssueError::Seal(cause) => Self::Failed { soon: false, detail: DEFECT, cause: cause.into() },
            IssueError::Hash(cause) => Self::Failed { soon: false, detail: DEFECT, cause: cause.into() },
            other @ (IssueError::Repeated | _) => {
                Self::Failed { soon: false, detail: DEFECT, cause: other.into() }
            }
        }
    }
}

/// An idempotency key that was used before, for something else.
fn another_request() -> Problem {
    Problem::Invalid {
        code: "IdempotencyKeyReused",
        field: None,
        detail: "this `Idempotency-Key` was used for another request: send a new key with a new request, and repeat a \
                 request unchanged; nothing was made"
            .into(),
    }
}

impl From<KeyChangeError> for Problem {
    fn from(error: KeyChangeError) -> Self {
        match error {
            KeyChangeError::Forbidden => Self::Forbidden(READ_ONLY),
            KeyChangeError::Revoked => Self::Forbidden(REVOKED),
            KeyChangeError::NotFound => Self::NotFound,
            KeyChangeError::Refused(refusal) => refused(&refusal, key_advice(&refusal)),
            KeyChangeError::Conflict { .. } => Self::PreconditionFailed,
            KeyChangeError::Contended => Self::Conflict,
            KeyChangeError::Store(failure) => failure.into(),
            other => Self::Failed { soon: false, detail: UNKNOWN, cause: other.into() },
        }
    }
}

impl From<BulkError> for Problem {
    fn from(error: BulkError) -> Self {
        match error {
            BulkError::Forbidden => Self::Forbidden(READ_ONLY),
            BulkError::Revoked => Self::Forbidden(REVOKED),
            BulkError::TooMany => Self::Invalid {
                code: "MaxLimitExceeded",
                field: None,
                detail: format!("at most {} keys are changed at once", keys_service::Authority::MOST_AT_ONCE)
                    .into(),
            },
            BulkError::Outdated { keys } => Self::KeysChanged { detail: changed(&keys).into() },
            BulkError::Contended => Self::Conflict,
            BulkError::Store(failure) => failure.into(),
            other => Self::Failed { soon: false, detail: UNKNOWN, cause: other.into() },
        }
    }
}

/// Which of many keys have changed, as far as a line goes.
fn changed(keys: &[keys_core::KeyId]) -> String {
    const MOST: usize = 20;
    let named: Vec<_> = keys.iter().take(MOST).map(ToString::to_string).collect();
    let rest = if keys.len() > MOST { " and others" } else { "" };
    format!(
        "changed since they were read, so that nothing was done: {}{rest}; read them again",
        named.join(" ")
    )
}

fn key_advice(refusal: &TransitionError) -> &'static str {
    if let TransitionError::NotAllowed { from: keys_core::LifecycleState::Active, .. } = refusal {
        "; deactivate it first: POST it with ?action=deactivate"
    } else {
        ""
    }
}

fn refused(refusal: &impl std::fmt::Display, advice: &str) -> Problem {
    Problem::field("ActionNotAvailable", "action", format!("{refusal}{advice}"))
}

impl From<EnvironmentChangeError> for Problem {
    fn from(error: EnvironmentChangeError) -> Self {
        match error {
            EnvironmentChangeError::Forbidden => {
                Self::Forbidden("only an owner of the environment or an administrator may do this")
            }
            EnvironmentChangeError::Revoked => Self::Forbidden(REVOKED),
            EnvironmentChangeError::Members(refusal) => refusal.into(),
            EnvironmentChangeError::AnotherRequest(_) => another_request(),
            EnvironmentChangeError::NotFound => Self::NotFound,
            EnvironmentChangeError::Refused(refusal) => refused(&refusal, environment_advice(&refusal)),
            EnvironmentChangeError::Conflict { .. } => Self::PreconditionFailed,
            EnvironmentChangeError::Contended => Self::Conflict,
            EnvironmentChangeError::Rng(cause) => {
                Self::Failed { soon: true, detail: DEFECT, cause: cause.into() }
            }
            EnvironmentChangeError::Store(failure) => failure.into(),
            other @ (EnvironmentChangeError::Repeated | _) => {
                Self::Failed { soon: false, detail: DEFECT, cause: other.into() }
            }
        }
    }
}

fn environment_advice(refusal: &EnvironmentTransitionError) -> &'static str {
    use EnvironmentTransitionError::NotAllowed;

    let NotAllowed { from: keys_core::EnvironmentState::Removed { .. }, .. } = refusal else { return "" };
    "; restore it first: POST it with ?action=restore"
}

impl From<MembersError> for Problem {
    fn from(error: MembersError) -> Self {
        let text = error.to_string();
        match error {
            MembersError::Forbidden => {
                Self::Forbidden("only an owner of the environment or an administrator may do this")
            }
            MembersError::Revoked => Self::Forbidden(REVOKED),
            MembersError::NotFound => Self::NotFound,
            MembersError::Removed => {
                Self::field("ActionNotAvailable", "action", "the environment is removed")
            }
            MembersError::Refused(refusal) => Self::BadMembers(refusal.to_string().into()),
            MembersError::NotAPerson { .. } | MembersError::AlreadyMember { .. } => {
                Self::BadMembers(text.into())
            }
            MembersError::Conflict { .. } | MembersError::MemberChanged { .. } => Self::PreconditionFailed,
            MembersError::Contended => Self::Conflict,
            MembersError::Store(failure) => failure.into(),
            other => Self::Failed { soon: false, detail: UNKNOWN, cause: other.into() },
        }
    }
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Forbidden => {
                Self::Forbidden("only an administrator may do this; where you begin is yours to say")
            }
            AccountError::Revoked => Self::Forbidden(REVOKED),
            AccountError::NotFound => Self::NotFound,
            AccountError::Refused(refusal) => refused(&refusal, account_advice(&refusal)),
            AccountError::LastAdministrator => Self::LastAdministrator,
            AccountError::NameTaken => {
                Self::field("NotUnique", "publicValue", "another account has this log-in name")
            }
            AccountError::Busy => Self::Busy,
            AccountError::NotEnterable => Self::field(
                "InvalidReference",
                "defaultProjectId",
                "the person may not enter this environment",
            ),
            AccountError::Conflict { .. } => Self::PreconditionFailed,
            AccountError::Contended => Self::Conflict,
            AccountError::AnotherRequest(_) => another_request(),
            AccountError::Rng(cause) => Self::Failed { soon: true, detail: DEFECT, cause: cause.into() },
            AccountError::Store(failure) => failure.into(),
            other @ (AccountError::Repeated | _) => {
                Self::Failed { soon: false, detail: DEFECT, cause: other.into() }
            }
        }
    }
}

fn account_advice(refusal: &AccountChangeError) -> &'static str {
    let active = keys_core::AccountState::Active;
    if let AccountChangeError::State(AccountTransitionError::NotAllowed { from, .. }) = refusal
        && *from == active
    {
        "; deactivate it first: POST it with ?action=deactivate"
    } else {
        ""
    }
}

impl From<EnterError> for Problem {
    fn from(error: EnterError) -> Self {
        match error {
            EnterError::Refused => Self::Forbidden(
                "the environment cannot be entered: it does not exist, is not active, or is not yours",
            ),
            EnterError::Store(cause) => cause.into(),
            other => Self::Failed { soon: false, detail: DEFECT, cause: other.into() },
        }
    }
}

impl From<AuthenticateError> for Problem {
    fn from(error: AuthenticateError) -> Self {
        match error {
            AuthenticateError::Busy => Self::Busy,
            AuthenticateError::Hash(cause) => {
                Self::Failed { soon: false, detail: DEFECT, cause: cause.into() }
            }
            AuthenticateError::Store(cause) => cause.into(),
            other => Self::Failed { soon: false, detail: DEFECT, cause: other.into() },
        }
    }
}

impl From<SettingError> for Problem {
    fn from(error: SettingError) -> Self {
        match error {
            SettingError::Forbidden => {
                Self::Forbidden("only the administrator, outside any environment, changes settings")
            }
            SettingError::NoAdministrator => Self::field(
                "InvalidState",
                "value",
                "no administrator, such as account 1a1, has an Active API key or a password, so nobody could administer \
                 afterwards: make a key first with POST /v1/apikeys and keep its secret",
            ),
            SettingError::Store(failure) => failure.into(),
            other => Self::Failed { soon: false, detail: UNKNOWN, cause: other.into() },
        }
    }
}

impl From<UnlockError> for Problem {
    fn from(error: UnlockError) -> Self {
        match error {
            UnlockError::Forbidden => {
                Self::Forbidden("only an administrator, outside any environment, opens a lock")
            }
            UnlockError::Revoked => Self::Forbidden(REVOKED),
            UnlockError::NotFound => Self::NotFound,
            UnlockError::Store(failure) => failure.into(),
            other => Self::Failed { soon: false, detail: UNKNOWN, cause: other.into() },
        }
    }
}

impl From<EndSessionsError> for Problem {
    fn from(error: EndSessionsError) -> Self {
        match error {
            EndSessionsError::Forbidden => {
                Self::Forbidden("this request is made in no session, so there is none to end")
            }
            EndSessionsError::NotFound => Self::NotFound,
            EndSessionsError::Store(failure) => failure.into(),
            other => Self::Failed { soon: false, detail: UNKNOWN, cause: other.into() },
        }
    }
}

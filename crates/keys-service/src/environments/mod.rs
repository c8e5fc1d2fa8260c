//! The use cases of environments.

mod change;
mod create;
mod enter;
mod member;
mod members;
mod query;

pub use query::Counted;

use keys_core::{
    AccountId, Description, EnvironmentTransitionError, MembersRevision, Name, Revision, RngError, Role,
};
use keys_store::BackendError;

use crate::error::StoreFailure;
use crate::receipts::AnotherRequest;

/// What a caller says of an environment to be made.
#[derive(Debug, Clone, Default)]
pub struct EnvironmentRequest {
    /// Its name.
    pub name: Option<Name>,
    /// Its description.
    pub description: Option<Description>,
    /// Who shall be a member, as what; without it, whoever makes the environment becomes its owner.
    pub members: Option<Vec<(AccountId, Role)>>,
}

/// Why an environment was not made or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnvironmentChangeError {
    /// The caller sees the environment but may not change it, or may not make one.
    #[error("only an owner or an administrator may do this")]
    Forbidden,
    /// What the caller may was taken away while the change was made.
    #[error("the caller's right to this was taken away meanwhile")]
    Revoked,
    /// Its members cannot be these.
    #[error("these cannot be its members")]
    Members(#[from] MembersError),
    /// The idempotency key was used for another request; nothing was made.
    #[error("the environment is not made")]
    AnotherRequest(#[from] AnotherRequest),
    /// There is no such environment within the caller's reach.
    #[error("there is no such environment")]
    NotFound,
    /// The environment's state does not allow it.
    #[error("the environment's state does not allow it")]
    Refused(#[from] EnvironmentTransitionError),
    /// The environment is not at the revision the caller expects.
    #[error("the environment has changed since: it is at revision {current}")]
    Conflict {
        /// Its revision now.
        current: Revision,
    },
    /// Others kept changing the environment; come back later.
    #[error("others kept changing the environment")]
    Contended,
    /// The random source failed; nothing was made.
    #[error("no uuid could be generated")]
    Rng(#[from] RngError),
    /// The random source keeps giving uuids that are taken; nothing was made. An honest one never does.
    #[error("the random source repeats itself: every uuid it gave is taken")]
    Repeated,
    /// The store failed.
    #[error("the environment could not be stored")]
    Store(#[from] StoreFailure),
}

/// Why the members of an environment were not set.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MembersError {
    /// The caller sees the environment but may not set its members.
    #[error("only an owner or an administrator may do this")]
    Forbidden,
    /// What the caller may was taken away while the change was made.
    #[error("the caller's right to this was taken away meanwhile")]
    Revoked,
    /// There is no such environment within the caller's reach, or no such member.
    #[error("there is no such environment or member")]
    NotFound,
    /// The environment was removed.
    #[error("the environment was removed")]
    Removed,
    /// The list is none an environment can have.
    #[error(transparent)]
    Refused(#[from] keys_core::MembersError),
    /// The account is a member already.
    #[error("account {account} is a member already")]
    AlreadyMember {
        /// Which account.
        account: AccountId,
    },
    /// The member is not at the revision the caller expects.
    #[error("the member has changed since: it is at revision {current}")]
    MemberChanged {
        /// Its revision now.
        current: Revision,
    },
    /// There is no such person.
    #[error("account {account} is no person who could be a member")]
    NotAPerson {
        /// Which account.
        account: AccountId,
    },
    /// The members are not those the caller expects.
    #[error("the members have changed since: they are at {current}")]
    Conflict {
        /// What they are at now.
        current: MembersRevision,
    },
    /// Others kept changing the members; come back later.
    #[error("others kept changing the members")]
    Contended,
    /// The store failed.
    #[error("the members could not be stored")]
    Store(#[from] StoreFailure),
}

/// Why a caller may not enter an environment.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnterError {
    /// It does not exist, is not active, or is not the caller's to enter. Which of them is not told.
    #[error("the environment cannot be entered")]
    Refused,
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] BackendError),
}

//! What the failures of store and service mean to a reader.

use std::error::Error;

use keys_core::{AccountChangeError, AccountId, EnvironmentId, KeyId};
use keys_service::{
    AccountError, EndSessionsError, EnvironmentChangeError, IssueError, KeyChangeError, MembersError,
    OpenError as AuthorityOpenError, PasswordChangeError, SettingError, StoreFailure, UnlockError,
};
use keys_store::sqlite::BackUpError;
use keys_store::{BackendError, BackendErrorKind, OpenError};

use super::super::refusals::{
    account_refused, account_removed, environment_refused, key_refused, last_administrator, login_taken,
    no_account, no_administrator, no_environment, no_key, no_owner, no_person, no_place_to_begin, nobody,
};
use crate::authority::Person;
use crate::exit::{Exit, Failure};

/// An error and its causes on one line.
pub(super) fn chain(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error: &&(dyn Error + 'static)| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// The database was not opened.
pub(super) fn not_opened(error: OpenError) -> Failure {
    let message = chain(&error);
    match error {
        OpenError::Locked { .. } => {
            Failure::new(Exit::Conflict, message).hint("--url http://127.0.0.1:8080 in place of --database")
        }
        OpenError::Missing { .. } => Failure::new(Exit::NotFound, message),
        OpenError::NotAFile { .. } => Failure::new(Exit::Usage, message),
        OpenError::Foreign { .. }
        | OpenError::Newer { .. }
        | OpenError::Older { .. }
        | OpenError::Corrupt { .. }
        | OpenError::ReadOnlyFile { .. }
        | OpenError::Full { .. }
        | OpenError::RolledBack { .. }
        | OpenError::Forked { .. }
        | OpenError::Anchor { .. }
        | OpenError::NetworkFileSystem { .. }
        | OpenError::OldSqlite { .. }
        | OpenError::Permissions { .. }
        | OpenError::Io { .. }
        | _ => Failure::new(Exit::Failure, message),
    }
}

/// No copy was made.
pub(super) fn not_backed_up(error: BackUpError) -> Failure {
    let message = chain(&error);
    match error {
        BackUpError::Source(error) => not_opened(error),
        BackUpError::Taken { .. } | BackUpError::Unfinished { .. } => Failure::new(Exit::Conflict, message),
        BackUpError::Target { .. } => Failure::new(Exit::Failure, message).and("nothing was left there"),
        BackUpError::Damaged { .. } | _ => Failure::new(Exit::Failure, message)
            .hint("keep a copy of its files, and restore the last backup that is whole"),
    }
}

/// The authority was not opened on the database.
pub(super) fn not_opened_to_issue(error: AuthorityOpenError) -> Failure {
    match error {
        AuthorityOpenError::LostPepper { .. } => {
            Failure::new(Exit::Usage, chain(&error)).hint("--pepper-file names the file of this database")
        }
        AuthorityOpenError::Store(failure) => store_failed(failure),
        AuthorityOpenError::Rng(_) | _ => Failure::new(Exit::Failure, chain(&error)),
    }
}

/// The store failed while it read.
pub(super) fn backend_failed(error: BackendError) -> Failure {
    let exit = match error.kind() {
        BackendErrorKind::Unavailable => Exit::Unreachable,
        BackendErrorKind::Full
        | BackendErrorKind::ReadOnly
        | BackendErrorKind::Corrupt
        | BackendErrorKind::Other
        | _ => Exit::Failure,
    };
    Failure::new(exit, chain(&error))
}

/// The store failed while it wrote.
pub(super) fn store_failed(failure: StoreFailure) -> Failure {
    match failure {
        StoreFailure::Failed(error) => backend_failed(error).and("nothing was changed"),
        StoreFailure::Unknown(_) | _ => {
            Failure::new(Exit::Failure, chain(&failure)).hint("look before you try again")
        }
    }
}

/// A command that changes something was given a database that was opened to be read. Opening asks what the command
/// needs, so nobody sees this.
pub(super) fn changes_need_ownership() -> Failure {
    Failure::new(Exit::Failure, "the database was opened to be read only")
}

pub(super) fn issue_failed(error: IssueError) -> Failure {
    match error {
        IssueError::ExpiryPassed => {
            Failure::new(Exit::Usage, "--expires: that instant has passed").hint("is the clock right?")
        }
        IssueError::OwnerInactive => Failure::new(Exit::Conflict, chain(&error)),
        IssueError::Store(failure) => store_failed(failure),
        IssueError::Busy | IssueError::Rng(_) | IssueError::Repeated | IssueError::Hash(_) | _ => {
            Failure::new(Exit::Failure, chain(&error))
        }
    }
}

pub(super) fn key_not_changed(id: KeyId, error: KeyChangeError) -> Failure {
    match error {
        KeyChangeError::NotFound => no_key(id),
        KeyChangeError::Refused(refusal) => key_refused(id, refusal),
        KeyChangeError::Store(failure) => store_failed(failure).within(id),
        KeyChangeError::Conflict { .. } | KeyChangeError::Contended | _ => {
            Failure::new(Exit::Conflict, format!("{id}: {}", chain(&error))).hint("try again")
        }
    }
}

pub(super) fn environment_not_changed(id: Option<EnvironmentId>, error: EnvironmentChangeError) -> Failure {
    match (id, error) {
        (Some(id), EnvironmentChangeError::NotFound) => no_environment(id),
        (Some(id), EnvironmentChangeError::Refused(refusal)) => environment_refused(id, refusal),
        (_, EnvironmentChangeError::Store(failure)) => store_failed(failure),
        (_, EnvironmentChangeError::Rng(error)) => Failure::new(Exit::Failure, error.to_string()),
        (_, error) => Failure::new(Exit::Conflict, chain(&error)).hint("try again"),
    }
}

pub(super) fn not_switched(error: SettingError) -> Failure {
    match error {
        SettingError::NoAdministrator => no_administrator(),
        SettingError::Store(failure) => store_failed(failure),
        SettingError::Forbidden | _ => Failure::new(Exit::NotAllowed, chain(&error)),
    }
}

/// A session was asked for where there is none.
pub(super) fn sessions_are_of_servers() -> Failure {
    Failure::new(Exit::Usage, "sessions are for --url: whoever holds the database needs none")
}

pub(super) fn password_not_set(account: AccountId, error: PasswordChangeError) -> Failure {
    match error {
        PasswordChangeError::NotFound | PasswordChangeError::NoPerson => no_person(account),
        PasswordChangeError::NameTaken => login_taken(),
        PasswordChangeError::Store(failure) => store_failed(failure),
        PasswordChangeError::Busy | PasswordChangeError::Rng(_) | PasswordChangeError::Hash(_) => {
            Failure::new(Exit::Failure, chain(&error))
        }
        PasswordChangeError::Conflict { .. } | PasswordChangeError::Contended | _ => {
            Failure::new(Exit::Conflict, chain(&error)).hint("try again")
        }
    }
}

pub(super) fn not_unlocked(person: &Person, error: UnlockError) -> Failure {
    match error {
        UnlockError::NotFound => nobody(person),
        UnlockError::Store(failure) => store_failed(failure).within(person),
        UnlockError::Forbidden | _ => Failure::new(Exit::NotAllowed, chain(&error)),
    }
}

pub(super) fn sessions_not_ended(person: Option<&Person>, error: EndSessionsError) -> Failure {
    match (person, error) {
        (Some(person), EndSessionsError::NotFound) => nobody(person),
        (_, EndSessionsError::Store(failure)) => store_failed(failure),
        (_, error) => Failure::new(Exit::NotAllowed, chain(&error)),
    }
}

pub(super) fn account_not_made(error: AccountError) -> Failure {
    match error {
        AccountError::Store(failure) => store_failed(failure),
        AccountError::Forbidden | _ => Failure::new(Exit::Failure, chain(&error)),
    }
}

pub(super) fn account_not_changed(id: AccountId, error: AccountError) -> Failure {
    match error {
        AccountError::NotFound | AccountError::Refused(AccountChangeError::NotAPerson { .. }) => {
            no_account(id)
        }
        AccountError::Refused(AccountChangeError::State(refusal)) => account_refused(id, refusal),
        AccountError::Refused(AccountChangeError::Removed) => account_removed(id),
        AccountError::LastAdministrator => last_administrator(id),
        AccountError::NotEnterable => no_place_to_begin(id),
        AccountError::Store(failure) => store_failed(failure).within(id),
        AccountError::Conflict { .. } | AccountError::Contended | _ => {
            Failure::new(Exit::Conflict, format!("{id}: {}", chain(&error))).hint("try again")
        }
    }
}

pub(super) fn members_not_changed(id: EnvironmentId, error: MembersError) -> Failure {
    match error {
        MembersError::NotFound => no_environment(id),
        MembersError::Refused(keys_core::MembersError::NoOwner) => no_owner(id),
        MembersError::NotAPerson { .. } => {
            Failure::new(Exit::NotFound, chain(&error)).hint("keyctl user list")
        }
        MembersError::Store(failure) => store_failed(failure).within(id),
        MembersError::Contended | _ => {
            Failure::new(Exit::Conflict, format!("{id}: {}", chain(&error))).hint("try again")
        }
    }
}

//! What was typed about people: their accounts, and the members of environments.

use std::str::FromStr;

use clap::{Args, Subcommand};
use keys_core::{AccountId, EnvironmentId, Role};

use super::{Consent, PasswordSource, Rehearsal};
use crate::authority::Person;

/// `user`.
#[derive(Debug, Subcommand)]
pub(crate) enum User {
    /// Create the account of a person
    Add(UserAdd),
    /// List the accounts of people
    List,
    /// Change name, description or default environment of an account
    Edit(UserEdit),
    /// Let disabled people in again
    Enable(UserChange),
    /// Shut people out from now on, until they are enabled; shows the keys they made, which stay as they are
    Disable(UserChange),
    /// Remove disabled people for good; asks on a terminal
    Remove(UserRemove),
    /// Let people administer, or with --revoke no longer
    Admin(UserAdmin),
    /// Give a person a password: ends their sessions, and opens the lock that failed log-ins have closed
    Password(UserPassword),
    /// Let people log in again at once whom failed log-ins make wait; a server that starts has nobody wait
    Unlock(UserUnlock),
    /// Log people out everywhere: all their sessions end at once; keys go on
    EndSessions(UserEndSessions),
}

/// `user add`.
#[derive(Debug, Args)]
pub(crate) struct UserAdd {
    /// The person's name
    #[arg(long)]
    pub(crate) name: Option<String>,

    /// A description
    #[arg(long)]
    pub(crate) description: Option<String>,

    /// Let the person administer
    #[arg(long)]
    pub(crate) admin: bool,
}

/// `user edit`.
#[derive(Debug, Args)]
pub(crate) struct UserEdit {
    /// The account, such as 1a7
    #[arg(value_name = "ACCOUNT")]
    pub(crate) account: AccountId,

    #[command(flatten)]
    pub(crate) fields: EditedUser,
}

/// What `user edit` changes.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct EditedUser {
    /// The person's new name; an empty one takes the name away
    #[arg(long)]
    pub(crate) name: Option<String>,

    /// The new description; an empty one takes the description away
    #[arg(long)]
    pub(crate) description: Option<String>,

    /// The environment in which the person begins; an empty one takes it away
    #[arg(long, value_name = "ID")]
    pub(crate) default_environment: Option<String>,
}

/// `user enable`, `user disable`, and what `user remove` has of them.
#[derive(Debug, Args)]
pub(crate) struct UserChange {
    /// Accounts, such as 1a7
    #[arg(value_name = "ACCOUNT", required = true)]
    pub(crate) accounts: Vec<AccountId>,

    /// What is so already counts as done
    #[arg(long)]
    pub(crate) idempotent: bool,

    #[command(flatten)]
    pub(crate) rehearsal: Rehearsal,
}

/// `user remove`.
#[derive(Debug, Args)]
pub(crate) struct UserRemove {
    #[command(flatten)]
    pub(crate) change: UserChange,

    #[command(flatten)]
    pub(crate) consent: Consent,
}

/// `user admin`.
#[derive(Debug, Args)]
pub(crate) struct UserAdmin {
    /// Accounts, such as 1a7
    #[arg(value_name = "ACCOUNT", required = true)]
    pub(crate) accounts: Vec<AccountId>,

    /// Let them administer no longer
    #[arg(long)]
    pub(crate) revoke: bool,
}

/// `user password`.
#[derive(Debug, Args)]
pub(crate) struct UserPassword {
    /// The account, such as 1a1
    #[arg(value_name = "ACCOUNT")]
    pub(crate) account: AccountId,

    /// The name to log in by; an account that has a password keeps its name unless another is given
    #[arg(long, value_name = "NAME")]
    pub(crate) login: Option<String>,

    #[command(flatten)]
    pub(crate) password: PasswordSource,
}

/// `user unlock`.
#[derive(Debug, Args)]
pub(crate) struct UserUnlock {
    /// Log-in names, or accounts such as 1a7; what looks like an account is one
    #[arg(value_name = "NAME|ACCOUNT", required = true)]
    pub(crate) people: Vec<Person>,
}

/// `user end-sessions`.
#[derive(Debug, Args)]
pub(crate) struct UserEndSessions {
    /// Log-in names, or accounts such as 1a7; what looks like an account is one
    #[arg(value_name = "NAME|ACCOUNT", required_unless_present = "all", conflicts_with = "all")]
    pub(crate) people: Vec<Person>,

    /// Everybody's, the one this command runs in included
    #[arg(long)]
    pub(crate) all: bool,
}

/// `member`.
#[derive(Debug, Subcommand)]
pub(crate) enum Member {
    /// List the members of an environment
    List(MemberList),
    /// Make a person a member of an environment, or give a member another role
    Add(MemberAdd),
    /// Make these, and nobody else, the members of an environment
    Set(MemberSet),
    /// Make people members of an environment no longer
    Remove(MemberRemove),
}

/// `member list`.
#[derive(Debug, Args)]
pub(crate) struct MemberList {
    /// The environment, such as 1a5
    #[arg(value_name = "ENVIRONMENT")]
    pub(crate) environment: EnvironmentId,
}

/// `member add`.
#[derive(Debug, Args)]
pub(crate) struct MemberAdd {
    /// The environment, such as 1a5
    #[arg(value_name = "ENVIRONMENT")]
    pub(crate) environment: EnvironmentId,

    /// The person's account, such as 1a7
    #[arg(value_name = "ACCOUNT")]
    pub(crate) account: AccountId,

    /// owner, member, restricted or readonly
    #[arg(long, default_value_t = Role::Member)]
    pub(crate) role: Role,
}

/// `member set`.
#[derive(Debug, Args)]
pub(crate) struct MemberSet {
    /// The environment, such as 1a5
    #[arg(value_name = "ENVIRONMENT")]
    pub(crate) environment: EnvironmentId,

    /// Who shall be a member, and as what, such as 1a7=owner
    #[arg(value_name = "ACCOUNT=ROLE", required = true)]
    pub(crate) members: Vec<AccountRole>,

    #[command(flatten)]
    pub(crate) rehearsal: Rehearsal,
}

/// `member remove`.
#[derive(Debug, Args)]
pub(crate) struct MemberRemove {
    /// The environment, such as 1a5
    #[arg(value_name = "ENVIRONMENT")]
    pub(crate) environment: EnvironmentId,

    /// Accounts, such as 1a7
    #[arg(value_name = "ACCOUNT", required = true)]
    pub(crate) accounts: Vec<AccountId>,

    #[command(flatten)]
    pub(crate) rehearsal: Rehearsal,
}

/// An account and its role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AccountRole(pub(crate) AccountId, pub(crate) Role);

/// Why a text is no account and its role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an account and owner, member, restricted or readonly, such as 1a7=owner")]
pub(crate) struct ParseAccountRoleError;

impl FromStr for AccountRole {
    type Err = ParseAccountRoleError;

    fn from_str(text: &str) -> Result<Self, ParseAccountRoleError> {
        let (account, role) = text.split_once('=').ok_or(ParseAccountRoleError)?;
        let account = account.parse().map_err(|_| ParseAccountRoleError)?;
        role.parse().map(|role| Self(account, role)).map_err(|_| ParseAccountRoleError)
    }
}

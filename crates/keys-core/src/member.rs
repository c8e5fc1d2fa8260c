//! Members: what an account may do in an environment.
//!
//! A role is a bundle of rights, and callers ask it for a right, never which role it is. An account has at most one
//! role in an environment. A removed member is gone; the audit chain remembers whose it was.

use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use crate::display::pad;
use crate::id::{AccountId, EnvironmentId, MemberId, Revision};
use crate::owner::Creator;
use crate::time::Timestamp;

/// What a member may do, strongest first: of several roles the least is what counts.
///
/// ```
/// use keys_core::Role;
///
/// assert_eq!("readonly".parse(), Ok(Role::ReadOnly));
/// assert!(Role::Owner < Role::Member && Role::Restricted < Role::ReadOnly);
/// assert!(Role::Restricted.may_change_keys() && !Role::ReadOnly.may_change_keys());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Everything: the environment itself, its members and its keys.
    Owner,
    /// Its keys.
    Member,
    /// Its keys. Where there are machines beside keys, none of those.
    Restricted,
    /// Nothing: reads only.
    ReadOnly,
}

impl Role {
    /// Every role, strongest first.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Member, Self::Restricted, Self::ReadOnly];

    /// The text form, for ever: `owner`, `member`, `restricted`, `readonly`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Member => "member",
            Self::Restricted => "restricted",
            Self::ReadOnly => "readonly",
        }
    }

    /// Whether it may issue, edit, activate, deactivate and delete keys of the environment.
    #[must_use]
    pub const fn may_change_keys(self) -> bool {
        match self {
            Self::Owner | Self::Member | Self::Restricted => true,
            Self::ReadOnly => false,
        }
    }

    /// Whether it may edit, deactivate, activate, remove and restore the environment, and sees it while it is not
    /// Active.
    #[must_use]
    pub const fn may_change_environment(self) -> bool {
        match self {
            Self::Owner => true,
            Self::Member | Self::Restricted | Self::ReadOnly => false,
        }
    }

    /// Whether it may say who is a member, and as what.
    #[must_use]
    pub const fn may_set_members(self) -> bool {
        match self {
            Self::Owner => true,
            Self::Member | Self::Restricted | Self::ReadOnly => false,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why a text is no [`Role`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a role: expected `owner`, `member`, `restricted` or `readonly`")]
#[non_exhaustive]
pub struct ParseRoleError;

impl FromStr for Role {
    type Err = ParseRoleError;

    fn from_str(text: &str) -> Result<Self, ParseRoleError> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(ParseRoleError)
    }
}

/// A member that no store has numbered yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewMember {
    /// Where.
    pub environment: EnvironmentId,
    /// Who.
    pub account: AccountId,
    /// As what.
    pub role: Role,
    /// Who makes it one.
    pub creator: Creator,
    /// When.
    pub created: Timestamp,
}

impl NewMember {
    /// The record, once the store has given it an id and a revision.
    #[must_use]
    pub const fn into_record(self, id: MemberId, revision: Revision) -> MemberRecord {
        let Self { environment, account, role, creator, created } = self;
        MemberRecord { id, environment, account, role, creator, created, revision }
    }
}

/// A member as it is kept. Nothing of it but the role changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemberRecord {
    /// Its id.
    pub id: MemberId,
    /// Where.
    pub environment: EnvironmentId,
    /// Who.
    pub account: AccountId,
    /// As what.
    pub role: Role,
    /// Who made it one.
    pub creator: Creator,
    /// When.
    pub created: Timestamp,
    /// The revision of its last change.
    pub revision: Revision,
}

impl MemberRecord {
    /// The record with another role.
    #[must_use]
    pub const fn with_role(self, role: Role) -> Self {
        Self { role, ..self }
    }

    /// The record as the store keeps it after a change.
    #[must_use]
    pub const fn with_revision(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }
}

/// What tells one list of members of an environment from every other it ever had: how many there are, and the revision
/// of the one that came or changed last.
///
/// That is enough. Whoever comes or changes takes a revision that nobody had, later than all before; so of the members
/// that were there when a list was read, at most as many are left at or before its last revision, and as many only when
/// they are the same.
///
/// Text form: how many, a dot, the number of the revision.
///
/// ```
/// use keys_core::MembersRevision;
///
/// assert_eq!(MembersRevision::of(&[]).to_string(), "0.0");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MembersRevision {
    count: usize,
    last: Revision,
}

impl MembersRevision {
    /// That of these, which are all of an environment or all of an account, in whatever order.
    #[must_use]
    pub fn of(members: &[MemberRecord]) -> Self {
        let last = members.iter().map(|member| member.revision).max();
        Self { count: members.len(), last: last.unwrap_or(Revision::ZERO) }
    }
}

impl fmt::Display for MembersRevision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        pad(f, format_args!("{}.{}", self.count, self.last.number()))
    }
}

/// One step from the members there are to those there shall be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberStep {
    /// This account becomes a member.
    Add(AccountId, Role),
    /// This member gets another role.
    Change(MemberRecord, Role),
    /// This member is one no longer.
    Remove(MemberRecord),
}

impl MemberStep {
    /// Whether an environment that had one owner may be without after it.
    #[must_use]
    pub const fn takes_an_owner(&self) -> bool {
        match self {
            Self::Add(..) => false,
            Self::Change(member, role) => member.role.may_set_members() && !role.may_set_members(),
            Self::Remove(member) => member.role.may_set_members(),
        }
    }
}

/// Why a list of members is none an environment can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MembersError {
    /// Nobody could change the environment or its members.
    #[error("an environment needs a member that is its owner")]
    NoOwner,
    /// One account has two roles.
    #[error("account {account} is named twice")]
    Twice {
        /// Which.
        account: AccountId,
    },
}

/// The steps from the members there are to those there shall be: what widens first, what takes away last, so that
/// there is an owner after each step.
///
/// ```
/// use keys_core::{MembersError, Role, member_steps};
///
/// assert_eq!(member_steps(&[], &[("1a7".parse()?, Role::Member)]), Err(MembersError::NoOwner));
/// assert_eq!(member_steps(&[], &[("1a7".parse()?, Role::Owner)])?.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// See [`MembersError`].
pub fn member_steps(
    current: &[MemberRecord],
    wanted: &[(AccountId, Role)],
) -> Result<Vec<MemberStep>, MembersError> {
    for (place, (account, _)) in wanted.iter().enumerate() {
        if wanted.iter().take(place).any(|(earlier, _)| earlier == account) {
            return Err(MembersError::Twice { account: *account });
        }
    }
    if !wanted.iter().any(|(_, role)| role.may_set_members()) {
        return Err(MembersError::NoOwner);
    }
    let role_of = |account| wanted.iter().find(|(named, _)| *named == account).map(|(_, role)| *role);
    let is_new = |account| !current.iter().any(|member| member.account == account);
    let added = wanted.iter().filter(|(account, _)| is_new(*account));
    let mut steps: Vec<MemberStep> = added.map(|(account, role)| MemberStep::Add(*account, *role)).collect();
    let changed = current.iter().filter_map(|member| {
        role_of(member.account).filter(|role| *role != member.role).map(|role| (*member, role))
    });
    let (wider, narrower): (Vec<_>, Vec<_>) = changed.partition(|(member, role)| *role < member.role);
    steps.extend(wider.into_iter().chain(narrower).map(|(member, role)| MemberStep::Change(member, role)));
    let removed = current.iter().filter(|member| role_of(member.account).is_none());
    steps.extend(removed.copied().map(MemberStep::Remove));
    Ok(steps)
}

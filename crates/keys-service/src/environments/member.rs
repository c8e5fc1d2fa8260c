//! One member at a time, by somebody who looked at the list before: what others did to the same member meanwhile is not
//! undone unseen.

use keys_core::{AccountId, EnvironmentId, MemberId, MemberRecord, Revision, Role};

use super::MembersError;
use super::members::without;
use crate::authority::Authority;
use crate::context::Context;

impl Authority {
    /// Makes an account a member of an environment that it is none of yet; otherwise as
    /// [`set_members`](Self::set_members).
    ///
    /// # Errors
    ///
    /// See [`MembersError`]; [`MembersError::AlreadyMember`] when it is one, whatever its role.
    pub fn add_member(
        &self,
        context: &Context,
        environment: EnvironmentId,
        account: AccountId,
        role: Role,
    ) -> Result<Vec<MemberRecord>, MembersError> {
        self.change_members(context, environment, |current| {
            if current.iter().any(|member| member.account == account) {
                return Err(MembersError::AlreadyMember { account });
            }
            let mut wanted = without(current, account);
            wanted.push((account, role));
            Ok(wanted)
        })
    }

    /// Gives a member another role, if it is at this revision; otherwise as [`set_members`](Self::set_members).
    ///
    /// # Errors
    ///
    /// See [`MembersError`]; [`MembersError::NotFound`] when it is no member any more.
    pub fn change_member(
        &self,
        context: &Context,
        environment: EnvironmentId,
        id: MemberId,
        role: Role,
        expected: Revision,
    ) -> Result<Vec<MemberRecord>, MembersError> {
        self.change_members(context, environment, |current| {
            let member = expected_member(current, id, expected)?;
            let mut wanted = without(current, member.account);
            wanted.push((member.account, role));
            Ok(wanted)
        })
    }

    /// Makes a member one no longer, if it is at this revision; otherwise as [`set_members`](Self::set_members).
    ///
    /// # Errors
    ///
    /// See [`MembersError`]; [`MembersError::NotFound`] when it is no member any more.
    pub fn end_member(
        &self,
        context: &Context,
        environment: EnvironmentId,
        id: MemberId,
        expected: Revision,
    ) -> Result<Vec<MemberRecord>, MembersError> {
        self.change_members(context, environment, |current| {
            expected_member(current, id, expected).map(|member| without(current, member.account))
        })
    }
}

/// The member, as the caller knows it.
fn expected_member(
    current: &[MemberRecord],
    id: MemberId,
    expected: Revision,
) -> Result<MemberRecord, MembersError> {
    let member = current.iter().find(|member| member.id == id).ok_or(MembersError::NotFound)?;
    if member.revision == expected {
        Ok(*member)
    } else {
        Err(MembersError::MemberChanged { current: member.revision })
    }
}

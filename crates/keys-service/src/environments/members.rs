//! The members of an environment: who they are, and who shall be.

use keys_core::{
    AccountId, AccountState, Action, EnvironmentId, EnvironmentState, MemberId, MemberRecord, MemberStep,
    MembersRevision, NewMember, Owner, Role, member_steps,
};
use keys_store::{BackendError, KeyQuery, Page, Reach, Requirement, Write};

use super::MembersError;
use crate::ATTEMPTS;
use crate::authority::Authority;
use crate::context::Context;
use crate::error::{StoreFailure, WriteFailure};

/// Who shall be a member, as what.
type Wanted = Vec<(AccountId, Role)>;

impl Authority {
    /// A member of an environment within the caller's reach.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn member(&self, context: &Context, id: MemberId) -> Result<Option<MemberRecord>, BackendError> {
        let record = self.store.member(context.caller.reach(), id)?;
        self.settle_all()?;
        Ok(record)
    }

    /// Up to `limit` members behind `after`, in order of id, of the environments within the caller's reach.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn members(
        &self,
        context: &Context,
        after: Option<MemberId>,
        limit: usize,
    ) -> Result<Page<MemberRecord>, BackendError> {
        let page = self.store.members(context.caller.reach(), after, limit)?;
        self.settle_all()?;
        Ok(page)
    }

    /// The members of one environment; `None` when it is not the caller's to see.
    ///
    /// # Errors
    ///
    /// [`BackendError`].
    pub fn members_of(
        &self,
        context: &Context,
        environment: EnvironmentId,
    ) -> Result<Option<Vec<MemberRecord>>, BackendError> {
        if self.environment(context, environment)?.is_none() {
            return Ok(None);
        }
        let members = self.all_members(environment)?;
        self.settle_all()?;
        Ok(Some(members))
    }

    /// Makes these, and nobody else, the members of an environment: for its owners and for administrators. All in one
    /// transaction, each member that is added, changed or removed with an event of its own. Once this returns `Ok`, no
    /// request that begins afterwards is let in with more than it says. `expected`: only if these are still the members
    /// that were read, looked at in that transaction.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/authority.rs.in"));
    /// use keys_core::{Owner, Role};
    /// use keys_service::AccountRequest;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (authority, context, mut rng) = authority()?;
    /// let environment = "1a5".parse()?;
    /// let ada = authority.create_account(&context, AccountRequest::default(), &mut rng)?.parts().id;
    /// let grace = authority.create_account(&context, AccountRequest::default(), &mut rng)?.parts().id;
    /// let wanted = [(ada, Role::Owner), (grace, Role::ReadOnly)];
    /// let members = authority.set_members(&context, environment, &wanted, None)?;
    /// assert_eq!(members.len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`MembersError`].
    pub fn set_members(
        &self,
        context: &Context,
        environment: EnvironmentId,
        wanted: &[(AccountId, Role)],
        expected: Option<MembersRevision>,
    ) -> Result<Vec<MemberRecord>, MembersError> {
        self.change_members(context, environment, |current| {
            let found = MembersRevision::of(current);
            if expected.is_some_and(|expected| expected != found) {
                return Err(MembersError::Conflict { current: found });
            }
            Ok(wanted.to_vec())
        })
    }

    /// Makes an account a member of an environment, or gives it another role there; otherwise as
    /// [`set_members`](Self::set_members).
    ///
    /// # Errors
    ///
    /// See [`MembersError`].
    pub fn put_member(
        &self,
        context: &Context,
        environment: EnvironmentId,
        account: AccountId,
        role: Role,
    ) -> Result<Vec<MemberRecord>, MembersError> {
        self.change_members(context, environment, |current| {
            let mut wanted = without(current, account);
            wanted.push((account, role));
            Ok(wanted)
        })
    }

    /// Makes an account a member of an environment no longer; otherwise as [`set_members`](Self::set_members).
    ///
    /// # Errors
    ///
    /// See [`MembersError`]; [`MembersError::NotFound`] when it is none.
    pub fn remove_member(
        &self,
        context: &Context,
        environment: EnvironmentId,
        account: AccountId,
    ) -> Result<Vec<MemberRecord>, MembersError> {
        self.change_members(context, environment, |current| {
            let wanted = without(current, account);
            if wanted.len() < current.len() { Ok(wanted) } else { Err(MembersError::NotFound) }
        })
    }

    /// Loads the members, decides who they shall be, makes the steps in one commit, and begins again when another was
    /// faster.
    pub(super) fn change_members(
        &self,
        context: &Context,
        environment: EnvironmentId,
        decide: impl Fn(&[MemberRecord]) -> Result<Wanted, MembersError>,
    ) -> Result<Vec<MemberRecord>, MembersError> {
        for _ in 0..ATTEMPTS {
            let role = self.may_set_members(context, environment)?;
            let current = self.all_members(environment).map_err(StoreFailure::from)?;
            let outcome = decide(&current)
                .and_then(|wanted| self.check_people(&current, &wanted).map(|()| wanted))
                .and_then(|wanted| Ok((member_steps(&current, &wanted)?, wanted)));
            let (steps, wanted) = match outcome {
                Ok((steps, _)) if steps.is_empty() => {
                    self.settle_all().map_err(StoreFailure::from)?;
                    return Ok(current);
                }
                Ok(decided) => decided,
                Err(refusal) => {
                    self.settle_all().map_err(StoreFailure::from)?;
                    return Err(refusal);
                }
            };
            // Decided for these: somebody who came meanwhile would be left where nobody wanted them, and an owner who went
            // meanwhile may have been the last.
            let revision = MembersRevision::of(&current);
            let still = std::iter::once(Some(Requirement::MembersAre { environment, revision }));
            let changes = steps.into_iter().zip(still.chain(std::iter::repeat(None)));
            let changes = changes.map(|(step, still)| change(context, environment, step, still));
            match self.change_all(context, Some((environment, role)), changes.collect(), None) {
                Ok(_) => return Ok(self.all_members(environment).map_err(StoreFailure::from)?),
                Err(WriteFailure::Conflict(_) | WriteFailure::NotFound | WriteFailure::AlreadyExists) => {}
                Err(WriteFailure::Unmet) => {
                    let now = self.all_members(environment).map_err(StoreFailure::from)?;
                    if MembersRevision::of(&now) == revision {
                        // Somebody was removed meanwhile: who was to become a member, or else the caller.
                        self.check_people(&now, &wanted)?;
                        return Err(MembersError::Revoked);
                    }
                }
                Err(failure) => return Err(failure.into_store_failure().into()),
            }
        }
        Err(MembersError::Contended)
    }

    /// The role that lets the caller set the members of an environment.
    fn may_set_members(&self, context: &Context, id: EnvironmentId) -> Result<Role, MembersError> {
        let found = self.store.environment(context.caller.reach(), id).map_err(StoreFailure::from)?;
        let record = found.ok_or(MembersError::NotFound)?;
        let role = self.role_of(context, id)?.filter(|role| role.may_set_members());
        // An environment's key acts as the environment, and that sets nobody's role.
        let role = role.ok_or(MembersError::Forbidden)?;
        match record.parts().state {
            EnvironmentState::Active | EnvironmentState::Inactive => Ok(role),
            EnvironmentState::Removed { .. } => Err(MembersError::Removed),
        }
    }

    /// The role the caller has in an environment, as the store says now.
    pub(super) fn role_of(
        &self,
        context: &Context,
        environment: EnvironmentId,
    ) -> Result<Option<Role>, StoreFailure> {
        Ok(self.role_in(context, environment)?)
    }

    /// Who becomes a member must be a person who has not been removed.
    pub(super) fn check_people(
        &self,
        current: &[MemberRecord],
        wanted: &[(AccountId, Role)],
    ) -> Result<(), MembersError> {
        for (account, _) in wanted {
            if current.iter().any(|member| member.account == *account) {
                continue;
            }
            let record = self.store.account(*account).map_err(StoreFailure::from)?;
            let fits = record.is_some_and(|record| {
                let gone = matches!(record.parts().state, AccountState::Removed { .. });
                record.parts().kind.is_person() && !gone
            });
            if !fits {
                return Err(MembersError::NotAPerson { account: *account });
            }
        }
        Ok(())
    }

    fn all_members(&self, environment: EnvironmentId) -> Result<Vec<MemberRecord>, BackendError> {
        let reach = Reach::Owner(Owner::Environment(environment));
        let mut members = Vec::new();
        let mut after = None;
        loop {
            let page = self.store.members(reach, after, KeyQuery::MAX_LIMIT)?;
            after = page.items.last().map(|member| member.id);
            members.extend(page.items);
            if !page.more {
                return Ok(members);
            }
        }
    }
}

pub(super) fn without(current: &[MemberRecord], account: AccountId) -> Wanted {
    let others = current.iter().filter(|member| member.account != account);
    others.map(|member| (member.account, member.role)).collect()
}

/// A step as a change.
fn change(
    context: &Context,
    environment: EnvironmentId,
    step: MemberStep,
    still: Option<Requirement>,
) -> (Action, Write, Vec<Requirement>) {
    let is_there = joins(&step).map(Requirement::NotRemoved);
    let (action, write) = match step {
        MemberStep::Add(account, role) => {
            let creator = context.caller.creator();
            let new = NewMember { environment, account, role, creator, created: context.now };
            (Action::AddMember, Write::InsertMember(new))
        }
        MemberStep::Change(member, role) => {
            let write = Write::UpdateMember { record: member.with_role(role), expected: member.revision };
            (Action::ChangeMember, write)
        }
        MemberStep::Remove(member) => (Action::RemoveMember, Write::RemoveMember(member)),
    };
    (action, write, still.into_iter().chain(is_there).collect())
}

/// Who becomes a member by a step. Between looking whether somebody is there and making them one they may be removed, and
/// nobody would ever take them off the members again.
const fn joins(step: &MemberStep) -> Option<AccountId> {
    match step {
        MemberStep::Add(account, _) => Some(*account),
        MemberStep::Change(..) | MemberStep::Remove(_) => None,
    }
}

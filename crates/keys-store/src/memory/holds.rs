//! What must hold for a change, looked at in the state that the changes before it leave.

use keys_core::{
    AccountId, AccountState, KeyId, KeyRecord, LifecycleState, MembersRevision, Owner, OwnerRow,
    OwnerStanding, Revision, SettingName, Timestamp,
};

use super::plan::Plan;
use crate::query::Reach;
use crate::rules::{access_control_is_off, account_row, environment_row};
use crate::store::{Requirement, Setting, Standing};

pub(super) fn holds(plan: &Plan<'_>, requirement: Requirement) -> bool {
    match requirement {
        Requirement::ActiveKeyOf { owner, now } => has_active_key(plan, owner, now),
        Requirement::EmptyStore => plan.delta.counters.revision == Revision::ZERO,
        Requirement::SettingAt { name, revision } => {
            setting(plan, name).map_or(Revision::ZERO, |setting| setting.revision) == revision
        }
        Requirement::AdministratorCanEnter { now } => administrator_can_enter(plan, None, now),
        Requirement::AdministratorRemains { without, now } => {
            let setting = setting(plan, SettingName::AccessControl);
            access_control_is_off(setting.map(|setting| &*setting.value))
                || administrator_can_enter(plan, Some(without), now)
        }
        Requirement::MembersAre { environment, revision } => {
            let members: Vec<_> = plan.members_of(environment).collect();
            MembersRevision::of(&members) == revision
        }
        Requirement::MembershipsAre { account, revision } => {
            let memberships: Vec<_> = plan.memberships_of(account).collect();
            MembersRevision::of(&memberships) == revision
        }
        Requirement::NotRemoved(account) => {
            plan.account(account).is_some_and(|account| account.parts().state.removed_at().is_none())
        }
        Requirement::CallerStands(standing) => stands(plan, standing),
        Requirement::PasswordIs { password, revision } => {
            let account = plan.log_ins_now().account_of_password(password, revision);
            let account = account.and_then(|id| plan.account(id));
            account.is_some_and(|account| account.parts().state == AccountState::Active)
        }
    }
}

fn setting<'p>(plan: &'p Plan<'_>, name: SettingName) -> Option<&'p Setting> {
    plan.delta.settings.get(&name).or_else(|| plan.base.setting(name))
}

fn has_active_key(plan: &Plan<'_>, owner: Owner, now: Timestamp) -> bool {
    let replaced = |record: &&KeyRecord| plan.delta.keys.contains_key(&record.parts().id);
    let new = plan.delta.keys.values().filter(|record| record.parts().owner == owner);
    new.chain(plan.base.keys_of(owner).filter(|record| !replaced(record))).any(|record| is_good(record, now))
}

fn is_good(record: &KeyRecord, now: Timestamp) -> bool {
    record.parts().lifecycle.state() == LifecycleState::Active && !record.is_expired(now)
}

fn administrator_can_enter(plan: &Plan<'_>, without: Option<AccountId>, now: Timestamp) -> bool {
    let known = plan.base.all_accounts().keys().chain(plan.delta.accounts.keys());
    let administers = |id: &AccountId| plan.account(*id).is_some_and(keys_core::AccountRecord::administers);
    known
        .filter(|id| Some(**id) != without)
        .filter(|id| administers(id))
        .any(|id| has_active_key(plan, Owner::Account(*id), now) || plan.log_ins_now().has_password(*id))
}

fn stands(plan: &Plan<'_>, standing: Standing) -> bool {
    let Standing { principal, administers, key, role, session, now } = standing;
    let owner = owner(plan, principal);
    owner.is_some_and(|row| row.standing == OwnerStanding::Active && (row.administers || !administers))
        && key.is_none_or(|key| key_is_good(plan, key, principal, now))
        && session.is_none_or(|session| plan.log_ins_now().has_session(session, principal))
        && role.is_none_or(|(environment, role)| {
            let member = principal.account().and_then(|account| plan.membership(environment, account));
            member.is_some_and(|member| member.role <= role)
        })
}

fn key_is_good(plan: &Plan<'_>, id: KeyId, owner: Owner, now: Timestamp) -> bool {
    let record = plan.delta.keys.get(&id).or_else(|| plan.base.key(Reach::AllOwners, id));
    record.is_some_and(|record| record.parts().owner == owner && is_good(record, now))
}

fn owner(plan: &Plan<'_>, owner: Owner) -> Option<OwnerRow> {
    let planned = match owner {
        Owner::Account(id) => plan.delta.accounts.get(&id).map(account_row),
        Owner::Environment(id) => plan.delta.environments.get(&id).map(environment_row),
    };
    planned.or_else(|| plan.base.owner(owner))
}

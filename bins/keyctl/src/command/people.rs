//! `user` without its passwords, and `member`.

use std::collections::{BTreeMap, BTreeSet};

use keys_core::{AccountId, AccountKind, AccountTransition, EnvironmentId, Role, Timestamp};

use crate::authority::{AccountEdit, Authority, NewAccount, Person, foresee};
use crate::cli::{
    EditedUser, MemberAdd, MemberList, MemberRemove, MemberSet, UserAdd, UserAdmin, UserChange, UserEdit,
    UserEndSessions, UserRemove, UserUnlock,
};
use crate::exit::{Exit, Failure};
use crate::model::{Account, Disabled};
use crate::outlook::{Outlook, Rehearsed};
use crate::output::Answer;

use super::change::{check_first, each, each_once, rehearse};
use super::confirm::confirm;

pub(super) fn add(authority: &dyn Authority, add: UserAdd) -> Result<Answer, Failure> {
    let new = NewAccount {
        name: add.name.map(super::name).transpose()?.flatten(),
        description: add.description.map(super::description).transpose()?.flatten(),
        kind: if add.admin { AccountKind::Admin } else { AccountKind::User },
    };
    authority.create_account(new).map(|made| Answer::Account(Box::new(made)))
}

pub(super) fn list(authority: &dyn Authority) -> Result<Answer, Failure> {
    authority.accounts().map(Answer::Accounts)
}

pub(super) fn edit(authority: &dyn Authority, edit: UserEdit) -> Result<Answer, Failure> {
    let EditedUser { name, description, default_environment } = edit.fields;
    let edit_of_it = AccountEdit {
        name: name.map(super::name).transpose()?,
        description: description.map(super::description).transpose()?,
        default_environment: default_environment.map(environment).transpose()?,
    };
    // Asked for first, so that a missing one is said in the same words everywhere.
    let account = authority.account(edit.account)?;
    let edited = authority.edit_account(account.id, edit_of_it)?;
    Ok(Answer::Account(Box::new(edited)))
}

fn environment(text: String) -> Result<Option<EnvironmentId>, Failure> {
    if text.is_empty() {
        return Ok(None);
    }
    let refused = |error| Failure::new(Exit::Usage, format!("--default-environment: {error}"));
    text.parse().map(Some).map_err(refused)
}

pub(super) fn enable(authority: &dyn Authority, change: &UserChange) -> Result<Answer, Failure> {
    let (accounts, transition) = (named(authority, &change.accounts)?, AccountTransition::Activate);
    if change.rehearsal.dry_run {
        return Ok(rehearse(&accounts, change.idempotent, foresee_account(transition)));
    }
    change_accounts(authority, &accounts, transition, change.idempotent).map(Answer::Accounts)
}

pub(super) fn remove(
    authority: &dyn Authority,
    remove: &UserRemove,
    now: Timestamp,
) -> Result<Answer, Failure> {
    let UserRemove { change, consent } = remove;
    let (accounts, transition) = (named(authority, &change.accounts)?, AccountTransition::Remove);
    if change.rehearsal.dry_run {
        return Ok(rehearse(&accounts, change.idempotent, foresee_account(transition)));
    }
    if !consent.yes {
        check_first(&accounts, change.idempotent, foresee_account(transition))?;
        confirm(*consent, &accounts, |accounts| format!("This removes {accounts} for good."), now)?;
    }
    change_accounts(authority, &accounts, transition, change.idempotent).map(Answer::Accounts)
}

/// With the keys that the people made: they stay as they are, and whoever disables somebody decides about them.
pub(super) fn disable(authority: &dyn Authority, change: &UserChange) -> Result<Answer, Failure> {
    let (accounts, transition) = (named(authority, &change.accounts)?, AccountTransition::Deactivate);
    if change.rehearsal.dry_run {
        return Ok(rehearse(&accounts, change.idempotent, foresee_account(transition)));
    }
    let accounts = change_accounts(authority, &accounts, transition, change.idempotent)?;
    let with_keys = accounts.into_iter().map(|account| {
        let made = authority.keys_made_by(account.id);
        let keys = made.map_err(|failure| failure.and(format!("{} is disabled", account.id)))?;
        Ok(Disabled { account, keys })
    });
    with_keys.collect::<Result<_, Failure>>().map(Answer::Disabled)
}

fn foresee_account(transition: AccountTransition) -> impl Fn(&Account) -> Result<String, Failure> {
    move |account| foresee::account(account, transition).map(|state| state.to_string())
}

fn change_accounts(
    authority: &dyn Authority,
    accounts: &[Account],
    transition: AccountTransition,
    idempotent: bool,
) -> Result<Vec<Account>, Failure> {
    let change_one = |account: &Account| authority.change_account(account, transition);
    let read = |account: &Account| authority.account(account.id);
    each(accounts, |account| account.id, idempotent, change_one, read)
}

/// What is so already is no error: nobody asks for a right twice by accident.
pub(super) fn administer(authority: &dyn Authority, admin: &UserAdmin) -> Result<Answer, Failure> {
    let kind = if admin.revoke { AccountKind::User } else { AccountKind::Admin };
    let accounts = named(authority, &admin.accounts)?;
    let change_one = |account: &Account| {
        if account.kind == kind {
            return Ok(account.clone());
        }
        authority.set_account_kind(account.id, kind)
    };
    let read = |account: &Account| authority.account(account.id);
    each(&accounts, |account| account.id, false, change_one, read).map(Answer::Accounts)
}

pub(super) fn unlock(authority: &dyn Authority, unlock: &UserUnlock) -> Result<Answer, Failure> {
    let change = |person: &Person| authority.unlock(person).map(|()| person.clone());
    let people = each(&unlock.people, Person::clone, false, change, |person| Ok(person.clone()))?;
    Ok(Answer::Unlocked(people))
}

pub(super) fn end_sessions(authority: &dyn Authority, end: &UserEndSessions) -> Result<Answer, Failure> {
    if end.all {
        return authority.end_all_sessions().map(|()| Answer::SessionsEnded(None));
    }
    let change = |person: &Person| authority.end_sessions(person).map(|()| person.clone());
    let people = each(&end.people, Person::clone, false, change, |person| Ok(person.clone()))?;
    Ok(Answer::SessionsEnded(Some(people)))
}

fn named(authority: &dyn Authority, accounts: &[AccountId]) -> Result<Vec<Account>, Failure> {
    each_once(accounts.iter().map(|id| authority.account(*id)), |account| account.id)
}

pub(super) fn members(authority: &dyn Authority, list: &MemberList) -> Result<Answer, Failure> {
    let environment = authority.environment(list.environment)?;
    authority.members(environment.id).map(Answer::Members)
}

pub(super) fn add_member(authority: &dyn Authority, add: &MemberAdd) -> Result<Answer, Failure> {
    let environment = changeable(authority, add.environment)?;
    authority.put_member(environment, add.account, add.role).map(Answer::Members)
}

pub(super) fn set_members(authority: &dyn Authority, set: &MemberSet) -> Result<Answer, Failure> {
    let wanted: Vec<_> = set.members.iter().map(|member| (member.0, member.1)).collect();
    let mut named = BTreeSet::new();
    if let Some((twice, _)) = wanted.iter().find(|(account, _)| !named.insert(*account)) {
        return Err(Failure::new(Exit::Usage, format!("account {twice} is named twice")));
    }
    if !wanted.iter().any(|(_, role)| *role == Role::Owner) {
        return Err(
            Failure::new(Exit::Usage, "none of them is an owner").hint("ACCOUNT=owner for one of them")
        );
    }
    let environment = changeable(authority, set.environment)?;
    if set.rehearsal.dry_run {
        return rehearse_members(authority, environment, &wanted).map(Answer::Rehearsed);
    }
    authority.set_members(environment, &wanted).map(Answer::Members)
}

pub(super) fn remove_members(authority: &dyn Authority, remove: &MemberRemove) -> Result<Answer, Failure> {
    let environment = changeable(authority, remove.environment)?;
    if remove.rehearsal.dry_run {
        let rest = foresee::without(environment, &authority.members(environment)?, &remove.accounts)?;
        return rehearse_members(authority, environment, &rest).map(Answer::Rehearsed);
    }
    authority.remove_members(environment, &remove.accounts).map(Answer::Members)
}

/// What each would be that is a member or is to be one, in order of their accounts.
fn rehearse_members(
    authority: &dyn Authority,
    environment: EnvironmentId,
    wanted: &[(AccountId, Role)],
) -> Result<Rehearsed, Failure> {
    let mut roles: BTreeMap<AccountId, [Option<Role>; 2]> = BTreeMap::new();
    for member in authority.members(environment)? {
        roles.insert(member.account, [Some(member.role), None]);
    }
    for (account, role) in wanted {
        let [now, _] = roles.get(account).copied().unwrap_or_default();
        roles.insert(*account, [now, Some(*role)]);
    }
    let shown = |role: Option<Role>| role.map_or("no member", Role::as_str);
    let outlooks = roles.into_iter();
    let outlooks =
        outlooks.map(|(account, [now, then])| Outlook::of(account, None, shown(now)).becoming(shown(then)));
    Ok(Rehearsed { outlooks: outlooks.collect(), refusal: None })
}

/// An environment whose members can be changed.
fn changeable(authority: &dyn Authority, id: EnvironmentId) -> Result<EnvironmentId, Failure> {
    let environment = authority.environment(id)?;
    if environment.state.removed_at().is_some() {
        return Err(Failure::new(Exit::Conflict, format!("environment {id} was removed")));
    }
    Ok(environment.id)
}

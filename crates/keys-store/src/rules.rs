//! What follows from a change, the same way in every store: the record an update leaves behind, the audit event, and
//! what the listener is told.
//!
//! A store that calls these agrees with the others by construction; the rest is what it is good at: keeping.

use keys_core::{
    AccessControl, AccessMode, AccountId, AccountList, AccountRecord, AccountState, Action, AuditEvent,
    AuditId, AuditLink, EnvironmentRecord, EnvironmentState, KeyParts, KeyRecord, Lifecycle, LogInProvider,
    MemberRecord, Origin, Owner, OwnerRow, OwnerStanding, Realm, Revision, Role, SettingName, SettingValue,
    StoredSecret, Tagged, Target, Timestamp, link,
};

use crate::error::Refusal;
use crate::store::{Committed, LinkedEvent};

/// The key that an update leaves behind, or why it is refused.
///
/// - What never changes (id, owner, access key, creator, time of issue) is part of the statement: where it differs
///   the key is not there, [`Refusal::NotFound`].
/// - The secret is not part of it: what is stored stays, so that an update cannot undo a
///   [`replace_tag`](crate::KeyStore::replace_tag) that came between. Deletion erases it, and an update that would
///   bring it back is [`Refusal::NotFound`].
///
/// # Errors
///
/// [`Refusal::NotFound`] as above; [`Refusal::Conflict`] when the stored key is not at `expected`.
pub fn update_key(
    stored: &KeyRecord,
    wanted: KeyRecord,
    expected: Revision,
    revision: Revision,
) -> Result<KeyRecord, Refusal> {
    let (old, new) = (stored.parts(), wanted.parts());
    let same = old.id == new.id
        && old.owner == new.owner
        && old.access_key == new.access_key
        && old.creator == new.creator
        && old.created == new.created;
    if !same {
        return Err(Refusal::NotFound);
    }
    if old.revision != expected {
        return Err(Refusal::Conflict { current: old.revision });
    }
    let lifecycle = match (&new.lifecycle, old.lifecycle.secret()) {
        (Lifecycle::Active(_), Some(kept)) => Lifecycle::Active(kept.clone()),
        (Lifecycle::Inactive(_), Some(kept)) => Lifecycle::Inactive(kept.clone()),
        (Lifecycle::Deleted { at }, _) => Lifecycle::Deleted { at: *at },
        (Lifecycle::Active(_) | Lifecycle::Inactive(_), None) => return Err(Refusal::NotFound),
    };
    let parts = KeyParts { lifecycle, revision, ..wanted.into_parts() };
    KeyRecord::from_parts(parts).map_err(|_| Refusal::NotFound)
}

/// The environment that an update leaves behind, or why it is refused. Id, uuid, creator and creation time are part
/// of the statement.
///
/// # Errors
///
/// [`Refusal::NotFound`] when one of these differs; [`Refusal::Conflict`] when the stored environment is not at
/// `expected`.
pub fn update_environment(
    stored: &EnvironmentRecord,
    wanted: EnvironmentRecord,
    expected: Revision,
    revision: Revision,
) -> Result<EnvironmentRecord, Refusal> {
    let (old, new) = (stored.parts(), wanted.parts());
    let same =
        old.id == new.id && old.uuid == new.uuid && old.creator == new.creator && old.created == new.created;
    if !same {
        return Err(Refusal::NotFound);
    }
    if old.revision != expected {
        return Err(Refusal::Conflict { current: old.revision });
    }
    Ok(wanted.with_revision(revision))
}

/// The account that an update leaves behind, or why it is refused. Id, uuid and creation time are part of the
/// statement.
///
/// # Errors
///
/// [`Refusal::NotFound`] when one of these differs; [`Refusal::Conflict`] when the stored account is not at
/// `expected`.
pub fn update_account(
    stored: &AccountRecord,
    wanted: AccountRecord,
    expected: Revision,
    revision: Revision,
) -> Result<AccountRecord, Refusal> {
    let (old, new) = (stored.parts(), wanted.parts());
    if old.id != new.id || old.uuid != new.uuid || old.created != new.created {
        return Err(Refusal::NotFound);
    }
    if old.revision != expected {
        return Err(Refusal::Conflict { current: old.revision });
    }
    Ok(wanted.with_revision(revision))
}

/// The member that an update leaves behind, or why it is refused. All but the role is part of the statement.
///
/// # Errors
///
/// [`Refusal::NotFound`] when anything else differs; [`Refusal::Conflict`] when the stored member is not at
/// `expected`.
pub fn update_member(
    stored: &MemberRecord,
    wanted: &MemberRecord,
    expected: Revision,
    revision: Revision,
) -> Result<MemberRecord, Refusal> {
    if stored.with_role(wanted.role).with_revision(wanted.revision) != *wanted {
        return Err(Refusal::NotFound);
    }
    if stored.revision != expected {
        return Err(Refusal::Conflict { current: stored.revision });
    }
    Ok(wanted.with_revision(revision))
}

/// Whether an environment in this state is shown to a member with this role: an Active one to all of them, another to
/// who may bring it back.
#[must_use]
pub const fn shows_to_member(state: EnvironmentState, role: Role) -> bool {
    match state {
        EnvironmentState::Active => true,
        EnvironmentState::Inactive | EnvironmentState::Removed { .. } => role.may_change_environment(),
    }
}

/// The key with another tag, if its tag is `expected`; `None` if it is another or there is none. The revision stays.
#[must_use]
pub fn retag_key(stored: &KeyRecord, expected: &Tagged, new: &Tagged) -> Option<KeyRecord> {
    let retag = |secret: &StoredSecret| {
        let same = secret.tagged.pepper == expected.pepper && secret.tagged.tag.matches(&expected.tag);
        same.then(|| StoredSecret { digest: secret.digest.clone(), tagged: *new })
    };
    let lifecycle = match &stored.parts().lifecycle {
        Lifecycle::Active(secret) => Lifecycle::Active(retag(secret)?),
        Lifecycle::Inactive(secret) => Lifecycle::Inactive(retag(secret)?),
        Lifecycle::Deleted { .. } => return None,
    };
    KeyRecord::from_parts(KeyParts { lifecycle, ..stored.parts().clone() }).ok()
}

/// The part of an audit event that a change brings along.
#[derive(Debug, Clone)]
pub struct Circumstances {
    /// When.
    pub at: Timestamp,
    /// Who, how, from where, in which request.
    pub origin: Origin,
    /// What it is called.
    pub action: Action,
}

/// The audit event of a change, linked to the last one; `None` at the end of the number range.
///
/// What belongs to nobody, settings and peppers, belongs to the administrator.
#[must_use]
pub fn audit_event(
    last: Option<(AuditId, AuditLink)>,
    circumstances: Circumstances,
    committed: &Committed,
    before: Option<Revision>,
    after: Revision,
) -> Option<LinkedEvent> {
    let (id, previous) = match last {
        Some((last, link)) => (last.next()?, link),
        None => (AuditId::FIRST, AuditLink::GENESIS),
    };
    let Circumstances { at, origin, action } = circumstances;
    let (owner, target) = owner_and_target(committed);
    let event = AuditEvent { id, at, origin, owner, action, target, before, after };
    let link = link(&previous, &event);
    Some(LinkedEvent { event, link })
}

/// To whom what was changed belongs, and what the audit chain calls it.
#[must_use]
pub fn owner_and_target(committed: &Committed) -> (Owner, Target) {
    let installation = Owner::Account(AccountId::ADMIN);
    match committed {
        Committed::Account(record) => (Owner::Account(record.parts().id), Target::Account(record.parts().id)),
        Committed::Environment(record) => {
            (Owner::Environment(record.parts().id), Target::Environment(record.parts().id))
        }
        Committed::Member(member) | Committed::MemberRemoved(member) => {
            (Owner::Environment(member.environment), Target::Member(member.id, member.account, member.role))
        }
        Committed::Key(record) => (record.parts().owner, Target::Key(record.parts().id)),
        Committed::Setting(setting) => (installation, Target::Setting(setting.name)),
        Committed::Pepper(pepper) => (installation, Target::Pepper(*pepper)),
        Committed::Password(record) => {
            (Owner::Account(record.parts().account), Target::Password(record.parts().id))
        }
        Committed::Session(record) => {
            (Owner::Account(record.parts().account), Target::Session(record.parts().id))
        }
        Committed::SessionsEnded(which) => which.owner_and_target(),
        Committed::Unlocked(account) => (Owner::Account(*account), Target::Account(*account)),
    }
}

/// What a change has taken the secret from: no receipt may hold it any longer.
#[must_use]
pub const fn loses_its_secret(committed: &Committed) -> Option<Target> {
    match committed {
        Committed::Key(record) if record.parts().lifecycle.secret().is_none() => {
            Some(Target::Key(record.parts().id))
        }
        Committed::Key(_)
        | Committed::Account(_)
        | Committed::Environment(_)
        | Committed::Member(_)
        | Committed::MemberRemoved(_)
        | Committed::Setting(_)
        | Committed::Pepper(_)
        | Committed::Password(_)
        | Committed::Session(_)
        | Committed::SessionsEnded(_)
        | Committed::Unlocked(_) => None,
    }
}

/// Whether keys of this account are accepted.
#[must_use]
pub const fn account_row(record: &AccountRecord) -> OwnerRow {
    let standing = match record.parts().state {
        AccountState::Active => OwnerStanding::Active,
        AccountState::Inactive | AccountState::Removed { .. } => OwnerStanding::Inactive,
    };
    OwnerRow { standing, administers: record.administers(), revision: record.parts().revision }
}

/// Whether keys of this environment are accepted.
#[must_use]
pub const fn environment_row(record: &EnvironmentRecord) -> OwnerRow {
    let standing = match record.parts().state {
        EnvironmentState::Active => OwnerStanding::Active,
        EnvironmentState::Inactive | EnvironmentState::Removed { .. } => OwnerStanding::Inactive,
    };
    OwnerRow { standing, administers: false, revision: record.parts().revision }
}

/// A setting as its stored text says it: its default until it is first put. A text that nobody can have meant counts as
/// what opens no door, because a damaged setting must not: access control is on, and nothing of others is loaded.
///
/// ```
/// use keys_core::{AccessControl, AccessMode, SettingName, SettingValue};
/// use keys_store::rules::setting_value;
///
/// let access_control = |text| setting_value(SettingName::AccessControl, text);
/// assert_eq!(access_control(None), SettingValue::AccessControl(AccessControl::Off));
/// assert_eq!(access_control(Some("true")), SettingValue::AccessControl(AccessControl::On));
/// assert_eq!(access_control(Some("ture")), SettingValue::AccessControl(AccessControl::On));
/// let mode = setting_value(SettingName::AccessMode, Some("everybody"));
/// assert_eq!(mode, SettingValue::AccessMode(AccessMode::Closed));
/// ```
#[must_use]
pub fn setting_value(name: SettingName, text: Option<&str>) -> SettingValue {
    let Some(text) = text else { return SettingValue::default_of(name) };
    SettingValue::parse(name, text).unwrap_or(match name {
        SettingName::AccessControl => SettingValue::AccessControl(AccessControl::On),
        SettingName::AccessMode => SettingValue::AccessMode(AccessMode::Closed),
        SettingName::AllowedAccounts => SettingValue::AllowedAccounts(AccountList::default()),
        // Whether people may log in is the mode's to say.
        SettingName::LogInProvider => SettingValue::LogInProvider(LogInProvider::Local),
        SettingName::Realm => SettingValue::Realm(Realm::DEFAULT),
        SettingName::ApiUiScript => SettingValue::ApiUiScript(None),
        SettingName::ApiUiStylesheet => SettingValue::ApiUiStylesheet(None),
    })
}

/// Whether access control is off, by the text that is stored of it.
#[must_use]
pub fn access_control_is_off(text: Option<&str>) -> bool {
    setting_value(SettingName::AccessControl, text) == SettingValue::AccessControl(AccessControl::Off)
}

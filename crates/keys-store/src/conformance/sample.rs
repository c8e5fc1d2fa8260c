//! Records to test with: the same ones every time, no two alike, and nothing secret about them.

use std::net::{IpAddr, Ipv6Addr};

use keys_core::{
    AccessKey, AccountId, AccountKind, AccountRecord, AccountState, Action, Creator, Description, DeviceHash,
    Digest, EnvironmentId, EnvironmentRecord, Fingerprint, FirstState, IdempotencyHash, KeyId, KeyRecord,
    LoginName, MemberRecord, Name, NewAccount, NewEnvironment, NewKey, NewMember, NewPassword, NewReceipt,
    NewSession, Origin, Owner, PepperId, ReceiptName, Revision, Role, SealedSecret, SessionHash, SessionKind,
    StoredSecret, Tag, Tagged, Timestamp, Transition, VerificationRow, Via,
};

use crate::error::{CommitError, Refusal};
use crate::store::{Change, Committed, KeyStore, Write};

/// The instant this many milliseconds after the one all samples begin at.
#[must_use]
pub fn instant(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_459_591_872_000 + millis).expect("within the range of timestamps")
}

/// The access key number `n`; they sort as their numbers do.
#[must_use]
pub fn access_key(n: u64) -> AccessKey {
    format!("{n:020X}").parse().expect("20 hexadecimal digits are an access key")
}

/// A tag that no other `n` has, under pepper `n`.
#[must_use]
pub fn tagged(n: u64) -> Tagged {
    let mut bytes = [0xA5; Tag::LENGTH];
    bytes.iter_mut().zip(n.to_be_bytes()).for_each(|(byte, digit)| *byte = digit);
    Tagged { tag: Tag::from_bytes(bytes), pepper: PepperId::from_number(n) }
}

/// What is kept of a secret that nobody has.
#[must_use]
pub fn stored_secret(n: u64) -> StoredSecret {
    StoredSecret { digest: digest(n), tagged: tagged(n) }
}

/// The digest of a secret that nobody has.
#[must_use]
pub fn digest(n: u64) -> Digest {
    let digest = format!("$argon2id$v=19$m=8,t=1,p=1$c2FtcGxlc2FsdA${n:016x}{:A<27}", "");
    digest.parse().expect("a PHC string")
}

/// A log-in name.
#[must_use]
pub fn login(text: &str) -> LoginName {
    LoginName::new(text).expect("a log-in name")
}

/// A password that nobody knows.
#[must_use]
pub fn new_password(account: AccountId, name: &str) -> NewPassword {
    NewPassword { account, login: login(name), digest: digest(1), created: instant(1) }
}

/// Session number `n` of an account.
#[must_use]
pub fn new_session(account: AccountId, n: u64) -> NewSession {
    NewSession { hash: session_hash(n), account, kind: SessionKind::Cookie, created: instant(1) }
}

/// The hash that session number `n` is found by.
#[must_use]
pub fn session_hash(n: u64) -> SessionHash {
    SessionHash::from_bytes(*tagged(n).tag.as_bytes())
}

/// The hash that device number `n` is found by; they sort as their numbers do.
#[must_use]
pub fn device_hash(n: u64) -> DeviceHash {
    DeviceHash::from_bytes(*tagged(n).tag.as_bytes())
}

/// A name.
#[must_use]
pub fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

/// A description.
#[must_use]
pub fn description(text: &str) -> Description {
    Description::new(text).expect("a description")
}

/// Account number `n`, a person.
#[must_use]
pub fn new_account(n: u64) -> NewAccount {
    NewAccount {
        uuid: format!("account-{n}").parse().expect("a uuid"),
        kind: AccountKind::User,
        state: AccountState::Active,
        name: Some(name(&format!("person {n}"))),
        description: None,
        created: instant(0),
    }
}

/// Environment number `n`.
#[must_use]
pub fn new_environment(n: u64) -> NewEnvironment {
    NewEnvironment {
        uuid: format!("environment-{n}").parse().expect("a uuid"),
        name: Some(name(&format!("environment {n}"))),
        description: None,
        creator: creator(),
        created: instant(0),
    }
}

/// A member.
#[must_use]
pub fn new_member(environment: EnvironmentId, account: AccountId, role: Role) -> NewMember {
    NewMember { environment, account, role, creator: creator(), created: instant(0) }
}

/// Key number `n` of an owner.
#[must_use]
pub fn new_key(owner: Owner, n: u64) -> NewKey {
    NewKey {
        owner,
        access_key: access_key(n),
        secret: stored_secret(n),
        first_state: FirstState::Active,
        name: Some(name(&format!("key {n}"))),
        description: None,
        creator: creator(),
        created: instant(0),
        expires_at: None,
    }
}

/// The name of receipt number `n`: no part of it is that of another.
#[must_use]
pub fn receipt_name(n: u64) -> ReceiptName {
    let number = n.saturating_add(1);
    ReceiptName {
        principal: Owner::Account(AccountId::new(number).expect("within the range of ids")),
        owner: Owner::Environment(EnvironmentId::new(number).expect("within the range of ids")),
        hash: IdempotencyHash::from_bytes(*tagged(n).tag.as_bytes()),
    }
}

/// What looks like a sealed secret and opens for nobody.
#[must_use]
pub fn sealed_secret(n: u64) -> SealedSecret {
    format!("{}{n:016x}-{n:0160x}", SealedSecret::PREFIX).parse().expect("a sealed secret")
}

/// Receipt number `n`.
#[must_use]
pub fn new_receipt(n: u64) -> NewReceipt {
    let fingerprint = Fingerprint::from_bytes(*tagged(!n).tag.as_bytes());
    NewReceipt { name: receipt_name(n), fingerprint, secret: Some(sealed_secret(n)) }
}

/// The administrator, by no key.
#[must_use]
pub fn creator() -> Creator {
    Creator { principal: Owner::Account(AccountId::ADMIN), key: None }
}

/// An origin with everything an origin can have.
#[must_use]
pub fn origin() -> Origin {
    Origin {
        principal: creator().principal,
        via: Via::Key(KeyId::new(7).expect("not 0")),
        client_address: Some(IpAddr::V6(Ipv6Addr::LOCALHOST)),
        request_id: "request-1".parse().expect("a request id"),
    }
}

/// A change that requires nothing.
#[must_use]
pub fn change(write: Write) -> Change {
    let action = match &write {
        Write::InsertAccount(_) => Action::CreateAccount,
        Write::UpdateAccount { .. } => Action::EditAccount,
        Write::InsertEnvironment(_) => Action::CreateEnvironment,
        Write::UpdateEnvironment { .. } => Action::EditEnvironment,
        Write::InsertMember(_) | Write::InsertFounder { .. } => Action::AddMember,
        Write::UpdateMember { .. } => Action::ChangeMember,
        Write::RemoveMember(_) => Action::RemoveMember,
        Write::InsertKey(_) => Action::IssueKey,
        Write::UpdateKey { .. } => Action::EditKey,
        Write::PutSetting { .. } => Action::ChangeSetting,
        Write::InsertPepper(_) => Action::AddPepper,
        Write::InsertPassword(_) | Write::InsertFirstPassword { .. } => Action::SetPassword,
        Write::UpdatePassword { .. } => Action::ChangePassword,
        Write::BeginSession { .. } => Action::BeginSession,
        Write::EndSessions(_) => Action::EndSession,
        Write::Unlock(_) => Action::UnlockAccount,
    };
    Change { write, requires: Vec::new(), at: instant(1), origin: origin(), action, receipt: None }
}

/// Makes one change.
///
/// # Errors
///
/// As [`KeyStore::commit`].
pub fn commit(store: &dyn KeyStore, write: Write) -> Result<Committed, CommitError> {
    commit_change(store, change(write))
}

/// Makes one change.
///
/// # Errors
///
/// As [`KeyStore::commit`].
pub fn commit_change(store: &dyn KeyStore, change: Change) -> Result<Committed, CommitError> {
    let mut committed = store.commit(vec![change])?;
    assert_eq!(committed.len(), 1, "one change becomes one thing");
    Ok(committed.remove(0))
}

/// Makes account number `n`.
#[track_caller]
pub fn account(store: &dyn KeyStore, n: u64) -> AccountRecord {
    match commit(store, Write::InsertAccount(new_account(n))) {
        Ok(Committed::Account(record)) => record,
        other => panic!("an account was to be made: {other:?}"),
    }
}

/// Replaces an account that was read at its record's revision.
#[track_caller]
pub fn update_account(store: &dyn KeyStore, record: AccountRecord) -> AccountRecord {
    match commit(store, Write::UpdateAccount { expected: record.parts().revision, record }) {
        Ok(Committed::Account(record)) => record,
        other => panic!("an account was to be changed: {other:?}"),
    }
}

/// Makes an account a member.
#[track_caller]
pub fn member(
    store: &dyn KeyStore,
    environment: EnvironmentId,
    account: AccountId,
    role: Role,
) -> MemberRecord {
    match commit(store, Write::InsertMember(new_member(environment, account, role))) {
        Ok(Committed::Member(record)) => record,
        other => panic!("a member was to be made: {other:?}"),
    }
}

/// Gives a member that was read at its record's revision another role.
#[track_caller]
pub fn update_member(store: &dyn KeyStore, record: MemberRecord, role: Role) -> MemberRecord {
    let write = Write::UpdateMember { record: record.with_role(role), expected: record.revision };
    match commit(store, write) {
        Ok(Committed::Member(record)) => record,
        other => panic!("a member was to be changed: {other:?}"),
    }
}

/// Makes environment number `n`.
#[track_caller]
pub fn environment(store: &dyn KeyStore, n: u64) -> EnvironmentRecord {
    match commit(store, Write::InsertEnvironment(new_environment(n))) {
        Ok(Committed::Environment(record)) => record,
        other => panic!("an environment was to be made: {other:?}"),
    }
}

/// Makes environment number `n`, to own keys.
#[track_caller]
pub fn owner(store: &dyn KeyStore, n: u64) -> Owner {
    Owner::Environment(environment(store, n).parts().id)
}

/// Makes a key.
#[track_caller]
pub fn insert(store: &dyn KeyStore, new: NewKey) -> KeyRecord {
    match commit(store, Write::InsertKey(new)) {
        Ok(Committed::Key(record)) => *record,
        other => panic!("a key was to be made: {other:?}"),
    }
}

/// Makes key number `n` of an owner.
#[track_caller]
pub fn key(store: &dyn KeyStore, owner: Owner, n: u64) -> KeyRecord {
    insert(store, new_key(owner, n))
}

/// The change that replaces a key that was read at its record's revision.
#[must_use]
pub fn update_of(record: KeyRecord) -> Change {
    change(Write::UpdateKey { expected: record.parts().revision, record })
}

/// Replaces a key that was read at its record's revision.
#[track_caller]
pub fn update(store: &dyn KeyStore, record: KeyRecord) -> KeyRecord {
    match commit_change(store, update_of(record)) {
        Ok(Committed::Key(record)) => *record,
        other => panic!("a key was to be changed: {other:?}"),
    }
}

/// Replaces an environment that was read at its record's revision.
#[track_caller]
pub fn update_environment(store: &dyn KeyStore, record: EnvironmentRecord) -> EnvironmentRecord {
    match commit(store, Write::UpdateEnvironment { expected: record.parts().revision, record }) {
        Ok(Committed::Environment(record)) => record,
        other => panic!("an environment was to be changed: {other:?}"),
    }
}

/// Moves a key to its next state.
#[track_caller]
pub fn transition(store: &dyn KeyStore, record: KeyRecord, transition: Transition) -> KeyRecord {
    update(store, record.transition(transition, instant(2)).expect("a legal transition"))
}

/// Deactivates a key and deletes it.
#[track_caller]
pub fn delete(store: &dyn KeyStore, record: KeyRecord) -> KeyRecord {
    let inactive = transition(store, record, Transition::Deactivate);
    transition(store, inactive, Transition::Delete)
}

/// The key with another name.
#[must_use]
pub fn renamed(record: KeyRecord, text: &str) -> KeyRecord {
    let description = record.parts().description.clone();
    record.edit(Some(name(text)), description, instant(3))
}

/// Why a commit was refused, and which of its changes.
#[track_caller]
pub fn refusal<T: std::fmt::Debug>(result: Result<T, CommitError>) -> (usize, Refusal) {
    match result {
        Err(CommitError::Refused { index, refusal }) => (index, refusal),
        other => panic!("it was to be refused: {other:?}"),
    }
}

/// Everything a store keeps of a key, to be compared: records have no `==`, because tags have none.
#[must_use]
pub fn picture(record: &KeyRecord) -> String {
    let secret = record.parts().lifecycle.secret().map(secret_picture);
    format!("{:?} {secret:?}", record.parts())
}

/// Everything a store keeps of a secret, to be compared.
#[must_use]
pub fn secret_picture(secret: &StoredSecret) -> String {
    format!("{} {:?} {}", secret.digest, secret.tagged.tag.as_bytes(), secret.tagged.pepper)
}

/// Everything in a verification row, to be compared.
#[must_use]
pub fn row_picture(row: &VerificationRow) -> String {
    format!("{row:?} {:?}", row.state.tagged().map(|tagged| tagged.tag.as_bytes()))
}

/// What readers can see of a store: two stores, or one at two instants, that hold the same give the same text.
#[track_caller]
pub fn store_picture(store: &dyn KeyStore) -> String {
    use crate::log_in::PasswordQuery;
    use crate::query::{EnvironmentFilter, EnvironmentQuery, KeyFilter, KeyQuery, Reach, StateFilter};

    let limit = KeyQuery::MAX_LIMIT;
    let any = KeyFilter { state: StateFilter::Any, ..KeyFilter::default() };
    let query = KeyQuery { filter: any, limit, ..KeyQuery::default() };
    let keys = store.keys(Reach::AllOwners, &query).expect("keys can be read");
    let filter = EnvironmentFilter { removed: true, id: None };
    let query = EnvironmentQuery { filter, limit, ..EnvironmentQuery::default() };
    let environments = store.environments(Reach::AllOwners, &query).expect("environments can be read");
    let settings =
        keys_core::SettingName::ALL.map(|name| store.setting(name).expect("a setting can be read"));
    let query = PasswordQuery { removed: true, after: None, limit };
    let passwords = store.passwords(Reach::AllOwners, &query).expect("passwords can be read");
    let digests: Vec<_> = passwords.items.iter().map(|record| record.digest().map(Digest::as_str)).collect();
    format!(
        "{passwords:#?}\n{digests:?}\n{:#?}\n{environments:#?}\n{:#?}\n{:#?}\n{settings:#?}\n{:?}\n{:#?}\n{:#?}",
        keys.items.iter().map(picture).collect::<Vec<_>>(),
        store.accounts(None, limit).expect("accounts can be read"),
        store.members(Reach::AllOwners, None, limit).expect("members can be read"),
        store.peppers().expect("peppers can be read"),
        store.audit(None, limit).expect("the audit chain can be read"),
        store.head().expect("the head can be read"),
    )
}

/// The revision of the whole store.
#[track_caller]
pub fn head_revision(store: &dyn KeyStore) -> Revision {
    store.head().expect("the head can be read").revision
}

//! Names, numbers, times, owners.

use alloc::string::String;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::{
    AccessControl, AccessMode, AccountId, AccountList, AssetUrl, AuditId, Creator, Description,
    EnvironmentId, KeyId, LogInProvider, MemberId, Name, Owner, PasswordId, Realm, Revision, Role, SessionId,
    SettingName, SettingValue, Timestamp, Uuid,
};

/// Numbers an id can have: small ones mostly, the greatest now and then.
fn number() -> impl Strategy<Value = u64> + Clone {
    const MOST: u64 = i64::MAX.unsigned_abs();
    prop_oneof![6 => 1..=99u64, 1 => 1..=MOST, 1 => Just(MOST)].boxed()
}

/// Ids of accounts.
pub fn account_id() -> impl Strategy<Value = AccountId> + Clone {
    number().prop_filter_map("within the range of ids", AccountId::new)
}

/// Ids of environments.
pub fn environment_id() -> impl Strategy<Value = EnvironmentId> + Clone {
    number().prop_filter_map("within the range of ids", EnvironmentId::new)
}

/// Ids of keys.
pub fn key_id() -> impl Strategy<Value = KeyId> + Clone {
    number().prop_filter_map("within the range of ids", KeyId::new)
}

/// Ids of members.
pub fn member_id() -> impl Strategy<Value = MemberId> + Clone {
    number().prop_filter_map("within the range of ids", MemberId::new)
}

/// Roles.
pub fn role() -> impl Strategy<Value = Role> + Clone {
    select(Role::ALL.as_slice())
}

/// Ids of passwords.
pub fn password_id() -> impl Strategy<Value = PasswordId> + Clone {
    number().prop_filter_map("within the range of ids", PasswordId::new)
}

/// Ids of sessions.
pub fn session_id() -> impl Strategy<Value = SessionId> + Clone {
    number().prop_filter_map("within the range of ids", SessionId::new)
}

/// Ids of audit events.
pub fn audit_id() -> impl Strategy<Value = AuditId> + Clone {
    number().prop_filter_map("within the range of ids", AuditId::new)
}

/// Revisions, the first and the last of all among them.
pub fn revision() -> impl Strategy<Value = Revision> + Clone {
    prop_oneof![6 => 0..=99u64, 1 => any::<u64>(), 1 => Just(u64::MAX)].prop_map(Revision::new).boxed()
}

/// Instants from 1970 to 9999, most of them within a few seconds of each other so that they meet and cross.
pub fn timestamp() -> impl Strategy<Value = Timestamp> + Clone {
    let near = 1_795_458_600_000..1_795_458_605_000i64;
    let ends = select(alloc::vec![Timestamp::MIN.as_millis(), Timestamp::MAX.as_millis()]);
    prop_oneof![6 => near, 2 => Timestamp::MIN.as_millis()..=Timestamp::MAX.as_millis(), 1 => ends]
        .prop_filter_map("within the range of timestamps", Timestamp::from_millis)
        .boxed()
}

/// Owners of both kinds.
pub fn owner() -> impl Strategy<Value = Owner> + Clone {
    prop_oneof![environment_id().prop_map(Owner::Environment), account_id().prop_map(Owner::Account)].boxed()
}

/// Creators, with and without a key.
pub fn creator() -> impl Strategy<Value = Creator> + Clone {
    (owner(), option::of(key_id())).prop_map(|(principal, key)| Creator { principal, key }).boxed()
}

/// Names: empty, short, of every script, and of the greatest length.
pub fn name() -> impl Strategy<Value = Name> + Clone {
    text(Name::MAX_CHARS).prop_filter_map("no forbidden character", |text| Name::new(text).ok()).boxed()
}

/// Descriptions: like names, with tabs and line breaks.
pub fn description() -> impl Strategy<Value = Description> + Clone {
    let broken =
        ("[a-z \t\r\n]{0,20}", text(Description::MAX_CHARS - 20)).prop_map(|(start, rest)| start + &rest);
    prop_oneof![broken, text(Description::MAX_CHARS)]
        .prop_filter_map("no forbidden character", |text| Description::new(text).ok())
        .boxed()
}

/// Texts of up to `most` characters: short ones character by character, long ones by repetition, which is quick.
fn text(most: usize) -> impl Strategy<Value = String> + Clone {
    let short = vec(character(), 0..=12).prop_map(String::from_iter);
    let long = (character(), 0..=most).prop_map(|(character, count)| repeat(character, count));
    let longest = character().prop_map(move |character| repeat(character, most));
    prop_oneof![4 => "[a-z][a-z0-9 -]{0,12}", 3 => short, 1 => long, 1 => longest].boxed()
}

fn repeat(character: char, count: usize) -> String {
    core::iter::repeat_n(character, count).collect()
}

/// Characters a name may hold. Few of the others exist, so hardly one is thrown away.
fn character() -> impl Strategy<Value = char> + Clone {
    any::<char>()
        .prop_filter("allowed in a name", |character| Name::new(String::from(*character)).is_ok())
        .boxed()
}

/// Universal names: UUIDs and well-known words.
pub fn uuid() -> impl Strategy<Value = Uuid> + Clone {
    let written = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
    prop_oneof![3 => written, 1 => "[a-zA-Z0-9-]{1,128}"]
        .prop_filter_map("letters, digits and dashes", |text| text.parse().ok())
        .boxed()
}

/// Names of settings.
pub fn setting_name() -> impl Strategy<Value = SettingName> + Clone {
    select(SettingName::ALL.as_slice())
}

/// Settings with values they take.
pub fn setting_value() -> impl Strategy<Value = SettingValue> + Clone {
    let address = option::of(asset_url()).boxed();
    prop_oneof![
        access_control().prop_map(SettingValue::AccessControl),
        access_mode().prop_map(SettingValue::AccessMode),
        account_list().prop_map(SettingValue::AllowedAccounts),
        log_in_provider().prop_map(SettingValue::LogInProvider),
        realm().prop_map(SettingValue::Realm),
        address.clone().prop_map(SettingValue::ApiUiScript),
        address.prop_map(SettingValue::ApiUiStylesheet),
    ]
    .boxed()
}

/// Addresses of files that a page loads.
pub fn asset_url() -> impl Strategy<Value = AssetUrl> + Clone {
    let written = "(https?://[a-z0-9-]{1,9}([.][a-z0-9-]{1,9}){0,2}(:[1-9][0-9]{0,3})?)?/([a-z0-9.~!$&'()*+,;=:@%_-]{1,9}/)?\
        [a-zA-Z0-9._-]{0,9}([?][a-z0-9=&/]{0,9})?";
    written.prop_filter_map("an address", |text| text.parse().ok()).boxed()
}

/// Access control, on and off.
pub fn access_control() -> impl Strategy<Value = AccessControl> + Clone {
    prop_oneof![Just(AccessControl::Off), Just(AccessControl::On)]
}

/// Access modes that can be chosen.
pub fn access_mode() -> impl Strategy<Value = AccessMode> + Clone {
    select(AccessMode::ALL.as_slice())
}

/// Lists of accounts.
pub fn account_list() -> impl Strategy<Value = AccountList> + Clone {
    vec(account_id(), 0..=4).prop_filter_map("not too many", |ids| AccountList::new(ids).ok()).boxed()
}

/// Who may check log-ins.
pub fn log_in_provider() -> impl Strategy<Value = LogInProvider> + Clone {
    prop_oneof![Just(LogInProvider::None), Just(LogInProvider::Local)]
}

/// Texts of a challenge.
pub fn realm() -> impl Strategy<Value = Realm> + Clone {
    "[!-~][ -~]{0,254}".prop_filter_map("printable", |text| text.parse().ok()).boxed()
}

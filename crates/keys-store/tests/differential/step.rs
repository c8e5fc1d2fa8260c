//! Random steps: what they are, before they meet a store.
//!
//! A step names things by place, not by value: "the third version of a key that was ever seen". So it means
//! something in every history, and a failing history can be made shorter.

use keys_core::{
    AccountKind, AccountState, Action, Creator, Description, FirstState, Name, Origin, ReceiptSweep, Role,
    SettingName, Timestamp, Transition, strategies,
};
use keys_store::fault::{Calls, Fault};
use keys_store::{BackendErrorKind, Direction, EnvironmentOrder, KeyOrder, StateFilter};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::log_in;

/// One step of a history.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Commit(Vec<Edit>),
    /// Two updates of one key in one commit, the second at the revision the first makes.
    UpdateTwice(KeyEdit, KeyEdit),
    ReplaceTag {
        key: Pick,
        /// The tag the picked version has, or this one.
        expected: Option<u64>,
        new: u64,
    },
    EraseReceiptSecret(u64),
    SweepReceipts(ReceiptSweep),
    Note(log_in::Note),
    Read(Read),
    Inject(Calls, u64, Fault),
    Reopen,
}

/// One of the versions there are now, or of all there ever were.
#[derive(Debug, Clone)]
pub(crate) struct Pick {
    pub(crate) at: Index,
    pub(crate) stale: bool,
}

/// One change of a commit.
#[derive(Debug, Clone)]
pub(crate) struct Edit {
    pub(crate) what: What,
    pub(crate) requires: Vec<Need>,
    pub(crate) at: Timestamp,
    pub(crate) origin: Origin,
    pub(crate) action: Action,
    /// With the receipt of this number, and whether that holds a secret.
    pub(crate) receipt: Option<(u64, bool)>,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    InsertAccount {
        uuid: u8,
        kind: AccountKind,
        state: AccountState,
        words: Words,
    },
    UpdateAccount(AccountEdit),
    InsertEnvironment {
        uuid: u8,
        words: Words,
        creator: Creator,
    },
    UpdateEnvironment(EnvironmentEdit),
    InsertMember {
        /// Mostly an environment and an account there are.
        environment: Index,
        account: Index,
        role: Role,
        creator: Creator,
    },
    InsertFounder {
        /// Mostly of an environment.
        uuid: u8,
        account: Index,
        role: Role,
    },
    UpdateMember(MemberEdit),
    RemoveMember(MemberEdit),
    InsertKey {
        owner: Index,
        access_key: u64,
        first_state: FirstState,
        words: Words,
        creator: Creator,
        created: Timestamp,
        expires_at: Option<Timestamp>,
    },
    UpdateKey(KeyEdit),
    PutSetting(SettingName, String),
    InsertPepper(u8),
    LogIn(log_in::Edit),
}

#[derive(Debug, Clone)]
pub(crate) struct Words {
    pub(crate) name: Option<Name>,
    pub(crate) description: Option<Description>,
}

/// What becomes of a version of a key, legal or not: a store knows no lifecycle.
#[derive(Debug, Clone)]
pub(crate) struct KeyEdit {
    pub(crate) key: Pick,
    pub(crate) words: Words,
    pub(crate) state: Move,
    pub(crate) tamper: Option<Tamper>,
    pub(crate) now: Timestamp,
}

#[derive(Debug, Clone)]
pub(crate) enum Move {
    Stay,
    /// If the core allows it.
    Legal(Transition),
    /// Active, Inactive with this secret, or Deleted.
    Forced(u8, u64),
}

/// A change of what never changes.
#[derive(Debug, Clone)]
pub(crate) enum Tamper {
    Id(u64),
    Owner(Index),
    AccessKey(u64),
    Uuid(u8),
    Creator(Creator),
    Created(Timestamp),
}

#[derive(Debug, Clone)]
pub(crate) struct EnvironmentEdit {
    pub(crate) environment: Pick,
    pub(crate) words: Words,
    /// 0: as it was; else Active, Inactive, Removed.
    pub(crate) state: u8,
    pub(crate) tamper: Option<Tamper>,
    pub(crate) now: Timestamp,
}

/// What becomes of a version of an account, of whatever kind.
#[derive(Debug, Clone)]
pub(crate) struct AccountEdit {
    pub(crate) account: Pick,
    pub(crate) words: Words,
    pub(crate) kind: Option<AccountKind>,
    pub(crate) default_environment: Option<u64>,
    /// 0: as it was; else Active, Inactive, Removed.
    pub(crate) state: u8,
    pub(crate) tamper: Option<Tamper>,
    pub(crate) now: Timestamp,
}

#[derive(Debug, Clone)]
pub(crate) struct MemberEdit {
    pub(crate) member: Pick,
    pub(crate) role: Role,
    pub(crate) tamper: Option<Tamper>,
}

#[derive(Debug, Clone)]
pub(crate) enum Need {
    EmptyStore,
    ActiveKeyOf(Index, Timestamp),
    /// As it is, or as it was before it was ever put.
    SettingAt(SettingName, bool),
    AdministratorCanEnter(Timestamp),
    AdministratorRemains(u64, Timestamp),
    MembersAre(Index, bool),
    MembershipsAre(Index, bool),
    NotRemoved(Index),
    CallerStands {
        principal: Index,
        administers: bool,
        key: Option<Pick>,
        role: Option<(Index, Role)>,
        session: Option<u64>,
        now: Timestamp,
    },
    PasswordIs(Pick),
}

/// A question.
#[derive(Debug, Clone)]
pub(crate) enum Read {
    Key(Option<Index>, Index),
    Keys(Option<Index>, List),
    Environment(Option<Index>, Index),
    Environments(Option<Index>, EnvironmentList),
    Account(u64),
    Accounts(Option<u64>, usize),
    Member(Option<Index>, Pick),
    Membership(Index, Index),
    Members(Option<Index>, Option<u64>, usize),
    Memberships(Index, Option<u64>, usize),
    KeysMadeBy(Creator, Option<u64>, usize),
    Setting(SettingName),
    Peppers,
    Audit(Option<u64>, usize),
    Head,
    LoadKey(u64),
    LoadOwner(Index),
    LoadKeys(Option<u64>, usize),
    StoredSecret(u64),
    Receipt(u64),
    LogIn(log_in::Read),
    Barrier,
}

#[derive(Debug, Clone)]
pub(crate) struct List {
    pub(crate) order: KeyOrder,
    pub(crate) direction: Direction,
    pub(crate) state: StateFilter,
    pub(crate) id: Option<Index>,
    pub(crate) access_key: Option<u64>,
    /// Behind this version of a key, in this order.
    pub(crate) after: Option<(Index, KeyOrder)>,
    pub(crate) limit: usize,
}

#[derive(Debug, Clone)]
pub(crate) struct EnvironmentList {
    pub(crate) order: EnvironmentOrder,
    pub(crate) direction: Direction,
    pub(crate) removed: bool,
    pub(crate) id: Option<Index>,
    /// Behind this version of an environment, in this order.
    pub(crate) after: Option<(Index, EnvironmentOrder)>,
    pub(crate) limit: usize,
}

/// How many names of receipts there are: few, so that they meet.
pub(crate) const RECEIPTS: u64 = 12;

// Boxed throughout: as one type, the whole is larger than the stack of a test.

pub(crate) fn step() -> BoxedStrategy<Step> {
    prop_oneof![
        10 => prop::collection::vec(edit(), 1..4).prop_map(Step::Commit),
        1 => (key_edit(), key_edit()).prop_map(|(first, second)| Step::UpdateTwice(first, second)),
        2 => (pick(), option::weighted(0.3, 0..4u64), 0..4u64)
            .prop_map(|(key, expected, new)| Step::ReplaceTag { key, expected, new }),
        1 => (0..RECEIPTS).prop_map(Step::EraseReceiptSecret),
        1 => (time(), time()).prop_map(|(secrets_before, receipts_before)| {
            Step::SweepReceipts(ReceiptSweep { secrets_before, receipts_before })
        }),
        1 => log_in::note().prop_map(Step::Note),
        8 => read().prop_map(Step::Read),
        1 => fault(),
        1 => Just(Step::Reopen),
    ]
    .boxed()
}

pub(crate) fn pick() -> impl Strategy<Value = Pick> {
    (any::<Index>(), prop::bool::weighted(0.1)).prop_map(|(at, stale)| Pick { at, stale })
}

fn edit() -> BoxedStrategy<Edit> {
    let role = option::of((any::<Index>(), strategies::role()));
    let caller = (
        any::<Index>(),
        prop::bool::weighted(0.2),
        option::of(pick()),
        role,
        option::weighted(0.3, 1..9u64),
        time(),
    );
    let need = prop_oneof![
        1 => Just(Need::EmptyStore),
        6 => (any::<Index>(), time()).prop_map(|(owner, now)| Need::ActiveKeyOf(owner, now)),
        2 => (strategies::setting_name(), any::<bool>())
            .prop_map(|(name, as_it_is)| Need::SettingAt(name, as_it_is)),
        2 => time().prop_map(Need::AdministratorCanEnter),
        2 => (1..6u64, time()).prop_map(|(without, now)| Need::AdministratorRemains(without, now)),
        3 => (any::<Index>(), prop::bool::weighted(0.2))
            .prop_map(|(environment, stale)| Need::MembersAre(environment, stale)),
        3 => (any::<Index>(), prop::bool::weighted(0.2))
            .prop_map(|(account, stale)| Need::MembershipsAre(account, stale)),
        2 => any::<Index>().prop_map(Need::NotRemoved),
        6 => caller.prop_map(|(principal, administers, key, role, session, now)| Need::CallerStands {
            principal,
            administers,
            key,
            role,
            session,
            now,
        }),
        4 => pick().prop_map(Need::PasswordIs),
    ];
    let receipt = option::weighted(0.3, (0..RECEIPTS, any::<bool>()));
    let requires = prop_oneof![9 => Just(Vec::new()), 1 => prop::collection::vec(need, 1..3)];
    (what(), requires, time(), strategies::origin(), strategies::action(), receipt)
        .prop_map(|(what, requires, at, origin, action, receipt)| Edit {
            what,
            requires,
            at,
            origin,
            action,
            receipt,
        })
        .boxed()
}

fn what() -> BoxedStrategy<What> {
    let state = select([AccountState::Active, AccountState::Inactive].as_slice());
    let account = (0..30u8, strategies::account_kind(), state, words())
        .prop_map(|(uuid, kind, state, words)| What::InsertAccount { uuid, kind, state, words });
    let member = (any::<Index>(), any::<Index>(), strategies::role(), maker()).prop_map(
        |(environment, account, role, creator)| What::InsertMember { environment, account, role, creator },
    );
    let environment = (0..30u8, words(), maker())
        .prop_map(|(uuid, words, creator)| What::InsertEnvironment { uuid, words, creator });
    let which = (any::<Index>(), 0..40u64, strategies::first_state());
    let key = (which, words(), maker(), time(), option::of(time())).prop_map(
        |((owner, access_key, first_state), words, creator, created, expires_at)| What::InsertKey {
            owner,
            access_key,
            first_state,
            words,
            creator,
            created,
            expires_at,
        },
    );
    let value = prop_oneof![Just("true".into()), Just("false".into()), any::<String>()];
    prop_oneof![
        2 => account,
        3 => account_edit().prop_map(What::UpdateAccount),
        4 => member,
        1 => (0..30u8, any::<Index>(), strategies::role())
            .prop_map(|(uuid, account, role)| What::InsertFounder { uuid, account, role }),
        2 => member_edit().prop_map(What::UpdateMember),
        1 => member_edit().prop_map(What::RemoveMember),
        3 => environment,
        2 => environment_edit().prop_map(What::UpdateEnvironment),
        6 => key,
        8 => key_edit().prop_map(What::UpdateKey),
        1 => (strategies::setting_name(), value).prop_map(|(name, value)| What::PutSetting(name, value)),
        1 => (0..6u8).prop_map(What::InsertPepper),
        8 => log_in::edit().prop_map(What::LogIn),
    ]
    .boxed()
}

fn key_edit() -> BoxedStrategy<KeyEdit> {
    let state = prop_oneof![
        3 => Just(Move::Stay),
        5 => strategies::transition().prop_map(Move::Legal),
        1 => (0..3u8, 0..4u64).prop_map(|(state, secret)| Move::Forced(state, secret)),
    ];
    (pick(), words(), state, option::weighted(0.03, tamper()), time())
        .prop_map(|(key, words, state, tamper, now)| KeyEdit { key, words, state, tamper, now })
        .boxed()
}

fn environment_edit() -> BoxedStrategy<EnvironmentEdit> {
    (pick(), words(), 0..4u8, option::weighted(0.03, tamper()), time())
        .prop_map(|(environment, words, state, tamper, now)| EnvironmentEdit {
            environment,
            words,
            state,
            tamper,
            now,
        })
        .boxed()
}

fn account_edit() -> BoxedStrategy<AccountEdit> {
    let what = (words(), option::weighted(0.3, strategies::account_kind()), option::of(1..9u64), 0..4u8);
    (pick(), what, option::weighted(0.03, tamper()), time())
        .prop_map(|(account, (words, kind, default_environment, state), tamper, now)| AccountEdit {
            account,
            words,
            kind,
            default_environment,
            state,
            tamper,
            now,
        })
        .boxed()
}

fn member_edit() -> BoxedStrategy<MemberEdit> {
    (pick(), strategies::role(), option::weighted(0.05, tamper()))
        .prop_map(|(member, role, tamper)| MemberEdit { member, role, tamper })
        .boxed()
}

/// Few, so that some made more than one thing, and any others.
fn maker() -> BoxedStrategy<Creator> {
    let few =
        (select(&["account/1a1", "environment/1a2"][..]), option::of(1..4u64)).prop_map(|(owner, key)| {
            Creator { principal: owner.parse().unwrap(), key: key.and_then(keys_core::KeyId::new) }
        });
    prop_oneof![3 => few, 1 => strategies::creator()].boxed()
}

fn tamper() -> BoxedStrategy<Tamper> {
    prop_oneof![
        (1..40u64).prop_map(Tamper::Id),
        any::<Index>().prop_map(Tamper::Owner),
        (0..16u64).prop_map(Tamper::AccessKey),
        (0..12u8).prop_map(Tamper::Uuid),
        strategies::creator().prop_map(Tamper::Creator),
        time().prop_map(Tamper::Created),
    ]
    .boxed()
}

fn read() -> BoxedStrategy<Read> {
    let reach = || option::of(any::<Index>());
    let place = || option::of(0..20u64);
    let limit = || prop_oneof![4 => 0..6usize, 1 => Just(usize::MAX)];
    prop_oneof![
        2 => (reach(), any::<Index>()).prop_map(|(reach, key)| Read::Key(reach, key)),
        8 => (reach(), list()).prop_map(|(reach, list)| Read::Keys(reach, list)),
        1 => (reach(), any::<Index>()).prop_map(|(reach, environment)| Read::Environment(reach, environment)),
        4 => (reach(), environment_list())
            .prop_map(|(reach, list)| Read::Environments(reach, list)),
        1 => (1..12u64).prop_map(Read::Account),
        1 => (place(), limit()).prop_map(|(after, limit)| Read::Accounts(after, limit)),
        2 => (reach(), pick()).prop_map(|(reach, member)| Read::Member(reach, member)),
        2 => (any::<Index>(), any::<Index>()).prop_map(|(one, other)| Read::Membership(one, other)),
        2 => (reach(), place(), limit()).prop_map(|(reach, after, limit)| Read::Members(reach, after, limit)),
        2 => (any::<Index>(), place(), limit()).prop_map(|(of, after, limit)| Read::Memberships(of, after, limit)),
        2 => (maker(), place(), limit()).prop_map(|(maker, after, limit)| Read::KeysMadeBy(maker, after, limit)),
        1 => strategies::setting_name().prop_map(Read::Setting),
        1 => Just(Read::Peppers),
        1 => (place(), limit()).prop_map(|(after, limit)| Read::Audit(after, limit)),
        1 => Just(Read::Head),
        2 => (0..20u64).prop_map(Read::LoadKey),
        2 => any::<Index>().prop_map(Read::LoadOwner),
        2 => (place(), limit()).prop_map(|(after, limit)| Read::LoadKeys(after, limit)),
        1 => (1..12u64).prop_map(Read::StoredSecret),
        2 => (0..RECEIPTS).prop_map(Read::Receipt),
        4 => log_in::read().prop_map(Read::LogIn),
        1 => Just(Read::Barrier),
    ]
    .boxed()
}

fn list() -> BoxedStrategy<List> {
    let order = || select(&KeyOrder::ALL[..]);
    let state = prop_oneof![
        Just(StateFilter::Present),
        Just(StateFilter::Any),
        strategies::lifecycle_state().prop_map(StateFilter::Is),
    ];
    let limit = prop_oneof![4 => 0..6usize, 1 => Just(usize::MAX)];
    // Mostly behind a place of the same order; now and then of another.
    let after = option::of((any::<Index>(), option::weighted(0.1, order())));
    let one = || option::weighted(0.1, any::<Index>());
    (order(), direction(), state, one(), option::weighted(0.1, 0..16u64), after, limit)
        .prop_map(|(order, direction, state, id, access_key, after, limit)| List {
            order,
            direction,
            state,
            id,
            access_key,
            after: after.map(|(key, other)| (key, other.unwrap_or(order))),
            limit,
        })
        .boxed()
}

fn environment_list() -> BoxedStrategy<EnvironmentList> {
    let order = || select(&EnvironmentOrder::ALL[..]);
    let limit = prop_oneof![4 => 0..6usize, 1 => Just(usize::MAX)];
    // Mostly behind a place of the same order; now and then of another.
    let after = option::of((any::<Index>(), option::weighted(0.1, order())));
    let id = option::weighted(0.1, any::<Index>());
    (order(), direction(), any::<bool>(), id, after, limit)
        .prop_map(|(order, direction, removed, id, after, limit)| EnvironmentList {
            order,
            direction,
            removed,
            id,
            after: after.map(|(at, other)| (at, other.unwrap_or(order))),
            limit,
        })
        .boxed()
}

fn direction() -> impl Strategy<Value = Direction> {
    select(&Direction::ALL[..])
}

fn fault() -> impl Strategy<Value = Step> {
    let fault = prop_oneof![
        Just(Fault::Failed(BackendErrorKind::Full)),
        Just(Fault::RolledBack(BackendErrorKind::Unavailable)),
        any::<bool>().prop_map(|happened| Fault::Unknown { happened }),
    ];
    let calls = select(&[Calls::All, Calls::Writes, Calls::Reads][..]);
    (calls, 0..3u64, fault).prop_map(|(calls, pass, fault)| Step::Inject(calls, pass, fault))
}

/// Texts that tie, and texts that sort differently by bytes than by any other rule.
fn words() -> BoxedStrategy<Words> {
    let description = prop_oneof![
        3 => select(&["", "a", "B", "b", "é", "\u{FFFD}", "🍏", "a\tb\r\n'"][..])
            .prop_map(|text| Description::new(text).unwrap()),
        1 => strategies::description(),
    ];
    (name(), option::of(description)).prop_map(|(name, description)| Words { name, description }).boxed()
}

fn name() -> BoxedStrategy<Option<Name>> {
    let name = prop_oneof![
        3 => select(&["", "a", "B", "b", "é", "\u{FFFD}", "🍏", "a'b\"%_"][..])
            .prop_map(|text| Name::new(text).unwrap()),
        1 => strategies::name(),
    ];
    option::of(name).boxed()
}

/// Instants that tie, and any others.
pub(crate) fn time() -> BoxedStrategy<Timestamp> {
    let close = (0..4i64).prop_map(|millis| Timestamp::from_millis(millis).unwrap());
    prop_oneof![2 => close, 1 => strategies::timestamp()].boxed()
}

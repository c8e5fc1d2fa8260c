//! An installation with something of everything: three environments and one that was removed, and keys in each state.

use std::sync::Arc;
use std::time::Duration;

use http::{Method, StatusCode};
use keys_core::{AccountKind, Role};
use keys_store::MemoryStore;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde_json::{Value, json};

use super::principal::Principal;
use super::rules::Thing;
use super::support::{Ask, Pair, TestApp, log_in};
use crate::app::AppConfig;
use crate::connection::Limits;

/// Whom a thing belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owner {
    /// Environment A, `1a5`.
    A,
    /// Environment B.
    B,
    /// An environment that is not active.
    Inactive,
    /// An environment that was removed.
    Removed,
    /// The administrator's account.
    Administrator,
    /// A person who owns A, the inactive and the removed environment.
    OwnsA,
    /// A person who is a member of these.
    MemberOfA,
    /// A person who is a restricted member of A.
    RestrictedInA,
    /// A person who reads in A.
    ReaderOfA,
    /// A person who is a member of nothing.
    Stranger,
    /// A member of A whose account is not active.
    Disabled,
    /// A person who was an administrator, and is a member of nothing.
    Demoted,
    /// Nobody: there is no such thing.
    Nobody,
}

impl Owner {
    /// The id. The first installation's ids are always the same.
    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::A => "1a5",
            Self::B => "1a6",
            Self::Inactive => "1a7",
            Self::Removed => "1a8",
            Self::Administrator => "1a1",
            Self::OwnsA => "1a9",
            Self::MemberOfA => "1a10",
            Self::RestrictedInA => "1a11",
            Self::ReaderOfA => "1a12",
            Self::Stranger => "1a13",
            Self::Disabled => "1a14",
            Self::Demoted => "1a15",
            Self::Nobody => "1a999",
        }
    }
}

/// In which state a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Active,
    Inactive,
    Removed,
}

/// Something that can be asked for by its id.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// What it is, for people.
    pub(super) name: &'static str,
    pub(super) id: String,
    pub(super) owner: Owner,
    pub(super) state: State,
}

impl Target {
    pub(super) fn is_removed(&self) -> bool {
        self.state == State::Removed
    }
}

/// What installations are made of: all hold the same, and each is a copy that may be changed.
pub(super) struct World {
    open: MemoryStore,
    protected: MemoryStore,
    administrator: Pair,
    of_a: Pair,
    of_b: Pair,
    of_inactive: Pair,
    deactivated: Pair,
    deleted: Pair,
    people: Vec<(Owner, Pair)>,
    keys: Vec<Target>,
    sessions: Sessions,
    /// An event of A, of B, and of the owner of A.
    events: [String; 3],
}

/// People, in the order of their ids, and what they are in A, the inactive and the removed environment.
const PEOPLE: [(Owner, Option<Role>, &[Owner]); 7] = [
    (Owner::OwnsA, Some(Role::Owner), &[Owner::A, Owner::Inactive, Owner::Removed]),
    (Owner::MemberOfA, Some(Role::Member), &[Owner::A, Owner::Inactive, Owner::Removed]),
    (Owner::RestrictedInA, Some(Role::Restricted), &[Owner::A]),
    (Owner::ReaderOfA, Some(Role::ReadOnly), &[Owner::A]),
    (Owner::Stranger, None, &[]),
    (Owner::Disabled, Some(Role::Member), &[Owner::A]),
    (Owner::Demoted, None, &[]),
];

/// Makes them, each with an account key, and the members.
fn people(app: &TestApp) -> Vec<(Owner, Pair)> {
    let mut pairs = Vec::new();
    for (person, ..) in PEOPLE {
        let kind = if person == Owner::Demoted { "admin" } else { "user" };
        assert_eq!(app.post("/v1/accounts", &json!({"kind": kind})).json()["id"], person.id());
        pairs.push((person, Pair::of(&app.post("/v1/apikeys", &json!({"accountId": person.id()})))));
    }
    for environment in [Owner::A, Owner::Inactive, Owner::Removed] {
        let named = PEOPLE.iter().filter(|(_, _, places)| places.contains(&environment));
        let roles = named.filter_map(|(person, role, _)| Some((person.id(), (*role)?.as_str())));
        let members: Vec<Value> = roles
            .chain([("1a1", "owner")])
            .map(|(id, role)| json!({"externalId": id, "externalIdType": "rancher_id", "role": role}))
            .collect();
        let path = format!("/v1/projects/{}?action=setmembers", environment.id());
        let set = Ask::post(&path).json(&json!({ "members": members })).send(app);
        assert_eq!(set.status, StatusCode::OK, "{set:?}");
    }
    act(app, &format!("/v1/accounts/{}", Owner::Disabled.id()), "deactivate");
    let demoted = app.put(&format!("/v1/accounts/{}", Owner::Demoted.id()), &json!({"kind": "user"}));
    assert_eq!(demoted.json()["kind"], "user");
    pairs
}

/// An installation on this store.
fn installation(store: Arc<MemoryStore>) -> TestApp {
    // A machine that has much else to do must not turn a cell into a 503.
    let limits = Limits { request_time: Duration::from_secs(600), ..Limits::default() };
    TestApp::over(store, AppConfig { limits, ..AppConfig::default() })
}

impl World {
    /// Always the same.
    pub(super) fn new() -> Self {
        let store = Arc::new(MemoryStore::new());
        let app = installation(Arc::clone(&store));
        for owner in [Owner::B, Owner::Inactive, Owner::Removed] {
            assert_eq!(app.post("/v1/projects", &json!({})).json()["id"], owner.id());
        }
        let administrator = app.issue("/v1/apikeys");
        let inside = |owner: Owner| app.issue(&format!("/v1/projects/{}/apikeys", owner.id()));
        let (of_a, of_b, of_inactive) = (inside(Owner::A), inside(Owner::B), inside(Owner::Inactive));
        let (deactivated, deleted) = (inside(Owner::A), inside(Owner::A));
        let (deactivated_of_b, deleted_of_b) = (inside(Owner::B), inside(Owner::B));
        let (other_of_a, of_removed) = (inside(Owner::A), inside(Owner::Removed));
        let people = people(&app);
        for pair in [&deactivated, &deleted, &deactivated_of_b, &deleted_of_b] {
            act(&app, &format!("/v1/apikeys/{}", pair.id), "deactivate");
        }
        for pair in [&deleted, &deleted_of_b] {
            act(&app, &format!("/v1/apikeys/{}", pair.id), "remove");
        }
        act(&app, &format!("/v1/projects/{}", Owner::Inactive.id()), "deactivate");
        act(&app, &format!("/v1/projects/{}", Owner::Removed.id()), "remove");
        let key = |name, pair: &Pair, owner, state| Target { name, id: pair.id.clone(), owner, state };
        let keys = vec![
            key("an Active key of A", &other_of_a, Owner::A, State::Active),
            key("an Inactive key of A", &deactivated, Owner::A, State::Inactive),
            key("a removed key of A", &deleted, Owner::A, State::Removed),
            key("an Active key of B", &of_b, Owner::B, State::Active),
            key("an Inactive key of B", &deactivated_of_b, Owner::B, State::Inactive),
            key("a removed key of B", &deleted_of_b, Owner::B, State::Removed),
            key("an Active key of the inactive environment", &of_inactive, Owner::Inactive, State::Active),
            key("an Active key of the removed environment", &of_removed, Owner::Removed, State::Active),
            key("the administrator's key", &administrator, Owner::Administrator, State::Active),
            key("the account key of the owner of A", &people[0].1, Owner::OwnsA, State::Active),
        ];
        let sessions = Sessions::begin(&app);
        let events = [Owner::A, Owner::B, Owner::OwnsA].map(|owner| event_of(&app, owner));
        let open = store.fork();
        let switched = app.put("/v1/settings/api.security.enabled", &json!({"value": "true"}));
        assert_eq!(switched.status, StatusCode::OK);
        let protected = store.fork();
        Self {
            open,
            protected,
            administrator,
            of_a,
            of_b,
            of_inactive,
            deactivated,
            deleted,
            people,
            keys,
            sessions,
            events,
        }
    }

    /// An installation that nobody has changed yet.
    pub(super) fn installation(&self, access_control: bool) -> TestApp {
        let store = if access_control { &self.protected } else { &self.open };
        let app = installation(Arc::new(store.fork()));
        // What was random when all of this was made must not be so again.
        *app.entropy.0.lock().unwrap() = ChaCha20Rng::seed_from_u64(8);
        app
    }

    /// The pair somebody presents.
    pub(super) fn pair(&self, principal: Principal) -> Option<Pair> {
        let pair = match principal {
            Principal::AnybodyOpen
            | Principal::Nobody
            | Principal::Malformed
            | Principal::InSession
            | Principal::InSessionByCookie
            | Principal::MemberInSession
            | Principal::MemberInSessionByCookie
            | Principal::SessionEnded
            | Principal::SessionOfDisabled => return None,
            Principal::Administrator => &self.administrator,
            Principal::KeyOfA | Principal::KeyOfAOpen => &self.of_a,
            Principal::KeyOfB => &self.of_b,
            Principal::KeyOfInactive => &self.of_inactive,
            Principal::Deactivated | Principal::DeactivatedOpen => &self.deactivated,
            Principal::Deleted => &self.deleted,
            Principal::OwnsA => self.pair_of(Owner::OwnsA),
            Principal::MemberOfA => self.pair_of(Owner::MemberOfA),
            Principal::RestrictedInA => self.pair_of(Owner::RestrictedInA),
            Principal::ReaderOfA => self.pair_of(Owner::ReaderOfA),
            Principal::Stranger => self.pair_of(Owner::Stranger),
            Principal::Disabled => self.pair_of(Owner::Disabled),
            Principal::Demoted => self.pair_of(Owner::Demoted),
            Principal::WrongSecret => {
                let access_key = self.administrator.access_key.clone();
                return Some(Pair { access_key, ..self.of_a.clone() });
            }
        };
        Some(pair.clone())
    }

    fn pair_of(&self, person: Owner) -> &Pair {
        let (_, pair) = self.people.iter().find(|(own, _)| *own == person).unwrap();
        pair
    }

    /// The token of the session somebody is or was in, unless it is in a cookie.
    pub(super) fn token(&self, principal: Principal) -> Option<&str> {
        let Sessions { administrator, member, ended, disabled, .. } = &self.sessions;
        let tokens = [
            (Principal::InSession, administrator),
            (Principal::MemberInSession, member),
            (Principal::SessionEnded, ended),
            (Principal::SessionOfDisabled, disabled),
        ];
        tokens.into_iter().find(|(own, _)| *own == principal).map(|(_, token)| token.as_str())
    }

    /// The headers by which somebody says who they are.
    pub(super) fn presents(&self, principal: Principal) -> Vec<(&'static str, String)> {
        let Sessions { administrator_cookie, member_cookie, .. } = &self.sessions;
        // What a browser says of a page of ours.
        let browser = |cookie: &str| {
            vec![("sec-fetch-site", "same-origin".to_owned()), ("cookie", format!("session={cookie}"))]
        };
        match (principal, self.token(principal), self.pair(principal)) {
            (Principal::Malformed, ..) => vec![("authorization", "Basic nonsense".to_owned())],
            (Principal::InSessionByCookie, ..) => browser(administrator_cookie),
            (Principal::MemberInSessionByCookie, ..) => browser(member_cookie),
            (_, Some(token), _) => vec![("authorization", format!("Bearer {token}"))],
            (_, None, Some(pair)) => vec![("authorization", pair.basic())],
            (_, None, None) => Vec::new(),
        }
    }

    /// Everything of a type that can be asked for, and what cannot.
    pub(super) fn targets(&self, thing: Thing) -> Vec<Target> {
        let target = |name, id: &str, owner, state| Target { name, id: id.to_owned(), owner, state };
        let environment = |name, owner: Owner, state| target(name, owner.id(), owner, state);
        let mut targets = match thing {
            Thing::Key => self.keys.clone(),
            Thing::Environment => vec![
                environment("environment A", Owner::A, State::Active),
                environment("environment B", Owner::B, State::Active),
                environment("the inactive environment", Owner::Inactive, State::Inactive),
                environment("the removed environment", Owner::Removed, State::Removed),
            ],
            Thing::Setting => {
                vec![target("a setting", "api.security.enabled", Owner::Administrator, State::Active)]
            }
            Thing::Schema => vec![target("a schema", "apiKey", Owner::Administrator, State::Active)],
            Thing::ActiveSetting
            | Thing::Account
            | Thing::Credential
            | Thing::Member
            | Thing::Identity
            | Thing::Audit
            | Thing::LogIn
            | Thing::Password
            | Thing::Nothing => return self.read_only_targets(thing),
        };
        for id in ["1c999", "1a999", "1a1", "nonsense", "1c99999999999999999999999"] {
            targets.push(target("what does not exist", id, Owner::Nobody, State::Active));
        }
        targets
    }
}

impl World {
    /// Some of a type that is only read, and what there is not.
    fn read_only_targets(&self, thing: Thing) -> Vec<Target> {
        let target = |name, id: &str, owner| Target { name, id: id.to_owned(), owner, state: State::Active };
        let [of_a, of_b, of_owner] = &self.events;
        let mut targets = match thing {
            Thing::Account => vec![
                target("environment A as an account", Owner::A.id(), Owner::A),
                target("environment B as an account", Owner::B.id(), Owner::B),
                target("the administrator's account", Owner::Administrator.id(), Owner::Administrator),
                target("the account of the owner of A", Owner::OwnsA.id(), Owner::OwnsA),
                target("the account of the member of A", Owner::MemberOfA.id(), Owner::MemberOfA),
                Target {
                    state: State::Inactive,
                    ..target("an inactive account", Owner::Disabled.id(), Owner::Disabled)
                },
            ],
            Thing::Credential => {
                self.keys.iter().filter(|key| key.name.contains("Active key of")).cloned().collect()
            }
            Thing::Member => {
                let inactive = Target {
                    state: State::Inactive,
                    ..target("a member of the inactive environment", "1pm3", Owner::Inactive)
                };
                vec![
                    target("a member of A", "1pm1", Owner::A),
                    target("a member of B", "1pm2", Owner::B),
                    inactive,
                ]
            }
            Thing::Identity => vec![
                target("a person", "1i!rancher_id:1a9", Owner::OwnsA),
                Target {
                    state: State::Inactive,
                    ..target("a person whose account is inactive", "1i!rancher_id:1a14", Owner::Disabled)
                },
            ],
            Thing::ActiveSetting => vec![target("a setting", "api.auth.realm", Owner::Administrator)],
            Thing::LogIn => vec![target("the way to log in", "local", Owner::Administrator)],
            Thing::Password => self.sessions.passwords.clone(),
            Thing::Audit => vec![
                target("the first event", "1al1", Owner::Administrator),
                target("an event of A", of_a, Owner::A),
                target("an event of B", of_b, Owner::B),
                target("an event of the owner of A", of_owner, Owner::OwnsA),
            ],
            Thing::Nothing | Thing::Key | Thing::Environment | Thing::Setting | Thing::Schema => Vec::new(),
        };
        for id in ["1a999", "1pm99", "1al999", "nonsense"] {
            targets.push(target("what does not exist", id, Owner::Nobody));
        }
        targets
    }
}

/// The first event that is an environment's or a person's.
fn event_of(app: &TestApp, owner: Owner) -> String {
    let events = app.store.audit(None, 1_000).unwrap();
    let names = [format!("environment/{}", owner.id()), format!("account/{}", owner.id())];
    let own = events.iter().find(|linked| names.contains(&linked.event.owner.to_string()));
    own.unwrap().event.id.to_string()
}

/// People who have logged in, and passwords.
struct Sessions {
    administrator: String,
    administrator_cookie: String,
    member: String,
    member_cookie: String,
    ended: String,
    disabled: String,
    passwords: Vec<Target>,
}

impl Sessions {
    fn begin(app: &TestApp) -> Self {
        let boss = log_in::person(app, AccountKind::Admin, "boss");
        let disabled = log_in::person(app, AccountKind::User, "disabled");
        let gone = log_in::person(app, AccountKind::User, "gone");
        let member = Owner::MemberOfA.id();
        let member = json!({"accountId": member, "publicValue": "member", "secretValue": log_in::PASSWORD});
        let member = app.post("/v1/passwords", &member).json()["id"].as_str().unwrap().to_owned();
        let removed = app.delete(&format!("/v1/passwords/{}", gone.password));
        assert_eq!(removed.status, StatusCode::OK, "{removed:?}");
        let ended = log_in::bearer(app, "boss");
        let left = log_in::as_bearer(Method::DELETE, "/v1/token", &ended).send(app);
        assert_eq!(left.status, StatusCode::NO_CONTENT, "{left:?}");
        let of_disabled = log_in::bearer(app, "disabled");
        log_in::disable(app, disabled.account);
        let target = |name, id: &str, owner, state| Target { name, id: id.to_owned(), owner, state };
        Self {
            administrator: log_in::bearer(app, "boss"),
            administrator_cookie: log_in::cookie(app, "boss"),
            member: log_in::bearer(app, "member"),
            member_cookie: log_in::cookie(app, "member"),
            ended,
            disabled: of_disabled,
            passwords: vec![
                target("an administrator's password", &boss.password, Owner::Administrator, State::Active),
                target("a removed password", &gone.password, Owner::Administrator, State::Removed),
                target("the password of the member of A", &member, Owner::MemberOfA, State::Active),
            ],
        }
    }
}

fn act(app: &TestApp, path: &str, action: &str) {
    let reply = Ask::post(&format!("{path}?action={action}")).json(&Value::Null).send(app);
    assert!(reply.status.is_success(), "{reply:?}");
}

//! An installation with something of everything: three environments and one that was removed, and keys in each state.

use std::time::Duration;

use http::{Method, StatusCode};
use keys_core::AccountKind;
use serde_json::{Value, json};

use super::rules::Thing;
use super::support::{Ask, Pair, TestApp, log_in};
use crate::app::AppConfig;
use crate::connection::Limits;
use crate::dialect::grammar::Route;
use crate::dialect::types::Type;

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

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Principal {
    /// Nobody, while access control is off.
    AnybodyOpen,
    /// A key of environment A, while access control is off.
    KeyOfAOpen,
    /// A deactivated key, while access control is off.
    DeactivatedOpen,
    /// Nobody.
    Nobody,
    /// The administrator, by an account key.
    Administrator,
    /// A key of environment A.
    KeyOfA,
    /// A key of environment B.
    KeyOfB,
    /// An Active key of the environment that is not active.
    KeyOfInactive,
    /// A deactivated key of environment A.
    Deactivated,
    /// A deleted key of environment A.
    Deleted,
    /// The access key of the administrator with the secret key of another.
    WrongSecret,
    /// A person who administers, in a session, by its token.
    InSession,
    /// The same, by its cookie.
    InSessionByCookie,
    /// A person who has logged out.
    SessionEnded,
    /// A person who was disabled while in a session.
    SessionOfDisabled,
    /// A person, by an account key: the owner of A.
    OwnsA,
    /// A member of A.
    MemberOfA,
    /// A restricted member of A.
    RestrictedInA,
    /// Who reads in A.
    ReaderOfA,
    /// A person who is a member of nothing.
    Stranger,
    /// A person whose account is not active.
    Disabled,
    /// A person who was an administrator when its key was made.
    Demoted,
}

impl Principal {
    pub(super) const ALL: [Self; 22] = [
        Self::AnybodyOpen,
        Self::KeyOfAOpen,
        Self::DeactivatedOpen,
        Self::Nobody,
        Self::Administrator,
        Self::KeyOfA,
        Self::KeyOfB,
        Self::KeyOfInactive,
        Self::Deactivated,
        Self::Deleted,
        Self::WrongSecret,
        Self::InSession,
        Self::InSessionByCookie,
        Self::SessionEnded,
        Self::SessionOfDisabled,
        Self::OwnsA,
        Self::MemberOfA,
        Self::RestrictedInA,
        Self::ReaderOfA,
        Self::Stranger,
        Self::Disabled,
        Self::Demoted,
    ];

    /// Whether access control is on for them.
    pub(super) const fn access_control(self) -> bool {
        !matches!(self, Self::AnybodyOpen | Self::KeyOfAOpen | Self::DeactivatedOpen)
    }
}

/// Which environment a request names, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Context(pub(super) Option<(Named, Within)>);

/// How an environment is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Named {
    /// `/v1/projects/{id}/…`
    Path,
    /// `X-API-Project-Id`
    Header,
    /// `?projectId=`
    Parameter,
}

/// The environment that is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Within {
    /// One of the world's, or one that is not there.
    Owner(Owner),
    /// What is no id.
    Malformed,
}

impl Within {
    pub(super) const ALL: [Self; 7] = [
        Self::Owner(Owner::A),
        Self::Owner(Owner::B),
        Self::Owner(Owner::Inactive),
        Self::Owner(Owner::Removed),
        Self::Owner(Owner::Administrator),
        Self::Owner(Owner::Nobody),
        Self::Malformed,
    ];

    const fn id(self) -> &'static str {
        match self {
            Self::Owner(owner) => owner.id(),
            Self::Malformed => "nonsense",
        }
    }
}

impl Context {
    /// None, and each environment in each way.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let named = [Named::Path, Named::Header, Named::Parameter].into_iter();
        let each = named.flat_map(|named| Within::ALL.map(|within| Self(Some((named, within)))));
        std::iter::once(Self(None)).chain(each)
    }

    /// Whether an address can name an environment in this way.
    pub(super) fn applies_to(self, route: &Route) -> bool {
        let (Route::List(of) | Route::One(of, _) | Route::Link(of, ..)) = route else {
            return !matches!(self.0, Some((Named::Path, _)));
        };
        // Of types that are only read one way is enough.
        let changes = matches!(of, Type::ApiKey | Type::Project | Type::Setting | Type::Schema)
            && !matches!(route, Route::Link(..));
        changes || matches!(self.0, None | Some((Named::Header, _)))
    }

    pub(super) fn path(self, path: &str) -> String {
        match self.0 {
            Some((Named::Path, within)) => {
                path.replacen("/v1/", &format!("/v1/projects/{}/", within.id()), 1)
            }
            _ => path.to_owned(),
        }
    }

    pub(super) fn header(self) -> Option<&'static str> {
        self.0.filter(|(named, _)| *named == Named::Header).map(|(_, within)| within.id())
    }

    pub(super) fn query(self) -> Option<String> {
        let named = self.0.filter(|(named, _)| *named == Named::Parameter);
        named.map(|(_, within)| format!("projectId={}", within.id()))
    }
}

/// An installation, and the keys that ask.
pub(super) struct World {
    pub(super) app: TestApp,
    administrator: Pair,
    of_a: Pair,
    of_b: Pair,
    of_inactive: Pair,
    deactivated: Pair,
    deleted: Pair,
    members: Vec<(Owner, Pair)>,
    keys: Vec<Target>,
    people: People,
}

/// The members, in the order of their ids, and what each is in A, the inactive and the removed environment.
const MEMBERS: [(Owner, &[(Owner, &str)]); 7] = [
    (Owner::OwnsA, &[(Owner::A, "owner"), (Owner::Inactive, "owner"), (Owner::Removed, "owner")]),
    (Owner::MemberOfA, &[(Owner::A, "member"), (Owner::Inactive, "member"), (Owner::Removed, "member")]),
    (Owner::RestrictedInA, &[(Owner::A, "restricted")]),
    (Owner::ReaderOfA, &[(Owner::A, "readonly")]),
    (Owner::Stranger, &[]),
    (Owner::Disabled, &[(Owner::A, "member")]),
    (Owner::Demoted, &[]),
];

/// Makes them, each with an account key, and the members.
fn members(app: &TestApp) -> Vec<(Owner, Pair)> {
    let mut people = Vec::new();
    for (person, _) in MEMBERS {
        let kind = if person == Owner::Demoted { "admin" } else { "user" };
        assert_eq!(app.post("/v1/accounts", &json!({"kind": kind})).json()["id"], person.id());
        people.push((person, Pair::of(&app.post("/v1/apikeys", &json!({"accountId": person.id()})))));
    }
    for environment in [Owner::A, Owner::Inactive, Owner::Removed] {
        let roles = MEMBERS.iter().flat_map(|(person, roles)| roles.iter().map(move |role| (*person, *role)));
        let named = roles.filter(|(_, (place, _))| *place == environment);
        let member =
            |id: &str, role: &str| json!({"externalId": id, "externalIdType": "rancher_id", "role": role});
        let mut members: Vec<Value> = named.map(|(person, (_, role))| member(person.id(), role)).collect();
        members.push(member("1a1", "owner"));
        let path = format!("/v1/projects/{}?action=setmembers", environment.id());
        let set = Ask::post(&path).json(&json!({ "members": members })).send(app);
        assert_eq!(set.status, StatusCode::OK, "{set:?}");
    }
    act(app, &format!("/v1/accounts/{}", Owner::Disabled.id()), "deactivate");
    let demoted = app.put(&format!("/v1/accounts/{}", Owner::Demoted.id()), &json!({"kind": "user"}));
    assert_eq!(demoted.json()["kind"], "user");
    people
}

impl World {
    /// Always the same, but for access control.
    pub(super) fn new(access_control: bool) -> Self {
        // A machine that has much else to do must not turn a cell into a 503.
        let limits = Limits { request_time: Duration::from_secs(600), ..Limits::default() };
        let app = TestApp::with(AppConfig { limits, ..AppConfig::default() });
        for owner in [Owner::B, Owner::Inactive, Owner::Removed] {
            assert_eq!(app.post("/v1/projects", &json!({})).json()["id"], owner.id());
        }
        let administrator = app.issue("/v1/apikeys");
        let inside = |owner: Owner| app.issue(&format!("/v1/projects/{}/apikeys", owner.id()));
        let (of_a, of_b, of_inactive) = (inside(Owner::A), inside(Owner::B), inside(Owner::Inactive));
        let (deactivated, deleted) = (inside(Owner::A), inside(Owner::A));
        let (deactivated_of_b, deleted_of_b) = (inside(Owner::B), inside(Owner::B));
        let (other_of_a, of_removed) = (inside(Owner::A), inside(Owner::Removed));
        let members = members(&app);
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
            key("the account key of the owner of A", &members[0].1, Owner::OwnsA, State::Active),
        ];
        let people = People::in_sessions(&app);
        if access_control {
            let switched = app.put("/v1/settings/api.security.enabled", &json!({"value": "true"}));
            assert_eq!(switched.status, StatusCode::OK);
        }
        Self { app, administrator, of_a, of_b, of_inactive, deactivated, deleted, members, keys, people }
    }

    /// What somebody presents.
    pub(super) fn pair(&self, principal: Principal) -> Option<Pair> {
        let pair = match principal {
            Principal::AnybodyOpen
            | Principal::Nobody
            | Principal::InSession
            | Principal::InSessionByCookie
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

    /// Puts the token of a session into a request, for who has one.
    pub(super) fn present(&self, principal: Principal, ask: Ask) -> Ask {
        let People { bearer, cookie, ended, disabled, .. } = &self.people;
        if principal == Principal::InSessionByCookie {
            // What a browser says of a page of ours.
            let ask = ask.header("sec-fetch-site", "same-origin");
            return ask.header("cookie", &format!("session={cookie}"));
        }
        let tokens = [
            (Principal::InSession, bearer),
            (Principal::SessionEnded, ended),
            (Principal::SessionOfDisabled, disabled),
        ];
        match tokens.iter().find(|(own, _)| *own == principal) {
            Some((_, token)) => ask.header("authorization", &format!("Bearer {token}")),
            None => ask,
        }
    }

    fn pair_of(&self, person: Owner) -> &Pair {
        let (_, pair) = self.members.iter().find(|(own, _)| *own == person).unwrap();
        pair
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
        let mut targets = match thing {
            Thing::Account => vec![
                target("environment A as an account", Owner::A.id(), Owner::A),
                target("environment B as an account", Owner::B.id(), Owner::B),
                target("the administrator's account", Owner::Administrator.id(), Owner::Administrator),
                target("the account of the owner of A", Owner::OwnsA.id(), Owner::OwnsA),
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
            Thing::Password => self.people.passwords.clone(),
            Thing::Audit => vec![
                target("the first event", "1al1", Owner::Administrator),
                target("an event of A", &self.event_of(Owner::A), Owner::A),
                target("an event of B", &self.event_of(Owner::B), Owner::B),
                target("an event of the owner of A", &self.event_of(Owner::OwnsA), Owner::OwnsA),
            ],
            Thing::Nothing | Thing::Key | Thing::Environment | Thing::Setting | Thing::Schema => Vec::new(),
        };
        for id in ["1a999", "1pm99", "1al999", "nonsense"] {
            targets.push(target("what does not exist", id, Owner::Nobody));
        }
        targets
    }

    /// The first event that is an environment's or a person's.
    fn event_of(&self, owner: Owner) -> String {
        let events = self.app.store.audit(None, 1_000).unwrap();
        let names = [format!("environment/{}", owner.id()), format!("account/{}", owner.id())];
        let own = events.iter().find(|linked| names.contains(&linked.event.owner.to_string()));
        own.unwrap().event.id.to_string()
    }
}

/// People who have logged in, and their passwords.
struct People {
    bearer: String,
    cookie: String,
    ended: String,
    disabled: String,
    passwords: Vec<Target>,
}

impl People {
    fn in_sessions(app: &TestApp) -> Self {
        let boss = log_in::person(app, AccountKind::Admin, "boss");
        let disabled = log_in::person(app, AccountKind::User, "disabled");
        let gone = log_in::person(app, AccountKind::User, "gone");
        let removed = app.delete(&format!("/v1/passwords/{}", gone.password));
        assert_eq!(removed.status, StatusCode::OK, "{removed:?}");
        let (bearer, ended) = (log_in::bearer(app, "boss"), log_in::bearer(app, "boss"));
        let cookie = log_in::cookie(app, "boss");
        let of_disabled = log_in::bearer(app, "disabled");
        let left = Ask::new(Method::DELETE, "/v1/token")
            .header("authorization", &format!("Bearer {ended}"))
            .send(app);
        assert_eq!(left.status, StatusCode::NO_CONTENT, "{left:?}");
        log_in::disable(app, disabled.account);
        let target =
            |name, id: &str, state| Target { name, id: id.to_owned(), owner: Owner::Administrator, state };
        let passwords = vec![
            target("a password", &boss.password, State::Active),
            target("a removed password", &gone.password, State::Removed),
        ];
        Self { bearer, cookie, ended, disabled: of_disabled, passwords }
    }
}

fn act(app: &TestApp, path: &str, action: &str) {
    let reply = Ask::post(&format!("{path}?action={action}")).json(&Value::Null).send(app);
    assert!(reply.status.is_success(), "{reply:?}");
}

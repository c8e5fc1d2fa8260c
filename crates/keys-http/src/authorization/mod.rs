//! Who may do what: every principal × environment × route × method × id is asked, and answered as the rules say.
//!
//! The routes come from the closed [`Route`] itself: one without a row in `rules.rs` does not compile. The expected
//! answers come from that file and from nothing the server uses. What is no table of statuses is checked beside it:
//! another environment's id is answered with the bytes of an id that does not exist, refusals change nothing, and lists
//! hold nothing of others.
//!
//! Most cells are decided before half of what tells them from others has been looked at. `classes.rs` says which those are
//! and why; of each class one is asked, and a sample of the rest. Installations are copies of one, and one that an answer
//! has changed is thrown away.
//!
//! The web page has a table of its own, in `pages.rs`.
//!
//! `KEYS_UPDATE_DOCS=1 cargo test -p keys-http authorization` writes `docs/AUTHORIZATION.md` anew.

mod cell;
mod classes;
mod document;
mod pages;
mod principal;
mod rules;
#[path = "../../tests/it/support.rs"]
#[expect(dead_code, reason = "it is shared with the tests from outside, which use the rest")]
mod support;
mod world;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::thread;

use http::Method;
use keys_core::{Credential, Role, Verdict};
use keys_service::Position;
use tokio::runtime::Runtime;

use self::cell::{Cell, Context, Named, Place, Question, address_of};
use self::classes::{Sample, representative};
use self::document::{Part, Table};
use self::principal::Principal;
use self::rules::{Expected, Ruling, Subject};
use self::support::{Ask, Reply, TestApp, basic};
use self::world::{Owner, World};
use crate::auth::{Cookies, Presented};
use crate::dialect::grammar::Route;
use crate::dialect::methods;
use crate::dialect::types::Type;
use crate::ports::Clock as _;

/// What one principal was answered.
#[derive(Default)]
struct Answers {
    /// How many cells there are.
    cells: usize,
    /// How many of them were asked.
    asked: usize,
    table: Table,
    /// The refusals that must not be told apart, by what they may depend on, with their codes.
    alike: BTreeMap<Alike, BTreeMap<String, &'static str>>,
}

/// What the bytes of a refusal may depend on.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Alike {
    status: u16,
    /// The dialect has one shape of errors, and what stands beside it another.
    is_dialect: bool,
    context: Option<Context>,
    question: Option<Question>,
    template: Option<&'static str>,
}

impl Alike {
    /// `None` for what is no refusal, or one that says why.
    fn of(cell: &Cell, status: u16) -> Option<Self> {
        let Cell { context, question, .. } = *cell;
        let is_dialect = cell.route().is_dialect();
        let (context, question) = (Some(context), Some(question));
        let template = Some(cell.route().template());
        let nothing = Self { status, is_dialect, ..Self::default() };
        match status {
            401 => Some(nothing),
            // What has a reason of its own to refuse says so.
            403 if says_why(cell) => Some(Self { context, question, template, ..nothing }),
            // Whom an environment refuses learns nothing of it. What is seen and may not be changed says so.
            403 if rules::enters(cell) => Some(Self { question, template, ..nothing }),
            403 => Some(Self { question, ..nothing }),
            404 => Some(Self { context, question, template, ..nothing }),
            _ => None,
        }
    }
}

/// Whether what is asked has a reason of its own to refuse whoever has got so far.
fn says_why(cell: &Cell) -> bool {
    match rules::subject(cell.route()) {
        Subject::Token => true,
        Subject::OfPeople | Subject::ManyKeys => rules::enters(cell),
        Subject::Operational
        | Subject::LogIn
        | Subject::Page
        | Subject::Document
        | Subject::Confirmation
        | Subject::MatchingKeys
        | Subject::List(_)
        | Subject::One(_)
        | Subject::Link(_) => false,
    }
}

/// A principal, and the installation it asks.
struct Asker<'w> {
    principal: Principal,
    world: &'w World,
    presents: Vec<(&'static str, String)>,
    app: TestApp,
    runtime: Runtime,
    answers: Answers,
}

impl<'w> Asker<'w> {
    fn new(principal: Principal, world: &'w World) -> Self {
        Self {
            principal,
            world,
            presents: world.presents(principal),
            app: world.installation(principal.access_control()),
            runtime: support::runtime(),
            answers: Answers::default(),
        }
    }

    /// Asks everything that must be asked.
    fn ask_everything(mut self) -> Answers {
        let principal = self.principal;
        let mut sample = Sample::of(principal);
        for route in rules::routes() {
            let places = Place::all(&route, self.world);
            for place in &places {
                for context in Context::all().filter(|context| context.applies_to(principal, &place.route)) {
                    for question in Question::ALL {
                        let cell = Cell { principal, context, question, place };
                        self.answer(&cell, &places, &mut sample);
                    }
                }
            }
        }
        self.answers
    }

    /// Asks a cell, or another that stands for it. An installation that an answer has changed is made anew.
    fn answer(&mut self, cell: &Cell, places: &[Place], sample: &mut Sample) {
        let ruling = rules::ruling(cell);
        let standing_in = representative(cell, ruling.decided, places);
        if standing_in.is(cell) || sample.draws() {
            self.answers.asked += 1;
            if self.check(cell, ruling.expected) {
                self.app = self.world.installation(self.principal.access_control());
            }
        } else {
            stands_for(&standing_in, cell, ruling, places);
        }
        self.answers.cells += 1;
        self.answers.table.add(cell, ruling.expected.status);
    }

    fn ask(&self, cell: &Cell) -> Reply {
        let mut ask = Ask::new(cell.question.method(), &cell.address());
        for (name, value) in &self.presents {
            ask = ask.header(name, value);
        }
        if let Some(id) = cell.context.by(Named::Header) {
            ask = ask.header("x-api-project-id", id);
        }
        if let Some(id) = cell.context.by(Named::UserName) {
            let token = self.world.token(cell.principal).unwrap();
            ask = ask.header("authorization", &basic(&format!("x-api-bearer={id}"), token));
        }
        if *cell.route() == Route::ReceiptConfirmation {
            ask = ask.header("idempotency-key", "a-key-under-which-nothing-is");
        }
        self.app.send_on(&self.runtime, ask.body(SENT).0)
    }

    /// Checks the answer to one cell. Says whether the installation has changed.
    fn check(&mut self, cell: &Cell, expected: Expected) -> bool {
        let before = self.app.revision();
        let reply = self.ask(cell);
        let status = reply.status.as_u16();
        assert_eq!(status, expected.status, "{cell:?} should be {expected:?}: {reply:?}");
        let changed = self.app.revision() != before;
        if let Some(code) = expected.code {
            assert!(!changed, "a refusal changed something: {cell:?}");
            self.is_told(cell, code, &reply);
        } else {
            assert!(!changed || !matches!(cell.question.meant(), "GET" | "HEAD" | "OPTIONS"), "{cell:?}");
            shows_only_what_is_seen(cell, self.world, &reply);
        }
        changed
    }

    /// What a refusal says, and that it says nothing else than those it must not be told from.
    fn is_told(&mut self, cell: &Cell, code: &'static str, reply: &Reply) {
        let Some(alike) = Alike::of(cell, reply.status.as_u16()) else {
            assert_eq!(told(cell, reply), code, "{cell:?}");
            return;
        };
        match self.answers.alike.entry(alike).or_default().entry(anonymous(reply)) {
            // What was said before has been read before.
            Entry::Occupied(before) => assert_eq!(*before.get(), code, "{cell:?}"),
            Entry::Vacant(new) => {
                assert_eq!(told(cell, reply), code, "{cell:?}");
                new.insert(code);
            }
        }
    }
}

/// The code of a refusal. Beside the dialect it is no error object.
fn told(cell: &Cell, reply: &Reply) -> String {
    if cell.route().is_dialect() {
        reply.error().1
    } else {
        reply.json()["code"].as_str().unwrap().to_owned()
    }
}

/// What is sent with every request, and means nothing to most.
const SENT: &str = r#"{"name":"cell","value":"true","account":"1a9","members":[{"externalId":"1a1","externalIdType":"rancher_id","role":"owner"}]}"#;

/// A cell that is not asked must have the answer of the one that stands for it, which is.
fn stands_for(standing_in: &Cell, cell: &Cell, ruling: Ruling, places: &[Place]) {
    assert_eq!(rules::ruling(standing_in), ruling, "{standing_in:?} stands for {cell:?}");
    let itself = representative(standing_in, ruling.decided, places);
    let applies = standing_in.context.applies_to(standing_in.principal, standing_in.route());
    assert!(itself.is(standing_in) && applies, "{standing_in:?} is not asked");
}

/// A refusal without what differs between any two.
fn anonymous(reply: &Reply) -> String {
    let id = reply.header("x-request-id").unwrap();
    let mut headers: Vec<String> = reply
        .headers
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "x-request-id" | "x-api-schemas"))
        .map(|(name, value)| format!("{name}: {value:?}"))
        .collect();
    headers.sort();
    format!("{} {headers:?} {}", reply.status, reply.text().replace(id, "<id>"))
}

/// What is shown is what was asked for, and lists hold nothing that could not be asked for by its id.
fn shows_only_what_is_seen(cell: &Cell, world: &World, reply: &Reply) {
    let subject = rules::subject(cell.route());
    if let (Some(target), Subject::One(_), "GET" | "PUT" | "DELETE") =
        (cell.target(), subject, cell.question.meant())
    {
        let id = reply.json()["id"].as_str().unwrap().to_owned();
        assert!(id.eq_ignore_ascii_case(&target.id), "{cell:?}: {reply:?}");
    }
    if let (Some(thing), "GET") = (subject.listed(), cell.question.meant()) {
        let listed = reply.ids();
        for target in world.targets(thing) {
            let seen = rules::sees(cell, &target);
            assert_eq!(listed.contains(&target.id), seen && !target.is_removed(), "{target:?} in {cell:?}");
        }
    }
}

#[test]
fn every_cell_is_as_the_rules_say() {
    let world = World::new();
    let mut table = Table::default();
    let (mut cells, mut asked) = (0, 0);
    thread::scope(|scope| {
        let world = &world;
        let askers: Vec<_> = Principal::ALL
            .into_iter()
            .map(|principal| scope.spawn(move || Asker::new(principal, world).ask_everything()))
            .collect();
        for asker in askers {
            let answers = asker.join().expect("every cell is as the rules say");
            cells += answers.cells;
            asked += answers.asked;
            for (depends, different) in answers.alike {
                assert_eq!(different.len(), 1, "{depends:?}: can be told apart: {different:#?}");
            }
            table.extend(answers.table);
        }
    });
    println!("{cells} cells, {asked} asked");
    document::compare(Part::Routes, &table.write(cells));
}

/// The OpenAPI document has every route, and of each the methods it has for the administrator.
#[test]
fn the_openapi_document_has_every_route_and_its_methods() {
    let document = keys_api::openapi();
    for route in rules::routes() {
        if matches!(route, Route::Asset(_) | Route::LogIn | Route::LogOut | Route::SetUp) {
            // Part of how pages look, or a page for people, and of no interface.
            continue;
        }
        let path = address_of(&route);
        let nothing = serde_json::Map::new();
        let item = document["paths"][&path].as_object().unwrap_or(&nothing);
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
            let allowed = methods::allowed(route.kind(), keys_api::Audience::Administrator).contains(&method);
            let documented = item.contains_key(&method.as_str().to_ascii_lowercase());
            assert_eq!(documented, allowed, "{method} {path}");
        }
    }
}

/// An [`Expected`] is a success without a code, or a refusal with one.
#[test]
fn the_rules_name_a_code_for_every_refusal() {
    assert_eq!(Expected::ok(200).code, None);
    assert_eq!(Expected::NOT_FOUND.code, Some("Not Found"));
}

/// Wherever one can stand, somebody asks from there, and really stands there.
#[test]
fn somebody_asks_from_everywhere_one_can_stand() {
    let world = World::new();
    let app = world.installation(true);
    let (authority, now) = (&app.app.authority, app.clock.now());
    let environment = Owner::A.id().parse().unwrap();
    let inside = Role::ALL.map(|role| Position::Inside { environment, role });
    for position in
        [Position::Administrator, Position::Person, Position::Environment].into_iter().chain(inside)
    {
        let principal = Principal::at(position);
        assert!(Principal::ALL.contains(&principal));
        let pair = world.pair(principal).unwrap();
        let credential = Credential::parse(&pair.access_key, &pair.secret_key).unwrap();
        let Verdict::Allow(grant) = authority.authenticate(&credential, now).unwrap() else {
            panic!("{principal:?} is refused")
        };
        let mut caller = authority.caller(&grant);
        if let Position::Inside { environment, .. } = position {
            caller = authority.enter(caller, environment).unwrap();
        }
        assert_eq!(caller.position(), position, "{principal:?}");
    }
}

/// Whatever can be presented, somebody presents, and really does.
#[test]
fn somebody_presents_whatever_can_be_presented() {
    let world = World::new();
    let presented = |principal| {
        let asking = world.presents(principal).into_iter();
        let ask = asking.fold(Ask::get("/v1"), |ask, (name, value)| ask.header(name, &value));
        Presented::read(ask.0.headers(), Cookies::new(false)).unwrap()
    };
    for principal in Principal::ALL {
        let kind = Principal::presenting(&presented(principal));
        assert_eq!(Principal::presenting(&presented(kind)), kind, "{principal:?}");
    }
}

/// A new action of a type is asked of every address.
#[test]
fn every_action_that_is_declared_is_asked() {
    for of in Type::ALL {
        for action in of.declaration().actions {
            assert!(Question::ALL.contains(&Question::Action(action.name)), "{action:?} of {of:?}");
        }
    }
}

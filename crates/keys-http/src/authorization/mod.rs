//! Who may do what: every principal × environment × route × method × id is asked, and answered as the rules say.
//!
//! The routes come from the closed [`Route`] itself: one without a row in `rules.rs` does not compile. The expected
//! answers come from that file and from nothing the server uses. What is no table of statuses is checked beside it:
//! another environment's id is answered with the bytes of an id that does not exist, refusals change nothing, and lists
//! hold nothing of others.
//!
//! `KEYS_UPDATE_DOCS=1 cargo test -p keys-http authorization` writes `docs/AUTHORIZATION.md` anew.

mod document;
mod rules;
#[path = "../../tests/it/support.rs"]
#[expect(dead_code, reason = "it is shared with the tests from outside, which use the rest")]
mod support;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::thread;

use http::Method;
use tokio::runtime::Runtime;

use self::document::Table;
use self::rules::{Expected, Subject};
use self::support::{Ask, Reply};
use self::world::{Context, Principal, Target, World};
use crate::dialect::grammar::{self, Route};
use crate::dialect::methods;

/// What is asked of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Question {
    /// A method by its name.
    Method(&'static str),
    /// `POST` with `?_method=`.
    Instead(&'static str),
    /// `POST` with `?action=`.
    Action(&'static str),
}

impl Question {
    /// Everything that is asked of every address.
    const ALL: [Self; 18] = [
        Self::Method("GET"),
        Self::Method("HEAD"),
        Self::Method("OPTIONS"),
        Self::Method("POST"),
        Self::Method("PUT"),
        Self::Method("DELETE"),
        Self::Method("PATCH"),
        Self::Instead("PUT"),
        Self::Instead("DELETE"),
        Self::Action("activate"),
        Self::Action("deactivate"),
        Self::Action("remove"),
        Self::Action("restore"),
        Self::Action("update"),
        Self::Action("setmembers"),
        Self::Action("purge"),
        Self::Action("changesecret"),
        Self::Action("nonsense"),
    ];

    /// The method that is sent.
    fn method(self) -> Method {
        match self {
            Self::Method(name) => name.parse().unwrap(),
            Self::Instead(_) | Self::Action(_) => Method::POST,
        }
    }

    /// The method that is meant, without an action.
    const fn meant(self) -> &'static str {
        match self {
            Self::Method(name) | Self::Instead(name) => name,
            Self::Action(_) => "POST",
        }
    }

    /// What is added to the address.
    fn query(self) -> Option<String> {
        match self {
            Self::Method(_) => None,
            Self::Instead(name) => Some(format!("_method={name}")),
            Self::Action(name) => Some(format!("action={name}")),
        }
    }
}

/// One cell of the table.
#[derive(Debug, Clone)]
struct Cell {
    principal: Principal,
    context: Context,
    route: Route,
    question: Question,
    target: Option<Target>,
}

impl Cell {
    /// The addresses of a route, with what they are about.
    fn places(route: &Route, world: &World) -> Vec<(Route, Option<Target>)> {
        match rules::subject(route) {
            Subject::Operational
            | Subject::LogIn
            | Subject::Page
            | Subject::Document
            | Subject::Confirmation
            | Subject::Token
            | Subject::List(_) => {
                vec![(route.clone(), None)]
            }
            Subject::One(thing) | Subject::Link(thing) => {
                let targets = world.targets(thing).into_iter();
                targets.map(|target| (rules::with_id(route, &target.id), Some(target))).collect()
            }
        }
    }

    /// The path and query; that they mean this route is asserted.
    fn address(&self) -> String {
        let id = self.target.as_ref().map_or("", |target| &target.id);
        let path = if let Route::Asset(asset) = &self.route {
            asset.path()
        } else {
            address_of(&self.route).replace("{id}", id)
        };
        let path = self.context.path(&path);
        assert_eq!(grammar::parse(&path).route.unwrap(), self.route, "{path}");
        let query: Vec<String> = self.question.query().into_iter().chain(self.context.query()).collect();
        if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
    }

    fn ask(&self, world: &World, runtime: &Runtime) -> Reply {
        let ask = Ask::new(self.question.method(), &self.address());
        let ask = match self.context.header() {
            Some(id) => ask.header("x-api-project-id", id),
            None => ask,
        };
        let ask = match world.pair(self.principal) {
            Some(pair) => ask.by(&pair),
            None => ask,
        };
        let ask = if self.route == Route::ReceiptConfirmation {
            ask.header("idempotency-key", "a-key-under-which-nothing-is")
        } else {
            ask
        };
        let ask = world.present(self.principal, ask);
        let owner = serde_json::json!({"externalId": "1a1", "externalIdType": "rancher_id", "role": "owner"});
        let ask = ask.json(&serde_json::json!({"name": "cell", "value": "true", "members": [owner]}));
        world.app.send_on(runtime, ask.0)
    }
}

/// The template of a route, with the name of its link.
fn address_of(route: &Route) -> String {
    let template = route.template();
    if let Route::Link(_, _, link) = route {
        template.replace("{link}", link.name)
    } else {
        template.to_owned()
    }
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

/// What one principal was answered.
#[derive(Default)]
struct Answers {
    cells: usize,
    table: Table,
    /// The refusals that must not be told apart, by what they may depend on.
    alike: BTreeMap<String, BTreeSet<String>>,
}

/// Asks everything as one principal. A world that an answer has changed is made anew.
fn ask_everything(principal: Principal) -> Answers {
    let runtime = support::runtime();
    let mut answers = Answers::default();
    let mut world = World::new(principal.access_control());
    for route in rules::routes() {
        for (route, target) in Cell::places(&route, &world) {
            for context in Context::all().filter(|context| context.applies_to(&route)) {
                for question in Question::ALL {
                    let target = target.clone();
                    let cell = Cell { principal, context, route: route.clone(), question, target };
                    if check(&cell, &world, &runtime, &mut answers) {
                        world = World::new(principal.access_control());
                    }
                }
            }
        }
    }
    answers
}

/// Checks one cell. Says whether the world has changed.
fn check(cell: &Cell, world: &World, runtime: &Runtime, answers: &mut Answers) -> bool {
    let before = world.app.revision();
    let reply = cell.ask(world, runtime);
    let expected = rules::expected(cell);
    let status = reply.status.as_u16();
    assert_eq!(status, expected.status, "{cell:?} should be {expected:?}: {reply:?}");
    let changed = world.app.revision() != before;
    if let Some(code) = expected.code {
        // Beside the dialect a refusal is no error object.
        let is_object = cell.route.is_dialect();
        let told =
            if is_object { reply.error().1 } else { reply.json()["code"].as_str().unwrap().to_owned() };
        assert_eq!(told, code, "{cell:?}");
        assert!(!changed, "a refusal changed something: {cell:?}");
    } else {
        assert!(!changed || !matches!(cell.question.meant(), "GET" | "HEAD" | "OPTIONS"), "{cell:?}");
        shows_only_what_is_seen(cell, world, &reply);
    }
    let Cell { principal, context, question, route, .. } = cell;
    // The dialect has one shape of errors, and what stands beside it another.
    let shape = if route.is_dialect() { "error object" } else { "problem details" };
    let depends = match status {
        401 => Some(format!("{principal:?} {shape}")),
        // What has a reason of its own to refuse says so.
        403 if matches!(rules::subject(route), Subject::LogIn | Subject::Token) => {
            Some(format!("{principal:?} {context:?} {question:?} {}", route.template()))
        }
        // Whom an environment refuses learns nothing of it. What is seen and may not be changed says so.
        403 if rules::enters(cell) => {
            Some(format!("{principal:?} {question:?} {} {shape}", route.template()))
        }
        403 => Some(format!("{principal:?} {question:?} {shape}")),
        404 => Some(format!("{principal:?} {context:?} {question:?} {}", route.template())),
        _ => None,
    };
    if let Some(depends) = depends {
        answers.alike.entry(format!("{status} {depends}")).or_default().insert(anonymous(&reply));
    }
    answers.table.add(cell, status);
    answers.cells += 1;
    changed
}

/// What is shown is what was asked for, and lists hold nothing that could not be asked for by its id.
fn shows_only_what_is_seen(cell: &Cell, world: &World, reply: &Reply) {
    if let (Some(target), Subject::One(_), "GET" | "PUT" | "DELETE") =
        (&cell.target, rules::subject(&cell.route), cell.question.meant())
    {
        let id = reply.json()["id"].as_str().unwrap().to_owned();
        assert!(id.eq_ignore_ascii_case(&target.id), "{cell:?}: {reply:?}");
    }
    if let (Subject::List(thing), "GET") = (rules::subject(&cell.route), cell.question.meant()) {
        let listed = reply.ids();
        for target in world.targets(thing) {
            let seen = rules::sees(cell, &target);
            assert_eq!(listed.contains(&target.id), seen && !target.is_removed(), "{target:?} in {cell:?}");
        }
    }
}

#[test]
fn every_cell_is_as_the_rules_say() {
    let asking: Vec<_> =
        Principal::ALL.map(|principal| thread::spawn(move || ask_everything(principal))).into();
    let mut table = Table::default();
    let mut cells = 0;
    for answers in asking {
        let answers = answers.join().expect("every cell is as the rules say");
        cells += answers.cells;
        for (depends, different) in answers.alike {
            assert_eq!(different.len(), 1, "{depends}: can be told apart: {different:#?}");
        }
        table.extend(answers.table);
    }
    println!("{cells} cells");
    document::compare(&table, cells);
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

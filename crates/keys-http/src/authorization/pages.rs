//! Who may see and do what on the web page: every principal × place × thing is asked, opened and sent to, and answered as
//! the rules say.
//!
//! The places come from the closed [`Place`] itself: one without a row in `pages/rules.rs` does not compile. Beside the
//! statuses it is checked that a page shows no key that its visitor does not see, that only what is sent changes
//! anything and no refusal does, and that what is not there looks like what is somebody else's.
//!
//! Who is not known, and who does not enter an environment, is refused before anything of the address behind it is looked
//! at; of such an address one thing is asked.

mod address;
mod document;
mod rooms;
mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::thread;

use http::{Method, StatusCode};
use keys_store::{KeyStore as _, LogInStore as _, PasswordQuery, Reach};
use tokio::runtime::Runtime;

use self::address::{Address, Things};
use self::rules::{Asked, Row};
use super::document::{Part, compare};
use super::principal::Principal;
use super::rules::{Acting, Thing};
use super::support::{self, Ask, Reply, TestApp};
use super::world::{Owner, Target, World};
use crate::console::rooms::{Environments, Keys, UserStep, Users};

/// What is sent with every form, and means nothing to most.
const SENT: [(&str, &str); 7] = [
    ("name", "cell"),
    ("login", "cell"),
    ("administrator", "on"),
    ("account", Owner::Stranger.id()),
    ("role", "member"),
    ("mode", "unrestricted"),
    ("person", Owner::OwnsA.id()),
];

/// The cookie that forms repeat: always the same, so that pages can be compared.
const CSRF: &str = "0123456789ABCDEF0123456789ABCDEF";

/// One cell of the table.
#[derive(Debug, Clone, Copy)]
struct Cell<'a> {
    principal: Principal,
    address: &'a Address,
    asked: Asked,
}

/// The statuses of one line of the document, by who asks.
type Statuses = BTreeMap<Principal, u16>;

/// What was answered.
#[derive(Default)]
struct Answers {
    cells: usize,
    /// By place, what was asked, and what of.
    table: BTreeMap<(&'static str, Asked, String), Statuses>,
    /// By environment.
    entering: BTreeMap<Owner, Statuses>,
    /// Refusals that must not be told apart, by what they may depend on.
    alike: BTreeMap<String, BTreeSet<String>>,
}

/// A key, and what must be shown to nobody who does not see it.
struct Shown {
    owner: Owner,
    access_key: String,
}

struct Asker<'w> {
    principal: Principal,
    world: &'w World,
    presents: Vec<(&'static str, String)>,
    keys: Vec<Shown>,
    app: TestApp,
    runtime: Runtime,
    answers: Answers,
}

impl<'w> Asker<'w> {
    fn new(principal: Principal, world: &'w World) -> Self {
        let app = world.installation(principal.access_control());
        let keys = world.targets(Thing::Key).into_iter().filter_map(|target| {
            let record = app.store.key(Reach::AllOwners, target.id.parse().ok()?).unwrap()?;
            Some(Shown { owner: target.owner, access_key: record.parts().access_key.to_string() })
        });
        let keys = keys.collect();
        let mut presents = world.presents(principal);
        let cookie = format!("CSRF={CSRF}");
        match presents.iter_mut().find(|(name, _)| *name == "cookie") {
            Some((_, session)) => *session = format!("{session}; {cookie}"),
            None => presents.push(("cookie", cookie)),
        }
        presents.retain(|(name, _)| *name != "sec-fetch-site");
        // What a browser says of a page of ours.
        presents.extend([
            ("user-agent", "Mozilla/5.0".to_owned()),
            ("accept", "text/html,*/*;q=0.8".to_owned()),
            ("sec-fetch-site", "same-origin".to_owned()),
        ]);
        Self {
            principal,
            world,
            presents,
            keys,
            app,
            runtime: support::runtime(),
            answers: Answers::default(),
        }
    }

    fn ask_everything(mut self) -> Answers {
        let things = Things::of(self.world);
        for addresses in rules::places() {
            let mut refused = BTreeSet::new();
            for address in Address::all(&addresses, &things) {
                let looks = rules::acting(self.principal, address.within).is_ok();
                if looks || refused.insert(address.within) {
                    for asked in [Asked::Opened, Asked::Sent] {
                        self.check(&Cell { principal: self.principal, address: &address, asked });
                    }
                }
            }
        }
        self.answers
    }

    fn check(&mut self, cell: &Cell<'_>) {
        let before = self.app.revision();
        let reply = self.ask(cell);
        let Address { place, within, target, member } = cell.address;
        let row = rules::row(place);
        let targets = (target.as_ref(), member.as_ref());
        let expected = rules::expected(cell.principal, row, *within, targets, cell.asked);
        let status = reply.status.as_u16();
        assert_eq!(status, expected, "{cell:?}: {}", reply.text());
        let changed = self.app.revision() != before;
        let may_change =
            cell.asked == Asked::Sent && (reply.status.is_success() || reply.status.is_redirection());
        assert!(!changed || may_change, "{cell:?} changed something");
        self.shows_only_what_is_seen(cell, &reply);
        self.remember(cell, row, &reply);
        if changed {
            self.app = self.world.installation(self.principal.access_control());
        }
    }

    fn ask(&self, cell: &Cell<'_>) -> Reply {
        let path = cell.address.path();
        let mut ask = match cell.asked {
            Asked::Opened => Ask::get(&path),
            Asked::Sent => {
                let mut form = form_urlencoded::Serializer::new(String::new());
                let revision = self.revision(cell.address);
                form.extend_pairs(SENT).append_pair("revision", &revision);
                if let Some(target) = &cell.address.target {
                    form.append_pair(&format!("id.{}", target.id), &revision);
                }
                let ask = Ask::new(Method::POST, &path).body(form.finish());
                ask.header("content-type", "application/x-www-form-urlencoded")
            }
        };
        for (name, value) in &self.presents {
            ask = ask.header(name, value);
        }
        self.app.send_on(&self.runtime, ask.0)
    }

    /// The revision a form would have been made from.
    fn revision(&self, address: &Address) -> String {
        let id =
            |target: &Option<Target>| target.as_ref().map_or_else(String::new, |target| target.id.clone());
        let (store, all, id, member) =
            (&self.app.store, Reach::AllOwners, id(&address.target), id(&address.member));
        let revision = match rules::row(&address.place) {
            Row::Keys(_) => {
                let key = id.parse().ok().and_then(|id| store.key(all, id).unwrap());
                key.map(|key| key.parts().revision)
            }
            Row::Environments(Environments::Members(..)) => {
                let member = member.parse().ok().and_then(|id| store.member(all, id).unwrap());
                member.map(|member| member.revision)
            }
            Row::Environments(_) => {
                let environment = id.parse().ok().and_then(|id| store.environment(all, id).unwrap());
                environment.map(|environment| environment.parts().revision)
            }
            Row::Users(Users::One(_, UserStep::LogIn)) => {
                let query = PasswordQuery { limit: 1, ..PasswordQuery::default() };
                let reach = id.parse().ok().map(|id| Reach::Owner(keys_core::Owner::Account(id)));
                let own = reach.and_then(|reach| store.passwords(reach, &query).unwrap().items.pop());
                own.map(|own| own.parts().revision)
            }
            Row::Users(_) => {
                let account = id.parse().ok().and_then(|id| store.account(id).unwrap());
                account.map(|account| account.parts().revision)
            }
            Row::Anybody(_) | Row::Leads | Row::Shows | Row::Access(_) | Row::Password => None,
        };
        revision.map_or_else(String::new, |revision| revision.number().to_string())
    }

    /// No page has the access key of a key that its visitor could not ask the API for.
    fn shows_only_what_is_seen(&self, cell: &Cell<'_>, reply: &Reply) {
        let acting = rules::acting(cell.principal, cell.address.within).ok();
        for key in &self.keys {
            let seen = match acting {
                None => false,
                Some(Acting::Administrator) => true,
                Some(Acting::Person(owner) | Acting::Inside(owner, _)) => owner == key.owner,
            };
            assert!(
                seen || !reply.text().contains(&key.access_key),
                "{cell:?} shows a key of {:?}",
                key.owner
            );
        }
    }

    fn remember(&mut self, cell: &Cell<'_>, row: Row, reply: &Reply) {
        let Cell { principal, address, asked } = *cell;
        let (status, template) = (reply.status.as_u16(), address.place.template());
        let depends = match reply.status {
            StatusCode::NOT_FOUND => Some(format!("{principal:?} {template} {asked:?} {:?}", address.within)),
            StatusCode::FORBIDDEN => match rules::acting(principal, address.within) {
                Err(rules::Refused::Unknown) => Some(format!("{template} {asked:?} {:?}", address.within)),
                Err(rules::Refused::NotEntered) => Some(format!("{principal:?} {template} {asked:?}")),
                // What is for administrators says nothing of what it is about.
                Ok(_) if matches!(row, Row::Users(_) | Row::Access(_)) => {
                    Some(format!("{principal:?} {template} {asked:?}"))
                }
                Ok(_) => None,
            },
            _ => None,
        };
        if let Some(depends) = depends {
            self.answers
                .alike
                .entry(format!("{status} {depends}"))
                .or_default()
                .insert(anonymous(address, reply));
        }
        self.answers.cells += 1;
        if let (Row::Keys(Keys::List), Asked::Opened, Some(owner)) = (row, asked, address.within) {
            self.answers.entering.entry(owner).or_default().insert(principal, status);
        }
        if matches!(address.within, None | Some(Owner::A)) {
            let statuses = self.answers.table.entry((template, asked, address.of())).or_default();
            let same = statuses.insert(principal, status).is_none_or(|before| before == status);
            assert!(same, "{cell:?}: two of a kind are answered differently");
        }
    }
}

/// A page without what differs between any two: its own address, and that of its form.
fn anonymous(address: &Address, reply: &Reply) -> String {
    let text = reply.text().replace(&address.place.form(), "<form>").replace(&address.path(), "<here>");
    let headers = reply.headers.iter().filter(|(name, _)| *name != "x-request-id");
    let mut headers: Vec<String> = headers.map(|(name, value)| format!("{name}: {value:?}")).collect();
    headers.sort();
    format!("{} {headers:?} {text}", reply.status)
}

#[test]
fn every_page_is_as_the_rules_say() {
    let world = World::new();
    let mut all = Answers::default();
    thread::scope(|scope| {
        let world = &world;
        let askers: Vec<_> = Principal::ALL
            .into_iter()
            .map(|principal| scope.spawn(move || Asker::new(principal, world).ask_everything()))
            .collect();
        for asker in askers {
            let answers = asker.join().expect("every page is as the rules say");
            all.cells += answers.cells;
            for (line, statuses) in answers.table {
                all.table.entry(line).or_default().extend(statuses);
            }
            for (owner, statuses) in answers.entering {
                all.entering.entry(owner).or_default().extend(statuses);
            }
            for (depends, different) in answers.alike {
                all.alike.entry(depends).or_default().extend(different);
            }
        }
    });
    for (depends, different) in &all.alike {
        assert_eq!(different.len(), 1, "{depends}: can be told apart: {different:#?}");
    }
    println!("{} cells", all.cells);
    compare(Part::Pages, &document::write(&all));
}

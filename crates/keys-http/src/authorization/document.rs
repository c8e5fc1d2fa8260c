//! The table for people, `docs/AUTHORIZATION.md`: the answers that were given, without the ways to name an environment.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Mutex;
use std::{env, fs};

use super::cell::{Cell, Context, Named, Question, Within};
use super::principal::Principal;
use super::rules::{self, Subject};
use super::world::Owner;

/// Who stands above a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Open,
    Administrator,
    InSession,
    AdministratorInA,
    KeyOfA,
    KeyOfB,
    OwnsA,
    OwnerInA,
    MemberOfA,
    MemberInSession,
    MemberInA,
    OtherOfA,
    ReaderInA,
    Stranger,
    Refused,
}

impl Column {
    const ALL: [Self; 15] = [
        Self::Open,
        Self::Administrator,
        Self::InSession,
        Self::AdministratorInA,
        Self::KeyOfA,
        Self::KeyOfB,
        Self::OwnsA,
        Self::OwnerInA,
        Self::MemberOfA,
        Self::MemberInSession,
        Self::MemberInA,
        Self::OtherOfA,
        Self::ReaderInA,
        Self::Stranger,
        Self::Refused,
    ];

    const fn title(self) -> &'static str {
        match self {
            Self::Open => "anybody, access control off",
            Self::Administrator => "administrator, by a key",
            Self::InSession => "administrator, in a session",
            Self::AdministratorInA => "administrator inside A",
            Self::KeyOfA => "key of A",
            Self::KeyOfB => "key of B",
            Self::OwnsA => "owner of A",
            Self::OwnerInA => "owner inside A",
            Self::MemberOfA => "member of A, by a key",
            Self::MemberInSession => "member of A, in a session",
            Self::MemberInA => "member inside A",
            Self::OtherOfA => "restricted member or reader of A",
            Self::ReaderInA => "reader inside A",
            Self::Stranger => "person of no environment",
            Self::Refused => "nobody, or a key or session that is refused",
        }
    }

    /// The column a cell is shown in, if it is in one.
    fn of(cell: &Cell) -> Option<Self> {
        let inside = cell.context == Context(Some((Named::Header, Within::Owner(Owner::A))));
        match cell.principal {
            Principal::Administrator if inside => Some(Self::AdministratorInA),
            Principal::OwnsA if inside => Some(Self::OwnerInA),
            Principal::MemberOfA | Principal::RestrictedInA if inside => Some(Self::MemberInA),
            Principal::ReaderOfA if inside => Some(Self::ReaderInA),
            _ if cell.context != Context(None) => None,
            Principal::AnybodyOpen => Some(Self::Open),
            Principal::Administrator => Some(Self::Administrator),
            Principal::InSession | Principal::InSessionByCookie => Some(Self::InSession),
            Principal::KeyOfA => Some(Self::KeyOfA),
            Principal::KeyOfB => Some(Self::KeyOfB),
            Principal::OwnsA => Some(Self::OwnsA),
            Principal::MemberOfA => Some(Self::MemberOfA),
            Principal::MemberInSession | Principal::MemberInSessionByCookie => Some(Self::MemberInSession),
            Principal::RestrictedInA | Principal::ReaderOfA => Some(Self::OtherOfA),
            Principal::Stranger | Principal::Demoted => Some(Self::Stranger),
            Principal::Nobody
            | Principal::Malformed
            | Principal::KeyOfInactive
            | Principal::Deactivated
            | Principal::Deleted
            | Principal::WrongSecret
            | Principal::Disabled
            | Principal::SessionEnded
            | Principal::SessionOfDisabled => Some(Self::Refused),
            Principal::KeyOfAOpen | Principal::DeactivatedOpen => None,
        }
    }
}

/// Which row: the order of the route, what is asked, what it is asked of.
type Row = (&'static str, Question, &'static str);

/// A row's statuses, by column.
type Statuses = Vec<Option<u16>>;

/// Rows, by the names of what is asked for.
type Rows = Vec<(String, Statuses)>;

/// The statuses that were seen.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: BTreeMap<Row, BTreeMap<Column, u16>>,
    entering: BTreeMap<(Within, Principal), u16>,
}

impl Table {
    pub(super) fn add(&mut self, cell: &Cell, status: u16) {
        let name = cell.target().map_or("", |target| target.name);
        if let Some(column) = Column::of(cell) {
            let row = self.rows.entry((cell.route().template(), cell.question, name)).or_default();
            let before = row.insert(column, status);
            assert!(before.is_none_or(|before| before == status), "{cell:?}");
        }
        if let (Some((_, within)), "/v1/apikeys", Question::Method("GET")) =
            (cell.context.0, cell.route().template(), cell.question)
        {
            self.entering.insert((within, cell.principal), status);
        }
    }

    pub(super) fn extend(&mut self, other: Self) {
        for (row, columns) in other.rows {
            self.rows.entry(row).or_default().extend(columns);
        }
        self.entering.extend(other.entering);
    }

    pub(super) fn write(&self, cells: usize) -> String {
        let mut text = format!("{}\n", INTRODUCTION.replace("CELLS", &cells.to_string()));
        self.write_entering(&mut text);
        for route in rules::routes() {
            self.write_route(&mut text, route.template(), rules::subject(&route));
        }
        text
    }

    fn write_entering(&self, text: &mut String) {
        let principals = [
            (Principal::AnybodyOpen, Column::Open.title()),
            (Principal::Administrator, Column::Administrator.title()),
            (Principal::KeyOfA, Column::KeyOfA.title()),
            (Principal::KeyOfB, Column::KeyOfB.title()),
            (Principal::OwnsA, Column::OwnsA.title()),
            (Principal::MemberOfA, "member of A"),
            (Principal::ReaderOfA, "reader of A"),
            (Principal::Stranger, Column::Stranger.title()),
            (Principal::KeyOfInactive, "key of an inactive environment"),
            (Principal::Disabled, "person whose account is inactive"),
            (Principal::Nobody, "nobody"),
        ];
        text.push_str("## Entering an environment\n\n");
        text.push_str("By the path, by `X-API-Project-Id` and by `?projectId=` alike.\n\n");
        heading(text, &["environment"], principals.iter().map(|(_, title)| *title));
        for within in Within::ALL {
            let statuses =
                principals.iter().map(|(principal, _)| self.entering.get(&(within, *principal)).copied());
            line(text, &[environment(within).to_owned()], statuses);
        }
    }

    fn write_route(&self, text: &mut String, template: &str, subject: Subject) {
        write!(text, "\n## `{template}`\n\n").unwrap();
        let named = matches!(subject, Subject::One(_) | Subject::Link(_));
        let titles: &[&str] = if named { &["request", "of"] } else { &["request"] };
        heading(text, titles, Column::ALL.iter().map(|column| column.title()));
        let mut blocks: Vec<(Vec<Question>, Rows)> = Vec::new();
        for question in Question::ALL {
            let rows = self.alike(template, question);
            match blocks.iter_mut().find(|(_, seen)| *seen == rows) {
                Some((questions, _)) => questions.push(question),
                None => blocks.push((vec![question], rows)),
            }
        }
        for (questions, rows) in blocks {
            let requests = requests(&questions);
            for (names, statuses) in rows {
                let mut cells = vec![requests.clone()];
                cells.extend(named.then_some(names));
                line(text, &cells, statuses.into_iter());
            }
        }
    }

    /// The rows of a question; those of equal statuses are one.
    fn alike(&self, template: &str, question: Question) -> Rows {
        let mut alike: Rows = Vec::new();
        for ((_, _, name), columns) in
            self.rows.iter().filter(|((at, asked, _), _)| *at == template && *asked == question)
        {
            let statuses: Vec<_> = Column::ALL.iter().map(|column| columns.get(column).copied()).collect();
            match alike.iter_mut().find(|(_, seen)| *seen == statuses) {
                Some((names, _)) => write!(names, "; {name}").unwrap(),
                None => alike.push(((*name).to_owned(), statuses)),
            }
        }
        if let [(names, _)] = alike.as_mut_slice() {
            "anything".clone_into(names);
        }
        alike
    }
}

const fn environment(within: Within) -> &'static str {
    match within {
        Within::Owner(environment) => owner(environment),
        Within::Malformed => "what is no id",
    }
}

/// What is named as an environment.
pub(super) const fn owner(environment: Owner) -> &'static str {
    match environment {
        Owner::A => "A",
        Owner::B => "B",
        Owner::Inactive => "an inactive one",
        Owner::Removed => "a removed one",
        Owner::Nobody => "one that does not exist",
        Owner::Administrator
        | Owner::OwnsA
        | Owner::MemberOfA
        | Owner::RestrictedInA
        | Owner::ReaderOfA
        | Owner::Stranger
        | Owner::Disabled
        | Owner::Demoted => "an account's id",
    }
}

/// Several requests; all actions are one.
fn requests(questions: &[Question]) -> String {
    let is_action = |question: &Question| matches!(question, Question::Action(_));
    let actions = |questions: &[Question]| questions.iter().filter(|question| is_action(question)).count();
    let all = actions(questions) == actions(&Question::ALL);
    let shown = questions.iter().filter(|question| !(all && is_action(question)));
    let names = shown.map(|question| request(*question)).chain(all.then(|| "any action".to_owned()));
    names.collect::<Vec<_>>().join(", ")
}

fn request(question: Question) -> String {
    match question {
        Question::Method(name) => format!("`{name}`"),
        Question::Instead(name) => format!("`POST ?_method={name}`"),
        Question::Action(name) => format!("`POST ?action={name}`"),
    }
}

pub(super) fn heading<'a>(text: &mut String, first: &[&'a str], rest: impl Iterator<Item = &'a str>) {
    let titles: Vec<&str> = first.iter().copied().chain(rest).collect();
    writeln!(text, "| {} |\n|{}", titles.join(" | "), "---|".repeat(titles.len())).unwrap();
}

pub(super) fn line(text: &mut String, first: &[String], statuses: impl Iterator<Item = Option<u16>>) {
    let statuses = statuses.map(|status| status.map_or_else(|| "–".to_owned(), |status| status.to_string()));
    let cells: Vec<String> = first.iter().cloned().chain(statuses).collect();
    writeln!(text, "| {} |", cells.join(" | ")).unwrap();
}

/// A part of the document, each written by a test of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Everything but the web page.
    Routes,
    /// The web page.
    Pages,
}

/// What the second part begins with.
const PAGES: &str = "\n## The web page\n\n";

/// Tests run beside each other, and each writes a part of one file.
static WRITING: Mutex<()> = Mutex::new(());

/// Compares a part with what is committed, or writes it.
pub(super) fn compare(part: Part, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/AUTHORIZATION.md");
    let _one = WRITING.lock();
    let there = fs::read_to_string(&path).expect("the document is there");
    let (routes, pages) = there.split_once(PAGES).unwrap_or((&there, ""));
    if env::var_os("KEYS_UPDATE_DOCS").is_some() {
        let (routes, pages) = match part {
            Part::Routes => (text, pages),
            Part::Pages => (routes, text),
        };
        fs::write(&path, format!("{routes}{PAGES}{pages}")).expect("the document can be written");
        return;
    }
    let there = match part {
        Part::Routes => routes,
        Part::Pages => pages,
    };
    assert!(
        there == text,
        "docs/AUTHORIZATION.md is stale: KEYS_UPDATE_DOCS=1 cargo test -p keys-http authorization"
    );
}

const INTRODUCTION: &str = "\
# Who may do what

What each caller is answered, for each route, method and id. A test asks a whole installation, compares the answers with
rules written down independently of the server, and writes these tables (`KEYS_UPDATE_DOCS=1 cargo test -p keys-http
authorization`). There are CELLS cells: the tables below leave out repetitions, such as the ways to name an environment (of
types that are only read, one is asked) and every pair of a caller and an environment it cannot enter.

Many cells are decided before what tells them apart is looked at: who is refused by a wrong key is refused whatever the
method and id. Of such a class one cell is asked always, and of the others one in 32, drawn by a fixed seed;
`crates/keys-http/src/authorization/classes.rs` argues which those are. `KEYS_EVERY_CELL=1` asks them all.

A route of the server without a row in the rules does not compile, nor does a new role, a new place to stand or a new way to
present oneself without a caller here. Beside the statuses the test checks that another environment's id is answered with the
same bytes as one that does not exist (but for the request's id), that every 401 is the same, that a refusal changes nothing,
and that lists hold exactly what the caller may ask for by id.

A and B are two active environments. Other people act by an account key of theirs, and the member of A in a session, too. The
owner of A owns the inactive and the removed environment, too, and the member is a member of these; inside A a restricted
member may what a member may. Who was an administrator once is a person of no environment. A key that is refused is: one of an
inactive environment or account, a deactivated one, a deleted one, an access key with a wrong secret key, or what is no key. A
session that is refused is one that has ended, or one of a person who was disabled.
";

//! The part of the document that is about pages.

use std::collections::BTreeSet;

use super::address::ENVIRONMENTS;
use super::rules::Asked;
use super::{Answers, Statuses};
use crate::authorization::document;
use crate::authorization::principal::Principal;

/// Who stands above a column.
const COLUMNS: [(Principal, &str); 13] = [
    (Principal::AnybodyOpen, "anybody, access control off"),
    (Principal::Administrator, "administrator, by a key"),
    (Principal::InSession, "another administrator, in a session"),
    (Principal::KeyOfA, "key of A"),
    (Principal::KeyOfB, "key of B"),
    (Principal::OwnsA, "owner of A"),
    (Principal::MemberOfA, "member of A, by a key"),
    (Principal::MemberInSessionByCookie, "member of A, in a session"),
    (Principal::RestrictedInA, "restricted member of A"),
    (Principal::ReaderOfA, "reader of A"),
    (Principal::Stranger, "person of no environment"),
    (Principal::SessionEnded, "somebody whose session has ended"),
    (Principal::Nobody, "nobody"),
];

/// Writes it.
pub(super) fn write(answers: &Answers) -> String {
    let mut text = INTRODUCTION.replace("CELLS", &answers.cells.to_string());
    let titles = COLUMNS.iter().map(|(_, title)| *title);
    text.push_str("\n### Entering an environment\n\nBy opening `/env/{id}/keys`.\n\n");
    document::heading(&mut text, &["environment"], titles.clone());
    for owner in ENVIRONMENTS {
        let statuses = answers.entering.get(&owner).unwrap();
        document::line(&mut text, &[document::owner(owner).to_owned()], shown(statuses).into_iter());
    }
    text.push_str("\n### Pages\n\nThose of an environment are shown for A.\n\n");
    document::heading(&mut text, &["page", "request", "of"], titles);
    let mut pages: Vec<(String, Vec<Line>)> = Vec::new();
    for template in answers.table.keys().map(|(template, ..)| *template).collect::<BTreeSet<_>>() {
        let lines = lines(answers, template);
        match pages.iter_mut().find(|(_, seen)| *seen == lines) {
            Some((names, _)) => *names = format!("{names}, `{template}`"),
            None => pages.push((format!("`{template}`"), lines)),
        }
    }
    for (names, lines) in pages {
        for (request, of, statuses) in lines {
            document::line(&mut text, &[names.clone(), request.to_owned(), of], statuses.into_iter());
        }
    }
    text
}

/// A line of the document: the request, what it is about, and the statuses.
type Line = (&'static str, String, [Option<u16>; COLUMNS.len()]);

fn shown(statuses: &Statuses) -> [Option<u16>; COLUMNS.len()] {
    COLUMNS.map(|(principal, _)| statuses.get(&principal).copied())
}

/// The lines of a place; those of equal statuses are one.
fn lines(answers: &Answers, template: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for (asked, request) in [(Asked::Opened, "`GET`"), (Asked::Sent, "`POST`")] {
        let rows = || answers.table.iter().filter(|((at, how, _), _)| *at == template && *how == asked);
        // Who is refused before the key is looked at was asked for one of them.
        let refused: Statuses = rows().flat_map(|(_, statuses)| statuses.clone()).collect();
        let first = lines.len();
        for ((_, _, of), statuses) in rows() {
            let statuses =
                refused.iter().map(|(who, status)| (*who, *statuses.get(who).unwrap_or(status))).collect();
            let statuses = shown(&statuses);
            match lines.iter_mut().skip(first).find(|(_, _, seen)| *seen == statuses) {
                Some((_, names, _)) => *names = format!("{names}; {of}"),
                None => lines.push((request, of.clone(), statuses)),
            }
        }
        if let Some([(_, names, _)]) = lines.get_mut(first..) {
            *names = if names.is_empty() { String::new() } else { "anything".to_owned() };
        }
    }
    lines
}

const INTRODUCTION: &str = "\
What each visitor of the [web page](HTTP.md#the-web-page) is answered, at each place and for each key, environment, member and account. As above, a test asks a
whole installation (CELLS cells, `crates/keys-http/src/authorization/pages.rs`) and a place without a row in the rules does not
compile. It also checks that no page shows a key that its visitor could not ask the API for, that opening a page changes nothing,
that no refusal does, and that a key of somebody else, or an environment that is not entered, looks like one that does not exist.

303 leads somewhere: to the log-in, for whom nobody knows; from `/` to where a visitor begins; after a change, back to the table. Who
sends a form and is not known is asked to log in (403), with what was typed kept. 409 asks to deactivate the key first.
";

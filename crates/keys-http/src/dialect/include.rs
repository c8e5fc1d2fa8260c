//! Links to one other resource: following them, and nesting what they lead to by `?include=`.

use std::collections::BTreeMap;

use keys_api::{Account, Link, Links, Project, Resource};
use serde::Serialize;

use super::handlers::{Call, accounts, projects};
use crate::problem::Problem;

/// What a link leads to.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(super) enum Linked {
    /// An account, or an environment as one.
    Account(Box<Account>),
    /// An environment.
    Project(Box<Project>),
}

/// A document with what was asked to be included.
#[derive(Debug, Serialize)]
pub(super) struct Including<T> {
    #[serde(flatten)]
    document: T,
    #[serde(flatten)]
    included: BTreeMap<&'static str, Option<Linked>>,
}

/// The id that a document holds for a link.
pub(super) trait Refers: Resource {
    /// The id of what the link leads to.
    fn reference(&self, link: &Link) -> Option<&str>;
}

/// Adds the addresses of a type's links to those of one of it.
pub(super) fn add_links<T: Resource>(links: &mut Links, own: &str) {
    for link in T::DECLARATION.links {
        links.insert(link.name.to_owned(), format!("{own}/{}", link.name.to_ascii_lowercase()));
    }
}

/// What a document's link leads to; `None` when it leads to nothing the caller can see.
pub(super) fn follow<T: Refers>(
    call: &Call<'_>,
    document: &T,
    link: &Link,
) -> Result<Option<Linked>, Problem> {
    let Some(id) = document.reference(link) else { return Ok(None) };
    load(call, link, id)
}

fn load(call: &Call<'_>, link: &Link, id: &str) -> Result<Option<Linked>, Problem> {
    let found = match link.to {
        "project" => projects::find(call, id)?.map(|project| Linked::Project(Box::new(project))),
        _ => accounts::find(call, id)?.map(|account| Linked::Account(Box::new(account))),
    };
    Ok(found)
}

/// Documents with what `?include=` asks for, each linked resource read once. Names that are no links are ignored, as the
/// contract has it.
pub(super) fn include<T: Refers>(call: &Call<'_>, documents: Vec<T>) -> Result<Vec<Including<T>>, Problem> {
    let asked: Vec<&Link> = T::DECLARATION.links.iter().filter(|link| is_asked(call, link)).collect();
    let mut loaded: BTreeMap<(&str, String), Option<Linked>> = BTreeMap::new();
    let mut including = Vec::with_capacity(documents.len());
    for document in documents {
        let mut included = BTreeMap::new();
        for link in &asked {
            let linked = match document.reference(link) {
                None => None,
                Some(id) => {
                    let place = (link.to, id.to_owned());
                    match loaded.get(&place) {
                        Some(linked) => linked.clone(),
                        None => {
                            let linked = load(call, link, id)?;
                            loaded.insert(place, linked.clone());
                            linked
                        }
                    }
                }
            };
            included.insert(link.name, linked);
        }
        including.push(Including { document, included });
    }
    Ok(including)
}

fn is_asked(call: &Call<'_>, link: &Link) -> bool {
    call.query.pairs().any(|(name, value)| name == "include" && value.eq_ignore_ascii_case(link.name))
}

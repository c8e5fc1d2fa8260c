//! Which methods and actions an address has for a caller.

use http::Method;
use keys_api::{Audience, Declaration, Verb};

use super::grammar::Kind;

/// The methods of an address: those its type declares for the audience, `HEAD` with `GET`, and `OPTIONS`.
pub(crate) fn allowed(kind: Kind, audience: Audience) -> Vec<Method> {
    let verbs = match kind {
        Kind::Console(methods) => return methods.to_vec(),
        Kind::Operational | Kind::Report => &[Verb::Get],
        Kind::Command => &[Verb::Post],
        Kind::Collection(declaration) => declaration.methods(audience).collection,
        Kind::Resource(declaration) => declaration.methods(audience).resource,
        Kind::Linked(declaration) if declaration.methods(audience).resource.contains(&Verb::Get) => {
            &[Verb::Get]
        }
        Kind::Linked(_) => &[],
    };
    let acts = match kind {
        Kind::Resource(declaration) => declaration.methods(audience).actions,
        Kind::Operational
        | Kind::Command
        | Kind::Report
        | Kind::Console(_)
        | Kind::Collection(_)
        | Kind::Linked(_) => false,
    };
    let mut methods: Vec<Method> = verbs
        .iter()
        .flat_map(|verb| match verb {
            Verb::Get => vec![Method::GET, Method::HEAD],
            Verb::Post => vec![Method::POST],
            Verb::Put => vec![Method::PUT],
            Verb::Delete => vec![Method::DELETE],
        })
        .collect();
    methods.push(Method::OPTIONS);
    // Without an action a POST to a resource creates nothing, so it is refused; see `has_action`.
    if acts && !methods.contains(&Method::POST) {
        methods.push(Method::POST);
    }
    methods
}

/// Whether an action exists for the audience.
pub(crate) fn has_action(declaration: &Declaration, audience: Audience, name: &str) -> bool {
    declaration.methods(audience).actions && declaration.actions.iter().any(|action| action.name == name)
}

/// As `Allow` lists them.
pub(crate) fn list(methods: &[Method]) -> String {
    methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ")
}

/// Whether what a route is about is there for the audience at all.
pub(crate) fn is_offered(kind: Kind, audience: Audience) -> bool {
    match kind {
        Kind::Operational | Kind::Command | Kind::Report | Kind::Console(_) => true,
        Kind::Collection(declaration) | Kind::Resource(declaration) | Kind::Linked(declaration) => {
            declaration.is_offered(audience)
        }
    }
}

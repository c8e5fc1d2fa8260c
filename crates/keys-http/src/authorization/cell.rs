//! One cell of the table: who asks, within which environment, what, of which address.

use http::Method;

use super::principal::Principal;
use super::rules::{self, Subject};
use super::world::{Owner, Target, World};
use crate::dialect::grammar::{self, Route};
use crate::dialect::types::Type;

/// What is asked of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Question {
    /// A method by its name.
    Method(&'static str),
    /// `POST` with `?_method=`.
    Instead(&'static str),
    /// `POST` with `?action=`.
    Action(&'static str),
}

impl Question {
    /// Everything that is asked of every address.
    pub(super) const ALL: [Self; 18] = [
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
    pub(super) fn method(self) -> Method {
        match self {
            Self::Method(name) => name.parse().unwrap(),
            Self::Instead(_) | Self::Action(_) => Method::POST,
        }
    }

    /// The method that is meant, without an action.
    pub(super) const fn meant(self) -> &'static str {
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
    /// The user name beside the token of a session.
    UserName,
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

    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::Owner(owner) => owner.id(),
            Self::Malformed => "nonsense",
        }
    }
}

impl Context {
    /// None, and each environment in each way.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let named = [Named::Path, Named::Header, Named::Parameter, Named::UserName].into_iter();
        let each = named.flat_map(|named| Within::ALL.map(|within| Self(Some((named, within)))));
        std::iter::once(Self(None)).chain(each)
    }

    /// Whether an address can name an environment in this way, and whoever asks.
    pub(super) fn applies_to(self, principal: Principal, route: &Route) -> bool {
        let (Route::List(of) | Route::One(of, _) | Route::Link(of, ..)) = route else {
            return matches!(self.0, None | Some((Named::Header | Named::Parameter, _)));
        };
        // Of types that are only read one way is enough.
        let changes = matches!(of, Type::ApiKey | Type::Project | Type::Setting | Type::Schema)
            && !matches!(route, Route::Link(..));
        match self.0 {
            None | Some((Named::Header, _)) => true,
            Some((Named::Path | Named::Parameter, _)) => changes,
            Some((Named::UserName, _)) => changes && principal.presents_token(),
        }
    }

    fn path(self, path: &str) -> String {
        match self.0 {
            Some((Named::Path, within)) => {
                path.replacen("/v1/", &format!("/v1/projects/{}/", within.id()), 1)
            }
            _ => path.to_owned(),
        }
    }

    /// The id that is named in this way.
    pub(super) fn by(self, named: Named) -> Option<&'static str> {
        self.0.filter(|(own, _)| *own == named).map(|(_, within)| within.id())
    }
}

/// An address of a route, and what it is about.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) route: Route,
    pub(super) target: Option<Target>,
}

impl Place {
    /// Every address of a route.
    pub(super) fn all(route: &Route, world: &World) -> Vec<Self> {
        match rules::subject(route) {
            Subject::Operational
            | Subject::LogIn
            | Subject::Page
            | Subject::Document
            | Subject::Confirmation
            | Subject::OfPeople
            | Subject::MatchingKeys
            | Subject::ManyKeys
            | Subject::Token
            | Subject::List(_) => vec![Self { route: route.clone(), target: None }],
            Subject::One(thing) | Subject::Link(thing) => {
                let targets = world.targets(thing).into_iter();
                let place =
                    |target: Target| Self { route: rules::with_id(route, &target.id), target: Some(target) };
                targets.map(place).collect()
            }
        }
    }
}

/// One cell of the table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell<'p> {
    pub(super) principal: Principal,
    pub(super) context: Context,
    pub(super) question: Question,
    pub(super) place: &'p Place,
}

impl<'p> Cell<'p> {
    pub(super) const fn route(&self) -> &'p Route {
        &self.place.route
    }

    pub(super) const fn target(&self) -> Option<&'p Target> {
        self.place.target.as_ref()
    }

    /// Whether it is the same cell of the same addresses.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.principal == other.principal
            && self.context == other.context
            && self.question == other.question
            && std::ptr::eq(self.place, other.place)
    }

    /// The path and query; that they mean this route is asserted.
    pub(super) fn address(&self) -> String {
        let id = self.target().map_or("", |target| &target.id);
        let path = if let Route::Asset(asset) = self.route() {
            asset.path()
        } else {
            address_of(self.route()).replace("{id}", id)
        };
        let path = self.context.path(&path);
        assert_eq!(grammar::parse(&path).route.unwrap(), *self.route(), "{path}");
        let parameter = self.context.by(Named::Parameter).map(|id| format!("projectId={id}"));
        let person = (*self.route() == Route::KeysMade).then(|| format!("account={}", Owner::OwnsA.id()));
        let query: Vec<String> = self.question.query().into_iter().chain(parameter).chain(person).collect();
        if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
    }
}

/// The template of a route, with the name of its link.
pub(super) fn address_of(route: &Route) -> String {
    let template = route.template();
    if let Route::Link(_, _, link) = route {
        template.replace("{link}", link.name)
    } else {
        template.to_owned()
    }
}

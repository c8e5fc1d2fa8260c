//! The grammar of our addresses, parsed once into one closed [`Route`].
//!
//! ```text
//! /                                            the versions there are
//! /v1[/projects/{pid}]                         a version, and everything it links to
//! /v1[/projects/{pid}]/{type}[/{id}[/{link}]]  a list, one of it, and what that leads to
//! /openapi.json                                all of this for programs
//! /{things}/{verb}                             commands and reports: what Rancher has no address for
//! /login /logout                               where people log in and out
//! /env/{pid}/keys /account/keys …              the web page for people: see [`console`](crate::console)
//! /ping /healthz /readyz                       for those who look after the server
//! /assets/{name}                               what pages for browsers refer to
//! ```
//!
//! `/v2-beta` is `/v1` by another name. `{type}` is the singular or plural of a type in any letter case. Repeated and trailing slashes do not count.

use http::Method;
use keys_api::{ApiVersion, Declaration, Link, Resource as _};

use super::types::Type;
use crate::console;
use crate::pages::assets::Asset;
use crate::problem::Problem;

/// A name of the version in addresses. Both are the same API; every address in an answer has the name that was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Version {
    /// `v1`.
    #[default]
    V1,
    /// `v2-beta`: what later command lines ask for.
    V2Beta,
}

impl Version {
    /// Every name, the usual one first.
    pub(crate) const ALL: [Self; 2] = [Self::V1, Self::V2Beta];

    /// As it stands in addresses.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V2Beta => "v2-beta",
        }
    }

    /// The version a path asks for; the usual one when it asks for none.
    pub(crate) fn of(path: &str) -> Self {
        let first = path.split('/').find(|segment| !segment.is_empty()).unwrap_or_default();
        Self::named(first).unwrap_or_default()
    }

    fn named(segment: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|version| version.as_str().eq_ignore_ascii_case(segment))
    }
}

/// Everything that is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    /// `/ping`: whether anybody is there.
    Ping,
    /// `/healthz`: whether the process works.
    Health,
    /// `/readyz`: whether it can serve.
    Ready,
    /// `/assets/{name}`: a file that pages refer to.
    Asset(Asset),
    /// `/receipts/confirm`: that the secret of what was made has arrived.
    ReceiptConfirmation,
    /// `/accounts/unlock`: that the failed log-ins of a person are forgotten.
    Unlock,
    /// `/sessions/end`: that all sessions of a person, or of everybody, end.
    EndSessions,
    /// `/keys/made`: the keys that a person made, and those that these made in turn.
    KeysMade,
    /// `/keys/matching`: the keys that are named by what they are.
    KeysMatching,
    /// `/keys/transition`: that many keys move at once.
    KeysTransition,
    /// `/login`: where people log in.
    LogIn,
    /// `/logout`: where they log out.
    LogOut,
    /// The page by which somebody becomes the first administrator.
    SetUp,
    /// A place of the web page for people.
    Console(console::Place),
    /// `/`: the versions.
    Root,
    /// `/openapi.json`: all of this for programs.
    OpenApi,
    /// `/v1`: the links of the version.
    Version,
    /// `/v1/{type}`.
    List(Type),
    /// `/v1/{type}/{id}`.
    One(Type, String),
    /// `/v1/{type}/{id}/{link}`: the one resource that one of a type leads to.
    Link(Type, String, &'static Link),
}

impl Route {
    /// The address without anything a caller chose: for the log.
    pub(crate) const fn template(&self) -> &'static str {
        match self {
            Self::Ping => "/ping",
            Self::Health => "/healthz",
            Self::Ready => "/readyz",
            Self::Asset(_) => "/assets/{name}",
            Self::ReceiptConfirmation => "/receipts/confirm",
            Self::Unlock => "/accounts/unlock",
            Self::EndSessions => "/sessions/end",
            Self::KeysMade => "/keys/made",
            Self::KeysMatching => "/keys/matching",
            Self::KeysTransition => "/keys/transition",
            Self::LogIn => "/login",
            Self::LogOut => "/logout",
            Self::SetUp => "/setup",
            Self::Console(place) => place.template(),
            Self::Root => "/",
            Self::OpenApi => "/openapi.json",
            Self::Version => "/v1",
            Self::List(of) => of.list_template(),
            Self::One(of, _) => of.one_template(),
            Self::Link(of, ..) => of.link_template(),
        }
    }

    /// Whether it is for those who look after the server, or part of how pages look: it tells strangers nothing.
    pub(crate) const fn is_operational(&self) -> bool {
        matches!(self, Self::Ping | Self::Health | Self::Ready | Self::Asset(_))
    }

    /// Whether it is a page by which people log in or out.
    pub(crate) const fn is_log_in(&self) -> bool {
        matches!(self, Self::LogIn | Self::LogOut)
    }

    /// Whether it says how one logs in, which is asked by who cannot do so yet.
    pub(crate) const fn is_token(&self) -> bool {
        matches!(self, Self::List(Type::Token) | Self::One(Type::Token, _))
    }

    /// Whether its errors are those of the dialect. Beside it they are problem details (RFC 9457).
    pub(crate) const fn is_dialect(&self) -> bool {
        !matches!(self.kind(), Kind::Command | Kind::Report)
    }

    /// What it is about.
    pub(crate) const fn kind(&self) -> Kind {
        match self {
            Self::ReceiptConfirmation | Self::Unlock | Self::EndSessions | Self::KeysTransition => {
                Kind::Command
            }
            Self::KeysMade | Self::KeysMatching => Kind::Report,
            Self::Ping
            | Self::Health
            | Self::Ready
            | Self::Asset(_)
            | Self::LogIn
            | Self::LogOut
            | Self::SetUp => Kind::Operational,
            Self::Console(place) => Kind::Console(place.methods()),
            Self::Root | Self::OpenApi | Self::Version => Kind::Collection(&ApiVersion::DECLARATION),
            Self::List(of) => Kind::Collection(of.declaration()),
            Self::One(of, _) => Kind::Resource(of.declaration()),
            Self::Link(of, ..) => Kind::Linked(of.declaration()),
        }
    }
}

/// What a route is about: it decides which methods it has.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// Nothing of the dialect.
    Operational,
    /// Something that is done, and has no state to compare with: beside the dialect.
    Command,
    /// Something that is told beside the dialect.
    Report,
    /// A place of the web page, with its methods.
    Console(&'static [Method]),
    /// The list of a type.
    Collection(&'static Declaration),
    /// One of a type.
    Resource(&'static Declaration),
    /// What one of a type leads to.
    Linked(&'static Declaration),
}

/// A parsed address.
#[derive(Debug)]
pub(crate) struct Place {
    /// The environment of `/v1/projects/{pid}/…`, as it was written, whatever is asked for inside it.
    pub(crate) within: Option<String>,
    /// The rest: [`Problem::BadRequest`] for an escape that hides a separator, a dot segment or a NUL,
    /// [`Problem::Invalid`] for another version, [`Problem::NotFound`] for everything that is not served.
    pub(crate) route: Result<Route, Problem>,
}

/// Parses the path of a request.
pub(crate) fn parse(path: &str) -> Place {
    let nowhere = |route| Place { within: None, route };
    let segments =
        path.split('/').filter(|segment| !segment.is_empty()).map(decode).collect::<Result<Vec<_>, _>>();
    let segments = match segments {
        Ok(segments) => segments,
        Err(problem) => return nowhere(Err(problem)),
    };
    match segments.split_first() {
        Some((first, rest)) if Version::named(first).is_some() => parse_version(rest),
        Some((first, rest)) => {
            let words: Vec<&str> = segments.iter().map(String::as_str).collect();
            match console::Place::parse(&words) {
                Some((place, within)) => {
                    Place { within: within.map(|id| id.to_string()), route: Ok(Route::Console(place)) }
                }
                None => nowhere(parse_other(first, rest)),
            }
        }
        None => nowhere(Ok(Route::Root)),
    }
}

fn parse_other(first: &str, rest: &[String]) -> Result<Route, Problem> {
    match (first, rest) {
        ("ping", []) => Ok(Route::Ping),
        ("healthz", []) => Ok(Route::Health),
        ("readyz", []) => Ok(Route::Ready),
        ("setup", []) => Ok(Route::SetUp),
        ("login", []) => Ok(Route::LogIn),
        ("logout", []) => Ok(Route::LogOut),
        ("openapi.json", []) => Ok(Route::OpenApi),
        ("receipts", [verb]) if verb == "confirm" => Ok(Route::ReceiptConfirmation),
        ("accounts", [verb]) if verb == "unlock" => Ok(Route::Unlock),
        ("sessions", [verb]) if verb == "end" => Ok(Route::EndSessions),
        ("keys", [verb]) if verb == "made" => Ok(Route::KeysMade),
        ("keys", [verb]) if verb == "matching" => Ok(Route::KeysMatching),
        ("keys", [verb]) if verb == "transition" => Ok(Route::KeysTransition),
        ("assets", [name]) => Asset::named(name).map(Route::Asset).ok_or(Problem::NotFound),
        (version, _) if is_other_version(version) => Err(Problem::Invalid {
            code: "UnsupportedVersion",
            field: None,
            detail: "the versions there are are `v1` and, the same by another name, `v2-beta`".into(),
        }),
        _ => Err(Problem::NotFound),
    }
}

fn is_other_version(segment: &str) -> bool {
    segment.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("v1"))
}

fn parse_version(segments: &[String]) -> Place {
    match segments {
        // What stands behind an environment is asked for inside it.
        [name, environment, rest @ ..] if !rest.is_empty() && Type::named(name) == Some(Type::Project) => {
            Place { within: Some(environment.clone()), route: parse_rest(rest) }
        }
        rest => Place { within: None, route: parse_rest(rest) },
    }
}

fn parse_rest(segments: &[String]) -> Result<Route, Problem> {
    match segments {
        [] => Ok(Route::Version),
        [name] => Ok(Route::List(named(name)?)),
        [name, id] => Ok(Route::One(named(name)?, id.clone())),
        [name, id, link] => {
            let of = named(name)?;
            Ok(Route::Link(of, id.clone(), of.declaration().link(link).ok_or(Problem::NotFound)?))
        }
        [_, _, _, ..] => Err(Problem::NotFound),
    }
}

fn named(name: &str) -> Result<Type, Problem> {
    Type::named(name).ok_or(Problem::NotFound)
}

/// Decodes one segment, once. What could be read as something else by somebody else is refused.
fn decode(segment: &str) -> Result<String, Problem> {
    let mut decoded = Vec::with_capacity(segment.len());
    let mut bytes = segment.bytes();
    while let Some(byte) = bytes.next() {
        let byte = if byte == b'%' {
            let digits = (bytes.next().and_then(hex_digit), bytes.next().and_then(hex_digit));
            let (Some(high), Some(low)) = digits else {
                return Err(Problem::BadRequest(
                    "the path has a `%` without two hexadecimal digits behind it",
                ));
            };
            match high * 16 + low {
                b'/' | b'\\' => return Err(Problem::BadRequest("the path has an encoded separator")),
                byte => byte,
            }
        } else {
            byte
        };
        if byte == 0 || byte == b'\\' {
            return Err(Problem::BadRequest("the path has a NUL or a backslash"));
        }
        decoded.push(byte);
    }
    let decoded =
        String::from_utf8(decoded).map_err(|_| Problem::BadRequest("the path is not UTF-8 when decoded"))?;
    if matches!(decoded.as_str(), "." | "..") {
        return Err(Problem::BadRequest("the path has a dot segment"));
    }
    Ok(decoded)
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(path: &str) -> Route {
        let place = parse(path);
        assert_eq!(place.within, None, "{path}");
        place.route.unwrap()
    }

    #[test]
    fn a_type_is_named_in_any_number_and_letter_case_and_slashes_do_not_count() {
        for path in
            ["/v1/apikeys", "/v1/apiKeys", "/v1/APIKEY", "/v1/apiKey/", "//v1///apikeys//", "/V1/apikey"]
        {
            assert_eq!(route(path), Route::List(Type::ApiKey), "{path}");
        }
        assert_eq!(route("/v1/apikey/1c7/"), Route::One(Type::ApiKey, "1c7".into()));
        assert_eq!(route("/"), Route::Root);
        assert_eq!(route("//"), Route::Root);
        assert_eq!(route("/openapi.json"), Route::OpenApi);
        assert_eq!(route("/v1/"), Route::Version);
        assert_eq!(route("/v1/schemas/schemas"), Route::One(Type::Schema, "schemas".into()));
        for (path, version) in [("/v2-beta/apikeys", Version::V2Beta), ("//V2-Beta/apikeys", Version::V2Beta)]
        {
            assert_eq!((route(path), Version::of(path)), (Route::List(Type::ApiKey), version));
        }
        assert_eq!(Version::of("/v1/apikeys"), Version::V1);
        assert_eq!(Version::of("/"), Version::V1);
        assert_eq!(route("/v1/apikeys/1c7/ACCOUNT"), Route::Link(Type::ApiKey, "1c7".into(), &Link::ACCOUNT));
        assert_eq!(route("/v1/setting"), Route::List(Type::Setting));
        assert_eq!(
            route("/v1/settings/api.security.enabled"),
            Route::One(Type::Setting, "api.security.enabled".into())
        );
    }

    #[test]
    fn an_environment_is_a_resource_alone_and_a_context_with_more_behind_it() {
        assert_eq!(route("/v1/projects/1a5"), Route::One(Type::Project, "1a5".into()));
        for (path, inner) in [
            ("/v1/projects/1a5/apikeys", Route::List(Type::ApiKey)),
            ("/v1/project/1a5/apikeys/1c3", Route::One(Type::ApiKey, "1c3".into())),
            ("/v1/projects/1a5/schemas", Route::List(Type::Schema)),
            ("/v1/projects/1a5/schemas/schemas", Route::One(Type::Schema, "schemas".into())),
            ("/v1/projects/1a5/projects", Route::List(Type::Project)),
            ("/v1/projects/1a5/projects/1a5", Route::One(Type::Project, "1a5".into())),
        ] {
            let Place { within, route } = parse(path);
            assert_eq!((within.as_deref(), route.unwrap()), (Some("1a5"), inner), "{path}");
        }
        for path in ["/v1/projects/1a5/hosts", "/v1/projects/1a5/apikeys/1c7/account/x"] {
            let Place { within, route } = parse(path);
            assert_eq!(within.as_deref(), Some("1a5"), "{path}");
            assert!(matches!(route, Err(Problem::NotFound)), "{path}");
        }
    }

    #[test]
    fn what_is_not_served_is_not_found() {
        for path in [
            "/v2",
            "/nothing",
            "/v1/hosts",
            "/v1/apikeys/1c7/account/x",
            "/v1/apikeys/1c7/images",
            "/v1/projects/1a5/apikeys/1c7/account/x",
            "/v1/schemas/x/y",
            "/pingu",
            "/ping/x",
        ] {
            assert!(matches!(parse(path).route, Err(Problem::NotFound)), "{path}");
        }
    }

    #[test]
    fn another_version_is_said_to_be_unsupported() {
        for path in ["/v1foo", "/v10/apikeys", "/v1.0"] {
            assert!(
                matches!(parse(path).route, Err(Problem::Invalid { code: "UnsupportedVersion", .. })),
                "{path}"
            );
        }
    }

    #[test]
    fn escapes_are_decoded_once_and_never_hide_a_separator() {
        assert_eq!(route("/v1/%61pikeys/1c%37"), Route::One(Type::ApiKey, "1c7".into()));
        assert_eq!(route("/v1/apikeys/%2541"), Route::One(Type::ApiKey, "%41".into()));
        for path in [
            "/v1/apikeys%2f1c7",
            "/v1%2Fapikeys",
            "/v1/apikeys/%5c",
            "/v1/apikeys/%00",
            "/v1/../v1/apikeys",
            "/v1/%2e%2e/apikeys",
            "/v1/./apikeys",
            "/v1/apikeys/%",
            "/v1/apikeys/%4",
            "/v1/apikeys/%zz",
            "/v1/apikeys/%ff",
            "/v1/apikeys/a\\b",
        ] {
            assert!(matches!(parse(path).route, Err(Problem::BadRequest(_))), "{path}");
        }
    }
}

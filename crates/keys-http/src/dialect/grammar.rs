//! The grammar of our addresses, parsed once into one closed [`Route`].
//!
//! ```text
//! /                                            the versions there are
//! /v1[/projects/{pid}]                         a version, and everything it links to
//! /v1[/projects/{pid}]/{type}[/{id}]           a list, and one of it
//! /openapi.json                                all of this for programs
//! /ping /healthz /readyz                       for those who look after the server
//! /assets/{name}                               what pages for browsers refer to
//! ```
//!
//! `{type}` is the singular or plural of a type in any letter case. Repeated and trailing slashes do not count.

use keys_api::{ApiKey, ApiVersion, Declaration, Project, Resource as _, Schema, Setting};

use crate::pages::assets::Asset;
use crate::problem::Problem;

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
    /// `/`: the versions.
    Root,
    /// `/openapi.json`: all of this for programs.
    OpenApi,
    /// `/v1`: the links of the version.
    Version,
    /// `/v1/schemas`.
    Schemas,
    /// `/v1/schemas/{name}`.
    Schema(String),
    /// `/v1/apikeys`.
    Keys,
    /// `/v1/apikeys/{id}`.
    Key(String),
    /// `/v1/projects`.
    Projects,
    /// `/v1/projects/{id}`.
    Project(String),
    /// `/v1/settings`.
    Settings,
    /// `/v1/settings/{name}`.
    Setting(String),
}

impl Route {
    /// The address without anything a caller chose: for the log.
    pub(crate) const fn template(&self) -> &'static str {
        match self {
            Self::Ping => "/ping",
            Self::Health => "/healthz",
            Self::Ready => "/readyz",
            Self::Asset(_) => "/assets/{name}",
            Self::Root => "/",
            Self::OpenApi => "/openapi.json",
            Self::Version => "/v1",
            Self::Schemas => "/v1/schemas",
            Self::Schema(_) => "/v1/schemas/{id}",
            Self::Keys => "/v1/apikeys",
            Self::Key(_) => "/v1/apikeys/{id}",
            Self::Projects => "/v1/projects",
            Self::Project(_) => "/v1/projects/{id}",
            Self::Settings => "/v1/settings",
            Self::Setting(_) => "/v1/settings/{id}",
        }
    }

    /// Whether it is for those who look after the server, or part of how pages look: it tells strangers nothing.
    pub(crate) const fn is_operational(&self) -> bool {
        matches!(self, Self::Ping | Self::Health | Self::Ready | Self::Asset(_))
    }

    /// What it is about.
    pub(crate) const fn kind(&self) -> Kind {
        match self {
            Self::Ping | Self::Health | Self::Ready | Self::Asset(_) => Kind::Operational,
            Self::Root | Self::OpenApi | Self::Version => Kind::Collection(&ApiVersion::DECLARATION),
            Self::Schemas => Kind::Collection(&Schema::DECLARATION),
            Self::Schema(_) => Kind::Resource(&Schema::DECLARATION),
            Self::Keys => Kind::Collection(&ApiKey::DECLARATION),
            Self::Key(_) => Kind::Resource(&ApiKey::DECLARATION),
            Self::Projects => Kind::Collection(&Project::DECLARATION),
            Self::Project(_) => Kind::Resource(&Project::DECLARATION),
            Self::Settings => Kind::Collection(&Setting::DECLARATION),
            Self::Setting(_) => Kind::Resource(&Setting::DECLARATION),
        }
    }
}

/// What a route is about: it decides which methods it has.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// Nothing of the dialect.
    Operational,
    /// The list of a type.
    Collection(&'static Declaration),
    /// One of a type.
    Resource(&'static Declaration),
}

/// A parsed address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The environment of `/v1/projects/{pid}/…`, as it was written.
    pub(crate) within: Option<String>,
    /// The rest.
    pub(crate) route: Route,
}

/// Parses the path of a request.
///
/// # Errors
///
/// [`Problem::BadRequest`] for an escape that hides a separator, a dot segment or a NUL;
/// [`Problem::Invalid`] for another version; [`Problem::NotFound`] for everything that is not served.
pub(crate) fn parse(path: &str) -> Result<Place, Problem> {
    let segments = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(decode)
        .collect::<Result<Vec<String>, Problem>>()?;
    let mut segments = segments.into_iter();
    let place = |route| Ok(Place { within: None, route });
    let Some(first) = segments.next() else { return place(Route::Root) };
    match (first.as_str(), segments.len()) {
        ("ping", 0) => place(Route::Ping),
        ("healthz", 0) => place(Route::Health),
        ("readyz", 0) => place(Route::Ready),
        ("openapi.json", 0) => place(Route::OpenApi),
        ("assets", 1) => {
            let asset = segments.next().and_then(|name| Asset::named(&name));
            asset.map_or(Err(Problem::NotFound), |asset| place(Route::Asset(asset)))
        }
        (version, _) if version.eq_ignore_ascii_case("v1") => parse_version(segments.collect()),
        (version, _) if is_other_version(version) => Err(Problem::Invalid {
            code: "UnsupportedVersion",
            field: None,
            detail: "the only version there is is `v1`".into(),
        }),
        _ => Err(Problem::NotFound),
    }
}

fn is_other_version(segment: &str) -> bool {
    segment.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("v1"))
}

fn parse_version(segments: Vec<String>) -> Result<Place, Problem> {
    // More than one thing behind an environment is asked for inside it.
    let inside =
        segments.len() > 2 && segments.first().is_some_and(|first| Project::DECLARATION.is_named(first));
    let mut segments = segments.into_iter();
    let within = if inside { segments.nth(1) } else { None };
    let route = match (segments.next(), segments.next(), segments.next()) {
        (None, ..) => Route::Version,
        (Some(name), id, None) => route_of(&name, id)?,
        (Some(_), _, Some(_)) => return Err(Problem::NotFound),
    };
    Ok(Place { within, route })
}

fn route_of(name: &str, id: Option<String>) -> Result<Route, Problem> {
    let named = |declaration: &Declaration| declaration.is_named(name);
    let (list, one): (Route, fn(String) -> Route) = if named(&ApiKey::DECLARATION) {
        (Route::Keys, Route::Key)
    } else if named(&Project::DECLARATION) {
        (Route::Projects, Route::Project)
    } else if named(&Schema::DECLARATION) {
        (Route::Schemas, Route::Schema)
    } else if named(&Setting::DECLARATION) {
        (Route::Settings, Route::Setting)
    } else {
        return Err(Problem::NotFound);
    };
    Ok(id.map_or(list, one))
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
        let place = parse(path).unwrap();
        assert_eq!(place.within, None, "{path}");
        place.route
    }

    #[test]
    fn a_type_is_named_in_any_number_and_letter_case_and_slashes_do_not_count() {
        for path in
            ["/v1/apikeys", "/v1/apiKeys", "/v1/APIKEY", "/v1/apiKey/", "//v1///apikeys//", "/V1/apikey"]
        {
            assert_eq!(route(path), Route::Keys, "{path}");
        }
        assert_eq!(route("/v1/apikey/1c7/"), Route::Key("1c7".into()));
        assert_eq!(route("/"), Route::Root);
        assert_eq!(route("//"), Route::Root);
        assert_eq!(route("/openapi.json"), Route::OpenApi);
        assert_eq!(route("/v1/"), Route::Version);
        assert_eq!(route("/v1/schemas/schemas"), Route::Schema("schemas".into()));
        assert_eq!(route("/v1/setting"), Route::Settings);
        assert_eq!(route("/v1/settings/api.security.enabled"), Route::Setting("api.security.enabled".into()));
    }

    #[test]
    fn an_environment_is_a_resource_alone_and_a_context_with_more_behind_it() {
        assert_eq!(route("/v1/projects/1a5"), Route::Project("1a5".into()));
        for (path, inner) in [
            ("/v1/projects/1a5/apikeys", Route::Keys),
            ("/v1/project/1a5/apikeys/1c3", Route::Key("1c3".into())),
            ("/v1/projects/1a5/schemas", Route::Schemas),
            ("/v1/projects/1a5/schemas/schemas", Route::Schema("schemas".into())),
            ("/v1/projects/1a5/projects", Route::Projects),
            ("/v1/projects/1a5/projects/1a5", Route::Project("1a5".into())),
        ] {
            assert_eq!(parse(path).unwrap(), Place { within: Some("1a5".into()), route: inner }, "{path}");
        }
    }

    #[test]
    fn what_is_not_served_is_not_found() {
        for path in [
            "/v2-beta",
            "/nothing",
            "/v1/hosts",
            "/v1/apikeys/1c7/account/x",
            "/v1/schemas/x/y",
            "/pingu",
            "/ping/x",
        ] {
            assert!(matches!(parse(path), Err(Problem::NotFound)), "{path}");
        }
    }

    #[test]
    fn another_version_is_said_to_be_unsupported() {
        for path in ["/v1foo", "/v10/apikeys", "/v1.0"] {
            assert!(
                matches!(parse(path), Err(Problem::Invalid { code: "UnsupportedVersion", .. })),
                "{path}"
            );
        }
    }

    #[test]
    fn escapes_are_decoded_once_and_never_hide_a_separator() {
        assert_eq!(route("/v1/%61pikeys/1c%37"), Route::Key("1c7".into()));
        assert_eq!(route("/v1/apikeys/%2541"), Route::Key("%41".into()));
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
            assert!(matches!(parse(path), Err(Problem::BadRequest(_))), "{path}");
        }
    }
}

//! Where everything of the web page is found.

use http::Method;
use keys_core::EnvironmentId;

use super::{environments, keys};

/// A place of the web page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// `/` in a browser: leads to where the person begins.
    Home,
    /// Environments.
    Environments(environments::Place),
    /// Keys of an environment, or the caller's own.
    Keys(Whose, keys::Place),
}

/// Whose keys a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Those of an environment.
    Environment(EnvironmentId),
    /// Those of the account that asks.
    Own,
}

impl Whose {
    /// The path of the list.
    pub(crate) fn path(self) -> String {
        match self {
            Self::Environment(environment) => format!("/env/{environment}/keys"),
            Self::Own => "/account/keys".to_owned(),
        }
    }
}

impl Place {
    /// The place at a path, and the environment it is inside of. The path begins with none of the other routes.
    pub(crate) fn parse(segments: &[&str]) -> Option<(Self, Option<EnvironmentId>)> {
        match segments {
            ["env", environment, "keys", rest @ ..] => {
                let environment = environment.parse().ok()?;
                let place = keys::Place::parse(rest)?;
                Some((Self::Keys(Whose::Environment(environment), place), Some(environment)))
            }
            ["environments", rest @ ..] => {
                Some((Self::Environments(environments::Place::parse(rest)?), None))
            }
            ["account", "keys", rest @ ..] => Some((Self::Keys(Whose::Own, keys::Place::parse(rest)?), None)),
            _ => None,
        }
    }

    /// The path without anything a caller chose: for the log.
    pub(crate) const fn template(&self) -> &'static str {
        match self {
            Self::Home => "/",
            Self::Environments(place) => place.template(),
            Self::Keys(Whose::Environment(_), place) => place.template_inside(),
            Self::Keys(Whose::Own, place) => place.template_own(),
        }
    }

    /// Where the form is that sends to this place: where somebody goes on who had to log in meanwhile.
    pub(crate) fn form(&self) -> String {
        match self {
            Self::Home => "/".to_owned(),
            Self::Environments(place) => place.form(),
            Self::Keys(whose, place) => place.form(*whose),
        }
    }

    /// The methods of the place.
    pub(crate) const fn methods(&self) -> &'static [Method] {
        match self {
            Self::Home => READ,
            Self::Environments(place) => place.methods(),
            Self::Keys(_, place) => place.methods(),
        }
    }

    /// As `Allow` lists them.
    pub(crate) fn allow(&self) -> String {
        self.methods().iter().map(Method::as_str).collect::<Vec<_>>().join(", ")
    }
}

/// A page that only shows.
pub(crate) const READ: &[Method] = &[Method::GET, Method::HEAD];
/// A page with a form that is sent to its own address.
pub(crate) const READ_AND_SEND: &[Method] = &[Method::GET, Method::HEAD, Method::POST];
/// A button.
pub(crate) const SEND: &[Method] = &[Method::POST];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_by_their_paths_and_by_no_others() {
        let found = |path: &str| Place::parse(&path.split('/').skip(1).collect::<Vec<_>>());
        let environment: EnvironmentId = "1a5".parse().unwrap();
        let (place, within) = found("/env/1a5/keys").unwrap();
        assert_eq!(place, Place::Keys(Whose::Environment(environment), keys::Place::List));
        assert_eq!(within, Some(environment));
        assert_eq!(place.form(), "/env/1a5/keys/new");
        assert_eq!(found("/account/keys/new").unwrap().1, None);
        // What becomes of an environment is asked for from outside: one that is not Active is not entered.
        assert_eq!(found("/environments/1a5/members").unwrap().1, None);
        for path in
            ["/env/1a5", "/env/x/keys", "/env/1a5/keys/x", "/env/1a5/keys/1c7/destroy", "/account", ""]
        {
            assert!(found(path).is_none(), "{path}");
        }
    }
}

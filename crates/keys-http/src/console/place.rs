//! Where everything of the web page is found.

use http::Method;
use keys_core::EnvironmentId;

use super::audit::Scope;
use super::{access, environments, help, keys, password, users, welcome};

/// A place of the web page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// `/` in a browser: leads to where the person begins.
    Home,
    /// Environments.
    Environments(environments::Place),
    /// Keys of an environment, or the caller's own.
    Keys(Whose, keys::Place),
    /// The audit log.
    Audit(Scope),
    /// What API keys are and how they are used, for anybody.
    Help,
    /// Where that was found in the documentation of what this grew from.
    FormerHelp,
    /// One's own password.
    Password,
    /// People who may log in.
    Users(users::Place),
    /// Access control.
    Access(access::Place),
    /// The first steps.
    Welcome,
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
            ["env", environment, "audit"] => {
                let environment = environment.parse().ok()?;
                Some((Self::Audit(Scope::Environment(environment)), Some(environment)))
            }
            ["help", "api-keys"] => Some((Self::Help, None)),
            ["rancher", "v1.0", "en", "api", "api-keys"] => Some((Self::FormerHelp, None)),
            ["audit"] => Some((Self::Audit(Scope::All), None)),
            ["account", "keys", rest @ ..] => Some((Self::Keys(Whose::Own, keys::Place::parse(rest)?), None)),
            ["account", "password"] => Some((Self::Password, None)),
            ["users", rest @ ..] => Some((Self::Users(users::Place::parse(rest)?), None)),
            ["access-control", rest @ ..] => Some((Self::Access(access::Place::parse(rest)?), None)),
            ["welcome"] => Some((Self::Welcome, None)),
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
            Self::Audit(Scope::All) => "/audit",
            Self::Audit(Scope::Environment(_)) => "/env/{id}/audit",
            Self::Help => help::PATH,
            Self::FormerHelp => "/rancher/v1.0/en/api/api-keys",
            Self::Password => password::PATH,
            Self::Users(place) => place.template(),
            Self::Access(place) => place.template(),
            Self::Welcome => welcome::PATH,
        }
    }

    /// Where the form is that sends to this place: where somebody goes on who had to log in meanwhile.
    pub(crate) fn form(&self) -> String {
        match self {
            Self::Home => "/".to_owned(),
            Self::Environments(place) => place.form(),
            Self::Keys(whose, place) => place.form(*whose),
            Self::Audit(scope) => scope.path(),
            Self::Help | Self::FormerHelp => help::PATH.to_owned(),
            Self::Password => password::PATH.to_owned(),
            Self::Users(place) => place.form(),
            Self::Access(place) => place.form().to_owned(),
            Self::Welcome => welcome::PATH.to_owned(),
        }
    }

    /// Whether it is for anybody who can reach the server, known or not: it shows nothing of what is kept here.
    pub(crate) const fn is_public(&self) -> bool {
        match self {
            Self::Help | Self::FormerHelp => true,
            Self::Home
            | Self::Environments(_)
            | Self::Keys(..)
            | Self::Audit(_)
            | Self::Password
            | Self::Users(_)
            | Self::Access(_)
            | Self::Welcome => false,
        }
    }

    /// The methods of the place.
    pub(crate) const fn methods(&self) -> &'static [Method] {
        match self {
            Self::Home | Self::Audit(_) | Self::Help | Self::FormerHelp | Self::Welcome => READ,
            Self::Environments(place) => place.methods(),
            Self::Keys(_, place) => place.methods(),
            Self::Password => READ_AND_SEND,
            Self::Users(place) => place.methods(),
            Self::Access(place) => place.methods(),
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
        let log = (Place::Audit(Scope::Environment(environment)), Some(environment));
        assert_eq!(found("/env/1a5/audit"), Some(log));
        assert_eq!(found("/audit"), Some((Place::Audit(Scope::All), None)));
        assert_eq!(found("/rancher/v1.0/en/api/api-keys"), Some((Place::FormerHelp, None)));
        for path in [
            "/env/1a5",
            "/env/x/keys",
            "/env/1a5/keys/x",
            "/env/1a5/keys/1c7/destroy",
            "/env/1a5/audit/1c7",
            "/audit/1",
            "/account",
            "",
        ] {
            assert!(found(path).is_none(), "{path}");
        }
    }
}

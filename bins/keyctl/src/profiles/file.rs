//! What the file of profiles says: TOML, every key with the name of its option.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::ValueEnum as _;
use keys_api::client::BaseUrl;
use keys_core::EnvironmentId;
use keys_store::StoreUrl;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{Place, Profile, ProfileName, Profiles, Secret};
use crate::cli::OutputFormat;

/// What is wrong with the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    /// Where, if that is one place.
    pub(super) line: Option<usize>,
    /// What, without a value: it may be a secret.
    pub(super) message: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    default_profile: Option<String>,
    #[serde(default)]
    profiles: BTreeMap<String, One>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct One {
    url: Option<String>,
    database: Option<String>,
    environment: Option<String>,
    pepper_file: Option<PathBuf>,
    ca_file: Option<PathBuf>,
    access_key: Option<String>,
    secret_key: Option<String>,
    secret_command: Option<Vec<String>>,
    output: Option<String>,
}

/// The profiles of a text. Paths that are not absolute begin at a folder.
///
/// # Errors
///
/// [`Wrong`]. A key that is none of a profile is refused: it is one misspelt.
pub(super) fn parse(text: &str, folder: &Path) -> Result<Profiles, Wrong> {
    let File { default_profile, profiles } = toml::from_str(text).map_err(|error| Wrong {
        line: error.span().map(|span| line_of(text, span.start)),
        message: without_value(error.message()),
    })?;
    let all = profiles.into_iter().map(|(name, one)| {
        let wrong = |why: String| Wrong { line: None, message: format!("profile {name}: {why}") };
        let parsed = name.parse::<ProfileName>().map_err(|error| wrong(error.to_string()))?;
        profile(parsed, one, folder).map_err(wrong)
    });
    let mut all: Vec<Profile> = all.collect::<Result<_, _>>()?;
    all.sort_by(|one, other| one.name.cmp(&other.name));
    let default = default_profile.map(|name| {
        let known = name.parse().ok().filter(|name| all.iter().any(|profile| profile.name == *name));
        known.ok_or_else(|| Wrong {
            line: None,
            message: "default-profile: there is no profile of that name".to_owned(),
        })
    });
    Ok(Profiles { default: default.transpose()?, all })
}

fn profile(name: ProfileName, one: One, folder: &Path) -> Result<Profile, String> {
    let One { url, database, environment, pepper_file, ca_file, access_key, .. } = one;
    let secret = match (one.secret_key, one.secret_command) {
        (Some(_), Some(_)) => {
            return Err("secret-key and secret-command are two ways to one thing".to_owned());
        }
        (Some(secret), None) => Some(Secret::Kept(Zeroizing::new(secret))),
        (None, Some(words)) if words.is_empty() => return Err("secret-command names no program".to_owned()),
        (None, Some(words)) => Some(Secret::Command(words)),
        (None, None) => None,
    };
    let access_key = access_key.map(|key| key.parse().map_err(|error| format!("access-key: {error}")));
    let access_key = access_key.transpose()?;
    let output = one.output.map(|word| {
        OutputFormat::from_str(&word, false)
            .map_err(|_| "output is none of table, json, yaml and name".to_owned())
    });
    let output = output.transpose()?;
    let ca_file = ca_file.map(|file| folder.join(file));
    let pepper_file = pepper_file.map(|file| folder.join(file));
    let has_key = access_key.is_some() || secret.is_some();
    let place = match (url, database) {
        (Some(_), Some(_)) => return Err("url and database are two ways to one thing".to_owned()),
        (None, None) => return Err("it names no authority: url or database".to_owned()),
        (Some(_), None) if pepper_file.is_some() => {
            return Err("pepper-file is for database: a server has its own".to_owned());
        }
        (Some(url), None) => server(&url, environment, ca_file)?,
        (None, Some(_)) if ca_file.is_some() || environment.is_some() || has_key => {
            let these = "ca-file, environment, access-key, secret-key and secret-command are for url";
            return Err(these.to_owned());
        }
        (None, Some(url)) => Place::Database { url: database_at(&url, folder)?, pepper_file },
    };
    Ok(Profile { name, place, access_key, secret, output })
}

fn server(url: &str, environment: Option<String>, ca_file: Option<PathBuf>) -> Result<Place, String> {
    let url: BaseUrl = url.parse().map_err(|error| format!("url: {error}"))?;
    if ca_file.is_some() && !url.is_secure() {
        return Err("ca-file is for https://: nobody vouches for a server in the clear".to_owned());
    }
    let environment = environment.map(|id| id.parse().map_err(|error| format!("environment: {error}")));
    let environment: Option<EnvironmentId> = environment.transpose()?;
    if environment.is_some() && url.project().is_some() {
        return Err("the url names an environment, so that there is none to name".to_owned());
    }
    Ok(Place::Server { url, environment, ca_file })
}

/// The database, from wherever keyctl is run.
fn database_at(url: &str, folder: &Path) -> Result<String, String> {
    let parsed: StoreUrl =
        url.parse().map_err(|error: keys_store::ParseStoreUrlError| format!("database: {error}"))?;
    match parsed.path() {
        Some(path) if path.is_relative() => Ok(format!("sqlite:{}", folder.join(path).display())),
        Some(_) | None => Ok(url.to_owned()),
    }
}

/// What the parser says, without the value it says it of.
fn without_value(message: &str) -> String {
    match (message.strip_prefix("invalid type: "), message.split_once(", expected ")) {
        (Some(_), Some((_, expected))) => format!("a value is of another kind: expected {expected}"),
        (Some(_), None) => "a value is of another kind".to_owned(),
        (None, _) => message.lines().next().unwrap_or_default().to_owned(),
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> (Option<usize>, String) {
        let wrong = parse(text, Path::new("/home/ada/.config/keyctl")).expect_err(text);
        (wrong.line, wrong.message)
    }

    #[test]
    fn a_profile_says_what_options_say() {
        let text = "
            default-profile = 'prod'

            [profiles.prod]
            url = 'https://keys.example'
            environment = '1a5'
            ca-file = 'ca.pem'
            access-key = 'KC83G4MYSK0KX3K94XX8'
            secret-command = ['pass', 'show', 'ci']
            output = 'json'

            [profiles.home]
            database = 'sqlite:keys-data/keys.sqlite3'
            pepper-file = '/etc/keys/pepper'
        ";
        let profiles = parse(text, Path::new("/home/ada/.config/keyctl")).expect("profiles");
        assert_eq!(profiles.default.as_ref().map(ProfileName::as_str), Some("prod"));
        let [home, prod] = profiles.all.as_slice() else { unreachable!("two profiles") };
        assert_eq!((home.name.as_str(), prod.name.as_str()), ("home", "prod"));
        assert_eq!(
            prod.place,
            Place::Server {
                url: "https://keys.example".parse().expect("a URL"),
                environment: "1a5".parse().ok(),
                ca_file: Some("/home/ada/.config/keyctl/ca.pem".into()),
            }
        );
        assert_eq!(prod.output, Some(OutputFormat::Json));
        assert!(matches!(&prod.secret, Some(Secret::Command(words)) if words.len() == 3));
        assert_eq!(
            home.place,
            Place::Database {
                url: "sqlite:/home/ada/.config/keyctl/keys-data/keys.sqlite3".to_owned(),
                pepper_file: Some("/etc/keys/pepper".into()),
            }
        );
        assert!(parse("", Path::new("/")).is_ok_and(|profiles| profiles.all.is_empty()));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place_and_without_its_value() {
        let of = |line: &str| format!("[profiles.a]\nurl = 'http://h'\n{line}\n");
        for (text, line, words) in [
            (of("scret-key = 'hush'"), Some(3), "unknown field `scret-key`"),
            ("defualt-profile = 'a'".to_owned(), Some(1), "unknown field `defualt-profile`"),
            (of("secret-command = 'hush'"), Some(3), "a value is of another kind: expected a sequence"),
            (of("secret-key = ['hush']"), Some(3), "a value is of another kind: expected a string"),
            (of("url = 'http://hush'"), Some(3), "duplicate key"),
            (of("secret-key = 'hush"), Some(3), "literal string"),
            (
                of("secret-key = 'hush'\nsecret-command = ['x']"),
                None,
                "profile a: secret-key and secret-command",
            ),
            (of("secret-command = []"), None, "profile a: secret-command names no program"),
            (of("database = 'sqlite:hush'"), None, "profile a: url and database are two ways"),
            (of("pepper-file = 'hush'"), None, "profile a: pepper-file is for database"),
            (of("ca-file = 'hush'"), None, "profile a: ca-file is for https://"),
            (of("output = 'hush'"), None, "profile a: output is none of table, json, yaml and name"),
            (of("environment = 'hush'"), None, "profile a: environment: "),
            (of("access-key = 'hush'"), None, "profile a: access-key: "),
            ("[profiles.a]\nurl = 'h'".to_owned(), None, "profile a: url: "),
            ("[profiles.a]\noutput = 'json'".to_owned(), None, "profile a: it names no authority"),
            ("[profiles.a]\ndatabase = 'hush'".to_owned(), None, "profile a: database: "),
            ("[profiles.a]\ndatabase = 'sqlite:x'\nsecret-key = 'hush'".to_owned(), None, "are for url"),
            (
                "[profiles.'a b']\nurl = 'http://h'".to_owned(),
                None,
                "profile a b: expected at most 64 letters",
            ),
            ("default-profile = 'hush'".to_owned(), None, "default-profile: there is no profile"),
        ] {
            let (at, message) = wrong(&text);
            assert_eq!(at, line, "{text}: {message}");
            assert!(message.contains(words), "{text}: {message}");
            assert!(!message.contains("hush"), "{text}: {message}");
        }
    }
}

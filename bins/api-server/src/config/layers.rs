//! Where each setting comes from: its flag, else the environment, else the file, else its default.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use super::error::ConfigError;
use super::file;
use crate::cli::Options;

/// What every variable of ours begins with.
const PREFIX: &str = "APIKEYS_";

/// The variables of the environment, given as a value so that tests need not change the process.
pub(super) type Environment = BTreeMap<OsString, OsString>;

pub(super) fn environment() -> Environment {
    env::vars_os().collect()
}

/// A setting's text and its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chosen {
    /// The setting, by the name of its flag.
    pub(super) setting: &'static str,
    /// Its text.
    pub(super) text: String,
    /// Where that comes from.
    pub(super) source: Source,
}

/// Where a setting comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// Nobody said anything.
    Default,
    /// This file.
    File(PathBuf),
    /// The setting's variable.
    Environment(String),
    /// The setting's flag.
    Flag,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Environment(variable) => write!(f, "environment {variable}"),
            Self::Flag => f.write_str("flag"),
        }
    }
}

/// Every setting's text, chosen and not yet checked.
#[derive(Debug)]
pub(super) struct Choices {
    pub(super) listen: Chosen,
    pub(super) data_dir: Chosen,
    pub(super) database: Chosen,
    pub(super) pepper_file: Chosen,
    pub(super) tls_cert: Chosen,
    pub(super) tls_key: Chosen,
    pub(super) behind_tls_proxy: Chosen,
    pub(super) trusted_proxy: Chosen,
    pub(super) public_url: Chosen,
    pub(super) accept_lost_pepper: Chosen,
    pub(super) log_format: Chosen,
    pub(super) log_level: Chosen,
    pub(super) unknown_variables: Vec<String>,
}

impl Choices {
    /// Chooses every setting.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or a variable is no text.
    pub(super) fn make(flags: Options, environment: &Environment) -> Result<Self, ConfigError> {
        let path = match flags.config {
            Some(path) => Some(path),
            None => variable(environment, "config")?.map(PathBuf::from),
        };
        let file = path.as_deref().map(file::read).transpose()?.unwrap_or_default();
        let choose = |setting, flag: Option<String>, in_file: Option<String>, default: String| {
            let (text, source) = if let Some(text) = flag {
                (text, Source::Flag)
            } else if let Some(text) = variable(environment, setting)? {
                (text, Source::Environment(variable_name(setting)))
            } else {
                match (in_file, &path) {
                    (Some(text), Some(path)) => (text, Source::File(path.clone())),
                    _ => (default, Source::Default),
                }
            };
            Ok(Chosen { setting, text, source })
        };
        let data_dir = choose("data-dir", flags.data_dir, file.data_dir, "./keys-data".to_owned())?;
        let within = |name: &str| PathBuf::from(&data_dir.text).join(name).to_string_lossy().into_owned();
        let no = || "false".to_owned();
        Ok(Self {
            listen: choose("listen", flags.listen, file.listen, "127.0.0.1:8080".to_owned())?,
            database: choose(
                "database",
                flags.database,
                file.database,
                format!("sqlite:{}", within("keys.sqlite3")),
            )?,
            pepper_file: choose("pepper-file", flags.pepper_file, file.pepper_file, within("pepper"))?,
            tls_cert: choose("tls-cert", flags.tls_cert, file.tls_cert, String::new())?,
            tls_key: choose("tls-key", flags.tls_key, file.tls_key, String::new())?,
            behind_tls_proxy: choose(
                "behind-tls-proxy",
                flags.behind_tls_proxy,
                file.behind_tls_proxy,
                no(),
            )?,
            trusted_proxy: choose(
                "trusted-proxy",
                flags.trusted_proxy.map(|networks| networks.join(",")),
                file.trusted_proxy.map(|networks| networks.join(",")),
                String::new(),
            )?,
            public_url: choose("public-url", flags.public_url, file.public_url, String::new())?,
            accept_lost_pepper: choose(
                "accept-lost-pepper",
                flags.accept_lost_pepper,
                file.accept_lost_pepper,
                no(),
            )?,
            log_format: choose("log-format", flags.log_format, file.log_format, "text".to_owned())?,
            log_level: choose("log-level", flags.log_level, file.log_level, "info".to_owned())?,
            data_dir,
            unknown_variables: unknown_variables(environment),
        })
    }

    /// Every setting, in the order of the manual.
    pub(super) fn all(&self) -> [&Chosen; SETTINGS.len()] {
        [
            &self.listen,
            &self.data_dir,
            &self.database,
            &self.pepper_file,
            &self.tls_cert,
            &self.tls_key,
            &self.behind_tls_proxy,
            &self.trusted_proxy,
            &self.public_url,
            &self.accept_lost_pepper,
            &self.log_format,
            &self.log_level,
        ]
    }

    /// Whether the store keeps nothing and nobody named a pepper file: then the default one is not made.
    pub(super) fn keeps_nothing(&self) -> bool {
        self.database.text == "memory:" && self.pepper_file.source == Source::Default
    }
}

/// The names of the settings.
const SETTINGS: [&str; 12] = [
    "listen",
    "data-dir",
    "database",
    "pepper-file",
    "tls-cert",
    "tls-key",
    "behind-tls-proxy",
    "trusted-proxy",
    "public-url",
    "accept-lost-pepper",
    "log-format",
    "log-level",
];

impl fmt::Display for Choices {
    /// As a configuration file, each line with its source.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chosen in self.all() {
            let value = match chosen.text.parse::<bool>() {
                Ok(value) => value.to_string(),
                Err(_) => toml::Value::String(without_password(&chosen.text)).to_string(),
            };
            writeln!(f, "{} = {value}  # {}", chosen.setting, chosen.source)?;
        }
        for variable in &self.unknown_variables {
            writeln!(f, "# {variable} in the environment is no setting and has no effect")?;
        }
        Ok(())
    }
}

/// A URL without the password it may carry.
fn without_password(text: &str) -> String {
    match text.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?))) {
        Some((scheme, (_, host))) => format!("{scheme}://…@{host}"),
        None => text.to_owned(),
    }
}

fn variable_name(setting: &str) -> String {
    format!("{PREFIX}{}", setting.replace('-', "_").to_ascii_uppercase())
}

/// The text of a setting's variable; an empty one says nothing, as `NAME=` in a service file means it.
fn variable(environment: &Environment, setting: &str) -> Result<Option<String>, ConfigError> {
    let variable = variable_name(setting);
    match environment.get(&OsString::from(&variable)) {
        Some(text) if !text.is_empty() => {
            text.to_str().map(|text| Some(text.to_owned())).ok_or(ConfigError::NotText { variable })
        }
        _ => Ok(None),
    }
}

/// The variables that begin like ours and are none. They are told of, not refused: container platforms put
/// `APIKEYS_PORT` and its kind into the environment for a service called `apikeys`.
fn unknown_variables(environment: &Environment) -> Vec<String> {
    let known = |name: &str| SETTINGS.iter().chain(&["config"]).any(|setting| variable_name(setting) == name);
    let names = environment.keys().map(|name| name.to_string_lossy());
    names.filter(|name| name.starts_with(PREFIX) && !known(name)).map(|name| name.into_owned()).collect()
}

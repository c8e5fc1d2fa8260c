//! The configuration file: TOML, every key with the name of its flag.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::error::ConfigError;
use crate::cli::Options;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    listen: Option<String>,
    data_dir: Option<String>,
    database: Option<String>,
    pepper_file: Option<String>,
    tls_cert: Option<String>,
    tls_key: Option<String>,
    behind_tls_proxy: Option<bool>,
    trusted_proxy: Option<OneOrMore>,
    public_url: Option<String>,
    accept_lost_pepper: Option<bool>,
    log_format: Option<String>,
    log_level: Option<String>,
}

/// A list that may be written as one text.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a string or a list of strings")]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl From<OneOrMore> for Vec<String> {
    fn from(list: OneOrMore) -> Self {
        match list {
            OneOrMore::One(text) => vec![text],
            OneOrMore::More(texts) => texts,
        }
    }
}

/// Reads a configuration file. A key that is no setting is refused: it is a setting misspelt.
///
/// # Errors
///
/// [`ConfigError::Unreadable`] and [`ConfigError::File`].
pub(super) fn read(path: &Path) -> Result<Options, ConfigError> {
    let text = fs::read_to_string(path)
        .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
    let file: File = toml::from_str(&text).map_err(|error| ConfigError::File {
        path: path.to_owned(),
        line: line_of(&text, error.span().map_or(0, |span| span.start)),
        // Not the error's own Display: that quotes the line, which may hold a password.
        message: error.message().to_owned(),
    })?;
    Ok(Options {
        config: None,
        listen: file.listen,
        data_dir: file.data_dir,
        database: file.database,
        pepper_file: file.pepper_file,
        tls_cert: file.tls_cert,
        tls_key: file.tls_key,
        behind_tls_proxy: file.behind_tls_proxy.map(|value| value.to_string()),
        trusted_proxy: file.trusted_proxy.map(Into::into),
        public_url: file.public_url,
        accept_lost_pepper: file.accept_lost_pepper.map(|value| value.to_string()),
        log_format: file.log_format,
        log_level: file.log_level,
    })
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

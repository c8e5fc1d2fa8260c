//! What can be wrong with a configuration.

use std::io;
use std::path::PathBuf;

/// Why there is no configuration. No text repeats a value that could be a secret.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// The file cannot be read.
    #[error("the configuration file {} cannot be read", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is no configuration.
    #[error("{}, line {line}: {message}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong there.
        message: String,
    },
    /// A variable holds what is no text.
    #[error("{variable} is not UTF-8")]
    NotText {
        /// Which.
        variable: String,
    },
    /// Settings have values they cannot have.
    #[error("{}", problems.join("\napi-server: "))]
    Invalid {
        /// A sentence for each.
        problems: Vec<String>,
    },
}

//! Exit codes, for ever: 0 stopped as asked, 1 failure, 2 usage or configuration, 3 the database or its pepper file
//! was refused, 4 the database belongs to another process.

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use keys_store::OpenError;

use crate::config::ConfigError;
use crate::start::StartError;

/// Why the process ends with another code than 0.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The authority could not be opened.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The operating system refused something.
    #[error("{what}")]
    System {
        /// What could not be done, and what to do.
        what: String,
        /// What the system said.
        source: Box<dyn Error + Send + Sync>,
    },
}

impl Failure {
    /// The code of anything that has no code of its own.
    pub(crate) const FAILED: u8 = 1;
    const CONFIGURATION: u8 = 2;
    const REFUSED: u8 = 3;
    const LOCKED: u8 = 4;

    /// The operating system refused something.
    pub(crate) fn system(what: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::System { what: what.into(), source: source.into() }
    }

    /// Stdout cannot be written to.
    pub(crate) fn stdout(source: io::Error) -> Self {
        Self::system("stdout cannot be written to", source)
    }

    /// Tells the failure and its causes on stderr, and returns its exit code.
    pub(crate) fn report(&self) -> ExitCode {
        // Nobody is left to tell if stderr is gone; the exit code still tells.
        let _ = writeln!(io::stderr(), "api-server: {}", with_causes(self));
        ExitCode::from(self.code())
    }

    fn code(&self) -> u8 {
        match self {
            Self::Config(_) | Self::Start(StartError::AccessControlOff { .. }) => Self::CONFIGURATION,
            Self::Start(
                StartError::PepperFile(_) | StartError::PepperMissing { .. } | StartError::PepperLost { .. },
            ) => Self::REFUSED,
            Self::Start(StartError::Database(error)) => code_of_open(error),
            Self::Start(
                StartError::DataDir { .. }
                | StartError::Read(_)
                | StartError::SetUp(_)
                | StartError::SetUpToken { .. }
                | StartError::Random(_),
            )
            | Self::System { .. } => Self::FAILED,
        }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the enum may grow; what is new there is a failure")]
fn code_of_open(error: &OpenError) -> u8 {
    match error {
        OpenError::Locked { .. } => Failure::LOCKED,
        OpenError::Foreign { .. }
        | OpenError::NotAFile { .. }
        | OpenError::Newer { .. }
        | OpenError::Corrupt { .. }
        | OpenError::RolledBack { .. }
        | OpenError::Forked { .. }
        | OpenError::Anchor { .. }
        | OpenError::NetworkFileSystem { .. } => Failure::REFUSED,
        _ => Failure::FAILED,
    }
}

/// An error and what caused it, in one sentence.
pub(crate) fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_refusal_has_its_code() {
        let path = || "/d/keys.sqlite3".into();
        let database = |error| Failure::from(StartError::Database(error)).code();
        assert_eq!(database(OpenError::Locked { path: path(), process: None }), 4);
        assert_eq!(database(OpenError::Foreign { path: path() }), 3);
        assert_eq!(database(OpenError::Newer { path: path(), found: 9, supported: 1 }), 3);
        assert_eq!(database(OpenError::Corrupt { path: path(), what: String::new() }), 3);
        assert_eq!(database(OpenError::Full { path: path() }), 1);
        assert_eq!(database(OpenError::Permissions { path: path() }), 1);
        assert_eq!(Failure::from(ConfigError::Invalid { problems: Vec::new() }).code(), 2);
    }

    #[test]
    fn a_failure_is_told_with_its_causes() {
        let failure = Failure::system("the port is taken", io::Error::other("address in use"));
        assert_eq!(with_causes(&failure), "the port is taken: address in use");
    }
}

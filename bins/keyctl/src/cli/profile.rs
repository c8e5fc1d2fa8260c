//! What was typed about profiles.

use clap::{Args, Subcommand};
use keys_core::EnvironmentId;

use super::{Consent, OutputFormat};
use crate::profiles::{ProfileName, Setting};

/// `profile`.
#[derive(Debug, Subcommand)]
pub(crate) enum Profile {
    /// List the profiles
    List,
    /// Show a profile: that of NAME, else the one that would be in force
    Show {
        /// Which
        #[arg(value_name = "NAME")]
        name: Option<ProfileName>,
    },
    /// Make a profile, or change one, to what the options say: --url or --database, --ca-file, --pepper-file, --access-key
    ///
    /// Its secret is read from --secret-stdin or --secret-file, or typed with --ask-secret, or is told each time by the
    /// program of --secret-command. Of url and database, and of a secret and a program, the one that is set takes the place
    /// of the other.
    Set(ProfileSet),
    /// Make a profile the one that is in force unless another is chosen
    Use {
        /// Which
        #[arg(value_name = "NAME")]
        name: ProfileName,
    },
    /// Take a profile away, and the secret in it; asks on a terminal
    Remove(ProfileRemove),
}

/// `profile set`.
#[derive(Debug, Args)]
pub(crate) struct ProfileSet {
    /// What it is called: letters, digits, - and _
    #[arg(value_name = "NAME")]
    pub(crate) name: ProfileName,

    /// The environment that the server stands for, as its endpoint would
    #[arg(long, value_name = "ID")]
    pub(crate) environment: Option<EnvironmentId>,

    /// Type the secret key of --access-key, or a whole kc_… pair
    #[arg(long, conflicts_with_all = ["secret_stdin", "secret_file", "secret_command"])]
    pub(crate) ask_secret: bool,

    /// A program that tells the secret key, or a whole pair, in its first line, such as 'pass show ci'; run without a shell
    #[arg(long, value_name = "COMMAND", conflicts_with_all = ["secret_stdin", "secret_file"])]
    pub(crate) secret_command: Option<String>,

    /// How answers are printed
    #[arg(long, value_name = "FORMAT")]
    pub(crate) default_output: Option<OutputFormat>,

    /// Take this away
    #[arg(long, value_name = "KEY")]
    pub(crate) unset: Vec<Setting>,
}

/// `profile remove`.
#[derive(Debug, Args)]
pub(crate) struct ProfileRemove {
    /// Which
    #[arg(value_name = "NAME")]
    pub(crate) name: ProfileName,

    #[command(flatten)]
    pub(crate) consent: Consent,
}

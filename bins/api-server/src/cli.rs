//! What was typed. No behaviour: a flag left out is `None`, so that the environment and the file can speak.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// An API-key authority: issues, verifies and manages API keys over HTTP.
///
/// Each setting is taken from its flag, else from its variable of the environment (APIKEYS_ and the flag's name in
/// capitals, APIKEYS_DATA_DIR for --data-dir), else from the configuration file (a TOML key with the flag's name),
/// else from its default.
#[derive(Debug, Parser)]
#[command(name = "api-server", version, after_help = EXIT_CODES, args_conflicts_with_subcommands = false)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) options: Options,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  stopped as asked
  1  failure
  2  usage or configuration
  3  the database or the pepper file was refused
  4  the database belongs to another running process";

/// What to do instead of serving.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Look at the configuration without starting.
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
}

/// What to do with the configuration.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print every setting in force and where it comes from; exit 2 when something is wrong.
    Check,
}

/// The settings.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Options {
    /// Configuration file [environment: APIKEYS_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Address and port to listen on; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<String>,

    /// Directory of the database and the pepper file, made if missing [default: ./keys-data]
    #[arg(long, global = true, value_name = "DIRECTORY")]
    pub(crate) data_dir: Option<String>,

    /// Where keys are kept: sqlite:PATH, or memory: to keep nothing [default: keys.sqlite3 in the data directory]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) database: Option<String>,

    /// File of the peppers, made beside an empty database [default: pepper in the data directory]
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) pepper_file: Option<String>,

    /// Certificate to speak TLS with, in PEM, its chain behind it; read again on SIGHUP [default: no TLS]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) tls_cert: Option<String>,

    /// Private key of the certificate, in PEM; others than its owner and group must have no right at it
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) tls_key: Option<String>,

    /// Callers come through a proxy that speaks TLS: without TLS of its own needed for an address that is not loopback
    #[arg(long, global = true, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) behind_tls_proxy: Option<String>,

    /// Proxy whose X-Forwarded-* are believed, as an address or 10.0.0.0/8; may be repeated [default: nobody]
    #[arg(long, global = true, value_name = "NETWORK")]
    pub(crate) trusted_proxy: Option<Vec<String>>,

    /// What links in answers begin with, `https://keys.example.com` [default: as each request was addressed]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) public_url: Option<String>,

    /// Start although the pepper file lacks a pepper that keys were made under: verify those by argon2
    #[arg(long, global = true, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) accept_lost_pepper: Option<String>,

    /// How the log on stderr is written: text or json [default: text]
    #[arg(long, global = true, value_name = "FORMAT")]
    pub(crate) log_format: Option<String>,

    /// The least severe events logged: error, warn, info, debug or trace [default: info]
    #[arg(long, global = true, value_name = "LEVEL")]
    pub(crate) log_level: Option<String>,
}

//! `import`.

use clap::{Args, ValueEnum};
use keys_core::EnvironmentId;

use super::Rehearsal;
use crate::pairs::Pairs;

/// What `import --help` says before its options.
pub(super) const ABOUT: &str = "\
Make API keys of pairs that exist already, such as Rancher's, so that their clients stay as they are.

A CSV names its columns in its first line, in any order: accessKey (or publicValue), secretKey (or secretValue), and, where \
you like, name, description, created, expires. Without columns each line is ACCESS SECRET [NAME], ACCESS:SECRET [NAME], or a \
whole kc_… pair with its name; empty lines and those that begin with # say nothing. It is UTF-8.

All of it is read and checked before the first key is made: with one wrong line none is. Run it again after an \
interruption: what is there already is skipped. Each key takes a digest, which is slow on purpose: --dry-run takes none.

Only on a database that no server owns (--database): nobody chooses a secret over HTTP. With --dry-run a server may run on it:

  keyctl --database sqlite:keys-data/keys.sqlite3 import --dry-run pairs.csv";

/// `import`.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The file of the pairs; `-`, or none: standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<String>,

    /// The environment of the keys [default: the only active one]
    #[arg(long, value_name = "ID")]
    pub(crate) environment: Option<EnvironmentId>,

    /// How the pairs are written [default: told by the first line]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<PairFormat>,

    /// Let the keys begin Inactive: their pairs are refused until they are activated
    #[arg(long)]
    pub(crate) inactive: bool,

    #[command(flatten)]
    pub(crate) rehearsal: Rehearsal,

    /// Go on although a pepper is lost that keys of the database were made under
    #[arg(long)]
    pub(crate) accept_lost_pepper: bool,

    /// What was found there.
    #[arg(skip)]
    pub(crate) pairs: Option<Pairs>,

    /// Whether somebody sees how far it is.
    #[arg(skip)]
    pub(crate) watched: bool,
}

/// How pairs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PairFormat {
    /// Columns with names, separated by commas
    Csv,
    /// Access key, secret key and name, separated by blanks
    Lines,
}

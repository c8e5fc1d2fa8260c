//! What was typed for the commands that ask no authority.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use glob::Pattern;

use super::pages::{Completions, Man};
use super::profile::Profile;

/// The commands that ask no authority.
#[derive(Debug, Subcommand)]
pub(crate) enum Alone {
    /// Find API keys that got into files; exit code 1 when there are any
    ///
    /// Every regular file below the paths is searched: hidden, ignored and binary ones too, unless --exclude says otherwise. Symbolic links are not
    /// followed, but for those that are named. Found are whole pairs (kc_…, and user:password as in HTTP Basic) and lone
    /// secret keys, told by their checksum, as they stand or in base64; the secret is never printed. Not found is what is
    /// compressed, encrypted or encoded twice. The objects of Git are compressed, so search a history
    /// by `git log -p --all | keyctl scan -`.
    ///
    /// Exit codes: 0 all was read and nothing found, 1 found, 3 a PATH is not there, 4 nothing was found but something
    /// could not be read, which standard error names. No authority is asked.
    Scan(Scan),
    /// Print what makes a shell complete commands and options, for it to read
    ///
    /// For bash: `keyctl completions bash > ~/.local/share/bash-completion/completions/keyctl`. For zsh, into a folder of
    /// its $fpath as _keyctl; for fish, into ~/.config/fish/completions/keyctl.fish.
    Completions(Completions),
    /// Print the manual page of keyctl, or of one of its commands, for man to read
    ///
    /// To read it: `keyctl man | man -l -`. To install all of them: `keyctl man --dir ~/.local/share/man/man1`.
    Man(Man),
    /// Keep what one would otherwise say each time of an authority, by a name
    #[command(subcommand)]
    Profile(Profile),
}

/// `scan`.
#[derive(Debug, Args)]
pub(crate) struct Scan {
    /// Files and folders to search; - is standard input
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,

    /// Leave out what has this name below the paths, such as target or '*.min.js', or with a / in it this path, such as
    /// 'docs/**/*.md'; a folder with all that is in it
    #[arg(long, value_name = "GLOB")]
    pub(crate) exclude: Vec<Pattern>,

    /// How many files are searched at once [default: as many as there are processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(crate) threads: Option<u8>,
}

//! The commands that ask no authority.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread;

use clap::CommandFactory as _;

use super::profile;
use crate::cli::{Alone, CommandLine, Completions, Man, Printing, Profile, Reach, Scan};
use crate::credentials::Surroundings;
use crate::exit::{Exit, Failure};
use crate::man;
use crate::output::Answer;
use crate::output::escape::one_line;
use crate::scan::scan;

impl Alone {
    /// Carries the command out.
    ///
    /// # Errors
    ///
    /// Why it was not carried out.
    pub(crate) fn run(
        self,
        reach: &Reach,
        surroundings: &Surroundings<'_>,
        warn: fn(&str),
    ) -> Result<Answer, Failure> {
        match self {
            Self::Scan(these) => search(&these, surroundings, warn),
            Self::Completions(wanted) => Ok(completions(&wanted)),
            Self::Man(wanted) => manual(&wanted),
            Self::Profile(command) => profile::run(command, reach, surroundings),
        }
    }

    /// Refuses to be told of an authority: whoever names one expects it to be asked. And of a form, where there is one.
    ///
    /// # Errors
    ///
    /// [`Exit::Usage`].
    pub(crate) fn check_alone(&self, reach: &Reach, printing: &Printing) -> Result<(), Failure> {
        let Reach { profile, url, database, pepper_file, ca_file, access_key, secret_stdin, secret_file } =
            reach;
        let files = pepper_file.is_some() || ca_file.is_some() || secret_file.is_some();
        if profile.is_some() {
            return Err(Failure::new(
                Exit::Usage,
                "this command asks no authority, so there is none to name",
            )
            .hint("leave out --profile"));
        }
        // It keeps what they say.
        if matches!(self, Self::Profile(Profile::Set(_))) {
            return Ok(());
        }
        if url.is_some() || database.is_some() || files || access_key.is_some() || *secret_stdin {
            let message = "this command asks no authority, so there is none to name";
            return Err(Failure::new(Exit::Usage, message).hint(
                "leave out --url, --database, --pepper-file, --ca-file, --access-key, --secret-stdin and --secret-file",
            ));
        }
        let Printing { output, field, no_header, quiet } = printing;
        let is_document = matches!(self, Self::Completions(_) | Self::Man(_));
        if is_document && (output.is_some() || field.is_some() || *no_header || *quiet) {
            return Err(Failure::new(Exit::Usage, "this command prints a text that has one form")
                .hint("leave out --output, --field, --no-header and --quiet"));
        }
        Ok(())
    }
}

fn completions(wanted: &Completions) -> Answer {
    let mut script = Vec::new();
    clap_complete::generate(wanted.shell, &mut CommandLine::command(), &wanted.command, &mut script);
    Answer::Document(String::from_utf8_lossy(&script).into_owned())
}

fn manual(wanted: &Man) -> Result<Answer, Failure> {
    let Some(folder) = &wanted.dir else { return man::page(&wanted.command).map(Answer::Document) };
    let paths = man::write_all(folder)?;
    let line = |path: &PathBuf| format!("{}\n", one_line(&path.to_string_lossy()));
    Ok(Answer::Document(paths.iter().map(line).collect()))
}

fn search(these: &Scan, surroundings: &Surroundings<'_>, warn: fn(&str)) -> Result<Answer, Failure> {
    let threads = match these.threads.map(usize::from).and_then(NonZeroUsize::new) {
        Some(threads) => threads,
        None => thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
    };
    let scanned = scan(&these.paths, &these.exclude, threads, surroundings.stdin)?;
    for unread in &scanned.unread {
        warn(unread);
    }
    Ok(Answer::Scanned(scanned))
}

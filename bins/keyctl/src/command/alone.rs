//! The commands that ask no authority.

use std::num::NonZeroUsize;
use std::thread;

use crate::cli::{Alone, Reach, Scan};
use crate::credentials::Surroundings;
use crate::exit::{Exit, Failure};
use crate::output::Answer;
use crate::output::escape::one_line;
use crate::scan::scan;

impl Alone {
    /// Carries the command out.
    ///
    /// # Errors
    ///
    /// Why it was not carried out.
    pub(crate) fn run(self, surroundings: &Surroundings<'_>, warn: fn(&str)) -> Result<Answer, Failure> {
        match self {
            Self::Scan(these) => search(&these, surroundings, warn),
        }
    }

    /// Refuses to be told of an authority: whoever names one expects it to be asked.
    ///
    /// # Errors
    ///
    /// [`Exit::Usage`].
    pub(crate) fn check_alone(&self, reach: &Reach) -> Result<(), Failure> {
        let Reach { url, database, pepper_file, ca_file, access_key, secret_stdin } = reach;
        let files = pepper_file.is_some() || ca_file.is_some();
        if url.is_some() || database.is_some() || files || access_key.is_some() || *secret_stdin {
            let message = "this command asks no authority, so there is none to name";
            return Err(Failure::new(Exit::Usage, message).hint(
                "leave out --url, --database, --pepper-file, --ca-file, --access-key and --secret-stdin",
            ));
        }
        Ok(())
    }
}

fn search(these: &Scan, surroundings: &Surroundings<'_>, warn: fn(&str)) -> Result<Answer, Failure> {
    let threads = match these.threads.map(usize::from).and_then(NonZeroUsize::new) {
        Some(threads) => threads,
        None => thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
    };
    let scanned = scan(&these.paths, threads, surroundings.stdin)?;
    for unread in &scanned.unread {
        warn(&one_line(unread));
    }
    Ok(Answer::Scanned(scanned))
}

//! The way to the authority that a run is about: over HTTP, or its database.

use std::path::PathBuf;

use keys_api::client::{BaseUrl, Client, Roots};
use keys_core::Timestamp;

use crate::authority::remote::Remote;
use crate::authority::{Authority, imports_are_for_databases, local};
use crate::cli::{Command, Reach};
use crate::credentials::{self, Said, Surroundings};
use crate::exit::{Exit, Failure};
use crate::profiles::Chosen;
use crate::sessions::Sessions;

/// Refuses, before secrets are read, to import where that cannot be.
///
/// # Errors
///
/// [`Exit::Usage`].
pub(crate) fn check_imports(reach: &Reach) -> Result<(), Failure> {
    if reach.url.is_none() && reach.database.is_some() {
        return Ok(());
    }
    Err(imports_are_for_databases())
}

/// Reaches the authority that the arguments, else the environment, name.
///
/// # Errors
///
/// [`Exit::Usage`]: none is named, or what is said of it does not fit; else why it was not reached.
pub(crate) fn connect(
    reach: Reach,
    chosen: Option<&Chosen>,
    command: &Command,
    surroundings: &Surroundings<'_>,
    warn: fn(&str),
    now: Timestamp,
) -> Result<Box<dyn Authority>, Failure> {
    let usage = |message: &str| Err(Failure::new(Exit::Usage, message));
    match (&reach.url, &reach.database) {
        (Some(_), Some(_)) => usage("--url and --database are two ways to one thing; use one"),
        (None, Some(_))
            if (reach.secret_stdin || reach.secret_file.is_some() || reach.access_key.is_some())
                && !matches!(command, Command::Verify(_)) =>
        {
            usage(
                "--access-key, --secret-stdin and --secret-file are for --url: whoever holds the database needs no \
                 key",
            )
        }
        (None, Some(_)) if reach.ca_file.is_some() => {
            usage("--ca-file is for --url: there is no server to vouch for")
        }
        (_, None) if reach.pepper_file.is_some() => {
            usage("--pepper-file is for --database: a server has its own")
        }
        (None, Some(_)) if command.is_about_session() => {
            usage("sessions are for --url, and so is a set-up: whoever holds the database needs neither")
        }
        (None, Some(database)) => {
            let need = command.need();
            Ok(Box::new(local::open(database, reach.pepper_file.as_deref(), need, now)?))
        }
        (_, None) => Ok(Box::new(connect_over_http(reach, chosen, command, surroundings, warn, now)?)),
    }
}

fn connect_over_http(
    reach: Reach,
    chosen: Option<&Chosen>,
    command: &Command,
    surroundings: &Surroundings<'_>,
    warn: fn(&str),
    now: Timestamp,
) -> Result<Remote, Failure> {
    let (url, source) = match &reach.url {
        Some(url) => (Some(url.clone()), "--url"),
        None => (surroundings.first(&["KEYCTL_URL", "RANCHER_URL"])?, "KEYCTL_URL or RANCHER_URL"),
    };
    let url: BaseUrl = url
        .ok_or_else(no_authority)?
        .parse()
        .map_err(|error| Failure::new(Exit::Usage, format!("{source}: {error}")))?;
    let roots = roots(reach.ca_file.clone(), &url, surroundings)?;
    let said = Said::by(&reach).within(chosen);
    let is_to_verify = matches!(command, Command::Verify(_));
    let found = if command.is_about_session() || is_to_verify {
        None
    } else {
        credentials::find(&said, &url, surroundings)?
    };
    let kept = chosen.and_then(|chosen| chosen.profile.access_key).map(|access_key| access_key.to_string());
    let access_key = reach.access_key.or(kept);
    let in_the_clear = !url.is_secure() && !url.is_loopback();
    if in_the_clear && (found.is_some() || is_to_verify || command.is_about_session()) {
        warn(IN_THE_CLEAR);
    }
    let ask = Box::new(move || {
        if in_the_clear && credentials::can_ask() {
            warn(IN_THE_CLEAR);
        }
        credentials::ask(access_key.as_deref())
    });
    let mut client = Client::new(url);
    if let Some(roots) = &roots {
        client = client.with_roots(roots);
    }
    Remote::new(client, found.as_ref(), ask, Sessions::of(surroundings)?, now)
}

/// The certificates that vouch for the server, if others than the public authorities' shall.
fn roots(
    file: Option<PathBuf>,
    url: &BaseUrl,
    surroundings: &Surroundings<'_>,
) -> Result<Option<Roots>, Failure> {
    let (file, source) = match file {
        Some(_) if !url.is_secure() => {
            return Err(Failure::new(
                Exit::Usage,
                "--ca-file is for https://: nobody vouches for a server in the clear",
            ));
        }
        Some(file) => (file, "--ca-file"),
        None => match surroundings.text("KEYCTL_CA_FILE")? {
            Some(file) if url.is_secure() => (file.into(), "KEYCTL_CA_FILE"),
            Some(_) | None => return Ok(None),
        },
    };
    let refused = |why: String| Failure::new(Exit::Usage, format!("{source}: {} {why}", file.display()));
    let text = std::fs::read(&file).map_err(|error| refused(format!("cannot be read: {error}")))?;
    Roots::from_pem(&text).map(Some).map_err(|error| refused(format!("cannot be used: {error}")))
}

fn no_authority() -> Failure {
    Failure::new(Exit::Usage, "no authority is named").hint(
        "--url http://127.0.0.1:8080 for a running server (or KEYCTL_URL), \
         --database sqlite:keys-data/keys.sqlite3 for a database, or keep one: keyctl profile set --help",
    )
}

const IN_THE_CLEAR: &str = "what lets you in goes over the network in the clear; use https://";

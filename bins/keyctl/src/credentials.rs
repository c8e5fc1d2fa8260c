//! Where the credential comes from. Never from an argument: process lists and histories show those.
//!
//! In this order: `--secret-stdin` or `--secret-file`; the profile, if `--profile` has chosen it; the environment; the
//! profile otherwise; a session, which `login` has begun; `.netrc`. `--access-key` says which pair is meant, and so that no
//! session is. When none is found and the server wants one, a person at a terminal is asked.

mod ask;
pub(crate) mod helper;

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};

use keys_api::client::{BaseUrl, SecretText};
use keys_core::{AccessKey, Credential};
use zeroize::Zeroizing;

pub(crate) use self::ask::{ask_line, ask_secretly, can_ask, terminal_failed};
use crate::cli::Reach;
use crate::exit::{Exit, Failure};
use crate::netrc;
use crate::private_file::{check_private, read_private};
use crate::profiles::{Chosen, Secret};
use crate::sessions::Sessions;

/// What a run is given besides its arguments.
pub(crate) struct Surroundings<'a> {
    /// A variable of the environment.
    pub(crate) variable: &'a dyn Fn(&str) -> Option<OsString>,
    /// Standard input.
    pub(crate) stdin: &'a dyn Fn() -> Box<dyn Read>,
}

impl Surroundings<'_> {
    /// A variable as text; one that is empty counts as not set.
    ///
    /// # Errors
    ///
    /// [`Exit::Usage`] when it is not UTF-8.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, Failure> {
        match (self.variable)(name).map(OsString::into_string) {
            None => Ok(None),
            Some(Ok(text)) => Ok(Some(text).filter(|text| !text.is_empty())),
            Some(Err(_)) => Err(usage(format!("{name} is not text"))),
        }
    }

    /// The first of these variables that is set.
    ///
    /// # Errors
    ///
    /// As [`text`](Self::text).
    pub(crate) fn first(&self, names: &[&str]) -> Result<Option<String>, Failure> {
        for name in names {
            if let Some(text) = self.text(name)? {
                return Ok(Some(text));
            }
        }
        Ok(None)
    }
}

/// What was said of the credential on the command line.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Said<'a> {
    /// Which pair is meant.
    pub(crate) access_key: Option<&'a str>,
    /// Its secret stands on standard input.
    pub(crate) secret_stdin: bool,
    /// Its secret stands in this file.
    pub(crate) secret_file: Option<&'a Path>,
    /// The profile that is in force.
    pub(crate) profile: Option<&'a Chosen>,
}

impl<'a> Said<'a> {
    /// What the arguments say.
    pub(crate) fn by(reach: &'a Reach) -> Self {
        Self {
            access_key: reach.access_key.as_deref(),
            secret_stdin: reach.secret_stdin,
            secret_file: reach.secret_file.as_deref(),
            profile: None,
        }
    }

    /// The same in a profile, which says which pair is meant where the arguments do not.
    pub(crate) const fn within(self, profile: Option<&'a Chosen>) -> Self {
        Self { profile, ..self }
    }

    /// Which pair is meant.
    fn access_key(&self) -> Result<Option<AccessKey>, Failure> {
        match self.access_key {
            Some(access_key) => parse_access_key(access_key).map(Some),
            None => Ok(None),
        }
    }

    /// The access key that the profile names.
    fn kept(&self) -> Option<AccessKey> {
        self.profile.and_then(|chosen| chosen.profile.access_key)
    }
}

/// What is presented to a server.
pub(crate) enum Found {
    /// A pair.
    Pair(Credential),
    /// The token of a session.
    Session(SecretText),
}

/// The credential for a server, if there is one.
///
/// # Errors
///
/// [`Exit::Usage`] when half a pair, a malformed one, or a file that others can read was found.
pub(crate) fn find(
    said: &Said<'_>,
    url: &BaseUrl,
    surroundings: &Surroundings<'_>,
) -> Result<Option<Found>, Failure> {
    let access_key = said.access_key()?;
    if let Some(credential) = outright(access_key, said, surroundings).map_err(as_usage)? {
        return Ok(Some(Found::Pair(credential)));
    }
    // Whose secret is nowhere so far.
    let access_key = access_key.or_else(|| said.kept());
    if access_key.is_none()
        && let Some(sessions) = Sessions::of(surroundings)?
        && let Some(token) = sessions.token(url)?
    {
        return Ok(Some(Found::Session(token)));
    }
    Ok(from_netrc(access_key, url.host(), surroundings).map_err(as_usage)?.map(Found::Pair))
}

/// The pair that is to be verified: of a file `@FILE`, of standard input, of the environment, or of a person who is
/// asked. Not of a session or of `.netrc`: those say who asks, not what is asked about.
///
/// # Errors
///
/// [`Exit::NotValid`] when it is no pair; [`Exit::Usage`] when half a one was found, or a file cannot be read.
pub(crate) fn to_verify(
    file: Option<&str>,
    said: &Said<'_>,
    surroundings: &Surroundings<'_>,
) -> Result<Option<Credential>, Failure> {
    let parsed = said.access_key();
    let parsed = parsed.map_err(|failure| failure.ending_with(Exit::NotValid))?;
    if let Some(file) = file {
        // Not repeated: it may be the secret.
        let path = file.strip_prefix('@').ok_or_else(|| {
            usage("a key is no argument: others could see it")
                .hint("@FILE, --secret-stdin, or KEYCTL_SECRET_KEY")
        })?;
        return if path == "-" {
            from_stdin(parsed, surroundings).map(Some)
        } else {
            from_file(Path::new(path), parsed, surroundings).map(Some)
        };
    }
    match outright(parsed, said, surroundings)? {
        Some(credential) => Ok(Some(credential)),
        None => typed(said.access_key),
    }
}

/// What was said outright: on standard input, in a file, or in the environment.
fn outright(
    access_key: Option<AccessKey>,
    said: &Said<'_>,
    surroundings: &Surroundings<'_>,
) -> Result<Option<Credential>, Failure> {
    if said.secret_stdin {
        return from_stdin(access_key, surroundings).map(Some);
    }
    if let Some(file) = said.secret_file {
        return from_file(file, access_key, surroundings).map(Some);
    }
    let first = said.profile.filter(|chosen| chosen.is_first);
    if first.is_some()
        && let Some(credential) = from_profile(access_key, said, surroundings)?
    {
        return Ok(Some(credential));
    }
    // Who chooses a profile means the key that it names, wherever its secret is.
    let meant = access_key.or_else(|| first.and_then(|chosen| chosen.profile.access_key));
    for names in [["KEYCTL_ACCESS_KEY", "KEYCTL_SECRET_KEY"], ["RANCHER_ACCESS_KEY", "RANCHER_SECRET_KEY"]] {
        if let Some(credential) = from_environment(meant, names, surroundings)? {
            return Ok(Some(credential));
        }
    }
    from_profile(access_key, said, surroundings)
}

/// What the profile keeps or has told, unless another pair is meant than its own.
fn from_profile(
    wanted: Option<AccessKey>,
    said: &Said<'_>,
    surroundings: &Surroundings<'_>,
) -> Result<Option<Credential>, Failure> {
    let Some(Chosen { profile, .. }) = said.profile else { return Ok(None) };
    if let (Some(wanted), Some(own)) = (wanted, profile.access_key)
        && wanted != own
    {
        return Ok(None);
    }
    let line = match &profile.secret {
        None => return Ok(None),
        Some(Secret::Kept(secret)) => secret.clone(),
        Some(Secret::Command(words)) => helper::tell(words)?,
    };
    let source = format!("profile {}", profile.name);
    of_line(&line, wanted.or(profile.access_key), &source, surroundings).map(Some)
}

/// What is no pair is a mistake of whoever presents it, and the answer to whoever verifies it.
fn as_usage(failure: Failure) -> Failure {
    if failure.exit() == Exit::NotValid { failure.ending_with(Exit::Usage) } else { failure }
}

/// Asks a person at a terminal for a credential; `None` when there is no terminal.
///
/// # Errors
///
/// What was typed is no pair, or the terminal failed.
pub(crate) fn ask(access_key: Option<&str>) -> Result<Option<Credential>, Failure> {
    typed(access_key).map_err(as_usage)
}

fn typed(access_key: Option<&str>) -> Result<Option<Credential>, Failure> {
    if !can_ask() {
        return Ok(None);
    }
    let access_key = match access_key {
        Some(access_key) => access_key.to_owned(),
        None => ask_line("Access key: ")?.unwrap_or_default(),
    };
    let secret_key = ask_secretly(&["Secret key: "])?.unwrap_or_default();
    pair(&access_key, secret_key.trim(), "what was typed").map(Some)
}

/// The first line of standard input, which holds a secret.
///
/// # Errors
///
/// [`Exit::Usage`]: there is none, in these words.
pub(crate) fn line_of_stdin(
    surroundings: &Surroundings<'_>,
    none: &str,
) -> Result<Zeroizing<String>, Failure> {
    read_line((surroundings.stdin)(), STANDARD_INPUT, none)
}

/// The first line of a file, which holds a secret.
///
/// # Errors
///
/// [`Exit::Usage`]: it cannot be read, or there is none, in these words.
pub(crate) fn line_of_file(path: &Path, none: &str) -> Result<Zeroizing<String>, Failure> {
    let name = path.display().to_string();
    let opened = File::open(path).map_err(|error| usage(format!("{name} cannot be read: {error}")))?;
    read_line(Box::new(opened), &name, none)
}

/// The first line of a file: a secret key, or a pair in the joined form. Who may read the file is for whoever names it to
/// know: what a container is given is often readable by all that is in it.
fn from_file(
    path: &Path,
    access_key: Option<AccessKey>,
    surroundings: &Surroundings<'_>,
) -> Result<Credential, Failure> {
    let line = line_of_file(path, "no secret key")?;
    of_line(&line, access_key, &path.display().to_string(), surroundings)
}

/// One line of standard input: a secret key, or a pair in the joined form.
fn from_stdin(access_key: Option<AccessKey>, surroundings: &Surroundings<'_>) -> Result<Credential, Failure> {
    let line = line_of_stdin(surroundings, "no secret key")?;
    of_line(&line, access_key, STANDARD_INPUT, surroundings)
}

const STANDARD_INPUT: &str = "standard input";

/// What the line of a source says: a secret key, or a pair in the joined form.
fn of_line(
    line: &str,
    access_key: Option<AccessKey>,
    source: &str,
    surroundings: &Surroundings<'_>,
) -> Result<Credential, Failure> {
    if line.starts_with(Credential::JOINED_PREFIX) {
        let credential = Credential::parse_joined(line).map_err(|error| malformed(source, &error))?;
        return match access_key {
            Some(access_key) if access_key != credential.access_key() => {
                Err(usage(format!("{source} holds another pair than that of {access_key}"))
                    .hint("name its access key, or none"))
            }
            _ => Ok(credential),
        };
    }
    let access_key = match access_key {
        Some(access_key) => access_key.to_string(),
        None => surroundings.first(&["KEYCTL_ACCESS_KEY", "RANCHER_ACCESS_KEY"])?.ok_or_else(|| {
            let option = if source == STANDARD_INPUT { "--secret-stdin" } else { source };
            usage(format!("{option} wants --access-key, or a whole kc_… pair"))
        })?,
    };
    pair(&access_key, line, source)
}

/// The first line, without its end. A secret is short, so no more is read than one could have.
fn read_line(input: Box<dyn Read>, source: &str, none: &str) -> Result<Zeroizing<String>, Failure> {
    const LONGEST: u64 = 2_048;
    let mut line = Zeroizing::new(String::with_capacity(LONGEST as usize));
    BufReader::new(input.take(LONGEST))
        .read_line(&mut line)
        .map_err(|error| usage(format!("{source} cannot be read: {error}")))?;
    let end = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(end);
    if line.is_empty() {
        return Err(usage(format!("{source} holds {none}")));
    }
    Ok(line)
}

fn from_environment(
    wanted: Option<AccessKey>,
    names: [&str; 2],
    surroundings: &Surroundings<'_>,
) -> Result<Option<Credential>, Failure> {
    let [access_name, secret_name] = names;
    let access_key = surroundings.text(access_name)?;
    let secret_key = surroundings.text(secret_name)?.map(Zeroizing::new);
    if secret_key.is_none()
        && secret_name == "KEYCTL_SECRET_KEY"
        && let Some(command) = surroundings.text(SECRET_COMMAND)?
    {
        return from_command(&command, wanted, access_key.as_deref(), surroundings);
    }
    match (access_key, secret_key) {
        (None, None) => Ok(None),
        (Some(access_key), Some(secret_key)) => {
            if wanted.is_some_and(|wanted| wanted.as_str() != access_key) {
                return Ok(None);
            }
            pair(&access_key, &secret_key, &format!("{access_name} and {secret_name}")).map(Some)
        }
        // The access key alone is no mistake: its secret may come from elsewhere, but nothing says so.
        (Some(_), None) => Err(usage(format!("{access_name} is set, but {secret_name} is not"))),
        (None, Some(secret_key)) => match wanted {
            Some(wanted) => pair(wanted.as_str(), &secret_key, secret_name).map(Some),
            None => Err(usage(format!("{secret_name} is set, but {access_name} is not"))),
        },
    }
}

const SECRET_COMMAND: &str = "KEYCTL_SECRET_COMMAND";

/// What the program of the environment tells, unless another pair is meant than the environment's.
fn from_command(
    command: &str,
    wanted: Option<AccessKey>,
    access_key: Option<&str>,
    surroundings: &Surroundings<'_>,
) -> Result<Option<Credential>, Failure> {
    if let (Some(wanted), Some(access_key)) = (wanted, access_key)
        && wanted.as_str() != access_key
    {
        return Ok(None);
    }
    // A whole pair that it tells must be the one that the environment names.
    let named = access_key.map(parse_access_key).transpose()?;
    let line = helper::tell(&helper::words(command, SECRET_COMMAND)?)?;
    of_line(&line, wanted.or(named), SECRET_COMMAND, surroundings).map(Some)
}

fn from_netrc(
    wanted: Option<AccessKey>,
    host: &str,
    surroundings: &Surroundings<'_>,
) -> Result<Option<Credential>, Failure> {
    let Some((path, required)) = netrc_path(surroundings)? else { return Ok(None) };
    let (text, mode) = match read_private(&path) {
        Ok(read) => read,
        Err(error) if error.kind() == io::ErrorKind::NotFound && !required => return Ok(None),
        Err(error) => return Err(usage(format!("{} cannot be read: {error}", path.display()))),
    };
    let entries = netrc::entries_for(&text, host);
    // The file belongs to other programs too: a login that is no access key is theirs.
    let entry = entries.into_iter().find(|entry| match entry.login.parse::<AccessKey>() {
        Ok(access_key) => wanted.is_none_or(|wanted| wanted == access_key),
        Err(_) => false,
    });
    let Some(entry) = entry else { return Ok(None) };
    check_private(&path, mode)?;
    pair(&entry.login, &entry.password, &path.display().to_string()).map(Some)
}

/// The file, and whether it was named, so that its absence is an error.
fn netrc_path(surroundings: &Surroundings<'_>) -> Result<Option<(PathBuf, bool)>, Failure> {
    if let Some(path) = surroundings.text("NETRC")? {
        return Ok(Some((path.into(), true)));
    }
    Ok(surroundings.text("HOME")?.map(|home| (Path::new(&home).join(".netrc"), false)))
}

fn parse_access_key(text: &str) -> Result<AccessKey, Failure> {
    text.parse().map_err(|error| usage(format!("--access-key is malformed: {error}")))
}

fn pair(access_key: &str, secret_key: &str, source: &str) -> Result<Credential, Failure> {
    Credential::parse(access_key, secret_key).map_err(|error| malformed(source, &error))
}

/// A pair that cannot be one: said before anything is asked of the server.
fn malformed(source: &str, error: &keys_core::ParseCredentialError) -> Failure {
    let cause = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    Failure::new(Exit::NotValid, format!("the pair in {source} is malformed: {cause}"))
}

fn usage(message: impl Into<String>) -> Failure {
    Failure::new(Exit::Usage, message)
}

#[cfg(test)]
mod tests;

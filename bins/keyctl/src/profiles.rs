//! Profiles: what one would otherwise say each time of an authority, by a name, in a file that only whoever runs this can
//! read.
//!
//! A profile is in force as a whole or not at all: its credential goes to the authority that it names and to no other. So
//! one is in force when nothing else says where the authority is.

mod edit;
mod file;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use keys_api::client::BaseUrl;
use keys_core::{AccessKey, EnvironmentId};
use zeroize::Zeroizing;

pub(crate) use self::edit::{Edit, Setting};
use crate::cli::{OutputFormat, Reach};
use crate::credentials::Surroundings;
use crate::exit::{Exit, Failure};
use crate::private_file::{self, check_private, read_private};

/// What a profile is called: letters, digits, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ProfileName(Box<str>);

/// Why a text is no [`ProfileName`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected at most 64 letters (a-z, A-Z), digits, - and _")]
pub(crate) struct ParseProfileNameError;

impl ProfileName {
    /// As it is written.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ProfileName {
    type Err = ParseProfileNameError;

    fn from_str(text: &str) -> Result<Self, ParseProfileNameError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let is_name = (1..=64).contains(&text.len()) && text.bytes().all(plain);
        if is_name { Ok(Self(text.into())) } else { Err(ParseProfileNameError) }
    }
}

impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A profile.
#[derive(Debug, Clone)]
pub(crate) struct Profile {
    /// What it is called.
    pub(crate) name: ProfileName,
    /// Where its authority is.
    pub(crate) place: Place,
    /// The access key to use.
    pub(crate) access_key: Option<AccessKey>,
    /// Where its secret is.
    pub(crate) secret: Option<Secret>,
    /// How answers are printed.
    pub(crate) output: Option<OutputFormat>,
}

/// Where the authority of a profile is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// A server.
    Server {
        /// Its address.
        url: BaseUrl,
        /// The environment that it stands for.
        environment: Option<EnvironmentId>,
        /// The certificates that vouch for it.
        ca_file: Option<PathBuf>,
    },
    /// A database.
    Database {
        /// Its address.
        url: String,
        /// Its pepper file.
        pepper_file: Option<PathBuf>,
    },
}

/// Where the secret of a profile is.
#[derive(Clone)]
pub(crate) enum Secret {
    /// In the profile: the secret key, or a whole pair.
    Kept(Zeroizing<String>),
    /// A program tells it.
    Command(Vec<String>),
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The profile that is in force.
#[derive(Debug, Clone)]
pub(crate) struct Chosen {
    /// It.
    pub(crate) profile: Profile,
    /// Whether it was chosen by an argument, and so goes before the environment.
    pub(crate) is_first: bool,
}

/// All profiles.
#[derive(Debug, Clone, Default)]
pub(crate) struct Profiles {
    /// In order of name.
    pub(crate) all: Vec<Profile>,
    /// The one that is in force unless another is chosen.
    pub(crate) default: Option<ProfileName>,
}

impl Profiles {
    /// The one of this name.
    ///
    /// # Errors
    ///
    /// [`Exit::NotFound`].
    pub(crate) fn named(&self, name: &ProfileName) -> Result<&Profile, Failure> {
        self.all.iter().find(|profile| profile.name == *name).ok_or_else(|| no_profile(name))
    }
}

/// The file of profiles.
#[derive(Debug, Clone)]
pub(crate) struct ProfileFile {
    path: PathBuf,
}

impl ProfileFile {
    /// That of whoever runs this. `None` when nothing says where that is.
    ///
    /// # Errors
    ///
    /// A variable is not text.
    pub(crate) fn of(surroundings: &Surroundings<'_>) -> Result<Option<Self>, Failure> {
        let folder = private_file::folder(surroundings)?;
        Ok(folder.map(|folder| Self { path: folder.join("config.toml") }))
    }

    /// As [`of`](Self::of), where one is wanted.
    ///
    /// # Errors
    ///
    /// [`Exit::Usage`].
    pub(crate) fn wanted(surroundings: &Surroundings<'_>) -> Result<Self, Failure> {
        Self::of(surroundings)?.ok_or_else(|| {
            Failure::new(Exit::Usage, "there is no place to keep profiles")
                .hint("set XDG_CONFIG_HOME or HOME")
        })
    }

    /// All profiles; none, if there is no file.
    ///
    /// # Errors
    ///
    /// [`Exit::Usage`]: others can read it, or something in it is none of a profile.
    pub(crate) fn read(&self) -> Result<Profiles, Failure> {
        self.parse(&self.text()?)
    }

    /// Changes a profile, or makes it; all profiles afterwards. What is remarked in the file stays.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read), or the file cannot be written.
    pub(crate) fn edit(&self, name: &ProfileName, edits: &[Edit]) -> Result<Profiles, Failure> {
        self.rewrite(|text| edit::set(text, name, edits))
    }

    /// Makes a profile the one that is in force unless another is chosen.
    ///
    /// # Errors
    ///
    /// As [`edit`](Self::edit); [`Exit::NotFound`].
    pub(crate) fn make_default(&self, name: &ProfileName) -> Result<Profiles, Failure> {
        self.read()?.named(name)?;
        self.rewrite(|text| edit::set_default(text, name))
    }

    /// Takes a profile away.
    ///
    /// # Errors
    ///
    /// As [`edit`](Self::edit); [`Exit::NotFound`].
    pub(crate) fn remove(&self, name: &ProfileName) -> Result<Profiles, Failure> {
        self.read()?.named(name)?;
        self.rewrite(|text| edit::remove(text, name))
    }

    /// Nothing is written that could not be read again.
    fn rewrite(
        &self,
        change: impl FnOnce(&str) -> Result<Zeroizing<String>, Failure>,
    ) -> Result<Profiles, Failure> {
        let before = self.text()?;
        self.parse(&before)?;
        let after = change(&before)?;
        let profiles = self.parse(&after)?;
        let written = private_file::write(&self.path, &after);
        written.map_err(|error| {
            self.failed(format!("cannot be written: {error}; nothing changed")).ending_with(Exit::Failure)
        })?;
        Ok(profiles)
    }

    fn text(&self) -> Result<Zeroizing<String>, Failure> {
        let (text, mode) = match read_private(&self.path) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Zeroizing::default()),
            Err(error) => return Err(self.failed(format!("cannot be read: {error}"))),
        };
        check_private(&self.path, mode)?;
        Ok(text)
    }

    fn parse(&self, text: &str) -> Result<Profiles, Failure> {
        let folder = self.path.parent().unwrap_or(Path::new(""));
        file::parse(text, folder).map_err(|wrong| match wrong.line {
            Some(line) => self.failed(format!("line {line}: {}", wrong.message)),
            None => self.failed(wrong.message),
        })
    }

    fn failed(&self, why: String) -> Failure {
        Failure::new(Exit::Usage, format!("{}: {why}", self.path.display()))
    }
}

/// The profile that is in force: that of `--profile`; else, where nothing else names an authority, that of
/// `KEYCTL_PROFILE`, else the default one.
///
/// # Errors
///
/// As [`ProfileFile::read`]; [`Exit::NotFound`] when there is no such profile.
pub(crate) fn chosen(reach: &Reach, surroundings: &Surroundings<'_>) -> Result<Option<Chosen>, Failure> {
    if let Some(name) = &reach.profile {
        let profiles = ProfileFile::wanted(surroundings)?.read()?;
        return Ok(Some(Chosen { profile: profiles.named(name)?.clone(), is_first: true }));
    }
    let is_named = reach.url.is_some() || reach.database.is_some();
    if is_named || surroundings.first(&["KEYCTL_URL", "RANCHER_URL"])?.is_some() {
        return Ok(None);
    }
    let named = surroundings.text("KEYCTL_PROFILE")?.map(|name| {
        name.parse::<ProfileName>()
            .map_err(|error| Failure::new(Exit::Usage, format!("KEYCTL_PROFILE: {error}")))
    });
    let named = named.transpose()?;
    let file = match (&named, ProfileFile::of(surroundings)?) {
        (_, Some(file)) => file,
        (Some(_), None) => ProfileFile::wanted(surroundings)?,
        (None, None) => return Ok(None),
    };
    let profiles = file.read()?;
    let Some(name) = named.as_ref().or(profiles.default.as_ref()) else { return Ok(None) };
    Ok(Some(Chosen { profile: profiles.named(name)?.clone(), is_first: false }))
}

fn no_profile(name: &ProfileName) -> Failure {
    Failure::new(Exit::NotFound, format!("there is no profile {name}")).hint("keyctl profile list")
}

impl Chosen {
    /// Names the authority of the profile, with what belongs to it, as the arguments would; what they say already stays.
    ///
    /// # Errors
    ///
    /// A variable is not text.
    pub(crate) fn fill(&self, reach: &mut Reach, surroundings: &Surroundings<'_>) -> Result<(), Failure> {
        match &self.profile.place {
            Place::Server { url, environment, ca_file } => {
                reach.url = Some(match environment {
                    Some(environment) => format!("{}/projects/{environment}", url.api()),
                    None => url.to_string(),
                });
                let may = self.is_first || surroundings.text("KEYCTL_CA_FILE")?.is_none();
                reach.ca_file = reach.ca_file.take().or_else(|| ca_file.clone().filter(|_| may));
            }
            Place::Database { url, pepper_file } => {
                reach.database = Some(url.clone());
                reach.pepper_file = reach.pepper_file.take().or_else(|| pepper_file.clone());
            }
        }
        Ok(())
    }
}

//! `profile`: what is kept of authorities, by a name. No authority is asked.

use std::path::Path;

use clap::ValueEnum as _;
use keys_api::client::BaseUrl;
use keys_core::{AccessKey, Credential, Timestamp};
use keys_store::StoreUrl;
use zeroize::Zeroizing;

use super::confirm::confirm;
use super::thing::Thing;
use crate::cli::{Profile, ProfileRemove, ProfileSet, Reach};
use crate::credentials::{self, Surroundings, helper};
use crate::exit::{Exit, Failure};
use crate::model::ShownProfile;
use crate::output::Answer;
use crate::profiles::{self, Edit, Place, ProfileFile, ProfileName, Profiles, Secret, Setting};

pub(super) fn run(
    command: Profile,
    reach: &Reach,
    surroundings: &Surroundings<'_>,
) -> Result<Answer, Failure> {
    match command {
        Profile::List => {
            let kept = match ProfileFile::of(surroundings)? {
                Some(file) => file.read()?,
                None => Profiles::default(),
            };
            Ok(Answer::Profiles(kept.all.iter().map(|profile| shown(profile, &kept)).collect()))
        }
        Profile::Show { name } => show(name.as_ref(), surroundings),
        Profile::Set(wishes) => set(wishes, reach, surroundings),
        Profile::Use { name } => {
            let kept = ProfileFile::wanted(surroundings)?.make_default(&name)?;
            one(&kept, &name)
        }
        Profile::Remove(these) => remove(&these, surroundings),
    }
}

fn show(name: Option<&ProfileName>, surroundings: &Surroundings<'_>) -> Result<Answer, Failure> {
    let kept = ProfileFile::wanted(surroundings)?.read()?;
    if let Some(name) = name {
        return one(&kept, name);
    }
    match profiles::chosen(&Reach::default(), surroundings)? {
        Some(chosen) => Ok(Answer::Profile(Box::new(shown(&chosen.profile, &kept)))),
        None => Err(Failure::new(Exit::NotFound, "no profile would be in force")
            .hint("keyctl profile list, and keyctl profile use NAME")),
    }
}

fn set(wishes: ProfileSet, reach: &Reach, surroundings: &Surroundings<'_>) -> Result<Answer, Failure> {
    let file = ProfileFile::wanted(surroundings)?;
    let known = file.read()?.named(&wishes.name).ok().and_then(|profile| profile.access_key);
    let mut edits: Vec<Edit> = wishes.unset.iter().map(|setting| Edit::Unset(*setting)).collect();
    let mut text = |setting, text: Option<String>| {
        edits.extend(text.map(|text| Edit::Text(setting, Zeroizing::new(text))));
    };
    text(Setting::Url, reach.url.as_deref().map(server).transpose()?);
    text(Setting::Database, reach.database.as_deref().map(database).transpose()?);
    text(Setting::Environment, wishes.environment.map(|id| id.to_string()));
    text(Setting::PepperFile, reach.pepper_file.as_deref().map(absolute).transpose()?);
    text(Setting::CaFile, reach.ca_file.as_deref().map(absolute).transpose()?);
    let format = wishes.default_output.and_then(|format| format.to_possible_value());
    text(Setting::Output, format.map(|format| format.get_name().to_owned()));
    let access_key = reach.access_key.as_deref().map(str::parse::<AccessKey>).transpose();
    let access_key = access_key
        .map_err(|error| Failure::new(Exit::Usage, format!("--access-key is malformed: {error}")))?;
    text(Setting::AccessKey, access_key.map(|key| key.to_string()));
    if let Some(command) = &wishes.secret_command {
        edits.push(Edit::Words(Setting::SecretCommand, helper::words(command, "--secret-command")?));
    }
    if let Some(line) = secret(&wishes, reach, surroundings)? {
        edits.extend(pair(&line, access_key.or(known))?);
    }
    if edits.is_empty() {
        return Err(Failure::new(Exit::Usage, "there is nothing to set").hint("keyctl profile set --help"));
    }
    let kept = file.edit(&wishes.name, &edits)?;
    one(&kept, &wishes.name)
}

/// The secret that was said outright, if one was.
fn secret(
    wishes: &ProfileSet,
    reach: &Reach,
    surroundings: &Surroundings<'_>,
) -> Result<Option<Zeroizing<String>>, Failure> {
    if reach.secret_stdin {
        return credentials::line_of_stdin(surroundings, "no secret key").map(Some);
    }
    if let Some(file) = &reach.secret_file {
        return credentials::line_of_file(file, "no secret key").map(Some);
    }
    if !wishes.ask_secret {
        return Ok(None);
    }
    let typed = credentials::ask_secretly(&["Secret key: "])?;
    typed.map(Some).ok_or_else(|| {
        Failure::new(Exit::Usage, "there is no terminal to ask at: --secret-stdin or --secret-file is wanted")
    })
}

/// What is kept of a pair: its halves, checked, so that a mistyped one is told now and not when it is wanted.
fn pair(line: &str, access_key: Option<AccessKey>) -> Result<Vec<Edit>, Failure> {
    let malformed = |error: keys_core::ParseCredentialError| {
        let cause = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
        Failure::new(Exit::Usage, format!("the pair is malformed: {cause}; nothing was kept"))
    };
    let pair = if line.starts_with(Credential::JOINED_PREFIX) {
        Credential::parse_joined(line).map_err(malformed)?
    } else {
        let access_key = access_key.ok_or_else(|| {
            Failure::new(Exit::Usage, "the secret wants --access-key, or is a whole kc_… pair")
        })?;
        Credential::parse(access_key.as_str(), line).map_err(malformed)?
    };
    if access_key.is_some_and(|access_key| access_key != pair.access_key()) {
        return Err(Failure::new(Exit::Usage, "this is another pair than that of the access key"));
    }
    Ok(vec![
        Edit::Text(Setting::AccessKey, Zeroizing::new(pair.access_key().to_string())),
        Edit::Text(Setting::SecretKey, Zeroizing::new(pair.secret_key().expose().to_owned())),
    ])
}

fn server(url: &str) -> Result<String, Failure> {
    let parsed: Result<BaseUrl, _> = url.parse();
    let refused = |error| Failure::new(Exit::Usage, format!("--url: {error}"));
    parsed.map(|_| url.to_owned()).map_err(refused)
}

/// The database, from wherever keyctl is run.
fn database(url: &str) -> Result<String, Failure> {
    let parsed: Result<StoreUrl, _> = url.parse();
    let parsed = parsed.map_err(|error: keys_store::ParseStoreUrlError| {
        Failure::new(Exit::Usage, format!("--database: {error}"))
    })?;
    match parsed.path() {
        Some(path) => absolute(path).map(|path| format!("sqlite:{path}")),
        None => Ok(url.to_owned()),
    }
}

fn absolute(path: &Path) -> Result<String, Failure> {
    let refused = |why: String| Failure::new(Exit::Usage, format!("{}: {why}", path.display()));
    let absolute = std::path::absolute(path).map_err(|error| refused(error.to_string()))?;
    absolute.into_os_string().into_string().map_err(|_| refused("the path is not text".to_owned()))
}

fn remove(these: &ProfileRemove, surroundings: &Surroundings<'_>) -> Result<Answer, Failure> {
    let file = ProfileFile::wanted(surroundings)?;
    let kept = file.read()?;
    let profile = shown(kept.named(&these.name)?, &kept);
    let does = |this: &str| match profile.secret {
        Some("kept") => format!("This removes {this}, and the secret in it."),
        Some(_) | None => format!("This removes {this}."),
    };
    confirm(these.consent, std::slice::from_ref(&profile), does, Timestamp::MIN)?;
    file.remove(&these.name)?;
    Ok(Answer::Profile(Box::new(profile)))
}

fn one(kept: &Profiles, name: &ProfileName) -> Result<Answer, Failure> {
    Ok(Answer::Profile(Box::new(shown(kept.named(name)?, kept))))
}

/// A profile without its secret.
fn shown(profile: &profiles::Profile, kept: &Profiles) -> ShownProfile {
    let mut shown = ShownProfile {
        name: profile.name.to_string(),
        is_default: kept.default.as_ref() == Some(&profile.name),
        url: None,
        database: None,
        environment: None,
        ca_file: None,
        pepper_file: None,
        access_key: profile.access_key.map(|key| key.to_string()),
        secret: profile.secret.as_ref().map(|secret| match secret {
            Secret::Kept(_) => "kept",
            Secret::Command(_) => "command",
        }),
        // Its arguments may be what lets it in.
        secret_command: match &profile.secret {
            Some(Secret::Command(words)) => words.first().cloned(),
            Some(Secret::Kept(_)) | None => None,
        },
        output: profile.output.and_then(|format| format.to_possible_value()).map(|f| f.get_name().to_owned()),
    };
    let path = |path: &Path| path.display().to_string();
    match &profile.place {
        Place::Server { url, environment, ca_file } => {
            shown.url = Some(url.to_string());
            shown.environment = environment.map(|id| id.to_string());
            shown.ca_file = ca_file.as_deref().map(path);
        }
        Place::Database { url, pepper_file } => {
            shown.database = Some(url.clone());
            shown.pepper_file = pepper_file.as_deref().map(path);
        }
    }
    shown
}

impl Thing for ShownProfile {
    const ONE: &'static str = "profile";
    const MANY: &'static str = "profiles";

    fn id(&self) -> String {
        self.name.clone()
    }

    fn name(&self) -> Option<&str> {
        Some(&self.name)
    }

    fn state(&self) -> String {
        String::new()
    }

    fn listed(things: &[Self]) -> Answer {
        Answer::Profiles(things.to_vec())
    }
}

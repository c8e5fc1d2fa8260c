//! Changing the file of profiles, so that what a person has remarked in it stays.

use clap::ValueEnum;
use toml_edit::{Array, DocumentMut, Item, Table, value};
use zeroize::Zeroizing;

use super::ProfileName;
use crate::exit::{Exit, Failure};

/// A key of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Setting {
    /// The server
    Url,
    /// The database
    Database,
    /// The environment that the server stands for
    Environment,
    /// The pepper file of the database
    PepperFile,
    /// The certificates that vouch for the server
    CaFile,
    /// The access key to use
    AccessKey,
    /// Its secret
    SecretKey,
    /// The program that tells its secret
    SecretCommand,
    /// How answers are printed
    Output,
}

impl Setting {
    const fn key(self) -> &'static str {
        match self {
            Self::Url => "url",
            Self::Database => "database",
            Self::Environment => "environment",
            Self::PepperFile => "pepper-file",
            Self::CaFile => "ca-file",
            Self::AccessKey => "access-key",
            Self::SecretKey => "secret-key",
            Self::SecretCommand => "secret-command",
            Self::Output => "output",
        }
    }

    /// What goes when this gets another value: of two ways to one thing the other, and a secret that belonged to the server or
    /// to the key that was named before. A kept secret goes to no other server, and with no other access key.
    const fn replaces(self) -> &'static [Self] {
        match self {
            Self::Url => &[Self::Database, Self::PepperFile, Self::SecretKey, Self::SecretCommand],
            Self::AccessKey => &[Self::SecretKey],
            Self::Database => {
                const OF_SERVERS: &[Setting] = &[
                    Setting::Url,
                    Setting::Environment,
                    Setting::CaFile,
                    Setting::AccessKey,
                    Setting::SecretKey,
                    Setting::SecretCommand,
                ];
                OF_SERVERS
            }
            Self::SecretKey => &[Self::SecretCommand],
            Self::SecretCommand => &[Self::SecretKey],
            Self::Environment | Self::PepperFile | Self::CaFile | Self::Output => &[],
        }
    }
}

/// What an edit does to a profile.
pub(crate) enum Edit {
    /// Gives a key this text.
    Text(Setting, Zeroizing<String>),
    /// Gives a key these words.
    Words(Setting, Vec<String>),
    /// Takes a key away.
    Unset(Setting),
}

impl std::fmt::Debug for Edit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Self::Text(setting, _) | Self::Words(setting, _) | Self::Unset(setting)) = self;
        f.debug_tuple("Edit").field(setting).finish()
    }
}

const DEFAULT: &str = "default-profile";
const PROFILES: &str = "profiles";

/// The text with a profile changed, or made.
///
/// # Errors
///
/// [`Exit::Usage`]: the text is none of profiles.
pub(super) fn set(text: &str, name: &ProfileName, edits: &[Edit]) -> Result<Zeroizing<String>, Failure> {
    let mut document = parse(text)?;
    let profiles =
        document.entry(PROFILES).or_insert_with(implicit).as_table_like_mut().ok_or_else(strange)?;
    let profile = profiles.entry(name.as_str()).or_insert_with(|| Item::Table(Table::new()));
    let profile = profile.as_table_like_mut().ok_or_else(strange)?;
    for edit in edits {
        let (setting, item) = match edit {
            Edit::Text(setting, text) => (*setting, value(text.as_str())),
            Edit::Words(setting, words) => (*setting, value(words.iter().collect::<Array>())),
            Edit::Unset(setting) => {
                profile.remove(setting.key());
                continue;
            }
        };
        let said = |item: Option<&Item>| item.and_then(Item::as_str).map(str::to_owned);
        if said(profile.get(setting.key())).is_none_or(|old| Some(old) != said(Some(&item))) {
            for other in setting.replaces() {
                profile.remove(other.key());
            }
        }
        match profile.get_mut(setting.key()).and_then(Item::as_value_mut) {
            // What stands behind it on its line stays.
            Some(old) => {
                let remark = old.decor().clone();
                if let Some(new) = item.as_value() {
                    *old = new.clone();
                    *old.decor_mut() = remark;
                }
            }
            None => drop(profile.insert(setting.key(), item)),
        }
    }
    Ok(Zeroizing::new(document.to_string()))
}

/// The text with another profile in force.
///
/// # Errors
///
/// As [`set`].
pub(super) fn set_default(text: &str, name: &ProfileName) -> Result<Zeroizing<String>, Failure> {
    let mut document = parse(text)?;
    document.insert(DEFAULT, value(name.as_str()));
    Ok(Zeroizing::new(document.to_string()))
}

/// The text without a profile; none is in force if it was that.
///
/// # Errors
///
/// As [`set`].
pub(super) fn remove(text: &str, name: &ProfileName) -> Result<Zeroizing<String>, Failure> {
    let mut document = parse(text)?;
    if let Some(profiles) = document.get_mut(PROFILES).and_then(Item::as_table_like_mut) {
        profiles.remove(name.as_str());
    }
    if document.get(DEFAULT).and_then(Item::as_str) == Some(name.as_str()) {
        document.remove(DEFAULT);
    }
    Ok(Zeroizing::new(document.to_string()))
}

fn parse(text: &str) -> Result<DocumentMut, Failure> {
    // It was read a moment ago, and said what is wrong with it then.
    text.parse().map_err(|_| strange())
}

fn implicit() -> Item {
    let mut table = Table::new();
    table.set_implicit(true);
    Item::Table(table)
}

fn strange() -> Failure {
    Failure::new(Exit::Usage, "the file of profiles is none that keyctl knows")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> ProfileName {
        text.parse().expect("a name")
    }

    fn text(setting: Setting, text: &str) -> Edit {
        Edit::Text(setting, Zeroizing::new(text.to_owned()))
    }

    #[test]
    fn a_profile_is_made_and_its_remarks_stay() {
        let made = set("", &name("prod"), &[text(Setting::Url, "http://h")]).expect("an edit");
        assert_eq!(made.as_str(), "[profiles.prod]\nurl = \"http://h\"\n");
        let before = "# mine\n\n[profiles.prod] # the big one\nurl = 'http://h' # for now\nsecret-key = 'hush'\n\n[profiles.x]\n";
        let edits = [
            text(Setting::Url, "https://h"),
            Edit::Words(Setting::SecretCommand, ["pass", "a \"b\""].map(str::to_owned).to_vec()),
        ];
        let after = set(before, &name("prod"), &edits).expect("an edit");
        assert_eq!(
            after.as_str(),
            "# mine\n\n[profiles.prod] # the big one\nurl = \"https://h\" # for now\nsecret-command = [\"pass\", 'a \"b\"']\n\n[profiles.x]\n"
        );
        let unset = set(&after, &name("prod"), &[Edit::Unset(Setting::SecretCommand)]).expect("an edit");
        assert!(!unset.contains("pass"), "{}", unset.as_str());
    }

    #[test]
    fn of_two_ways_to_one_thing_one_is_left() {
        let before = "[profiles.a]\nurl = 'https://h'\nca-file = 'x'\naccess-key = 'y'\nsecret-key = 'z'\noutput = 'json'\n";
        let after = set(before, &name("a"), &[text(Setting::Database, "sqlite:d")]).expect("an edit");
        assert_eq!(after.as_str(), "[profiles.a]\noutput = 'json'\ndatabase = \"sqlite:d\"\n");
        let back = set(&after, &name("a"), &[text(Setting::Url, "http://h")]).expect("an edit");
        assert_eq!(back.as_str(), "[profiles.a]\noutput = 'json'\nurl = \"http://h\"\n");
    }

    #[test]
    fn the_default_goes_with_its_profile() {
        let both = "[profiles.a]\nurl = 'x'\n\n[profiles.b]\nurl = 'y'\n";
        let chosen = set_default(both, &name("b")).expect("an edit");
        assert_eq!(chosen.as_str(), format!("default-profile = \"b\"\n{both}"));
        assert_eq!(remove(&chosen, &name("b")).expect("an edit").as_str(), "[profiles.a]\nurl = 'x'\n");
        let other = remove(&chosen, &name("a")).expect("an edit");
        assert_eq!(other.as_str(), "default-profile = \"b\"\n\n[profiles.b]\nurl = 'y'\n");
    }
}

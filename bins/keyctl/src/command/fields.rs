//! Which fields the answer of a command has: known before it runs, so that a mistyped `--field` changes nothing.

use crate::cli::{AccessControl, Alone, Command, Env, Member, User};
use crate::output::{caller, json, leak, profile};

impl Command {
    /// The names of the fields of its answer, as in JSON.
    pub(crate) const fn fields(&self) -> &'static [&'static str] {
        if self.is_rehearsal() {
            return json::OUTLOOK;
        }
        match self {
            Self::Create(_) => json::ISSUED,
            Self::List(_)
            | Self::Get(_)
            | Self::Edit(_)
            | Self::Activate(_)
            | Self::Deactivate(_)
            | Self::Delete(_) => json::KEY,
            Self::Verify(_) => json::VERIFIED,
            Self::Audit(_) => json::EVENT,
            Self::Backup(_) => json::BACKED_UP,
            Self::Import(_) => json::IMPORTED,
            Self::Whoami => caller::FIELDS,
            Self::Env(env) => match env {
                Env::Create(_)
                | Env::List
                | Env::Edit(_)
                | Env::Activate(_)
                | Env::Deactivate(_)
                | Env::Restore(_)
                | Env::Delete(_) => json::ENVIRONMENT,
            },
            Self::AccessControl(access_control) => match access_control {
                AccessControl::Enable | AccessControl::Disable | AccessControl::Status => {
                    json::ACCESS_CONTROL
                }
                AccessControl::Mode { .. } => json::ACCESS_MODE,
            },
            Self::Setup(_) => json::ACCESS_CONTROL,
            Self::Alone(alone) => match alone {
                Alone::Scan(_) => leak::FIELDS,
                Alone::Profile(_) => profile::FIELDS,
                // Their answers have one form.
                Alone::Completions(_) | Alone::Man(_) => &[],
            },
            Self::Login(_) => json::SESSION,
            Self::Logout => json::LOGGED_OUT,
            Self::User(user) => match user {
                User::Add(_)
                | User::List
                | User::Edit(_)
                | User::Enable(_)
                | User::Remove(_)
                | User::Admin(_) => json::ACCOUNT,
                User::Disable(_) => json::DISABLED,
                User::Password(_) => json::LOG_IN,
                User::Unlock(_) => json::UNLOCKED,
                User::EndSessions(_) => json::SESSIONS_ENDED,
            },
            Self::Member(member) => match member {
                Member::List(_) | Member::Add(_) | Member::Set(_) | Member::Remove(_) => json::MEMBER,
            },
        }
    }
}

/// The names of the fields, by what an answer is about.
pub(crate) const fn fields_by_answer() -> &'static [(&'static str, &'static [&'static str])] {
    &[
        ("API keys", json::KEY),
        ("create", json::ISSUED),
        ("verify", json::VERIFIED),
        ("whoami", caller::FIELDS),
        ("audit", json::EVENT),
        ("backup", json::BACKED_UP),
        ("environments", json::ENVIRONMENT),
        ("people", json::ACCOUNT),
        ("user disable", json::DISABLED),
        ("user password", json::LOG_IN),
        ("user unlock", json::UNLOCKED),
        ("user end-sessions", json::SESSIONS_ENDED),
        ("members", json::MEMBER),
        ("access-control, setup", json::ACCESS_CONTROL),
        ("access-control mode", json::ACCESS_MODE),
        ("login", json::SESSION),
        ("logout", json::LOGGED_OUT),
        ("import", json::IMPORTED),
        ("scan", leak::FIELDS),
        ("profile", profile::FIELDS),
        ("--dry-run", json::OUTLOOK),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn the_manual_page_has_the_fields_of_every_answer() {
        let source = include_str!("fields.rs");
        let named = |text: &str| -> BTreeSet<String> {
            let words =
                text.split(|character: char| !(character.is_alphanumeric() || "_:".contains(character)));
            let constants = words.filter(|word| {
                word.split_once("::").is_some_and(|(_, name)| name.len() > 1 && name.to_uppercase() == name)
            });
            constants.map(str::to_owned).collect()
        };
        let (answers, rest) = source.split_once("fn fields_by_answer").expect("two functions");
        let page = rest.split_once("mod tests").expect("these tests").0;
        assert!(named(answers).len() > 15);
        assert_eq!(named(answers), named(page));
    }
}

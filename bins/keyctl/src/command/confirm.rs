//! Asking a person whether that is what is meant, before what cannot be taken back or is more than one looks at.
//!
//! What is typed is what the one thing is called, or how many things it is: no habit types that. Anything else does
//! nothing. Where there is nobody to ask, `--yes` is wanted before anything is asked of an authority, so that a script that
//! forgets it fails the first time it runs, and not when there is something to lose.

use std::io::{self, Write as _};

use keys_core::Timestamp;

use super::thing::Thing;
use crate::cli::{Alone, Command, Consent, Env, Member, Profile, Rehearsal, User};
use crate::credentials;
use crate::exit::{Exit, Failure};
use crate::output::Form;
use crate::output::escape::one_line;

/// How careful a command is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Care {
    /// Whether nothing is done, and only told what would be.
    rehearses: bool,
    /// Whether a person is asked first who has not said yet that it is meant.
    asks: bool,
}

impl Care {
    /// Does what it says.
    const NONE: Self = Self { rehearses: false, asks: false };

    const fn new(rehearsal: Rehearsal, consent: Option<Consent>) -> Self {
        let asks = match consent {
            Some(consent) => !consent.yes && !rehearsal.dry_run,
            None => false,
        };
        Self { rehearses: rehearsal.dry_run, asks }
    }
}

impl Command {
    /// Whether nothing is done, and only told what would be.
    pub(crate) const fn is_rehearsal(&self) -> bool {
        self.care().rehearses
    }

    /// Refuses what is asked about where there is nobody to ask.
    ///
    /// # Errors
    ///
    /// [`Exit::Usage`].
    pub(crate) fn check_can_ask(&self) -> Result<(), Failure> {
        if !self.care().asks || credentials::can_ask() {
            return Ok(());
        }
        // A profile is there to be looked at, and needs no rehearsal.
        let alone = matches!(self, Self::Alone(_));
        Err(if alone { nobody_to_ask().hint("--yes does it without asking") } else { nobody_to_ask() })
    }

    const fn care(&self) -> Care {
        match self {
            Self::Activate(change) | Self::Deactivate(change) => {
                Care::new(change.rehearsal, if change.all { Some(change.consent) } else { None })
            }
            Self::Delete(change) => Care::new(change.rehearsal, Some(change.consent)),
            Self::Alone(Alone::Profile(profile)) => match profile {
                Profile::Remove(these) => Care::new(Rehearsal { dry_run: false }, Some(these.consent)),
                Profile::List | Profile::Show { .. } | Profile::Set(_) | Profile::Use { .. } => Care::NONE,
            },
            Self::Env(env) => match env {
                Env::Activate(change) | Env::Deactivate(change) | Env::Restore(change) => {
                    Care::new(change.rehearsal, None)
                }
                Env::Delete(delete) => Care::new(delete.change.rehearsal, Some(delete.consent)),
                Env::Create(_) | Env::List | Env::Edit(_) => Care::NONE,
            },
            Self::User(user) => match user {
                User::Enable(change) | User::Disable(change) => Care::new(change.rehearsal, None),
                User::Remove(remove) => Care::new(remove.change.rehearsal, Some(remove.consent)),
                User::Add(_)
                | User::List
                | User::Edit(_)
                | User::Admin(_)
                | User::Password(_)
                | User::Unlock(_)
                | User::EndSessions(_) => Care::NONE,
            },
            Self::Member(member) => match member {
                Member::Set(set) => Care::new(set.rehearsal, None),
                Member::Remove(remove) => Care::new(remove.rehearsal, None),
                Member::List(_) | Member::Add(_) => Care::NONE,
            },
            Self::Create(_)
            | Self::List(_)
            | Self::Get(_)
            | Self::Edit(_)
            | Self::Verify(_)
            // Looks before it does anything, and asks for what that takes itself.
            | Self::Import(_)
            | Self::Whoami
            | Self::Audit(_)
            | Self::Backup(_)
            | Self::Alone(Alone::Scan(_) | Alone::Completions(_) | Alone::Man(_))
            | Self::AccessControl(_)
            | Self::Login(_)
            | Self::Logout
            | Self::Setup(_) => Care::NONE,
        }
    }
}

/// Asks about these, unless it was said already that they are meant. `does` is what is done to them, in whose place it is
/// given their name: `This deletes API key 1c7 for good.`
///
/// # Errors
///
/// [`Exit::Failure`]: something else was typed. [`Exit::Usage`]: there is nobody to ask.
pub(super) fn confirm<T: Thing>(
    consent: Consent,
    things: &[T],
    does: impl Fn(&str) -> String,
    now: Timestamp,
) -> Result<(), Failure> {
    if consent.yes {
        return Ok(());
    }
    let (shown, what, word) = match things {
        [] => return Ok(()),
        [thing] => {
            let (what, word) = word_of(thing);
            (does(&format!("{} {}", T::ONE, thing.id())), what, word)
        }
        _ => {
            let count = things.len().to_string();
            let table = T::listed(things).render(&Form::Table { header: true }, now);
            let does = does(&format!("these {count} {}", T::MANY));
            (format!("{}\n{does}", table.as_str()), "how many they are", count)
        }
    };
    writeln!(io::stderr(), "{shown}").map_err(credentials::terminal_failed)?;
    let typed = credentials::ask_line(&format!("To confirm, type {what} ({word}): "))?;
    if typed.ok_or_else(nobody_to_ask)? == word {
        return Ok(());
    }
    Err(Failure::new(Exit::Failure, format!("what was typed is not {word}: nothing was done")))
}

/// What a person types to confirm that this is meant, and what that is: its name, if that can be read and typed.
fn word_of(thing: &impl Thing) -> (&'static str, String) {
    let can_be_typed = |name: &&str| !name.is_empty() && name.trim() == *name && one_line(name) == *name;
    match thing.name().filter(can_be_typed) {
        Some(name) => ("its name", name.to_owned()),
        None => thing.otherwise(),
    }
}

fn nobody_to_ask() -> Failure {
    Failure::new(Exit::Usage, "this is to be confirmed, and there is no terminal to ask at; nothing was done")
        .hint("--yes does it without asking, --dry-run shows what would happen")
}

#[cfg(test)]
mod tests {
    use keys_core::{EnvironmentState, Timestamp};

    use super::*;
    use crate::model::Environment;

    fn word(name: Option<&str>) -> (&'static str, String) {
        word_of(&Environment {
            id: "1a6".parse().expect("an id"),
            name: name.map(str::to_owned),
            description: None,
            state: EnvironmentState::Active,
            created: Timestamp::MIN,
        })
    }

    #[test]
    fn what_is_typed_is_the_name_if_it_can_be_typed() {
        for name in ["ci", "build box", "größe", "7"] {
            assert_eq!(word(Some(name)), ("its name", name.to_owned()));
        }
        for name in
            [None, Some(""), Some(" "), Some(" ci"), Some("a\tb"), Some("a\u{202e}b"), Some("\u{200b}")]
        {
            assert_eq!(word(name), ("its id", "1a6".to_owned()), "{name:?}");
        }
    }
}

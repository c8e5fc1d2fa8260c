//! What each command means: questions to an authority, and an answer.

mod access_control;
mod alone;
mod audit;
mod backup;
mod bulk;
mod change;
mod confirm;
mod create;
mod edit;
mod env;
mod fields;
mod get;
mod import;
mod list;
mod log_in;
mod people;
mod profile;
mod set_up;
mod thing;
mod verify;
mod whoami;

use keys_core::{Description, EnvironmentTransition, Name, Timestamp, Transition};

use crate::authority::{Authority, Edit};
use crate::cli::{AccessControl, Command, EditedTexts, Env, Member, Reach, User};
use crate::credentials::Surroundings;
use crate::exit::{Exit, Failure};
use crate::output::Answer;

pub(crate) use self::fields::fields_by_answer;

/// What a command needs of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// To read it, beside a running server.
    Read,
    /// To read it, beside a running server, and to tell secrets, which takes the pepper.
    Verify,
    /// To change it, when no server owns it.
    Change,
    /// To change it, and to make a key, which takes the pepper.
    Issue,
    /// To change it, and to make keys as fast as the machine can.
    Import {
        /// Whether one of its peppers may be missing.
        accept_lost_pepper: bool,
    },
}

impl Command {
    /// What the command needs of a database.
    pub(crate) const fn need(&self) -> Need {
        if self.is_rehearsal() {
            return Need::Read;
        }
        match self {
            Self::Create(_) => Need::Issue,
            Self::Verify(_) => Need::Verify,
            Self::List(_)
            | Self::Get(_)
            | Self::Whoami
            | Self::Audit(_)
            | Self::Backup(_)
            | Self::Login(_)
            | Self::Logout => Need::Read,
            Self::Import(import) if import.rehearsal.dry_run => Need::Verify,
            Self::Import(import) => Need::Import { accept_lost_pepper: import.accept_lost_pepper },
            Self::User(user) => match user {
                User::List => Need::Read,
                User::Add(_)
                | User::Edit(_)
                | User::Enable(_)
                | User::Disable(_)
                | User::Remove(_)
                | User::Admin(_)
                | User::Password(_)
                | User::Unlock(_)
                | User::EndSessions(_) => Need::Change,
            },
            Self::Member(member) => match member {
                Member::List(_) => Need::Read,
                Member::Add(_) | Member::Set(_) | Member::Remove(_) => Need::Change,
            },
            Self::Edit(_) | Self::Activate(_) | Self::Deactivate(_) | Self::Delete(_) => Need::Change,
            Self::Env(env) => match env {
                Env::List => Need::Read,
                Env::Create(_)
                | Env::Edit(_)
                | Env::Activate(_)
                | Env::Deactivate(_)
                | Env::Restore(_)
                | Env::Delete(_) => Need::Change,
            },
            Self::AccessControl(access_control) => match access_control {
                AccessControl::Status | AccessControl::Mode { mode: None } => Need::Read,
                AccessControl::Enable | AccessControl::Disable | AccessControl::Mode { mode: Some(_) } => {
                    Need::Change
                }
            },
            // Refused before anything is read: a database needs no token.
            Self::Setup(_) => Need::Read,
            // It asks no authority, so this is never asked.
            Self::Alone(_) => Need::Read,
        }
    }

    /// Whether it is about the session itself, so that no credential is presented with it.
    pub(crate) const fn is_about_session(&self) -> bool {
        matches!(self, Self::Login(_) | Self::Logout | Self::Setup(_))
    }

    /// Carries the command out.
    ///
    /// # Errors
    ///
    /// Why it was not carried out; what was, when it had several parts.
    pub(crate) fn run(
        self,
        authority: &dyn Authority,
        surroundings: &Surroundings<'_>,
        now: Timestamp,
    ) -> Result<Answer, Failure> {
        match self {
            Self::Create(create) => create::run(authority, create, now),
            Self::List(list) => list::run(authority, &list, now),
            Self::Get(get) => get::run(authority, &get),
            Self::Verify(verify) => verify::run(authority, &verify),
            Self::Backup(backup) => backup::run(authority, &backup),
            Self::Audit(audit) => audit::run(authority, &audit, now),
            Self::Import(import) => import::run(authority, import),
            Self::Whoami => whoami::run(authority),
            Self::Edit(edit) => edit::run(authority, edit),
            Self::Activate(keys) => change::keys(authority, &keys, Transition::Activate, now),
            Self::Deactivate(keys) => change::keys(authority, &keys, Transition::Deactivate, now),
            Self::Delete(keys) => change::keys(authority, &keys, Transition::Delete, now),
            Self::Env(env) => match env {
                Env::Create(create) => env::create(authority, create),
                Env::List => env::list(authority),
                Env::Edit(edit) => env::edit(authority, edit),
                Env::Activate(these) => {
                    change::environments(authority, &these, EnvironmentTransition::Activate)
                }
                Env::Restore(these) => {
                    change::environments(authority, &these, EnvironmentTransition::Restore)
                }
                Env::Deactivate(these) => {
                    change::environments(authority, &these, EnvironmentTransition::Deactivate)
                }
                Env::Delete(these) => change::delete_environments(authority, &these, now),
            },
            Self::AccessControl(access_control) => access_control::run(authority, access_control),
            Self::Login(login) => log_in::log_in(authority, login, surroundings),
            Self::Logout => log_in::log_out(authority),
            Self::User(user) => match user {
                User::Add(add) => people::add(authority, add),
                User::List => people::list(authority),
                User::Edit(edit) => people::edit(authority, edit),
                User::Enable(these) => people::enable(authority, &these),
                User::Disable(these) => people::disable(authority, &these),
                User::Remove(these) => people::remove(authority, &these, now),
                User::Admin(these) => people::administer(authority, &these),
                User::Password(user) => log_in::set_password(authority, user, surroundings),
                User::Unlock(these) => people::unlock(authority, &these),
                User::EndSessions(these) => people::end_sessions(authority, &these),
            },
            Self::Member(member) => match member {
                Member::List(list) => people::members(authority, &list),
                Member::Add(add) => people::add_member(authority, &add),
                Member::Set(set) => people::set_members(authority, &set),
                Member::Remove(remove) => people::remove_members(authority, &remove),
            },
            Self::Setup(wishes) => set_up::run(authority, wishes, surroundings),
            // It is carried out before an authority is reached.
            Self::Alone(alone) => alone.run(&Reach::default(), surroundings, |_| {}),
        }
    }
}

/// A typed name; an empty one is none.
fn name(text: String) -> Result<Option<Name>, Failure> {
    if text.is_empty() {
        return Ok(None);
    }
    Name::new(text).map(Some).map_err(|error| Failure::new(Exit::Usage, format!("--name: {error}")))
}

/// A typed description; an empty one is none.
fn description(text: String) -> Result<Option<Description>, Failure> {
    if text.is_empty() {
        return Ok(None);
    }
    Description::new(text)
        .map(Some)
        .map_err(|error| Failure::new(Exit::Usage, format!("--description: {error}")))
}

fn typed_edit(texts: EditedTexts) -> Result<Edit, Failure> {
    Ok(Edit {
        name: texts.name.map(name).transpose()?,
        description: texts.description.map(description).transpose()?,
    })
}

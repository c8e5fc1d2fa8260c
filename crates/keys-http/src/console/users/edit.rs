//! What the account of a person is called, where it begins, and whether it administers.

use askama::Template;
use http::StatusCode;
use keys_core::{AccountId, AccountKind, AccountRecord, EnvironmentId, Revision};
use keys_service::{AccountEdit, AccountError, Patch};

use super::{LAST, at, back, called, is_own, list, load};
use crate::console::form::{Field, Texts};
use crate::console::frame::{self, Frame, Section};
use crate::console::notice::Notice;
use crate::console::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::problem::Problem;

/// The most environments to choose among.
const MOST: usize = 200;

#[derive(Template)]
#[template(path = "console/user_edit.html")]
struct EditPage {
    frame: Frame,
    list: String,
    action: String,
    log_in: String,
    called: String,
    /// What the person logs in with.
    login: Option<String>,
    typed: Typed,
    environments: Vec<Choice>,
    /// What the form was made from: an edit that others were quicker than is not made silently.
    revision: String,
    /// What others made of it meanwhile, and what those environments are called.
    conflict: Option<Conflict>,
    problem: Option<&'static str>,
}

/// What stands in the form.
#[derive(Clone)]
struct Typed {
    texts: Texts,
    administrator: bool,
    environment: Field,
}

struct Conflict {
    theirs: Typed,
    /// What their default environment is called.
    there: String,
    /// What the one is called that was chosen here.
    here: String,
}

/// An environment to choose.
struct Choice {
    id: String,
    called: String,
}

impl Typed {
    /// Whether it administers, in a word.
    const fn administrator_word(&self) -> &'static str {
        if self.administrator { "Yes" } else { "No" }
    }

    fn read(visit: &Visit<'_>) -> Result<Self, Problem> {
        Ok(Self {
            texts: Texts::typed(visit)?,
            administrator: visit.ticked("administrator")?,
            environment: Field::typed(visit, "environment")?,
        })
    }

    fn kept(record: &AccountRecord) -> Self {
        let parts = record.parts();
        let environment = parts.default_environment.map(|id| id.to_string());
        Self {
            texts: Texts::holding(parts.name.as_ref(), parts.description.as_ref()),
            administrator: record.administers(),
            environment: Field::holding(environment.as_deref()),
        }
    }

    /// The edit, if nothing is wrong.
    fn edit(&mut self, record: &AccountRecord) -> Option<AccountEdit> {
        let texts = self.texts.read();
        let chosen = self.environment.read(|text| {
            text.parse::<EnvironmentId>().map_err(|_| "choose one of the environments".to_owned())
        });
        let (Some((name, description)), None) = (texts, &self.environment.error) else { return None };
        Some(AccountEdit {
            name: Patch::Set(name),
            description: Patch::Set(description),
            // One that the person may not enter for the time being stays.
            default_environment: if chosen == record.parts().default_environment {
                Patch::Keep
            } else {
                Patch::Set(chosen)
            },
            kind: Some(if self.administrator { AccountKind::Admin } else { AccountKind::User }),
        })
    }
}

pub(super) fn answer(visit: &Visit<'_>, id: AccountId) -> Result<Answer, Problem> {
    let record = load(visit, id)?;
    if visit.resumes() {
        // With what it was made from: others may have changed the account meanwhile.
        let revision = visit.typed("revision")?;
        return form(visit, &record, StatusCode::OK, Typed::read(visit)?, revision, (None, None));
    }
    if visit.sends() {
        return save(visit, &record);
    }
    let revision = record.parts().revision.to_string();
    form(visit, &record, StatusCode::OK, Typed::kept(&record), revision, (None, None))
}

fn form(
    visit: &Visit<'_>,
    record: &AccountRecord,
    status: StatusCode,
    typed: Typed,
    revision: String,
    (theirs, problem): (Option<Typed>, Option<&'static str>),
) -> Result<Answer, Problem> {
    let id = record.parts().id;
    let login = visit.call.authority.password_of(visit.outside, id)?;
    let environments = choices(visit, record)?;
    let named = |id: &str| {
        let choice = environments.iter().find(|choice| choice.id == id);
        choice.map_or_else(|| id.to_owned(), |choice| choice.called.clone())
    };
    let conflict = theirs.map(|theirs| Conflict {
        there: named(&theirs.environment.value),
        here: named(&typed.environment.value),
        theirs,
    });
    let page = EditPage {
        frame: Frame::new(visit, Section::Users, "Edit user")?,
        list: list(visit),
        action: at(visit, id, "edit"),
        log_in: at(visit, id, "log-in"),
        called: called(record),
        login: login.map(|login| login.parts().login.to_string()),
        typed,
        environments,
        revision,
        conflict,
        problem,
    };
    Answer::page(status, page.render())
}

/// Those that the person may enter, and the one that is kept even if it is none of them.
fn choices(visit: &Visit<'_>, record: &AccountRecord) -> Result<Vec<Choice>, Problem> {
    let parts = record.parts();
    let found = visit.call.authority.enterable_by(visit.outside, parts.id, MOST)?;
    let choice = |environment: &keys_core::EnvironmentRecord| {
        let parts = environment.parts();
        Choice { id: parts.id.to_string(), called: frame::called(parts.id, parts.name.as_ref()) }
    };
    let mut choices: Vec<Choice> = found.iter().map(choice).collect();
    if let Some(kept) = parts.default_environment
        && found.iter().all(|environment| environment.parts().id != kept)
    {
        let record = visit.call.authority.environment(visit.outside, kept)?;
        let name = frame::called(kept, record.as_ref().and_then(|record| record.parts().name.as_ref()));
        choices.push(Choice { id: kept.to_string(), called: format!("{name} (cannot be entered now)") });
    }
    Ok(choices)
}

fn save(visit: &Visit<'_>, record: &AccountRecord) -> Result<Answer, Problem> {
    let id = record.parts().id;
    let mut typed = Typed::read(visit)?;
    let revision = visit.typed("revision")?;
    let Some(edit) = typed.edit(record) else {
        return form(visit, record, StatusCode::UNPROCESSABLE_ENTITY, typed, revision, (None, None));
    };
    let expected = revision.parse::<u64>().ok().map(Revision::new);
    match visit.call.authority.edit_account(visit.outside, id, edit, expected) {
        // Whoever has just stopped being an administrator sees no users any more.
        Ok(record) if is_own(visit, id) && !record.administers() => Ok(visit.go("/", &[], None)),
        Ok(_) => Ok(back(visit, Notice::USER_EDITED, Some(id))),
        Err(AccountError::Conflict { .. }) => {
            let theirs = load(visit, id)?;
            let revision = theirs.parts().revision.to_string();
            let kept = Some(Typed::kept(&theirs));
            form(visit, &theirs, StatusCode::CONFLICT, typed, revision, (kept, None))
        }
        Err(AccountError::LastAdministrator) => {
            form(visit, record, StatusCode::CONFLICT, typed, revision, (None, Some(LAST)))
        }
        Err(AccountError::NotEnterable) => {
            typed.environment.refuse("the user may not enter this environment: choose another");
            form(visit, record, StatusCode::UNPROCESSABLE_ENTITY, typed, revision, (None, None))
        }
        Err(error) => Err(error.into()),
    }
}

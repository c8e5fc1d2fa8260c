//! Name and description of an environment.

use askama::Template;
use http::StatusCode;
use keys_core::{EnvironmentId, EnvironmentRecord, Revision};
use keys_service::{Edit, EnvironmentChangeError, Patch};

use super::{Step, address, back, list, load_to_change};
use crate::console::form::Texts;
use crate::console::frame::{Frame, Section};
use crate::console::notice::Notice;
use crate::console::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/environments/edit.html")]
struct EditPage {
    frame: Frame,
    list: String,
    action: String,
    texts: Texts,
    /// What the form was made from: an edit that others were quicker than is not made silently.
    revision: String,
    /// What others made of it meanwhile.
    stored: Option<Texts>,
}

pub(super) fn answer(visit: &Visit<'_>, id: EnvironmentId) -> Result<Answer, Problem> {
    let record = load_to_change(visit, id)?;
    if visit.resumes() {
        // With what it was made from: others may have changed it meanwhile.
        return form(visit, id, StatusCode::OK, (Texts::typed(visit)?, visit.typed("revision")?), None);
    }
    if visit.sends() {
        return save(visit, id);
    }
    form(visit, id, StatusCode::OK, (kept(&record), record.parts().revision.to_string()), None)
}

fn kept(record: &EnvironmentRecord) -> Texts {
    Texts::holding(record.parts().name.as_ref(), record.parts().description.as_ref())
}

fn form(
    visit: &Visit<'_>,
    id: EnvironmentId,
    status: StatusCode,
    (texts, revision): (Texts, String),
    stored: Option<Texts>,
) -> Result<Answer, Problem> {
    let page = EditPage {
        frame: Frame::new(visit, Section::Environments, "Edit environment")?,
        list: list(visit),
        action: address(visit, id, Step::Edit),
        texts,
        revision,
        stored,
    };
    Answer::page(status, page.render())
}

fn save(visit: &Visit<'_>, id: EnvironmentId) -> Result<Answer, Problem> {
    let mut texts = Texts::typed(visit)?;
    let revision = visit.typed("revision")?;
    let Some((name, description)) = texts.read() else {
        return form(visit, id, StatusCode::UNPROCESSABLE_ENTITY, (texts, revision), None);
    };
    let edit = Edit { name: Patch::Set(name), description: Patch::Set(description) };
    let expected = revision.parse::<u64>().ok().map(Revision::new);
    match visit.call.authority.edit_environment(visit.outside, id, edit, expected) {
        Ok(_) => Ok(back(visit, Some(Notice::ENVIRONMENT_EDITED), Some(id))),
        Err(EnvironmentChangeError::Conflict { .. }) => {
            let theirs = load_to_change(visit, id)?;
            let revision = theirs.parts().revision.to_string();
            form(visit, id, StatusCode::CONFLICT, (texts, revision), Some(kept(&theirs)))
        }
        Err(error) => Err(error.into()),
    }
}

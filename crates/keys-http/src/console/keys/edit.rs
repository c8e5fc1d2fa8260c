//! Name and description of a key, and nothing else of it.

use askama::Template;
use http::StatusCode;
use keys_core::{KeyId, KeyRecord, Revision};
use keys_service::{Edit, KeyChangeError, Patch};

use super::{load, load_to_change, step};
use crate::console::form::Texts;
use crate::console::frame::Frame;
use crate::console::notice::Notice;
use crate::console::place::Whose;
use crate::console::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/key_edit.html")]
struct EditPage {
    frame: Frame,
    list: String,
    add: String,
    action: String,
    access_key: String,
    texts: Texts,
    /// What the form was made from: an edit that others were quicker than is not made silently.
    revision: String,
    /// What others made of it meanwhile.
    stored: Option<Texts>,
}

pub(super) fn answer(visit: &Visit<'_>, whose: Whose, id: KeyId) -> Result<Answer, Problem> {
    let record = load_to_change(visit, whose, id)?;
    let kept = kept(&record);
    if visit.resumes() {
        // With what it was made from: others may have changed the key meanwhile.
        return form(
            visit,
            whose,
            &record,
            StatusCode::OK,
            Texts::typed(visit)?,
            visit.typed("revision")?,
            None,
        );
    }
    if visit.sends() {
        return save(visit, whose, &record);
    }
    let revision = record.parts().revision.to_string();
    form(visit, whose, &record, StatusCode::OK, kept, revision, None)
}

fn kept(record: &KeyRecord) -> Texts {
    Texts::holding(record.parts().name.as_ref(), record.parts().description.as_ref())
}

fn form(
    visit: &Visit<'_>,
    whose: Whose,
    record: &KeyRecord,
    status: StatusCode,
    texts: Texts,
    revision: String,
    stored: Option<Texts>,
) -> Result<Answer, Problem> {
    let page = EditPage {
        frame: Frame::new(visit, super::section(whose), "Edit API Key")?,
        list: super::list(visit, whose),
        add: format!("{}/new", whose.path()),
        action: step(visit, whose, record.parts().id, "edit"),
        access_key: record.parts().access_key.to_string(),
        texts,
        revision,
        stored,
    };
    Answer::page(status, page.render())
}

fn save(visit: &Visit<'_>, whose: Whose, record: &KeyRecord) -> Result<Answer, Problem> {
    let id = record.parts().id;
    let mut texts = Texts::typed(visit)?;
    let revision = visit.typed("revision")?;
    let Some((name, description)) = texts.read() else {
        return form(visit, whose, record, StatusCode::UNPROCESSABLE_ENTITY, texts, revision, None);
    };
    let edit = Edit { name: Patch::Set(name), description: Patch::Set(description) };
    // A form that does not say what it was made from is shown what it would write over, like one that is old.
    let expected = Revision::new(revision.parse().unwrap_or_default());
    match visit.call.authority.edit_key(visit.call.context, id, edit, Some(expected)) {
        Ok(_) => Ok(super::back(visit, whose, Notice::KEY_EDITED, Some(id))),
        Err(KeyChangeError::Conflict { .. }) => {
            let theirs = load(visit, whose, id)?;
            let revision = theirs.parts().revision.to_string();
            let status = StatusCode::CONFLICT;
            form(visit, whose, &theirs, status, texts, revision, Some(kept(&theirs)))
        }
        Err(error) => Err(error.into()),
    }
}

//! A new environment.

use askama::Template;
use http::StatusCode;
use keys_core::{EnvironmentRecord, EnvironmentState};
use keys_service::{EnvironmentChangeError, EnvironmentRequest, Once};

use super::{PATH, back, list};
use crate::console::form::Texts;
use crate::console::frame::{Frame, Section};
use crate::console::notice::Notice;
use crate::console::place::Whose;
use crate::console::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::ports::EntropyRng;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/environments/add.html")]
struct AddPage {
    frame: Frame,
    list: String,
    action: &'static str,
    texts: Texts,
    once: Option<String>,
    problem: Option<&'static str>,
}

/// The form. What its address suggests stands in it already.
pub(super) fn page(visit: &Visit<'_>) -> Result<Answer, Problem> {
    if !visit.outside.caller.may_make_environments() {
        return Err(EnvironmentChangeError::Forbidden.into());
    }
    form(visit, StatusCode::OK, Texts::typed(visit)?, None)
}

fn form(
    visit: &Visit<'_>,
    status: StatusCode,
    texts: Texts,
    problem: Option<&'static str>,
) -> Result<Answer, Problem> {
    let frame = Frame::new(visit, Section::Environments, "Add environment")?;
    let once = visit.forms.once.clone();
    Answer::page(status, AddPage { frame, list: list(visit), action: PATH, texts, once, problem }.render())
}

/// Makes it, once for each time the form was shown. Whoever makes it owns it.
pub(super) fn create(visit: &Visit<'_>) -> Result<Answer, Problem> {
    let mut texts = Texts::typed(visit)?;
    let Some((name, description)) = texts.read() else {
        return form(visit, StatusCode::UNPROCESSABLE_ENTITY, texts, None);
    };
    let (authority, context) = (visit.call.authority, visit.outside);
    let request = EnvironmentRequest { name, description, members: None };
    let rng = &mut EntropyRng(visit.call.entropy);
    let made = match visit.call.idempotency.key()? {
        None => authority.create_environment(context, request, rng),
        Some(key) => {
            authority.create_environment_once(context, request, key, rng).map(|Once { made, .. }| made)
        }
    };
    match made {
        Ok(record) => Ok(added(visit, &record)),
        // The form was shown once, sent, and changed: it is another request, and gets another name.
        Err(EnvironmentChangeError::AnotherRequest(_)) => {
            let said = "An environment was added with this form already, and the form was changed since. Nothing was \
                        added now: look at the list, and send this form if you want one more.";
            form(visit, StatusCode::CONFLICT, texts, Some(said))
        }
        Err(error) => Err(error.into()),
    }
}

/// On to its keys, which is what it was made for. One that was added by an earlier sending may have come to a stop.
fn added(visit: &Visit<'_>, record: &EnvironmentRecord) -> Answer {
    let id = record.parts().id;
    let said = [(Notice::PARAMETER, Notice::ENVIRONMENT_ADDED.word())];
    match record.parts().state {
        EnvironmentState::Active => visit.go(&Whose::Environment(id).path(), &said, None),
        EnvironmentState::Inactive | EnvironmentState::Removed { .. } => back(visit, None, Some(id)),
    }
}

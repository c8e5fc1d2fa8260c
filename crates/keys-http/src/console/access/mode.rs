//! Which people may log in.

use askama::Template;
use http::StatusCode;
use keys_core::AccessMode;
use keys_service::AccessRequest;

use super::{MODE, SHOW, change, refused, show, shown};
use crate::console::form::Field;
use crate::console::frame::{Frame, Section};
use crate::console::notice::Notice;
use crate::console::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/access_mode.html")]
struct ModePage {
    frame: Frame,
    show: &'static str,
    action: &'static str,
    mode: Field,
    choices: Vec<Choice>,
}

struct Choice {
    word: &'static str,
    name: &'static str,
    means: &'static str,
}

pub(super) fn answer(visit: &Visit<'_>) -> Result<Answer, Problem> {
    if !visit.sends() {
        let mode = Field::holding(Some(visit.call.authority.access_mode().as_str()));
        return form(visit, StatusCode::OK, mode);
    }
    let mut mode = Field::typed(visit, "mode")?;
    if visit.resumes() {
        return form(visit, StatusCode::OK, mode);
    }
    let Some(wanted) = mode.read(|text| text.parse::<AccessMode>()) else {
        mode.refuse("choose one of them");
        return form(visit, StatusCode::UNPROCESSABLE_ENTITY, mode);
    };
    change(visit, &AccessRequest { mode: Some(wanted), ..AccessRequest::default() }).map_err(refused)?;
    Ok(shown(visit, Notice::ACCESS_MODE))
}

fn form(visit: &Visit<'_>, status: StatusCode, mode: Field) -> Result<Answer, Problem> {
    let choice =
        |mode: AccessMode| Choice { word: mode.as_str(), name: show::name(mode), means: show::means(mode) };
    let page = ModePage {
        frame: Frame::new(visit, Section::Access, "Who may log in")?,
        show: SHOW,
        action: MODE,
        mode,
        choices: AccessMode::ALL.map(choice).into(),
    };
    Answer::page(status, page.render())
}

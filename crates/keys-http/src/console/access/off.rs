//! Access control is switched off: where nobody but this machine can ask.

use askama::Template;
use http::StatusCode;
use keys_core::AccessControl;
use keys_service::{AccessRequest, Switch};

use super::{OFF, SHOW, change, refused, shown};
use crate::console::frame::{Frame, Section};
use crate::console::notice::Notice;
use crate::console::visit::Visit;
use crate::dialect::handlers::{Answer, STAYS_ON};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/access_off.html")]
struct OffPage {
    frame: Frame,
    show: &'static str,
    action: &'static str,
    may_open: bool,
    is_on: bool,
}

/// The question, and its answer.
pub(super) fn answer(visit: &Visit<'_>) -> Result<Answer, Problem> {
    let is_on = visit.call.authority.access_control() == AccessControl::On;
    if !visit.sends() || visit.resumes() {
        let page = OffPage {
            frame: Frame::new(visit, Section::Access, "Turn access control off")?,
            show: SHOW,
            action: OFF,
            may_open: visit.call.may_open,
            is_on,
        };
        return Answer::page(StatusCode::OK, page.render());
    }
    if is_on && !visit.call.may_open {
        return Err(Problem::Forbidden(STAYS_ON));
    }
    change(visit, &AccessRequest { switch: Switch::Off, ..AccessRequest::default() }).map_err(refused)?;
    Ok(shown(visit, Notice::ACCESS_OFF))
}

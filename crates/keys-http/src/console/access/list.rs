//! The list of those who may log in although the mode would not let them.

use askama::Template;
use http::StatusCode;
use keys_core::{AccountId, LoginName};
use keys_service::AccessError;

use super::{LIST, SHOW, refused, shown};
use crate::console::form::Field;
use crate::console::frame::{Frame, Section};
use crate::console::notice::Notice;
use crate::console::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/access_list.html")]
struct ListPage {
    frame: Frame,
    show: &'static str,
    action: &'static str,
    person: Field,
}

/// Puts somebody on the list, by log-in name or id.
pub(super) fn answer(visit: &Visit<'_>) -> Result<Answer, Problem> {
    let mut person = Field::typed(visit, "person")?;
    if !visit.sends() || visit.resumes() {
        return form(visit, StatusCode::OK, person);
    }
    let Some(id) = meant(visit, &person.value)? else {
        person.refuse("there is no user with this log-in name or id: the list of users shows both");
        return form(visit, StatusCode::UNPROCESSABLE_ENTITY, person);
    };
    match visit.call.authority.list_account(visit.outside, id) {
        Ok(()) => Ok(shown(visit, Notice::ACCESS_LISTED)),
        Err(AccessError::ListFull) => {
            let most = keys_core::AccountList::MAX;
            person.refuse(&format!(
                "the list is full: it has room for {most} users, so take somebody off it first"
            ));
            form(visit, StatusCode::UNPROCESSABLE_ENTITY, person)
        }
        Err(AccessError::NoSuchAccount { .. }) => Err(Problem::NotFound),
        Err(error) => Err(refused(error)),
    }
}

/// Takes somebody off the list. Who is not there is off it.
pub(super) fn remove(visit: &Visit<'_>, id: AccountId) -> Result<Answer, Problem> {
    visit.call.authority.unlist_account(visit.outside, id).map_err(refused)?;
    Ok(shown(visit, Notice::ACCESS_UNLISTED))
}

/// The person who is meant by a log-in name or the id of an account.
fn meant(visit: &Visit<'_>, text: &str) -> Result<Option<AccountId>, Problem> {
    let authority = visit.call.authority;
    if let Ok(login) = text.parse::<LoginName>()
        && let Some(id) = authority.account_named(visit.outside, &login)?
    {
        return Ok(Some(id));
    }
    let Ok(id) = text.parse::<AccountId>() else { return Ok(None) };
    let record = authority.account(visit.outside, id)?;
    let person = record
        .filter(|record| record.parts().kind.is_person() && record.parts().state.removed_at().is_none());
    Ok(person.map(|record| record.parts().id))
}

fn form(visit: &Visit<'_>, status: StatusCode, person: Field) -> Result<Answer, Problem> {
    let frame = Frame::new(visit, Section::Access, "Add to the list")?;
    Answer::page(status, ListPage { frame, show: SHOW, action: LIST, person }.render())
}

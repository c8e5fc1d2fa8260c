//! Environments, which the dialect calls projects.

use keys_api::{Project, Resource as _};
use keys_core::{
    EnvironmentId, EnvironmentRecord, EnvironmentState, EnvironmentTransition, EnvironmentTransitionError,
};
use keys_service::{EnvironmentChangeError, EnvironmentRequest, Once};
use keys_store::{Cursor, EnvironmentFilter, EnvironmentOrder, EnvironmentQuery};

use super::{Answer, Call, Replayed, edit as edit_of, members, texts};
use crate::dialect::filter::{self, FieldValue, Filter};
use crate::dialect::paging::{Paging, Sorting};
use crate::dialect::scan::{Wanted, scan};
use crate::dialect::{marker, views};
use crate::ports::EntropyRng;
use crate::problem::Problem;

/// What a list of environments can be sorted by.
const SORTING: &[Sorting<EnvironmentOrder>] = &[
    Sorting { field: "created", order: EnvironmentOrder::Created },
    Sorting { field: "description", order: EnvironmentOrder::Description },
    Sorting { field: "id", order: EnvironmentOrder::Id },
    Sorting { field: "name", order: EnvironmentOrder::Name },
    Sorting { field: "state", order: EnvironmentOrder::State },
];

/// `POST /v1/projects`.
pub(super) fn create(call: &Call<'_>) -> Result<Answer, Problem> {
    let (name, description) = texts(call.fields)?;
    let request = EnvironmentRequest { name, description, members: members::given(call.fields)? };
    let rng = &mut EntropyRng(call.entropy);
    let Once { made: record, replayed } = match call.idempotency.key()? {
        None => {
            Once { made: call.authority.create_environment(call.context, request, rng)?, replayed: false }
        }
        Some(key) => call.authority.create_environment_once(call.context, request, key, rng)?,
    };
    let answer = shown(&record, call, |document| Answer::created(document, document.links.get("self")))?;
    Ok(Answer { replayed: replayed.then_some(Replayed::Whole), ..answer })
}

/// `GET /v1/projects/{id}`, removed ones included.
pub(super) fn get(call: &Call<'_>, id: &str) -> Result<Answer, Problem> {
    shown(&load(call, parse(id)?)?, call, Answer::ok)
}

/// An environment, removed ones included.
pub(in crate::dialect) fn find(call: &Call<'_>, id: &str) -> Result<Option<Project>, Problem> {
    let Ok(id) = id.parse() else { return Ok(None) };
    let record = call.authority.environment(call.context, id)?;
    record.map(|record| document(call, &record)).transpose()
}

/// `PUT /v1/projects/{id}`: name and description.
pub(super) fn edit(call: &Call<'_>, id: &str) -> Result<Answer, Problem> {
    let record =
        call.authority.edit_environment(call.context, parse(id)?, edit_of(call.fields)?, call.expected)?;
    shown(&record, call, Answer::ok)
}

/// `DELETE /v1/projects/{id}`: from either state; on a removed one nothing is left to do.
pub(super) fn delete(call: &Call<'_>, id: &str) -> Result<Answer, Problem> {
    let id = parse(id)?;
    let removed =
        call.authority.transition_environment(call.context, id, EnvironmentTransition::Remove, call.expected);
    let record = match removed {
        Ok(record) => record,
        Err(EnvironmentChangeError::Refused(EnvironmentTransitionError::AlreadySo { .. })) => load(call, id)?,
        Err(error) => return Err(error.into()),
    };
    shown(&record, call, Answer::ok)
}

/// `POST /v1/projects/{id}?action=…`.
pub(super) fn act(call: &Call<'_>, id: &str, action: &str) -> Result<Answer, Problem> {
    let id = parse(id)?;
    let transition = match action {
        "activate" => EnvironmentTransition::Activate,
        "deactivate" => EnvironmentTransition::Deactivate,
        "remove" => EnvironmentTransition::Remove,
        "restore" => EnvironmentTransition::Restore,
        "setmembers" => return members::set(call, id),
        _ => return update(call, id),
    };
    let record = call.authority.transition_environment(call.context, id, transition, call.expected)?;
    // The contract has a status of its own for this one.
    match transition {
        EnvironmentTransition::Deactivate => shown(&record, call, Answer::ok),
        EnvironmentTransition::Activate | EnvironmentTransition::Remove | EnvironmentTransition::Restore => {
            shown(&record, call, Answer::accepted)
        }
    }
}

/// `?action=update` changes nothing; `PUT` is the way to edit.
fn update(call: &Call<'_>, id: EnvironmentId) -> Result<Answer, Problem> {
    let record = load(call, id)?;
    if !call.authority.may_change_environment(call.context, id)? {
        return Err(EnvironmentChangeError::Forbidden.into());
    }
    if let EnvironmentState::Removed { .. } = record.parts().state {
        return Err(Problem::field("ActionNotAvailable", "action", "the environment is removed"));
    }
    shown(&record, call, Answer::accepted)
}

/// `GET /v1/projects`.
pub(super) fn list(call: &Call<'_>) -> Result<Answer, Problem> {
    let paging = Paging::read(call.query, SORTING);
    let declaration = &Project::DECLARATION;
    let filters = filter::read(declaration, call.query);
    let passes =
        |record: &EnvironmentRecord| filters.iter().all(|filter| filter.passes(&value(record, filter.field)));
    let (found, marker) = match store_filter(&filters) {
        Some(filter) => page(call, &paging, filter, !filters.is_empty(), passes)?,
        None => (Vec::new(), None),
    };
    let projects = found.iter().map(|record| document(call, record)).collect::<Result<_, _>>()?;
    Answer::ok(&paging.collection(declaration, call.urls, call.query, &filters, projects, marker))
}

/// One page of the environments that pass.
fn page(
    call: &Call<'_>,
    paging: &Paging<EnvironmentOrder>,
    filter: EnvironmentFilter,
    sparse: bool,
    passes: impl Fn(&EnvironmentRecord) -> bool,
) -> Result<(Vec<EnvironmentRecord>, Option<String>), Problem> {
    let order = paging.order.unwrap_or_default();
    let after = paging.marker.as_deref().map(|marker| marker::read(marker, order)).transpose()?;
    let read = |after: Option<&Cursor<EnvironmentId>>, limit: usize| {
        let after = after.cloned();
        let query = EnvironmentQuery { order, direction: paging.direction, filter, after, limit };
        Ok(call.authority.environments(call.context, &query)?.into())
    };
    let wanted = Wanted { limit: paging.limit, after, sparse };
    let (found, next) = scan(wanted, read, |record| Cursor::of(record, order), passes)?;
    Ok((found, next.map(|next| marker::write(&next))))
}

/// What the store can filter by itself. `None` when nothing can pass.
///
/// Removed environments are shown to whoever asks for them by state or by their time of removal.
fn store_filter(filters: &[Filter]) -> Option<EnvironmentFilter> {
    let mut store = EnvironmentFilter::default();
    for filter in filters {
        match (filter.field, filter.modifier.as_str()) {
            ("id", "eq") => store.id = Some(filter.value.parse().ok()?),
            ("state", "eq") if filter.value == "removed" => store.removed = true,
            ("removed", modifier) if modifier != "null" => store.removed = true,
            _ => {}
        }
    }
    Some(store)
}

/// The value of a field as its document shows it.
fn value(record: &EnvironmentRecord, field: &str) -> FieldValue {
    let parts = record.parts();
    let text = |text: Option<String>| text.map_or(FieldValue::Absent, FieldValue::Text);
    match field {
        "id" => FieldValue::Ordered(i128::from(parts.id.number()), parts.id.to_string()),
        "name" => text(parts.name.as_ref().map(ToString::to_string)),
        "description" => text(parts.description.as_ref().map(ToString::to_string)),
        "state" => FieldValue::Text(parts.state.as_str().to_owned()),
        "kind" => FieldValue::Text("project".to_owned()),
        "uuid" => FieldValue::Text(parts.uuid.to_string()),
        "created" => FieldValue::date(Some(parts.created)),
        "removed" => FieldValue::date(parts.state.removed_at()),
        _ => FieldValue::Absent,
    }
}

/// An environment as an answer.
fn shown(
    record: &EnvironmentRecord,
    call: &Call<'_>,
    answer: impl FnOnce(&Project) -> Result<Answer, Problem>,
) -> Result<Answer, Problem> {
    Ok(answer(&document(call, record)?)?.at(record.parts().revision))
}

/// An environment as a document, with the actions this caller may take on it.
fn document(call: &Call<'_>, record: &EnvironmentRecord) -> Result<Project, Problem> {
    let acts = Project::DECLARATION.methods(call.audience()).actions
        && call.authority.may_change_environment(call.context, record.parts().id)?;
    Ok(views::project(record, acts, call.urls))
}

/// What is no id is the id of nothing.
fn parse(id: &str) -> Result<EnvironmentId, Problem> {
    id.parse().map_err(|_| Problem::NotFound)
}

fn load(call: &Call<'_>, id: EnvironmentId) -> Result<EnvironmentRecord, Problem> {
    call.authority.environment(call.context, id)?.ok_or(Problem::NotFound)
}

#[cfg(test)]
mod tests {
    use keys_core::Revision;
    use keys_store::conformance::sample;

    use super::*;
    use crate::dialect::handlers::tests::urls;

    /// Lists are filtered by the record; what is compared must be what the document shows.
    #[test]
    fn a_filter_compares_with_what_the_document_shows() {
        let made = |number| {
            let id = EnvironmentId::new(number).unwrap();
            sample::new_environment(number).into_record(id, Revision::new(number))
        };
        let moved = |number, transition| {
            EnvironmentRecord::transition(made(number), transition, sample::instant(1_999)).unwrap()
        };
        let inactive = moved(2, EnvironmentTransition::Deactivate);
        let removed = moved(3, EnvironmentTransition::Remove);
        let nameless = made(4).edit(None, None, sample::instant(1));
        for record in [made(1), inactive, removed, nameless] {
            let shown = views::project(&record, true, &urls());
            let document = serde_json::to_value(shown).unwrap();
            for field in Project::DECLARATION.all_fields().filter(|field| !field.filters.is_empty()) {
                assert_eq!(value(&record, field.name), FieldValue::shown(field, &document), "{}", field.name);
            }
        }
    }
}

//! API keys.

use keys_api::{ApiKey, Credential, Link, Resource as _};
use keys_core::{
    AccountId, KeyId, KeyRecord, Lifecycle, LifecycleState, Owner, Timestamp, Transition, TransitionError,
    Uuid,
};
use keys_service::{KeyChangeError, KeyRequest, Once, ReceivedKey};
use keys_store::{Cursor, KeyFilter, KeyOrder, KeyQuery, StateFilter};

use super::{Answer, Call, Replayed, edit as edit_of, resource, texts};
use crate::dialect::body::Given;
use crate::dialect::filter::{self, FieldValue, Filter};
use crate::dialect::include::{self, Refers};
use crate::dialect::paging::{Paging, Sorting};
use crate::dialect::scan::{Wanted, scan};
use crate::dialect::{marker, methods, views};
use crate::ports::EntropyRng;
use crate::problem::Problem;

/// What a list of keys can be sorted by.
const SORTING: &[Sorting<KeyOrder>] = &[
    Sorting { field: "created", order: KeyOrder::Created },
    Sorting { field: "creatorId", order: KeyOrder::Creator },
    Sorting { field: "description", order: KeyOrder::Description },
    Sorting { field: "expiresAt", order: KeyOrder::Expires },
    Sorting { field: "id", order: KeyOrder::Id },
    Sorting { field: "name", order: KeyOrder::Name },
    Sorting { field: "publicValue", order: KeyOrder::AccessKey },
    Sorting { field: "state", order: KeyOrder::State },
];

/// `POST /v1/apikeys`: the one answer that shows a secret.
pub(super) fn create(call: &Call<'_>) -> Result<Answer, Problem> {
    let (name, description) = texts(call.fields)?;
    let expires_at = match call.fields.text("expiresAt")? {
        Given::Absent | Given::Null => None,
        // api-ui sends the field of its form as it stands, and has no way to say `null` of a date.
        Given::Text(text) if text.is_empty() => None,
        Given::Text(text) => Some(
            text.parse::<Timestamp>()
                .map_err(|error| Problem::field("InvalidDateFormat", "expiresAt", error.to_string()))?,
        ),
    };
    let request = KeyRequest { name, description, expires_at, owner: owner(call)? };
    let rng = &mut EntropyRng(call.entropy);
    let Once { made: ReceivedKey { record, secret_key }, replayed } = match call.idempotency.key()? {
        None => Once { made: call.authority.issue_key(call.context, request, rng)?.into(), replayed: false },
        Some(key) => call.authority.issue_key_once(call.context, request, key, rng)?,
    };
    let document = views::key(&record, secret_key.as_ref(), call.audience(), call.urls);
    // The tag is of the key as it is read from now on: it says nothing of the secret.
    let tag = shown(&record, call, Answer::ok)?.tag;
    let replayed = match (replayed, &secret_key) {
        (false, _) => None,
        (true, Some(_)) => Some(Replayed::Whole),
        (true, None) => Some(Replayed::WithoutSecret),
    };
    Ok(Answer { tag, replayed, ..Answer::created(&document, document.links.get("self"))? })
}

/// To whom the key shall belong, if an administrator says it. From anybody else it is dropped, as the contract has it: its
/// clients send what they read.
fn owner(call: &Call<'_>) -> Result<Option<Owner>, Problem> {
    if !call.context.caller.administers() {
        return Ok(None);
    }
    let id = match call.fields.text("accountId")? {
        Given::Absent | Given::Null => return Ok(None),
        Given::Text(id) => id,
    };
    let refused =
        || Problem::field("InvalidReference", "accountId", "there is no such account or environment");
    let account: AccountId = id.parse().map_err(|_| refused())?;
    if call.authority.account(call.context, account)?.is_some() {
        return Ok(Some(Owner::Account(account)));
    }
    let environment = id.parse().map_err(|_| refused())?;
    let found = call.authority.environment(call.context, environment)?;
    found.map(|_| Some(Owner::Environment(environment))).ok_or_else(refused)
}

/// `GET /v1/apikeys/{id}`, deleted ones included.
pub(super) fn get(call: &Call<'_>, id: &str) -> Result<Answer, Problem> {
    let record = load(call, parse(id)?)?;
    Ok(resource(call, views::key(&record, None, call.audience(), call.urls))?.at(record.parts().revision))
}

/// A key as a document.
pub(super) fn document(call: &Call<'_>, id: &str) -> Result<ApiKey, Problem> {
    Ok(views::key(&load(call, parse(id)?)?, None, call.audience(), call.urls))
}

/// The same as a credential.
pub(super) fn credential(call: &Call<'_>, id: &str) -> Result<Credential, Problem> {
    Ok(views::credential(&load(call, parse(id)?)?, call.urls))
}

/// `PUT /v1/apikeys/{id}`: name and description, in any state.
pub(super) fn edit(call: &Call<'_>, id: &str) -> Result<Answer, Problem> {
    let record = call.authority.edit_key(call.context, parse(id)?, edit_of(call.fields)?, call.expected)?;
    shown(&record, call, Answer::ok)
}

/// `DELETE /v1/apikeys/{id}`: from Inactive; on a deleted key nothing is left to do.
pub(super) fn delete(call: &Call<'_>, id: &str) -> Result<Answer, Problem> {
    let id = parse(id)?;
    let record = match call.authority.transition_key(call.context, id, Transition::Delete, call.expected) {
        Ok(record) => record,
        Err(KeyChangeError::Refused(TransitionError::AlreadySo { .. })) => load(call, id)?,
        Err(KeyChangeError::Refused(_)) => return Err(active(call)),
        Err(error) => return Err(error.into()),
    };
    shown(&record, call, Answer::ok)
}

/// `POST /v1/apikeys/{id}?action=…`.
pub(super) fn act(call: &Call<'_>, id: &str, action: &str) -> Result<Answer, Problem> {
    let id = parse(id)?;
    let transition = match action {
        "activate" => Transition::Activate,
        "deactivate" => Transition::Deactivate,
        "remove" => Transition::Delete,
        _ => return update(call, id),
    };
    let record = call.authority.transition_key(call.context, id, transition, call.expected)?;
    shown(&record, call, Answer::accepted)
}

/// `?action=update` walks through the states of an update and changes nothing; `PUT` is the way to edit.
fn update(call: &Call<'_>, id: KeyId) -> Result<Answer, Problem> {
    let record = load(call, id)?;
    if record.parts().lifecycle.state() == LifecycleState::Deleted {
        return Err(Problem::field("ActionNotAvailable", "action", "the key is removed"));
    }
    shown(&record, call, Answer::accepted)
}

/// `GET /v1/apikeys`.
pub(super) fn list(call: &Call<'_>) -> Result<Answer, Problem> {
    list_as(call, |record| views::key(record, None, call.audience(), call.urls))
}

/// `GET /v1/credentials`: the same keys, read only.
pub(super) fn list_credentials(call: &Call<'_>) -> Result<Answer, Problem> {
    list_as(call, |record| views::credential(record, call.urls))
}

fn list_as<T: Refers>(call: &Call<'_>, view: impl Fn(&KeyRecord) -> T) -> Result<Answer, Problem> {
    let paging = Paging::read(call.query, SORTING);
    let filters = filter::read(&T::DECLARATION, call.query);
    let (found, marker) = find(call, &paging, &filters)?;
    let keys = include::include(call, found.iter().map(view).collect())?;
    Answer::ok(&paging.collection(&T::DECLARATION, call.urls, call.query, &filters, keys, marker))
}

/// One page: what the store does not filter by is filtered here.
fn find(
    call: &Call<'_>,
    paging: &Paging<KeyOrder>,
    filters: &[Filter],
) -> Result<(Vec<KeyRecord>, Option<String>), Problem> {
    let order = paging.order.unwrap_or_default();
    let after = paging.marker.as_deref().map(|marker| marker::read(marker, order)).transpose()?;
    let Some(filter) = store_filter(filters) else { return Ok((Vec::new(), None)) };
    let read = |after: Option<&Cursor<KeyId>>, limit: usize| {
        let after = after.cloned();
        let query = KeyQuery { order, direction: paging.direction, filter, after, limit };
        Ok(call.authority.keys(call.context, &query)?.into())
    };
    let wanted = Wanted { limit: paging.limit, after, sparse: !filters.is_empty() };
    let passes =
        |record: &KeyRecord| filters.iter().all(|filter| filter.passes(&value(record, filter.field)));
    let (found, next) = scan(wanted, read, |record| Cursor::of(record, order), passes)?;
    Ok((found, next.map(|next| marker::write(&next))))
}

/// What the store can filter by itself. `None` when nothing can pass.
///
/// Deleted keys are shown to whoever asks for them by state or by their time of removal.
fn store_filter(filters: &[Filter]) -> Option<KeyFilter> {
    let mut store = KeyFilter::default();
    for filter in filters {
        match (filter.field, filter.modifier.as_str()) {
            ("id", "eq") => store.id = Some(filter.value.parse().ok()?),
            ("publicValue", "eq") => store.access_key = Some(filter.value.parse().ok()?),
            ("state", "eq") if filter.value == "removed" => store.state = StateFilter::Any,
            ("removed", modifier) if modifier != "null" => store.state = StateFilter::Any,
            _ => {}
        }
    }
    Some(store)
}

/// The value of a field as its document shows it.
fn value(record: &KeyRecord, field: &str) -> FieldValue {
    let parts = record.parts();
    let text = |text: Option<String>| text.map_or(FieldValue::Absent, FieldValue::Text);
    match field {
        "id" => FieldValue::Ordered(i128::from(parts.id.number()), parts.id.to_string()),
        "name" => text(parts.name.as_ref().map(ToString::to_string)),
        "description" => text(parts.description.as_ref().map(ToString::to_string)),
        "state" => FieldValue::Text(views::key_state(parts.lifecycle.state()).to_owned()),
        "accountId" => FieldValue::Text(views::owner_id(parts.owner)),
        "creatorId" => FieldValue::Text(views::owner_id(parts.creator.principal)),
        "kind" => FieldValue::Text("apiKey".to_owned()),
        "publicValue" => FieldValue::Text(parts.access_key.to_string()),
        "uuid" => FieldValue::Text(Uuid::of_key(&parts.access_key).to_string()),
        "created" => FieldValue::date(Some(parts.created)),
        "expiresAt" => FieldValue::date(parts.expires_at),
        "removed" => FieldValue::date(match &parts.lifecycle {
            Lifecycle::Active(_) | Lifecycle::Inactive(_) => None,
            Lifecycle::Deleted { at } => Some(*at),
        }),
        _ => FieldValue::Absent,
    }
}

/// A key as an answer, without its secret.
fn shown(
    record: &KeyRecord,
    call: &Call<'_>,
    answer: impl FnOnce(&ApiKey) -> Result<Answer, Problem>,
) -> Result<Answer, Problem> {
    Ok(answer(&views::key(record, None, call.audience(), call.urls))?.at(record.parts().revision))
}

impl Refers for ApiKey {
    fn reference(&self, link: &Link) -> Option<&str> {
        self.account_id.as_deref().filter(|_| *link == Link::ACCOUNT)
    }
}

impl Refers for Credential {
    fn reference(&self, link: &Link) -> Option<&str> {
        self.0.reference(link)
    }
}

/// What is no id is the id of nothing.
fn parse(id: &str) -> Result<KeyId, Problem> {
    id.parse().map_err(|_| Problem::NotFound)
}

fn load(call: &Call<'_>, id: KeyId) -> Result<KeyRecord, Problem> {
    call.authority.key(call.context, id)?.ok_or(Problem::NotFound)
}

/// An accident should need two steps.
fn active(call: &Call<'_>) -> Problem {
    let kind = crate::dialect::grammar::Kind::Resource(&ApiKey::DECLARATION);
    let mut allow = methods::allowed(kind, call.audience());
    allow.retain(|method| *method != http::Method::DELETE);
    Problem::MethodNotAllowed {
        allow: methods::list(&allow).into(),
        detail: Some(
            "the key is active: deactivate it first (POST it with ?action=deactivate), then delete it",
        ),
    }
}

#[cfg(test)]
mod tests {
    use keys_api::Audience;
    use keys_core::{EnvironmentId, NewKey, Owner, Revision};
    use keys_store::conformance::sample;

    use super::*;
    use crate::dialect::handlers::tests::urls;

    /// Lists are filtered by the record; what is compared must be what the document shows.
    #[test]
    fn a_filter_compares_with_what_the_document_shows() {
        let owner = Owner::Environment(EnvironmentId::new(5).unwrap());
        let made = |number| {
            sample::new_key(owner, number).into_record(KeyId::new(number).unwrap(), Revision::new(number))
        };
        let inactive = made(2).transition(Transition::Deactivate, sample::instant(1_999)).unwrap();
        let removed = made(3)
            .transition(Transition::Deactivate, sample::instant(1))
            .and_then(|record| record.transition(Transition::Delete, sample::instant(2_500)))
            .unwrap();
        let nameless = made(4).edit(None, None, sample::instant(1));
        let expires_at = Some(sample::instant(1_500));
        let expiring = NewKey { expires_at, ..sample::new_key(owner, 5) };
        let expiring = expiring.into_record(KeyId::new(5).unwrap(), Revision::new(5));
        for record in [made(1), inactive, removed, nameless, expiring] {
            let document =
                serde_json::to_value(views::key(&record, None, Audience::Administrator, &urls())).unwrap();
            for field in ApiKey::DECLARATION.all_fields().filter(|field| !field.filters.is_empty()) {
                assert_eq!(value(&record, field.name), FieldValue::shown(field, &document), "{}", field.name);
            }
        }
    }
}

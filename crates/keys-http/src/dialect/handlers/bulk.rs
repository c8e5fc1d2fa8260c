//! Many keys at once, beside the dialect, which has an address for one: which match, and their move in one
//! transaction: what has changed since it was read keeps all of them, what its state does not allow to move stays.

use keys_api::{ApiKey, Collection, Pagination, Resource as _, RevisedKey};
use keys_core::{KeyId, KeyRecord, LifecycleState, Revision, Transition};
use keys_service::{Authority, BulkError, BulkOutcome, KeyMatch, SearchText};
use serde_json::Value;

use super::{Answer, Call};
use crate::dialect::body::Given;
use crate::dialect::query::Query;
use crate::dialect::views;
use crate::problem::Problem;

/// `GET /keys/matching?…`: the keys that pass all filters, each at the revision it was read at.
pub(super) fn matching(call: &Call<'_>) -> Result<Answer, Problem> {
    let Wanted { keys, after } = Wanted::read(call.query)?;
    let found = call.authority.matching_keys(call.context, &keys, after)?;
    let data = found.items.iter().map(|record| RevisedKey {
        key: views::key(record, None, call.audience(), call.urls),
        revision: record.parts().revision.to_string(),
    });
    let address = |after: Option<KeyId>| {
        let after = after.map(|id| id.to_string());
        let with: Vec<_> = after.iter().map(|id| ("after", id.as_str())).collect();
        let query = call.query.rewritten(&["after"], &with);
        let separator = if query.is_empty() { "" } else { "?" };
        call.urls.beside(&format!("keys/matching{separator}{query}"))
    };
    let pagination = Pagination {
        first: after.map(|_| address(None)),
        previous: None,
        next: found.next.map(|next| address(Some(next))),
        limit: u64::try_from(Authority::MOST_AT_ONCE).ok(),
        total: None,
        partial: found.next.is_some(),
    };
    let own = address(after);
    let whole = Collection::whole(ApiKey::DECLARATION.id, own, data.collect());
    Answer::ok(&Collection { pagination: Some(pagination), ..whole })
}

/// `POST /keys/transition`: moves these keys, each as it was read, in one transaction. To be said more than once without
/// harm: the second time they are no longer what they were.
pub(super) fn transition(call: &Call<'_>) -> Result<Answer, Problem> {
    // Who may not do it is told so first, whatever the body says.
    if !call.context.caller.may_change_keys() {
        return Err(BulkError::Forbidden.into());
    }
    let transition = match call.fields.text("transition")? {
        Given::Text(text) => text.parse::<Transition>().map_err(|_| {
            Problem::field("InvalidOption", "transition", "expected `activate`, `deactivate` or `delete`")
        })?,
        Given::Absent | Given::Null => {
            return Err(unsaid(
                "transition",
                "say what: `activate`, `deactivate` or `delete`, with `transition`",
            ));
        }
    };
    let keys = keys(call.fields.value("keys"))?;
    let outcomes = call.authority.transition_keys(call.context, &keys, transition)?;
    let records = outcomes.iter().filter_map(record);
    let data = records.map(|record| views::key(record, None, call.audience(), call.urls)).collect();
    Answer::ok(&Collection::<ApiKey>::whole(
        ApiKey::DECLARATION.id,
        call.urls.beside("keys/transition"),
        data,
    ))
}

const fn record(outcome: &BulkOutcome) -> Option<&KeyRecord> {
    match outcome {
        BulkOutcome::Moves(record) | BulkOutcome::AlreadySo(record) | BulkOutcome::Refused(record, _) => {
            Some(record)
        }
        // What was read at a revision was there.
        BulkOutcome::NotFound(_) => None,
    }
}

/// Which keys are asked for.
#[derive(Default)]
struct Wanted {
    keys: KeyMatch,
    after: Option<KeyId>,
}

impl Wanted {
    /// Reads the filters. What is none, is empty or is said twice is refused: left out it would find more than was meant.
    fn read(query: &Query) -> Result<Self, Problem> {
        let mut wanted = Self::default();
        let keys = &mut wanted.keys;
        for (name, value) in query.pairs() {
            match name {
                "owner" => set(&mut keys.owner, "owner", value.parse().ok())?,
                "creator" => set(&mut keys.creator, "creator", value.parse().ok())?,
                "state" => set(&mut keys.state, "state", state(value))?,
                "name" => set(&mut keys.name, "name", SearchText::new(value))?,
                "createdFrom" => set(&mut keys.created_from, "createdFrom", value.parse().ok())?,
                "createdBefore" => set(&mut keys.created_before, "createdBefore", value.parse().ok())?,
                "expiresBefore" => set(&mut keys.expires_before, "expiresBefore", value.parse().ok())?,
                "after" => set(&mut wanted.after, "after", value.parse().ok())?,
                "projectId" => {}
                _ => return Err(Problem::field("InvalidOption", "filter", NO_FILTER)),
            }
        }
        Ok(wanted)
    }
}

const NO_FILTER: &str =
    "a parameter is none of owner, creator, state, name, createdFrom, createdBefore, expiresBefore, after";

fn state(text: &str) -> Option<LifecycleState> {
    text.parse().ok().filter(|state| *state != LifecycleState::Deleted)
}

fn set<T>(place: &mut Option<T>, name: &'static str, value: Option<T>) -> Result<(), Problem> {
    let Some(value) = value else {
        let detail = format!(
            "{name}: expected an id such as 1a5 for owner, creator and after, active or inactive for state, an instant such as \
             2026-08-01T00:00:00Z for times, and a text that is not empty for name"
        );
        return Err(Problem::field("InvalidFormat", name, detail));
    };
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(Problem::field("InvalidOption", name, format!("{name} is said twice"))),
    }
}

/// The keys that a request names, each at the revision it was read at.
fn keys(given: Option<&Value>) -> Result<Vec<(KeyId, Revision)>, Problem> {
    let Some(given) = given.filter(|value| !value.is_null()) else {
        return Err(unsaid("keys", "say which: with `keys`, a list of `id` and `revision`"));
    };
    given.as_array().ok_or_else(malformed)?.iter().map(key).collect()
}

fn key(given: &Value) -> Result<(KeyId, Revision), Problem> {
    let id = given.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok());
    let revision = given.get("revision").and_then(|revision| match revision {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.as_u64().map(Revision::new),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    });
    id.zip(revision).ok_or_else(malformed)
}

fn malformed() -> Problem {
    Problem::field(
        "InvalidFormat",
        "keys",
        "keys: expected a list of objects with the `id` and the `revision` of a key",
    )
}

fn unsaid(field: &'static str, detail: &'static str) -> Problem {
    Problem::field("MissingRequired", field, detail)
}

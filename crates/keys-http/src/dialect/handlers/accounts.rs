//! Accounts: those of people, and environments seen as accounts. Both are numbered by one counter.

use keys_api::{Account, Resource as _};
use keys_core::{
    AccountChangeError, AccountId, AccountKind, AccountRecord, AccountState, AccountTransition,
    AccountTransitionError, EnvironmentId,
};
use keys_service::{AccountEdit, AccountError, AccountRequest, Edit, Once};
use keys_store::{Cursor, EnvironmentQuery, SortValue};

use super::{Answer, Call, Replayed, edit as edit_of, patch, texts};
use crate::dialect::body::Given;
use crate::dialect::paging::{Paging, Sorting};
use crate::dialect::scan::{Batch, Wanted, scan};
use crate::dialect::{filter, marker, methods, views};
use crate::ports::EntropyRng;
use crate::problem::Problem;

/// The store has these in one order only.
const SORTING: &[Sorting<()>] = &[];

/// An account, or an environment as one; removed ones included.
pub(in crate::dialect) fn find(call: &Call<'_>, id: &str) -> Result<Option<Account>, Problem> {
    let (Ok(account), Ok(environment)) = (id.parse::<AccountId>(), id.parse::<EnvironmentId>()) else {
        return Ok(None);
    };
    if let Some(record) = call.authority.account(call.context, account)? {
        return document(call, &record).map(Some);
    }
    let record = call.authority.environment(call.context, environment)?;
    Ok(record.map(|record| views::environment_account(&record, call.urls)))
}

/// An account of the caller's own as a document.
fn document(call: &Call<'_>, record: &AccountRecord) -> Result<Account, Problem> {
    let default = call.authority.default_environment(record)?;
    Ok(views::account(record, default, call.audience(), call.urls))
}

/// `GET /v1/accounts/{id}`.
pub(super) fn get(call: &Call<'_>, id: &str) -> Result<Answer, Problem> {
    let answer = Answer::ok(&find(call, id)?.ok_or(Problem::NotFound)?)?;
    let Ok(account) = id.parse() else { return Ok(answer) };
    let record = call.authority.account(call.context, account)?;
    Ok(match record {
        Some(record) => answer.at(record.parts().revision),
        None => answer,
    })
}

/// `POST /v1/accounts`: the account of a person.
pub(super) fn create(call: &Call<'_>) -> Result<Answer, Problem> {
    let (name, description) = texts(call.fields)?;
    let kind = kind(call)?.unwrap_or(AccountKind::User);
    let request = AccountRequest { name, description, kind };
    let rng = &mut EntropyRng(call.entropy);
    let Once { made: record, replayed } = match call.idempotency.key()? {
        None => Once { made: call.authority.create_account(call.context, request, rng)?, replayed: false },
        Some(key) => call.authority.create_account_once(call.context, &request, key, rng)?,
    };
    let answer = shown(&record, call, |document| Answer::created(document, document.links.get("self")))?;
    Ok(Answer { replayed: replayed.then_some(Replayed::Whole), ..answer })
}

/// `PUT /v1/accounts/{id}`: name, description and kind by an administrator, where it begins by the person itself.
pub(super) fn edit(call: &Call<'_>, id: &str) -> Result<Answer, Problem> {
    let id = parse(call, id)?;
    let edit = account_edit(call)?;
    let record = if edit == AccountEdit::default() && call.expected.is_none() {
        call.authority.account(call.context, id)?.ok_or(Problem::NotFound)?
    } else {
        call.authority.edit_account(call.context, id, edit, call.expected)?
    };
    shown(&record, call, Answer::ok)
}

/// `DELETE /v1/accounts/{id}`: from Inactive; on a removed one nothing is left to do.
pub(super) fn delete(call: &Call<'_>, id: &str) -> Result<Answer, Problem> {
    let id = parse(call, id)?;
    let removed =
        call.authority.transition_account(call.context, id, AccountTransition::Remove, call.expected);
    let record = match removed {
        Ok(record) => record,
        Err(AccountError::Refused(AccountChangeError::State(AccountTransitionError::AlreadySo {
            ..
        }))) => call.authority.account(call.context, id)?.ok_or(Problem::NotFound)?,
        Err(AccountError::Refused(AccountChangeError::State(_))) => return Err(active(call)),
        Err(error) => return Err(error.into()),
    };
    shown(&record, call, Answer::ok)
}

/// `POST /v1/accounts/{id}?action=…`.
pub(super) fn act(call: &Call<'_>, id: &str, action: &str) -> Result<Answer, Problem> {
    let id = parse(call, id)?;
    let transition = match action {
        "activate" => AccountTransition::Activate,
        "deactivate" => AccountTransition::Deactivate,
        "remove" => AccountTransition::Remove,
        _ => return update(call, id),
    };
    let record = call.authority.transition_account(call.context, id, transition, call.expected)?;
    shown(&record, call, Answer::accepted)
}

/// `?action=update` changes nothing; `PUT` is the way to edit.
fn update(call: &Call<'_>, id: AccountId) -> Result<Answer, Problem> {
    let record = call.authority.account(call.context, id)?.ok_or(Problem::NotFound)?;
    if let AccountState::Removed { .. } = record.parts().state {
        return Err(Problem::field("ActionNotAvailable", "action", "the account is removed"));
    }
    shown(&record, call, Answer::accepted)
}

/// What is not a person's to say of itself is dropped without a word, as the contract does.
fn account_edit(call: &Call<'_>) -> Result<AccountEdit, Problem> {
    let administers = call.context.caller.administers();
    let Edit { name, description } = if administers { edit_of(call.fields)? } else { Edit::default() };
    let kind = if administers { kind(call)? } else { None };
    let default_environment = patch(call.fields.text("defaultProjectId")?, |id| {
        let refused =
            |_| Problem::field("InvalidReference", "defaultProjectId", "there is no such environment");
        id.parse::<EnvironmentId>().map_err(refused)
    })?;
    Ok(AccountEdit { name, description, default_environment, kind })
}

/// The kind that is asked for; a person is one of two.
fn kind(call: &Call<'_>) -> Result<Option<AccountKind>, Problem> {
    let kind = match call.fields.text("kind")? {
        Given::Absent | Given::Null => return Ok(None),
        Given::Text(kind) => kind.parse::<AccountKind>().ok().filter(|kind| kind.is_person()),
    };
    kind.map(Some).ok_or_else(|| Problem::field("InvalidOption", "kind", "expected `user` or `admin`"))
}

fn shown(
    record: &AccountRecord,
    call: &Call<'_>,
    answer: impl FnOnce(&Account) -> Result<Answer, Problem>,
) -> Result<Answer, Problem> {
    Ok(answer(&document(call, record)?)?.at(record.parts().revision))
}

/// The id of an account. An environment seen as one is changed where it is at home.
fn parse(call: &Call<'_>, id: &str) -> Result<AccountId, Problem> {
    let id: AccountId = id.parse().map_err(|_| Problem::NotFound)?;
    if call.authority.account(call.context, id)?.is_some() {
        return Ok(id);
    }
    Err(match EnvironmentId::new(id.number()) {
        Some(id) if call.authority.environment(call.context, id)?.is_some() => {
            Problem::Forbidden("this account is an environment: change it below /v1/projects")
        }
        _ => Problem::NotFound,
    })
}

/// An accident should need two steps.
fn active(call: &Call<'_>) -> Problem {
    let kind = crate::dialect::grammar::Kind::Resource(&Account::DECLARATION);
    let mut allow = methods::allowed(kind, call.audience());
    allow.retain(|method| *method != http::Method::DELETE);
    Problem::MethodNotAllowed {
        allow: methods::list(&allow).into(),
        detail: Some(
            "the account is active: deactivate it first (POST it with ?action=deactivate), then remove it",
        ),
    }
}

/// What the account is called that the caller acts as; `None` as well when that cannot be read, because it only
/// decorates.
pub(super) fn caller_name(call: &Call<'_>) -> Option<String> {
    find(call, &views::owner_id(call.context.caller.effective())).ok().flatten()?.name
}

/// `GET /v1/accounts`: all of them for the administrator, its own for anybody else.
pub(super) fn list(call: &Call<'_>) -> Result<Answer, Problem> {
    let paging = Paging::read(call.query, SORTING);
    let declaration = &Account::DECLARATION;
    let filters = filter::read(declaration, call.query);
    let after = paging.marker.as_deref().map(marker::read_id::<AccountId>).transpose()?;
    // Removed ones are shown to whoever asks for them by state or by their time of removal.
    let removed = filters.iter().any(|filter| match filter.field {
        "state" => filter.value == "removed",
        "removed" => filter.modifier.as_str() != "null",
        _ => false,
    });
    let wanted = Wanted { limit: paging.limit, after, sparse: true };
    let passes = |(_, account): &(AccountId, Account)| {
        (removed || account.removed.is_none()) && filter::passes(&filters, account)
    };
    let (found, next) =
        scan(wanted, |after, limit| batch(call, after.copied(), limit), |(id, _)| *id, passes)?;
    let accounts = found.into_iter().map(|(_, account)| account).collect();
    let next = next.map(marker::write_id);
    Answer::ok(&paging.collection(declaration, call.urls, call.query, &filters, accounts, next))
}

/// Accounts and environments behind a place, merged by number.
fn batch(
    call: &Call<'_>,
    after: Option<AccountId>,
    limit: usize,
) -> Result<Batch<(AccountId, Account), AccountId>, Problem> {
    let accounts = call.authority.accounts(call.context, after, limit)?;
    let place = after.and_then(|after| EnvironmentId::new(after.number()));
    let after = place.map(|id| Cursor { value: SortValue::Id, id });
    let query = EnvironmentQuery { after, limit, ..EnvironmentQuery::default() };
    let environments = call.authority.environments(call.context, &query)?;
    let rows = accounts.items.len() + environments.items.len();
    let own = accounts.items.iter().map(|record| Ok((record.parts().id, document(call, record)?)));
    let mut items = own.collect::<Result<Vec<(AccountId, Account)>, Problem>>()?;
    items.extend(environments.items.iter().filter_map(|record| {
        let id = AccountId::new(record.parts().id.number())?;
        Some((id, views::environment_account(record, call.urls)))
    }));
    items.sort_by_key(|(id, _)| *id);
    // What is behind the end of either page may be behind something that was not read of the other.
    let more = accounts.more || environments.more || items.len() > limit;
    items.truncate(limit);
    Ok(Batch { rows: rows.min(items.len()), items, end: None, more })
}

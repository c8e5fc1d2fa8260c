//! Accounts: those of people, and environments seen as accounts. Both are numbered by one counter.

use keys_api::{Account, Resource as _};
use keys_core::{AccountId, EnvironmentId};
use keys_store::{Cursor, EnvironmentQuery, SortValue};

use super::{Answer, Call};
use crate::dialect::paging::{Paging, Sorting};
use crate::dialect::scan::{Batch, Wanted, scan};
use crate::dialect::{filter, marker, views};
use crate::problem::Problem;

/// The store has these in one order only.
const SORTING: &[Sorting<()>] = &[];

/// An account, or an environment as one; removed ones included.
pub(in crate::dialect) fn find(call: &Call<'_>, id: &str) -> Result<Option<Account>, Problem> {
    let (Ok(account), Ok(environment)) = (id.parse::<AccountId>(), id.parse::<EnvironmentId>()) else {
        return Ok(None);
    };
    if let Some(record) = call.authority.account(call.context, account)? {
        return Ok(Some(views::account(&record, call.urls)));
    }
    let record = call.authority.environment(call.context, environment)?;
    Ok(record.map(|record| views::environment_account(&record, call.urls)))
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
    let wanted = Wanted { limit: paging.limit, after, sparse: !filters.is_empty() };
    let passes = |(_, account): &(AccountId, Account)| filter::passes(&filters, account);
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
    let mut items: Vec<(AccountId, Account)> =
        accounts.items.iter().map(|record| (record.parts().id, views::account(record, call.urls))).collect();
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

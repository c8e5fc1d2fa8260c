//! Identities: who the caller is, and who can be a member of an environment.

use keys_api::{Identity, Resource as _};
use keys_core::{AccountId, AccountRecord, AccountState};

use super::{Answer, Call};
use crate::dialect::paging::{Paging, Sorting};
use crate::dialect::scan::{Wanted, scan};
use crate::dialect::{filter, marker, views};
use crate::problem::Problem;

const SORTING: &[Sorting<()>] = &[];

/// `GET /v1/identities/{id}`.
pub(super) fn get(call: &Call<'_>, id: &str) -> Result<Answer, Problem> {
    let (_, account) = id.rsplit_once(':').ok_or(Problem::NotFound)?;
    let account: AccountId = account.parse().map_err(|_| Problem::NotFound)?;
    let record = call.authority.nameable_account(call.context, account)?.filter(is_person);
    let record = record.filter(|_| views::identity_id(account) == id).ok_or(Problem::NotFound)?;
    Answer::ok(&views::identity(&record, call.urls))
}

/// `GET /v1/identities`: everybody for whoever may name members, itself for anybody else; an environment is nobody.
pub(super) fn list(call: &Call<'_>) -> Result<Answer, Problem> {
    let paging = Paging::read(call.query, SORTING);
    let declaration = &Identity::DECLARATION;
    let filters = filter::read(declaration, call.query);
    let after = paging.marker.as_deref().map(marker::read_id::<AccountId>).transpose()?;
    let wanted = Wanted { limit: paging.limit, after, sparse: true };
    let read = |after: Option<&AccountId>, limit: usize| {
        Ok(call.authority.nameable(call.context, after.copied(), limit)?.into())
    };
    let passes = |record: &AccountRecord| {
        is_person(record) && filter::passes(&filters, &views::identity(record, call.urls))
    };
    let (found, next) = scan(wanted, read, |record| record.parts().id, passes)?;
    let identities = found.iter().map(|record| views::identity(record, call.urls)).collect();
    let next = next.map(marker::write_id);
    Answer::ok(&paging.collection(declaration, call.urls, call.query, &filters, identities, next))
}

fn is_person(record: &AccountRecord) -> bool {
    let parts = record.parts();
    parts.kind.is_person() && parts.state == AccountState::Active
}

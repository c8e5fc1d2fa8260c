//! Members of environments: who they are, and who shall be.

use keys_api::{Link, ProjectMember, Resource as _};
use keys_core::{AccountId, EnvironmentId, MemberId, MemberRecord, Role};
use serde_json::{Map, Value};

use super::{Answer, Call};
use crate::dialect::body::Fields;
use crate::dialect::include::{self, Refers};
use crate::dialect::paging::{Paging, Sorting};
use crate::dialect::scan::{Wanted, scan};
use crate::dialect::{filter, marker, views};
use crate::problem::Problem;

/// The store has these in one order only.
const SORTING: &[Sorting<()>] = &[];

/// A member.
pub(super) fn get(call: &Call<'_>, id: &str) -> Result<ProjectMember, Problem> {
    let id: MemberId = id.parse().map_err(|_| Problem::NotFound)?;
    let record = call.authority.member(call.context, id)?.ok_or(Problem::NotFound)?;
    Ok(views::member(&record, call.urls))
}

/// `GET /v1/projectmembers`, which is also what the link of an environment leads to.
pub(super) fn list(call: &Call<'_>) -> Result<Answer, Problem> {
    let paging = Paging::read(call.query, SORTING);
    let declaration = &ProjectMember::DECLARATION;
    let filters = filter::read(declaration, call.query);
    let after = paging.marker.as_deref().map(marker::read_id::<MemberId>).transpose()?;
    let wanted = Wanted { limit: paging.limit, after, sparse: !filters.is_empty() };
    let read = |after: Option<&MemberId>, limit: usize| {
        Ok(call.authority.members(call.context, after.copied(), limit)?.into())
    };
    let passes = |record: &MemberRecord| filter::passes(&filters, &views::member(record, call.urls));
    let (found, next) = scan(wanted, read, |record| record.id, passes)?;
    let members = found.iter().map(|record| views::member(record, call.urls)).collect();
    let members = include::include(call, members)?;
    let next = next.map(marker::write_id);
    Answer::ok(&paging.collection(declaration, call.urls, call.query, &filters, members, next))
}

/// `POST /v1/projects/{id}?action=setmembers`.
pub(super) fn set(call: &Call<'_>, id: EnvironmentId) -> Result<Answer, Problem> {
    let wanted = given(call.fields)?;
    let wanted =
        wanted.ok_or_else(|| Problem::field("MissingRequired", "members", "who shall be a member?"))?;
    let members = call.authority.set_members(call.context, id, &wanted)?;
    Answer::ok(&views::members(id, &members, call.urls))
}

/// The members that a request names; `None` when it names none.
pub(super) fn given(fields: &Fields) -> Result<Option<Vec<(AccountId, Role)>>, Problem> {
    let Some(members) = fields.value("members").filter(|value| !value.is_null()) else { return Ok(None) };
    let members = members.as_array().ok_or_else(|| malformed("expected a list"))?;
    members.iter().map(member).collect::<Result<_, _>>().map(Some)
}

fn member(given: &Value) -> Result<(AccountId, Role), Problem> {
    let member = given.as_object().ok_or_else(|| malformed("expected an object for each member"))?;
    if text(member, "externalIdType")? != views::VOUCHER {
        return Err(malformed("externalIdType: expected `rancher_id`, the accounts of this installation"));
    }
    let account = text(member, "externalId")?;
    // The bare number is the contract's own, too.
    let account = account.parse().ok().or_else(|| AccountId::new(account.parse().ok()?));
    let account = account.ok_or_else(|| malformed("externalId: expected the id of an account"))?;
    let role = text(member, "role")?;
    let role = role.parse::<Role>().map_err(|error| Problem::BadMembers(format!("role: {error}").into()))?;
    Ok((account, role))
}

fn text<'m>(member: &'m Map<String, Value>, name: &str) -> Result<&'m str, Problem> {
    let text = member.get(name).and_then(Value::as_str);
    text.ok_or_else(|| Problem::BadMembers(format!("{name}: expected text").into()))
}

fn malformed(what: &'static str) -> Problem {
    Problem::BadMembers(what.into())
}

impl Refers for ProjectMember {
    fn reference(&self, link: &Link) -> Option<&str> {
        self.project_id.as_deref().filter(|_| link.field == "projectId")
    }
}

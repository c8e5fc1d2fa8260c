//! Members of environments: who they are, and who shall be.

use keys_api::{Link, ProjectMember, Resource as _};
use keys_core::{AccountId, EnvironmentId, MemberId, MemberRecord, Owner, Role};
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
    // Read before the page: whoever comes in between makes the tag one of the past, and no change that rests on it is made.
    let members = match call.context.caller.effective() {
        Owner::Environment(id) => call.authority.members_of(call.context, id)?,
        Owner::Account(_) => None,
    };
    let wanted = Wanted { limit: paging.limit, after, sparse: !filters.is_empty() };
    let read = |after: Option<&MemberId>, limit: usize| {
        Ok(call.authority.members(call.context, after.copied(), limit)?.into())
    };
    let passes = |record: &MemberRecord| filter::passes(&filters, &views::member(record, call.urls));
    let (found, next) = scan(wanted, read, |record| record.id, passes)?;
    let documents = found.iter().map(|record| views::member(record, call.urls)).collect();
    let documents = include::include(call, documents)?;
    let next = next.map(marker::write_id);
    let answer =
        Answer::ok(&paging.collection(declaration, call.urls, call.query, &filters, documents, next))?;
    Ok(match members {
        Some(members) => answer.of_members(&members),
        None => answer,
    })
}

/// The members of an environment, as they are found by whoever sets others on conditions.
pub(super) fn current(call: &Call<'_>, id: &str) -> Result<Answer, Problem> {
    let id = id.parse().map_err(|_| Problem::NotFound)?;
    let members = call.authority.members_of(call.context, id)?.ok_or(Problem::NotFound)?;
    shown(call, id, &members)
}

/// `POST /v1/projects/{id}?action=setmembers`.
pub(super) fn set(call: &Call<'_>, id: EnvironmentId) -> Result<Answer, Problem> {
    let wanted = given(call.fields)?;
    let wanted =
        wanted.ok_or_else(|| Problem::field("MissingRequired", "members", "who shall be a member?"))?;
    let members = call.authority.set_members(call.context, id, &wanted, call.expected_members)?;
    shown(call, id, &members)
}

fn shown(call: &Call<'_>, id: EnvironmentId, members: &[MemberRecord]) -> Result<Answer, Problem> {
    Ok(Answer::ok(&views::members(id, members, call.urls))?.of_members(members))
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

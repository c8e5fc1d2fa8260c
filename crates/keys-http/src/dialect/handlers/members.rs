//! Members of environments: for now the administrator, who owns each of them.

use keys_api::{Link, ProjectMember, Resource as _};
use keys_core::{EnvironmentId, EnvironmentRecord, EnvironmentState};
use keys_store::{EnvironmentFilter, EnvironmentOrder};

use super::{Answer, Call, projects};
use crate::dialect::include::{self, Refers};
use crate::dialect::paging::{Paging, Sorting};
use crate::dialect::{filter, views};
use crate::problem::Problem;

/// By the number of their environment, which is their own.
const SORTING: &[Sorting<EnvironmentOrder>] = &[Sorting { field: "id", order: EnvironmentOrder::Id }];

/// A member, by the number of its environment.
pub(super) fn get(call: &Call<'_>, id: &str) -> Result<ProjectMember, Problem> {
    let number =
        id.strip_prefix("1pm").and_then(|number| format!("1a{number}").parse::<EnvironmentId>().ok());
    let record = call.authority.environment(call.context, number.ok_or(Problem::NotFound)?)?;
    let present =
        |record: &EnvironmentRecord| !matches!(record.parts().state, EnvironmentState::Removed { .. });
    record.filter(present).map(|record| views::member(&record, call.urls)).ok_or(Problem::NotFound)
}

/// `GET /v1/projectmembers`, which is also what the link of an environment leads to.
pub(super) fn list(call: &Call<'_>) -> Result<Answer, Problem> {
    let paging = Paging::read(call.query, SORTING);
    let declaration = &ProjectMember::DECLARATION;
    let filters = filter::read(declaration, call.query);
    let passes = |record: &EnvironmentRecord| filter::passes(&filters, &views::member(record, call.urls));
    let (found, marker) =
        projects::page(call, &paging, EnvironmentFilter::default(), !filters.is_empty(), passes)?;
    let members = found.iter().map(|record| views::member(record, call.urls)).collect();
    let members = include::include(call, members)?;
    Answer::ok(&paging.collection(declaration, call.urls, call.query, &filters, members, marker))
}

impl Refers for ProjectMember {
    fn reference(&self, link: &Link) -> Option<&str> {
        self.project_id.as_deref().filter(|_| link.field == "projectId")
    }
}

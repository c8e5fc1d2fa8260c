//! The table of members.

use askama::Template;
use http::StatusCode;
use keys_core::{AccountState, EnvironmentId, MemberId, MemberRecord};

use super::{Step, account, called, is_removed, load, may_set, path, path_of, role_words};
use crate::console::environments::{PATH, visible};
use crate::console::frame::{self, Frame, Section};
use crate::console::instant::Instant;
use crate::console::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::problem::Problem;

/// Rows of one page.
const ROWS: usize = 100;

#[derive(Template)]
#[template(path = "console/environments/members.html")]
struct MembersPage {
    frame: Frame,
    list: &'static str,
    called: String,
    add: String,
    may_set: bool,
    rows: Vec<Row>,
    previous: Option<String>,
    next: Option<String>,
    counted: String,
}

struct Row {
    id: String,
    name: Option<String>,
    account: String,
    called: String,
    more: String,
    /// Whether it is the caller itself.
    own: bool,
    /// Whether the person is disabled and enters nothing.
    disabled: bool,
    role: &'static str,
    since: Instant,
    change: String,
    remove: String,
}

pub(super) fn page(visit: &Visit<'_>, environment: EnvironmentId) -> Result<Answer, Problem> {
    let record = load(visit, environment)?;
    let members = visit.call.authority.members_of(visit.outside, environment)?.ok_or(Problem::NotFound)?;
    let stretch = Stretch::of(&members, visit.call.query.get("after"));
    let rows = stretch.shown.iter().map(|member| row(visit, member)).collect::<Result<_, _>>()?;
    let called = called(&record);
    let page = MembersPage {
        frame: Frame::new(visit, Section::Environments, &format!("Members of {called}"))?,
        list: PATH,
        called,
        add: format!("{}/new", path(environment)),
        may_set: may_set(visit, environment)? && !is_removed(&record),
        rows,
        previous: stretch.previous.map(|after| address(environment, after)),
        next: stretch.next.map(|after| address(environment, Some(after))),
        counted: counted(members.len()),
    };
    Answer::page(StatusCode::OK, page.render())
}

/// The members of one page, who stand in order of their ids.
struct Stretch<'m> {
    shown: &'m [MemberRecord],
    /// The page before begins behind this one, or at the beginning.
    previous: Option<Option<MemberId>>,
    /// The page behind begins behind this one.
    next: Option<MemberId>,
}

impl<'m> Stretch<'m> {
    /// What comes behind a member, by its id. What is no id stands for the beginning.
    fn of(members: &'m [MemberRecord], after: Option<&str>) -> Self {
        let after: Option<MemberId> = after.and_then(|id| id.parse().ok());
        let start = after.map_or(0, |after| members.partition_point(|member| member.id <= after));
        let (before, rest) = members.split_at_checked(start).unwrap_or((&[], members));
        let (shown, behind) = rest.split_at_checked(ROWS).unwrap_or((rest, &[]));
        let previous = (!before.is_empty()).then(|| {
            let page_before = before.len().checked_sub(ROWS.saturating_add(1));
            page_before.and_then(|place| before.get(place)).map(|member| member.id)
        });
        let next = shown.last().filter(|_| !behind.is_empty()).map(|member| member.id);
        Self { shown, previous, next }
    }
}

fn address(environment: EnvironmentId, after: Option<MemberId>) -> String {
    let path = path(environment);
    after.map_or_else(|| path.clone(), |after| format!("{path}?after={after}"))
}

fn counted(members: usize) -> String {
    if members == 1 { "1 member".to_owned() } else { format!("{members} members") }
}

fn row(visit: &Visit<'_>, member: &MemberRecord) -> Result<Row, Problem> {
    let account = account(visit, member.account)?;
    let name = account.as_ref().and_then(|account| account.parts().name.as_ref());
    let called = frame::called(member.account, name);
    Ok(Row {
        id: member.id.to_string(),
        name: visible(name),
        account: member.account.to_string(),
        more: format!("More for {called}"),
        called,
        own: visit.outside.caller.principal().account() == Some(member.account),
        disabled: account.as_ref().is_some_and(|account| account.parts().state != AccountState::Active),
        role: role_words(member.role),
        since: member.created.into(),
        change: path_of(member.environment, member.id, Step::Role),
        remove: path_of(member.environment, member.id, Step::Remove),
    })
}

#[cfg(test)]
mod tests {
    use keys_core::{AccountId, Creator, Owner, Revision, Role, Timestamp};

    use super::*;

    fn members(count: u64) -> Vec<MemberRecord> {
        let member = |number| MemberRecord {
            id: MemberId::new(number).unwrap(),
            environment: "1a5".parse().unwrap(),
            account: AccountId::new(number).unwrap(),
            role: Role::Member,
            creator: Creator { principal: Owner::Account(AccountId::ADMIN), key: None },
            created: Timestamp::MIN,
            revision: Revision::new(number),
        };
        (1..=count).map(member).collect()
    }

    /// Whoever follows the links comes by every member once, and back again.
    #[test]
    fn pages_of_members_lead_both_ways() {
        for count in [0, 1, 99, 100, 101, 200, 201, 250] {
            let members = members(count);
            let (mut met, mut after) = (Vec::new(), None::<MemberId>);
            loop {
                let here = after.map(|id| id.to_string());
                let stretch = Stretch::of(&members, here.as_deref());
                assert!(stretch.shown.len() <= ROWS);
                met.extend(stretch.shown.iter().copied());
                assert_eq!(stretch.previous.is_some(), after.is_some(), "{count}");
                let Some(next) = stretch.next else { break };
                let back = Stretch::of(&members, Some(&next.to_string())).previous.unwrap();
                assert_eq!(back, after, "{count}");
                after = Some(next);
            }
            assert_eq!(met, members);
        }
        assert_eq!(Stretch::of(&members(3), Some("x")).shown.len(), 3);
    }
}

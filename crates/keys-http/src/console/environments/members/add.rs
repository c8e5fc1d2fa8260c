//! Somebody becomes a member.

use askama::Template;
use http::StatusCode;
use keys_core::{AccountId, EnvironmentId, MemberRecord, Role};
use keys_service::{MembersError, PeopleQuery, SearchText};

use super::{Choice, account, called, choices, load_to_set, path};
use crate::console::frame::{self, Frame, Section};
use crate::console::notice::Notice;
use crate::console::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::problem::Problem;

/// How many people the form offers at once; whoever is not among them is searched for.
const MOST: usize = 50;

#[derive(Template)]
#[template(path = "console/environments/member_add.html")]
struct AddPage {
    frame: Frame,
    list: String,
    action: String,
    called: String,
    searched: String,
    said: String,
    people: Vec<Person>,
    /// What is offered before anybody is chosen, so that nobody is by accident.
    choose: Option<&'static str>,
    /// What to do about those who are not offered.
    hint: Option<&'static str>,
    /// What is wrong with who was chosen.
    error: Option<String>,
    roles: Vec<Choice>,
    role_error: Option<&'static str>,
}

/// Somebody who can be chosen.
struct Person {
    account: String,
    words: String,
    selected: bool,
}

/// What was chosen, and what is wrong with it.
#[derive(Default)]
struct Chosen {
    account: Option<AccountId>,
    error: Option<String>,
    role: Option<Role>,
    role_error: Option<&'static str>,
}

impl Chosen {
    fn typed(visit: &Visit<'_>) -> Result<Self, Problem> {
        let (account, role) = (visit.typed("account")?.parse().ok(), visit.typed("role")?.parse().ok());
        Ok(Self { account, role, ..Self::default() })
    }
}

/// The form: whom to choose from, by what is searched for.
pub(super) fn page(visit: &Visit<'_>, environment: EnvironmentId) -> Result<Answer, Problem> {
    load_to_set(visit, environment)?;
    let typed = Chosen::typed(visit)?;
    form(visit, environment, StatusCode::OK, Chosen { role: typed.role.or(Some(Role::Member)), ..typed })
}

/// Makes whoever was chosen a member.
pub(super) fn save(visit: &Visit<'_>, environment: EnvironmentId) -> Result<Answer, Problem> {
    load_to_set(visit, environment)?;
    let mut chosen = Chosen::typed(visit)?;
    chosen.error = chosen.account.is_none().then(|| "choose somebody".to_owned());
    chosen.role_error = chosen.role.is_none().then_some("choose one of these roles");
    let (Some(account), Some(role)) = (chosen.account, chosen.role) else {
        return form(visit, environment, StatusCode::UNPROCESSABLE_ENTITY, chosen);
    };
    match visit.call.authority.add_member(visit.outside, environment, account, role) {
        Ok(members) => Ok(done(visit, environment, of(&members, account))),
        Err(MembersError::AlreadyMember { .. }) => already(visit, environment, account, chosen),
        Err(MembersError::NotAPerson { .. }) => {
            chosen.error = Some("there is no such person, or not any more: choose somebody else".to_owned());
            form(visit, environment, StatusCode::UNPROCESSABLE_ENTITY, chosen)
        }
        Err(error) => Err(error.into()),
    }
}

/// Sent twice is done once; another role is another form's to give.
fn already(
    visit: &Visit<'_>,
    environment: EnvironmentId,
    account: AccountId,
    mut chosen: Chosen,
) -> Result<Answer, Problem> {
    let members = visit.call.authority.members_of(visit.outside, environment)?.unwrap_or_default();
    match of(&members, account) {
        Some(member) if chosen.role == Some(member.role) => Ok(done(visit, environment, Some(member))),
        Some(_) | None => {
            let said = "is a member already: the role of a member is changed in the list of members";
            chosen.error = Some(format!("{} {said}", super::person(visit, account)?));
            form(visit, environment, StatusCode::CONFLICT, chosen)
        }
    }
}

fn of(members: &[MemberRecord], account: AccountId) -> Option<&MemberRecord> {
    members.iter().find(|member| member.account == account)
}

fn done(visit: &Visit<'_>, environment: EnvironmentId, member: Option<&MemberRecord>) -> Answer {
    let said = [(Notice::PARAMETER, Notice::MEMBER_ADDED.word())];
    let fragment = member.map(|member| member.id.to_string());
    visit.go(&path(environment), &said, fragment.as_deref())
}

fn form(
    visit: &Visit<'_>,
    environment: EnvironmentId,
    status: StatusCode,
    chosen: Chosen,
) -> Result<Answer, Problem> {
    let record = super::load(visit, environment)?;
    let searched = visit.call.query.get("search").unwrap_or_default().trim().to_owned();
    let (people, more) = people(visit, environment, &searched, chosen.account)?;
    let called = called(&record);
    let is_found = !searched.is_empty() && people.len() == 1;
    let is_chosen = people.iter().any(|person| person.selected);
    let page = AddPage {
        frame: Frame::new(visit, Section::Environments, &format!("Add a member to {called}"))?,
        list: path(environment),
        action: format!("{}/new", path(environment)),
        said: said(people.len(), more),
        called,
        searched,
        people,
        choose: (!is_found && !is_chosen).then_some("Choose somebody"),
        hint: more.then_some("There are more: search for who is not among these."),
        error: chosen.error,
        roles: choices(chosen.role),
        role_error: chosen.role_error,
    };
    Answer::page(status, page.render())
}

/// Whom the form offers, and whether there are more: whoever was chosen before, and those who are found.
fn people(
    visit: &Visit<'_>,
    environment: EnvironmentId,
    searched: &str,
    chosen: Option<AccountId>,
) -> Result<(Vec<Person>, bool), Problem> {
    let members = visit.call.authority.members_of(visit.outside, environment)?.unwrap_or_default();
    let query = PeopleQuery {
        search: SearchText::new(searched),
        except: members.iter().map(|member| member.account).collect(),
        limit: MOST,
    };
    let found = visit.call.authority.find_people(visit.outside, &query)?;
    let mut people: Vec<_> = found.items.iter().map(|record| record.parts()).collect();
    let chosen_record = chosen.map(|id| account(visit, id)).transpose()?.flatten();
    if let Some(parts) = chosen_record.as_ref().map(|record| record.parts())
        && parts.kind.is_person()
        && !people.iter().any(|other| other.id == parts.id)
    {
        people.insert(0, parts);
    }
    let person = |parts: &&keys_core::AccountParts| Person {
        account: parts.id.to_string(),
        words: match &parts.name {
            Some(name) => format!("{} ({})", frame::called(parts.id, Some(name)), parts.id),
            None => parts.id.to_string(),
        },
        selected: Some(parts.id) == chosen,
    };
    Ok((people.iter().map(person).collect(), found.more))
}

fn said(people: usize, more: bool) -> String {
    match (people, more) {
        (0, _) => "Nobody can be chosen".to_owned(),
        (1, false) => "1 person can be chosen".to_owned(),
        (people, false) => format!("{people} people can be chosen"),
        (people, true) => format!("{people} people of more can be chosen"),
    }
}

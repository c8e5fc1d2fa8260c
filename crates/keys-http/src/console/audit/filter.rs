//! The form of what is looked for.

use std::net::IpAddr;

use keys_core::{
    AccessKey, AccountId, Action, EnvironmentId, KeyId, MemberId, Owner, PasswordId, SessionId, SettingName,
    Target, Via,
};
use keys_service::{About, AuditFilter, By};
use keys_store::{KeyFilter, KeyQuery, StateFilter};

use super::words;
use crate::console::form::{Field, instant};
use crate::console::visit::Visit;
use crate::problem::Problem;

/// What stands in the form.
pub(super) struct Form {
    /// What was done.
    pub(super) what: Field,
    /// What or whom it was done to.
    pub(super) whom: Field,
    /// Who did it.
    pub(super) who: Field,
    pub(super) from: Field,
    pub(super) until: Field,
}

/// What can be chosen as what was done, of one kind.
pub(super) struct Group {
    pub(super) kind: String,
    pub(super) choices: Vec<Choice>,
}

/// One of the things that can be chosen.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) words: String,
    pub(super) chosen: bool,
}

/// Everything that takes a right away.
const NARROWING: &str = "narrowing";

impl Form {
    /// What the address says.
    pub(super) fn asked(visit: &Visit<'_>) -> Self {
        let field = |name| Field::asked(visit, name);
        Self {
            what: field("what"),
            whom: field("whom"),
            who: field("who"),
            from: field("from"),
            until: field("until"),
        }
    }

    /// Whether anything stands in it.
    pub(super) fn is_empty(&self) -> bool {
        self.fields().iter().all(|field| field.value.is_empty())
    }

    /// Whether something is wrong with any of it, so that nothing was looked for.
    pub(super) fn is_wrong(&self) -> bool {
        self.fields().iter().any(|field| field.error.is_some())
    }

    /// What is looked for, if nothing is wrong with any of it.
    ///
    /// # Errors
    ///
    /// [`Problem::Failed`].
    pub(super) fn read(&mut self, visit: &Visit<'_>) -> Result<Option<AuditFilter>, Problem> {
        let actions = self.what.read(actions).unwrap_or_default();
        let about = match whom(visit, &self.whom.value)? {
            Ok(about) => about,
            Err(error) => {
                self.whom.refuse(error);
                Vec::new()
            }
        };
        let by = match who(visit, &self.who.value)? {
            Ok(by) => by,
            Err(error) => {
                self.who.refuse(error);
                Vec::new()
            }
        };
        let (from, until) = (self.from.read(instant), self.until.read(instant));
        if let (Some(from), Some(until)) = (from, until)
            && from >= until
        {
            self.until.refuse("this is not after the time it begins with");
        }
        Ok((!self.is_wrong()).then_some(AuditFilter { actions, about, by, from, until }))
    }

    /// What can be chosen as what was done.
    pub(super) fn groups(&self) -> Vec<Group> {
        let choice = |value: &str, words: String| Choice {
            chosen: self.what.value == value,
            value: value.to_owned(),
            words,
        };
        let mut groups: Vec<(&str, Group)> = Vec::new();
        for action in Action::ALL {
            let word = words::kind_of(*action);
            if groups.last().is_none_or(|(last, _)| *last != word) {
                let kind = words::kind(word).to_owned();
                let all = choice(word, format!("{kind}: anything"));
                groups.push((word, Group { kind, choices: vec![all] }));
            }
            if let Some((_, group)) = groups.last_mut() {
                group.choices.push(choice(action.as_str(), words::said(*action).to_owned()));
            }
        }
        groups.into_iter().map(|(_, group)| group).collect()
    }

    /// Whether everything that takes a right away is looked for.
    pub(super) fn narrowing(&self) -> bool {
        self.what.value == NARROWING
    }

    const fn fields(&self) -> [&Field; 5] {
        [&self.what, &self.whom, &self.who, &self.from, &self.until]
    }
}

/// What can be chosen: one action, all of a kind, or all that take a right away.
fn actions(value: &str) -> Result<Vec<Action>, &'static str> {
    let all = Action::ALL.iter().copied();
    let chosen: Vec<Action> = if value == NARROWING {
        all.filter(|action| action.narrows()).collect()
    } else {
        all.filter(|action| action.as_str() == value || words::kind_of(*action) == value).collect()
    };
    if chosen.is_empty() { Err("choose one of the list") } else { Ok(chosen) }
}

type Read<T> = Result<Result<Vec<T>, &'static str>, Problem>;

/// An id says of which family a thing is, and families share their numbers: `1c7` is a key or a password, never both.
fn whom(visit: &Visit<'_>, value: &str) -> Read<About> {
    const EXPECTED: &str =
        "expected an id, such as 1a5, 1c7 or 1pm2, an access key, or the name of a setting";
    if value.is_empty() {
        return Ok(Ok(Vec::new()));
    }
    if let (Ok(account), Ok(environment)) = (value.parse::<AccountId>(), value.parse::<EnvironmentId>()) {
        let owners = [Owner::Account(account), Owner::Environment(environment)];
        return Ok(Ok(owners.map(About::Owner).into()));
    }
    if let (Ok(key), Ok(password)) = (value.parse::<KeyId>(), value.parse::<PasswordId>()) {
        return Ok(Ok([Target::Key(key), Target::Password(password)].map(About::Target).into()));
    }
    if let Ok(member) = value.parse::<MemberId>() {
        return Ok(Ok(vec![About::Member(member)]));
    }
    let target = value.parse::<SessionId>().map(Target::Session).ok();
    let target = target.or_else(|| value.parse::<SettingName>().map(Target::Setting).ok());
    if let Some(target) = target {
        return Ok(Ok(vec![About::Target(target)]));
    }
    Ok(match of_access_key(visit, value, EXPECTED)? {
        Ok(key) => Ok(vec![About::Target(Target::Key(key))]),
        Err(error) => Err(error),
    })
}

fn who(visit: &Visit<'_>, value: &str) -> Read<By> {
    const EXPECTED: &str =
        "expected an id, such as 1a7, 1c7 or 1s3, an access key, or an address, such as 192.0.2.7";
    if value.is_empty() {
        return Ok(Ok(Vec::new()));
    }
    if let (Ok(account), Ok(environment)) = (value.parse::<AccountId>(), value.parse::<EnvironmentId>()) {
        let owners = [Owner::Account(account), Owner::Environment(environment)];
        return Ok(Ok(owners.map(By::Principal).into()));
    }
    if let (Ok(key), Ok(password)) = (value.parse::<KeyId>(), value.parse::<PasswordId>()) {
        return Ok(Ok([Via::Key(key), Via::Password(password)].map(By::Via).into()));
    }
    let by = value.parse::<SessionId>().map(|session| By::Via(Via::Session(session))).ok();
    let by = by.or_else(|| value.parse::<IpAddr>().map(By::Address).ok());
    if let Some(by) = by {
        return Ok(Ok(vec![by]));
    }
    Ok(match of_access_key(visit, value, EXPECTED)? {
        Ok(key) => Ok(vec![By::Via(Via::Key(key))]),
        Err(error) => Err(error),
    })
}

/// The key with an access key, deleted or not.
fn of_access_key(
    visit: &Visit<'_>,
    value: &str,
    expected: &'static str,
) -> Result<Result<KeyId, &'static str>, Problem> {
    let Ok(access_key) = value.parse::<AccessKey>() else { return Ok(Err(expected)) };
    let filter = KeyFilter { access_key: Some(access_key), state: StateFilter::Any, id: None };
    let query = KeyQuery { filter, limit: 1, ..KeyQuery::default() };
    let found = visit.call.authority.keys(visit.call.context, &query)?.items.pop();
    Ok(found.map(|key| key.parts().id).ok_or("no key that you may see has this access key"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_action_a_kind_or_all_that_narrow_can_be_chosen() {
        assert_eq!(actions("key.deactivate"), Ok(vec![Action::DeactivateKey]));
        assert_eq!(actions("member").unwrap().len(), 3);
        assert!(actions(NARROWING).unwrap().iter().all(|action| action.narrows()));
        for wrong in ["", "keys", "key.", "nonsense"] {
            assert!(actions(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn everything_can_be_chosen_once() {
        let empty = || Field::holding(None);
        let (what, whom, who) = (Field::holding(Some("key.issue")), empty(), empty());
        let form = Form { what, whom, who, from: empty(), until: empty() };
        let groups = form.groups();
        let choices: Vec<_> = groups.iter().flat_map(|group| &group.choices).collect();
        assert_eq!(choices.len(), Action::ALL.len() + groups.len());
        let chosen: Vec<_> = choices.iter().filter(|choice| choice.chosen).collect();
        assert_eq!(chosen.len(), 1);
        assert_eq!(chosen.first().map(|choice| choice.words.as_str()), Some("Key added"));
        for choice in choices {
            assert!(actions(&choice.value).is_ok(), "{}", choice.value);
        }
    }
}

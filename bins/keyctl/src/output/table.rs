//! Answers for people: columns, or one thing with a line for each of its fields. Never coloured.

use std::collections::BTreeMap;

use comfy_table::{Table, presets};
use keys_core::{AccessControl, SecretKey, Timestamp};
use zeroize::Zeroizing;

use super::escape::one_line;
use super::{Answer, caller, leak, profile, seconds};
use crate::authority::Person;
use crate::model::{
    Account, Disabled, Environment, Event, ImportResult, ImportedPair, IssuedKey, Key, Member,
};
use crate::outlook::Outlook;

/// The answer as lines.
pub(super) fn render(answer: &Answer, header: bool, now: Timestamp) -> Zeroizing<String> {
    match answer {
        Answer::Issued(issued, _) => issued_lines(issued, now),
        Answer::Key(key) => fields(&key_fields(key, now)),
        Answer::Keys(keys) => key_columns(keys.iter(), header, now),
        Answer::Verified(verified) => fields(&[
            ("valid", "yes".to_owned()),
            ("access key", verified.access_key.to_string()),
            ("owner", verified.owner.to_string()),
        ]),
        Answer::Imported(imported) => {
            columns(["LINE", "ACCESS KEY", "ID", "RESULT"], header, imported.pairs.iter().map(imported_row))
        }
        Answer::Caller(caller) => fields(&caller::fields(caller)),
        Answer::Profile(shown) => fields(&profile::fields(shown)),
        Answer::Profiles(profiles) => columns(
            ["NAME", "DEFAULT", "AUTHORITY", "ACCESS KEY", "SECRET"],
            header,
            profiles.iter().map(profile::row),
        ),
        Answer::Environment(environment) => fields(&environment_fields(environment)),
        Answer::Environments(environments) => columns(
            ["ID", "STATE", "NAME", "CREATED", "DESCRIPTION"],
            header,
            environments.iter().map(environment_row),
        ),
        Answer::AccessMode(mode) => Zeroizing::new(format!("access mode: {mode}\n")),
        Answer::AccessControl(access_control) => Zeroizing::new(match access_control {
            AccessControl::On => "access control is on: callers need an API key or a log-in\n".to_owned(),
            AccessControl::Off => {
                "access control is off: whoever reaches the address is the administrator\n".to_owned()
            }
        }),
        Answer::LoggedIn(session) => fields(&[
            ("logged in", one_line(&session.login)),
            ("account", session.account.to_string()),
            ("server", session.api.clone()),
        ]),
        Answer::LoggedOut => Zeroizing::new("logged out\n".to_owned()),
        Answer::PasswordSet(log_in) => {
            fields(&[("account", log_in.account.to_string()), ("log-in name", one_line(&log_in.login))])
        }
        Answer::Account(account) => fields(&account_fields(account)),
        Answer::Accounts(accounts) => account_columns(accounts.iter(), header),
        Answer::Disabled(people) => disabled_lines(people, header, now),
        Answer::Unlocked(people) => {
            let line = |person: &Person| format!("unlocked {}\n", one_line(&person.to_string()));
            Zeroizing::new(people.iter().map(line).collect())
        }
        Answer::SessionsEnded(None) => Zeroizing::new("ended all sessions of everybody\n".to_owned()),
        Answer::SessionsEnded(Some(people)) => {
            let line = |person: &Person| format!("ended all sessions of {}\n", one_line(&person.to_string()));
            Zeroizing::new(people.iter().map(line).collect())
        }
        Answer::BackedUp(made) => fields(&[
            ("path", one_line(&made.path.display().to_string())),
            ("bytes", made.bytes.to_string()),
            ("last event", made.last_event.map_or_else(|| "-".to_owned(), |id| id.to_string())),
        ]),
        Answer::Events(events) => columns(
            ["ID", "AT", "ACTION", "TARGET", "BY", "VIA", "CREDENTIAL", "ADDRESS", "NOTE"],
            header,
            events.iter().map(event_row),
        ),
        Answer::Document(text) => Zeroizing::new(text.clone()),
        // Nothing is found as a rule, and needs no head.
        Answer::Scanned(scanned) if scanned.leaks.is_empty() => Zeroizing::default(),
        Answer::Scanned(scanned) => {
            columns(["PLACE", "KIND", "ACCESS KEY"], header, scanned.leaks.iter().map(leak::row))
        }
        Answer::Members(members) => {
            columns(["ACCOUNT", "ROLE", "ENVIRONMENT", "SINCE"], header, members.iter().map(member_row))
        }
        Answer::Rehearsed(rehearsed) => {
            columns(["ID", "NAME", "STATE", "BECOMES"], header, rehearsed.outlooks.iter().map(outlook_row))
        }
    }
}

fn key_columns<'a>(keys: impl Iterator<Item = &'a Key>, header: bool, now: Timestamp) -> Zeroizing<String> {
    columns(
        ["ID", "ACCESS KEY", "STATE", "OWNER", "NAME", "CREATED", "EXPIRES"],
        header,
        keys.map(|key| key_row(key, now)),
    )
}

fn key_row(key: &Key, now: Timestamp) -> [String; 7] {
    [
        key.id.to_string(),
        key.access_key.to_string(),
        state_of(key, now),
        key.owner.to_string(),
        text_of(key.name.as_deref()),
        seconds(key.created),
        expiry_of(key),
    ]
}

fn key_fields(key: &Key, now: Timestamp) -> Vec<(&'static str, String)> {
    let mut fields = vec![
        ("id", key.id.to_string()),
        ("access key", key.access_key.to_string()),
        ("state", state_of(key, now)),
        ("owner", key.owner.to_string()),
        ("name", text_of(key.name.as_deref())),
        ("description", text_of(key.description.as_deref())),
        ("created", seconds(key.created)),
        ("expires", expiry_of(key)),
    ];
    fields.extend(key.deleted_at.map(|at| ("deleted", seconds(at))));
    fields
}

/// The secret is written by hand, so that no copy of it stays behind in a table.
fn issued_lines(issued: &IssuedKey, now: Timestamp) -> Zeroizing<String> {
    let about = fields(&key_fields(&issued.key, now));
    let mut lines = Zeroizing::new(String::with_capacity(about.len() + SecretKey::LENGTH + 32));
    for line in about.split_inclusive('\n') {
        lines.push_str(line);
        if line.starts_with("access key ") {
            lines.push_str("secret key   ");
            lines.push_str(issued.secret_key.expose());
            lines.push('\n');
        }
    }
    lines
}

fn imported_row(pair: &ImportedPair) -> [String; 4] {
    let result = match (pair.result, &pair.refusal) {
        (ImportResult::Imported, _) => "imported".to_owned(),
        (ImportResult::AlreadyThere, _) => "already there".to_owned(),
        (ImportResult::WouldImport, _) => "would be imported".to_owned(),
        (ImportResult::Refused, why) => format!("refused: {}", text_of(why.as_deref())),
    };
    [
        pair.line.to_string(),
        pair.access_key.to_string(),
        pair.id.map_or_else(|| "-".to_owned(), |id| id.to_string()),
        result,
    ]
}

fn environment_row(environment: &Environment) -> [String; 5] {
    [
        environment.id.to_string(),
        environment.state.as_str().to_owned(),
        text_of(environment.name.as_deref()),
        seconds(environment.created),
        text_of(environment.description.as_deref()),
    ]
}

fn environment_fields(environment: &Environment) -> Vec<(&'static str, String)> {
    vec![
        ("id", environment.id.to_string()),
        ("state", environment.state.as_str().to_owned()),
        ("name", text_of(environment.name.as_deref())),
        ("description", text_of(environment.description.as_deref())),
        ("created", seconds(environment.created)),
    ]
}

fn account_columns<'a>(accounts: impl Iterator<Item = &'a Account>, header: bool) -> Zeroizing<String> {
    columns(["ID", "KIND", "STATE", "NAME", "CREATED", "DESCRIPTION"], header, accounts.map(account_row))
}

fn account_row(account: &Account) -> [String; 6] {
    [
        account.id.to_string(),
        account.kind.as_str().to_owned(),
        account.state.as_str().to_owned(),
        text_of(account.name.as_deref()),
        seconds(account.created),
        text_of(account.description.as_deref()),
    ]
}

fn account_fields(account: &Account) -> Vec<(&'static str, String)> {
    let default = account.default_environment.map_or_else(|| "-".to_owned(), |id| id.to_string());
    vec![
        ("id", account.id.to_string()),
        ("kind", account.kind.as_str().to_owned()),
        ("state", account.state.as_str().to_owned()),
        ("name", text_of(account.name.as_deref())),
        ("description", text_of(account.description.as_deref())),
        ("default environment", default),
        ("created", seconds(account.created)),
    ]
}

/// The people, and below them each key that one of them made, once.
fn disabled_lines(people: &[Disabled], header: bool, now: Timestamp) -> Zeroizing<String> {
    let mut lines = account_columns(people.iter().map(|disabled| &disabled.account), header);
    let keys: BTreeMap<_, _> =
        people.iter().flat_map(|disabled| &disabled.keys).map(|key| (key.id, key)).collect();
    if !keys.is_empty() {
        lines.push_str("\nmade by them; the keys of environments are accepted as before:\n\n");
        lines.push_str(&key_columns(keys.into_values(), header, now));
    }
    lines
}

fn event_row(event: &Event) -> [String; 9] {
    [
        event.id.to_string(),
        seconds(event.at),
        text_of(Some(&event.action)),
        text_of(Some(&event.target)),
        text_of(Some(&event.by)),
        event.via.as_str().to_owned(),
        text_of(event.credential.as_deref()),
        text_of(event.address.as_deref()),
        text_of(event.note.as_deref()),
    ]
}

fn member_row(member: &Member) -> [String; 4] {
    [
        member.account.to_string(),
        member.role.as_str().to_owned(),
        member.environment.to_string(),
        seconds(member.created),
    ]
}

fn outlook_row(outlook: &Outlook) -> [String; 4] {
    let becomes = match &outlook.refusal {
        Some(why) => format!("{} ({})", outlook.becomes, one_line(why)),
        None => outlook.becomes.clone(),
    };
    [outlook.id.clone(), text_of(outlook.name.as_deref()), outlook.state.clone(), becomes]
}

fn state_of(key: &Key, now: Timestamp) -> String {
    if key.is_expired(now) { format!("{} (expired)", key.state) } else { key.state.to_string() }
}

fn expiry_of(key: &Key) -> String {
    key.expires_at.map_or_else(|| "never".to_owned(), seconds)
}

/// A text of others as one cell: on one line, and not longer than a table bears.
fn text_of(text: Option<&str>) -> String {
    const LONGEST: usize = 4_096;
    let line = one_line(text.unwrap_or("-"));
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

fn fields(fields: &[(&'static str, String)]) -> Zeroizing<String> {
    let mut table = plain_table();
    for (name, value) in fields {
        table.add_row([*name, value.as_str()]);
    }
    lines_of(&table)
}

fn columns<const N: usize>(
    heads: [&'static str; N],
    header: bool,
    rows: impl Iterator<Item = [String; N]>,
) -> Zeroizing<String> {
    let mut table = plain_table();
    if header {
        table.set_header(heads);
    }
    table.add_rows(rows);
    lines_of(&table)
}

fn plain_table() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table
}

/// The table without the blanks that fill its lines on either side.
fn lines_of(table: &Table) -> Zeroizing<String> {
    let mut text = String::new();
    for line in table.lines() {
        let line = line.strip_prefix(' ').unwrap_or(&line).trim_end_matches(' ');
        text.push_str(line);
        text.push('\n');
    }
    Zeroizing::new(text)
}

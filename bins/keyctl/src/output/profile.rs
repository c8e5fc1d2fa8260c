//! Profiles, in words: never with a secret.

use serde::Serialize;

use super::escape::one_line;
use crate::model::ShownProfile;

/// The names of the fields.
pub(crate) const FIELDS: &[&str] = &[
    "name",
    "default",
    "url",
    "environment",
    "caFile",
    "database",
    "pepperFile",
    "accessKey",
    "secret",
    "secretCommand",
    "output",
];

/// As JSON has it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct JsonProfile<'a> {
    name: &'a str,
    default: bool,
    url: Option<&'a str>,
    environment: Option<&'a str>,
    ca_file: Option<&'a str>,
    database: Option<&'a str>,
    pepper_file: Option<&'a str>,
    access_key: Option<&'a str>,
    secret: Option<&'static str>,
    secret_command: Option<&'a str>,
    output: Option<&'a str>,
}

impl<'a> JsonProfile<'a> {
    pub(super) fn new(profile: &'a ShownProfile) -> Self {
        Self {
            name: &profile.name,
            default: profile.is_default,
            url: profile.url.as_deref(),
            environment: profile.environment.as_deref(),
            ca_file: profile.ca_file.as_deref(),
            database: profile.database.as_deref(),
            pepper_file: profile.pepper_file.as_deref(),
            access_key: profile.access_key.as_deref(),
            secret: profile.secret,
            secret_command: profile.secret_command.as_deref(),
            output: profile.output.as_deref(),
        }
    }
}

/// As lines for people: what is not there is left out.
pub(super) fn fields(profile: &ShownProfile) -> Vec<(&'static str, String)> {
    let mut fields = vec![("name", profile.name.clone()), ("default", yes(profile.is_default).to_owned())];
    let given = [
        ("url", &profile.url),
        ("environment", &profile.environment),
        ("ca file", &profile.ca_file),
        ("database", &profile.database),
        ("pepper file", &profile.pepper_file),
        ("access key", &profile.access_key),
    ];
    fields.extend(given.into_iter().filter_map(|(name, value)| Some((name, one_line(value.as_deref()?)))));
    fields.extend(profile.secret.map(|_| ("secret", secret(profile))));
    fields.extend(profile.output.clone().map(|output| ("output", output)));
    fields
}

/// As a row of a table.
pub(super) fn row(profile: &ShownProfile) -> [String; 5] {
    let place = profile.url.as_deref().or(profile.database.as_deref()).unwrap_or("-");
    let place = match &profile.environment {
        Some(environment) => format!("{place} ({environment})"),
        None => place.to_owned(),
    };
    [
        profile.name.clone(),
        yes(profile.is_default).to_owned(),
        one_line(&place),
        profile.access_key.clone().unwrap_or_else(|| "-".to_owned()),
        secret(profile),
    ]
}

fn secret(profile: &ShownProfile) -> String {
    match (profile.secret, &profile.secret_command) {
        (_, Some(program)) => format!("told by {}", one_line(program)),
        (Some(kept), None) => kept.to_owned(),
        (None, None) => "-".to_owned(),
    }
}

const fn yes(it_is: bool) -> &'static str {
    if it_is { "yes" } else { "no" }
}

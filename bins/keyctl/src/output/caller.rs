//! As whom a run acts, in words.

use serde::Serialize;

use super::escape::one_line;
use crate::model::{Caller, Presented};

/// The names of its fields.
pub(crate) const FIELDS: &[&str] =
    &["kind", "accessKey", "owner", "ownerKind", "name", "administrator", "url"];

/// As JSON has it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct JsonCaller<'a> {
    kind: &'static str,
    access_key: Option<String>,
    owner: String,
    owner_kind: &'static str,
    name: Option<&'a str>,
    administrator: bool,
    url: &'a str,
}

impl<'a> JsonCaller<'a> {
    pub(super) fn new(caller: &'a Caller) -> Self {
        Self {
            kind: match caller.presented {
                Presented::Key(_) => "key",
                Presented::Session => "session",
                Presented::Nothing => "open",
                Presented::Database => "database",
            },
            access_key: access_key(caller),
            owner: caller.owner.to_string(),
            owner_kind: owner_kind(caller),
            name: caller.name.as_deref(),
            administrator: caller.administrator,
            url: &caller.url,
        }
    }
}

/// As lines for people.
pub(super) fn fields(caller: &Caller) -> Vec<(&'static str, String)> {
    let kind = match caller.presented {
        Presented::Key(_) => "key",
        Presented::Session => "session",
        Presented::Nothing => "open: access control is off, and nothing was presented",
        Presented::Database => "database: whoever holds it administers",
    };
    let mut fields = vec![("kind", kind.to_owned())];
    fields.extend(access_key(caller).map(|access_key| ("access key", access_key)));
    fields.extend([
        (owner_kind(caller), caller.owner.to_string()),
        ("name", one_line(caller.name.as_deref().unwrap_or("-"))),
        ("administrator", if caller.administrator { "yes" } else { "no" }.to_owned()),
        ("url", one_line(&caller.url)),
    ]);
    fields
}

fn access_key(caller: &Caller) -> Option<String> {
    match caller.presented {
        Presented::Key(access_key) => Some(access_key.to_string()),
        Presented::Session | Presented::Nothing | Presented::Database => None,
    }
}

const fn owner_kind(caller: &Caller) -> &'static str {
    if caller.is_environment { "environment" } else { "account" }
}

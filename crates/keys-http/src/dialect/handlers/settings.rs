//! The settings of the installation.

use keys_api::{ActiveSetting, Collection, Resource as _, Setting};
use keys_core::{AccessControl, SettingName};

use super::{Answer, Call};
use crate::dialect::body::Given;
use crate::dialect::views;
use crate::problem::Problem;

/// What everybody may know, beside the settings that are kept.
const FACTS: [Fact; 4] = [
    Fact { name: "api.auth.provider.configured", value: |_| "none" },
    Fact { name: "api.auth.realm", value: |call| call.realm },
    // Empty: the pages of the API are made here and need neither.
    Fact { name: "api.ui.css.url", value: |_| "" },
    Fact { name: "api.ui.js.url", value: |_| "" },
];

/// A setting that is not kept in the database and cannot be changed here.
struct Fact {
    name: &'static str,
    value: for<'c> fn(&Call<'c>) -> &'c str,
}

/// A setting that is found by its name.
#[derive(Clone, Copy)]
enum Found {
    Kept(SettingName),
    Fact(&'static Fact),
}

impl Found {
    fn all() -> impl Iterator<Item = Self> {
        SettingName::ALL.into_iter().map(Self::Kept).chain(FACTS.iter().map(Self::Fact))
    }

    fn named(name: &str) -> Result<Self, Problem> {
        Self::all().find(|found| found.name().eq_ignore_ascii_case(name)).ok_or(Problem::NotFound)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Kept(name) => name.as_str(),
            Self::Fact(fact) => fact.name,
        }
    }

    fn value<'c>(self, call: &Call<'c>) -> &'c str {
        match self {
            Self::Kept(SettingName::AccessControl) => call.authority.access_control().as_str(),
            Self::Kept(_) => "",
            Self::Fact(fact) => (fact.value)(call),
        }
    }

    fn view(self, call: &Call<'_>) -> Setting {
        views::setting(self.name(), self.value(call), call.urls)
    }

    fn view_active(self, call: &Call<'_>) -> Result<ActiveSetting, Problem> {
        let stored = match self {
            Self::Kept(name) => call.authority.store().setting(name)?.is_some(),
            Self::Fact(_) => false,
        };
        Ok(views::active_setting(self.name(), self.value(call), stored, call.urls))
    }
}

/// `GET /v1/settings`.
pub(super) fn list(call: &Call<'_>) -> Result<Answer, Problem> {
    let settings = Found::all().map(|found| found.view(call)).collect();
    Answer::ok(&Collection::whole(Setting::DECLARATION.id, call.urls.of("settings"), settings))
}

/// `GET /v1/activesettings`.
pub(super) fn list_active(call: &Call<'_>) -> Result<Answer, Problem> {
    let settings = Found::all().map(|found| found.view_active(call)).collect::<Result<_, Problem>>()?;
    Answer::ok(&Collection::whole(ActiveSetting::DECLARATION.id, call.urls.of("activesettings"), settings))
}

/// `GET /v1/settings/{name}`.
pub(super) fn get(call: &Call<'_>, name: &str) -> Result<Answer, Problem> {
    Answer::ok(&Found::named(name)?.view(call))
}

/// `GET /v1/activesettings/{name}`.
pub(super) fn get_active(call: &Call<'_>, name: &str) -> Result<Answer, Problem> {
    Answer::ok(&Found::named(name)?.view_active(call)?)
}

/// `PUT /v1/settings/{name}` with a `value`.
pub(super) fn edit(call: &Call<'_>, name: &str) -> Result<Answer, Problem> {
    let found = Found::named(name)?;
    match found {
        Found::Kept(SettingName::AccessControl) => edit_access_control(call)?,
        // The set of settings is closed in the core and grows there.
        Found::Kept(_) | Found::Fact(_) => {
            return Err(Problem::MethodNotAllowed {
                allow: "GET, HEAD, OPTIONS".into(),
                detail: Some(
                    "this setting follows from how the server was started and cannot be changed here",
                ),
            });
        }
    }
    Answer::ok(&found.view(call))
}

fn edit_access_control(call: &Call<'_>) -> Result<(), Problem> {
    let value = match call.fields.text("value")? {
        Given::Absent => {
            return Err(Problem::field(
                "MissingRequired",
                "value",
                "send {\"value\":\"true\"} or {\"value\":\"false\"}",
            ));
        }
        Given::Null => return Err(Problem::field("NotNullable", "value", "the value is `true` or `false`")),
        Given::Text(value) => value,
    };
    let access_control: AccessControl = value
        .parse()
        .map_err(|_| Problem::field("InvalidOption", "value", "the value is `true` or `false`"))?;
    if access_control == AccessControl::Off && !call.may_open {
        return Err(Problem::Forbidden(
            "a server that can be reached from a network does not switch access control off; do it on its machine, \
             while it is stopped, with `keyctl --database sqlite:PATH access-control disable`",
        ));
    }
    Ok(call.authority.set_access_control(call.context, access_control)?)
}

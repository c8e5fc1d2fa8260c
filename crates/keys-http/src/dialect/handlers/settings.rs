//! The settings of the installation.

use keys_api::{ActiveSetting, Collection, Resource as _, Setting};
use keys_core::{AccessControl, ParseAssetUrlError, ParseSettingError, SettingName, SettingValue};

use super::{Answer, Call};
use crate::dialect::body::Given;
use crate::dialect::views;
use crate::problem::Problem;

/// What everybody may know, beside the settings that are kept.
const FACTS: [Fact; 2] = [
    Fact {
        name: "api.auth.provider.configured",
        value: |call| super::token::provider(call.authority).unwrap_or("none"),
    },
    Fact { name: "api.auth.realm", value: |call| call.realm },
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
    /// Every one, by name.
    fn all() -> Vec<Self> {
        let kept = SettingName::ALL.into_iter().map(Self::Kept);
        let mut all: Vec<Self> = kept.chain(FACTS.iter().map(Self::Fact)).collect();
        all.sort_by_key(|found| found.name());
        all
    }

    fn named(name: &str) -> Result<Self, Problem> {
        Self::all().into_iter().find(|found| found.name().eq_ignore_ascii_case(name)).ok_or(Problem::NotFound)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Kept(name) => name.as_str(),
            Self::Fact(fact) => fact.name,
        }
    }

    fn value(self, call: &Call<'_>) -> String {
        match self {
            Self::Kept(name) => call.authority.setting(name).to_string(),
            Self::Fact(fact) => (fact.value)(call).to_owned(),
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
    let settings = Found::all().into_iter().map(|found| found.view(call)).collect();
    Answer::ok(&Collection::whole(Setting::DECLARATION.id, call.urls.of("settings"), settings))
}

/// `GET /v1/activesettings`.
pub(super) fn list_active(call: &Call<'_>) -> Result<Answer, Problem> {
    let settings = Found::all().into_iter().map(|found| found.view_active(call));
    let settings = settings.collect::<Result<_, Problem>>()?;
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
    let value = match found {
        Found::Kept(name) => given(call, name)?,
        Found::Fact(_) => {
            return Err(Problem::MethodNotAllowed {
                allow: "GET, HEAD, OPTIONS".into(),
                detail: Some(
                    "this setting follows from how the server was started and cannot be changed here",
                ),
            });
        }
    };
    if value == SettingValue::AccessControl(AccessControl::Off) && !call.may_open {
        return Err(Problem::Forbidden(
            "a server that can be reached from a network does not switch access control off; do it on its machine, \
             while it is stopped, with `keyctl --database sqlite:PATH access-control disable`",
        ));
    }
    call.authority.change_setting(call.context, &value)?;
    Answer::ok(&found.view(call))
}

/// The value that a request gives to a setting.
fn given(call: &Call<'_>, name: SettingName) -> Result<SettingValue, Problem> {
    let wrong = |code, detail: &'static str| Problem::field(code, "value", detail);
    let text = match (call.fields.text("value")?, name) {
        (Given::Text(text), _) => text,
        // What a form means by an empty field.
        (Given::Null, SettingName::ApiUiScript | SettingName::ApiUiStylesheet) => String::new(),
        (Given::Null, SettingName::AccessControl) => {
            return Err(wrong("NotNullable", "the value is `true` or `false`"));
        }
        (Given::Absent, SettingName::AccessControl) => {
            return Err(wrong("MissingRequired", "send {\"value\":\"true\"} or {\"value\":\"false\"}"));
        }
        (Given::Absent, SettingName::ApiUiScript | SettingName::ApiUiStylesheet) => {
            return Err(wrong(
                "MissingRequired",
                "send {\"value\":\"https://…\"}, or {\"value\":\"\"} for none",
            ));
        }
    };
    SettingValue::parse(name, &text).map_err(|error| match error {
        ParseSettingError::NotASwitch => wrong("InvalidOption", "the value is `true` or `false`"),
        ParseSettingError::NotAnAddress(ParseAssetUrlError::TooLong) => Problem::field(
            "MaxLengthExceeded",
            "value",
            format!("the address is {}", ParseAssetUrlError::TooLong),
        ),
        ParseSettingError::NotAnAddress(cause) => Problem::field(
            "InvalidFormat",
            "value",
            format!("the value is the address of a file, or empty for none; this one is wrong: {cause}"),
        ),
        ParseSettingError::UnknownName | _ => wrong("InvalidFormat", "not a value of this setting"),
    })
}

//! The settings of the installation.

use keys_api::{ActiveSetting, Audience, Collection, Resource as _, Setting};
use keys_core::{
    AccessControl, ParseAccountListError, ParseAssetUrlError, ParseSettingError, SessionPolicy, SettingName,
    SettingValue,
};

use super::{Answer, Call};
use crate::dialect::body::Given;
use crate::dialect::views;
use crate::problem::Problem;

/// What everybody may know, beside the settings that are kept.
const FACTS: [Fact; 1] = [Fact {
    name: "api.auth.jwt.token.expiry",
    value: || SessionPolicy::STANDARD.absolute.as_millis().to_string(),
}];

/// A setting that is not kept in the database and cannot be changed here.
struct Fact {
    name: &'static str,
    value: fn() -> String,
}

/// A setting that is found by its name.
#[derive(Clone, Copy)]
enum Found {
    Kept(SettingName),
    Fact(&'static Fact),
}

impl Found {
    /// Every one that the caller may see, by name.
    fn all(call: &Call<'_>) -> Vec<Self> {
        let kept = SettingName::ALL.into_iter().map(Self::Kept);
        let mut all: Vec<Self> = kept.chain(FACTS.iter().map(Self::Fact)).collect();
        all.retain(|found| found.is_for(call.audience()));
        all.sort_by_key(|found| found.name());
        all
    }

    fn named(call: &Call<'_>, name: &str) -> Result<Self, Problem> {
        let named = |found: &Self| found.name().eq_ignore_ascii_case(name);
        Self::all(call).into_iter().find(named).ok_or(Problem::NotFound)
    }

    /// Who is on a list of people is not everybody's to know.
    fn is_for(self, audience: Audience) -> bool {
        audience == Audience::Administrator || !matches!(self, Self::Kept(SettingName::AllowedAccounts))
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Kept(name) => name.as_str(),
            Self::Fact(fact) => fact.name,
        }
    }

    fn value(self, call: &Call<'_>) -> Result<String, Problem> {
        Ok(match self {
            Self::Kept(SettingName::LogInProvider) => call.authority.log_in_provider()?.to_string(),
            Self::Kept(name) => call.authority.setting(name).to_string(),
            Self::Fact(fact) => (fact.value)(),
        })
    }

    fn view(self, call: &Call<'_>) -> Result<Setting, Problem> {
        Ok(views::setting(self.name(), self.value(call)?, call.urls))
    }

    fn view_active(self, call: &Call<'_>) -> Result<ActiveSetting, Problem> {
        let stored = match self {
            Self::Kept(name) => call.authority.store().setting(name)?.is_some(),
            Self::Fact(_) => false,
        };
        Ok(views::active_setting(self.name(), self.value(call)?, stored, call.urls))
    }
}

/// `GET /v1/settings`.
pub(super) fn list(call: &Call<'_>) -> Result<Answer, Problem> {
    let settings = Found::all(call).into_iter().map(|found| found.view(call));
    let settings = settings.collect::<Result<_, Problem>>()?;
    Answer::ok(&Collection::whole(Setting::DECLARATION.id, call.urls.of("settings"), settings))
}

/// `GET /v1/activesettings`.
pub(super) fn list_active(call: &Call<'_>) -> Result<Answer, Problem> {
    let settings = Found::all(call).into_iter().map(|found| found.view_active(call));
    let settings = settings.collect::<Result<_, Problem>>()?;
    Answer::ok(&Collection::whole(ActiveSetting::DECLARATION.id, call.urls.of("activesettings"), settings))
}

/// `GET /v1/settings/{name}`.
pub(super) fn get(call: &Call<'_>, name: &str) -> Result<Answer, Problem> {
    Answer::ok(&Found::named(call, name)?.view(call)?)
}

/// `GET /v1/activesettings/{name}`.
pub(super) fn get_active(call: &Call<'_>, name: &str) -> Result<Answer, Problem> {
    Answer::ok(&Found::named(call, name)?.view_active(call)?)
}

const READ_ONLY: &str = "GET, HEAD, OPTIONS";

/// `PUT /v1/settings/{name}` with a `value`.
pub(super) fn edit(call: &Call<'_>, name: &str) -> Result<Answer, Problem> {
    let found = Found::named(call, name)?;
    let value = match found {
        Found::Kept(SettingName::LogInProvider) => {
            return Err(Problem::MethodNotAllowed {
                allow: READ_ONLY.into(),
                detail: Some(
                    "this setting follows from whether anybody has a password, and from `enabled` of \
                     `POST /v1/localauthconfig`",
                ),
            });
        }
        Found::Kept(name) => given(call, name)?,
        Found::Fact(_) => {
            return Err(Problem::MethodNotAllowed {
                allow: READ_ONLY.into(),
                detail: Some("this setting is the same for every server and cannot be changed"),
            });
        }
    };
    if value == SettingValue::AccessControl(AccessControl::Off) && !call.may_open {
        return Err(Problem::Forbidden(super::local_auth::STAYS_ON));
    }
    call.authority.change_setting(call.context, &value)?;
    Answer::ok(&found.view(call)?)
}

/// The value that a request gives to a setting.
fn given(call: &Call<'_>, name: SettingName) -> Result<SettingValue, Problem> {
    let wrong = |code, detail: &'static str| Problem::field(code, "value", detail);
    let text = match call.fields.text("value")? {
        Given::Text(text) => text,
        // What a form means by an empty field.
        Given::Null if may_be_empty(name) => String::new(),
        Given::Null => return Err(wrong("NotNullable", expected(name))),
        Given::Absent => return Err(wrong("MissingRequired", expected(name))),
    };
    SettingValue::parse(name, &text).map_err(|error| match error {
        ParseSettingError::NotASwitch | ParseSettingError::NotAMode(_) | ParseSettingError::NotAProvider => {
            wrong("InvalidOption", expected(name))
        }
        ParseSettingError::NotAccounts(ParseAccountListError::TooLong) => {
            wrong("MaxLengthExceeded", "at most 256 accounts are listed")
        }
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
        ParseSettingError::NotAccounts(_) | ParseSettingError::NotARealm(_) => {
            wrong("InvalidFormat", expected(name))
        }
        ParseSettingError::UnknownName | _ => wrong("InvalidFormat", "not a value of this setting"),
    })
}

/// Whether nothing at all is a value of a setting.
const fn may_be_empty(name: SettingName) -> bool {
    match name {
        SettingName::AllowedAccounts | SettingName::ApiUiScript | SettingName::ApiUiStylesheet => true,
        SettingName::AccessControl
        | SettingName::AccessMode
        | SettingName::LogInProvider
        | SettingName::Realm => false,
    }
}

/// What a setting takes.
const fn expected(name: SettingName) -> &'static str {
    match name {
        SettingName::AccessControl => "send {\"value\":\"true\"} or {\"value\":\"false\"}",
        SettingName::AccessMode => {
            "send {\"value\":\"unrestricted\"}, {\"value\":\"restricted\"} or {\"value\":\"required\"}"
        }
        SettingName::AllowedAccounts => {
            "send the ids of accounts with commas between them, {\"value\":\"1a7,1a9\"}, or {\"value\":\"\"} for nobody"
        }
        SettingName::LogInProvider => "the value is `none` or `localauthconfig`",
        SettingName::Realm => "the value is 1 to 255 printable characters of ASCII",
        SettingName::ApiUiScript | SettingName::ApiUiStylesheet => {
            "send {\"value\":\"https://…\"}, or {\"value\":\"\"} for none"
        }
    }
}

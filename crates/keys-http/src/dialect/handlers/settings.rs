//! The settings of the installation.

use keys_api::{Collection, Resource as _, Setting};
use keys_core::{AccessControl, SettingName};

use super::{Answer, Call};
use crate::dialect::body::Given;
use crate::dialect::views;
use crate::problem::Problem;

/// `GET /v1/settings`.
pub(super) fn list(call: &Call<'_>) -> Result<Answer, Problem> {
    let settings = SettingName::ALL.into_iter().map(|name| view(call, name)).collect();
    Answer::ok(&Collection::whole(Setting::DECLARATION.id, call.urls.of("settings"), settings))
}

/// `GET /v1/settings/{name}`.
pub(super) fn get(call: &Call<'_>, name: &str) -> Result<Answer, Problem> {
    Answer::ok(&view(call, find(name)?))
}

/// `PUT /v1/settings/{name}` with a `value`.
pub(super) fn edit(call: &Call<'_>, name: &str) -> Result<Answer, Problem> {
    let name = find(name)?;
    match name {
        SettingName::AccessControl => edit_access_control(call)?,
        // The set of settings is closed in the core and grows there.
        _ => return Err(Problem::NotFound),
    }
    Answer::ok(&view(call, name))
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

fn find(name: &str) -> Result<SettingName, Problem> {
    SettingName::ALL
        .into_iter()
        .find(|setting| setting.as_str().eq_ignore_ascii_case(name))
        .ok_or(Problem::NotFound)
}

fn view(call: &Call<'_>, name: SettingName) -> Setting {
    let value = match name {
        SettingName::AccessControl => call.authority.access_control().as_str(),
        _ => "",
    };
    views::setting(name, value, call.urls)
}

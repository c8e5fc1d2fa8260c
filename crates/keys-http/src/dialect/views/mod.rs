//! Records as documents.

mod audit;
mod log_in;
mod people;

use std::collections::BTreeMap;

use keys_api::{
    ActiveSetting, ApiKey, ApiVersion, Audience, Credential, Date, Links, Project, Resource as _, Setting,
    Verb, declarations,
};
use keys_core::{
    EnvironmentRecord, EnvironmentState, KeyRecord, Lifecycle, LifecycleState, Owner, SecretKey, Timestamp,
    Uuid,
};

pub(crate) use audit::event;
pub(crate) use log_in::password;
pub(crate) use people::{
    VOUCHER, account, account_of_identity, environment_account, identity, identity_id, member, members,
};

use super::grammar::Version;
use super::include::add_links;
use super::urls::Urls;

/// A key. The secret is shown when there is one, which is in the answer to its issue only.
pub(crate) fn key(record: &KeyRecord, secret: Option<&SecretKey>, audience: Audience, urls: &Urls) -> ApiKey {
    let parts = record.parts();
    let own = urls.of(&format!("apikeys/{}", parts.id));
    let acts = ApiKey::DECLARATION.methods(audience).actions;
    let mut links = Links::new();
    add_links::<ApiKey>(&mut links, &own);
    links.insert("self".to_owned(), own.clone());
    ApiKey {
        id: parts.id.to_string(),
        type_name: ApiKey::DECLARATION.id.to_owned(),
        actions: actions(&own, if acts { key_actions(parts.lifecycle.state()) } else { &[] }),
        links,
        name: parts.name.as_ref().map(ToString::to_string),
        state: Some(key_state(parts.lifecycle.state()).to_owned()),
        account_id: Some(owner_id(parts.owner)),
        created: Some(date(parts.created)),
        creator_id: Some(owner_id(parts.creator.principal)),
        description: parts.description.as_ref().map(ToString::to_string),
        expires_at: parts.expires_at.map(date),
        kind: Some("apiKey".to_owned()),
        public_value: Some(parts.access_key.to_string()),
        removed: match &parts.lifecycle {
            Lifecycle::Active(_) | Lifecycle::Inactive(_) => None,
            Lifecycle::Deleted { at } => Some(date(*at)),
        },
        secret_value: secret.map(|secret| secret.expose().to_owned()),
        transitioning: Some("no".to_owned()),
        transitioning_message: None,
        transitioning_progress: None,
        uuid: Some(Uuid::of_key(&parts.access_key).to_string()),
    }
}

/// A key as a credential: what it is at the address of its base type.
pub(crate) fn credential(record: &KeyRecord, urls: &Urls) -> Credential {
    let own = urls.of(&format!("credentials/{}", record.parts().id));
    let mut links = Links::new();
    add_links::<Credential>(&mut links, &own);
    links.insert("self".to_owned(), own);
    Credential(ApiKey {
        type_name: Credential::DECLARATION.id.to_owned(),
        links,
        actions: Links::new(),
        ..key(record, None, Audience::Reader, urls)
    })
}

/// The word of the contract for a state.
pub(crate) const fn key_state(state: LifecycleState) -> &'static str {
    match state {
        LifecycleState::Active => "active",
        LifecycleState::Inactive => "inactive",
        LifecycleState::Deleted => "removed",
    }
}

const fn key_actions(state: LifecycleState) -> &'static [&'static str] {
    match state {
        LifecycleState::Active => &["deactivate", "update"],
        LifecycleState::Inactive => &["activate", "remove", "update"],
        LifecycleState::Deleted => &[],
    }
}

/// An environment, for one who may change it or not. While it is active its links lead to everything inside it.
pub(crate) fn project(record: &EnvironmentRecord, acts: bool, urls: &Urls) -> Project {
    let parts = record.parts();
    let own = urls.of(&format!("projects/{}", parts.id));
    // Nobody enters one that is not active, so links into it would lead nowhere.
    let mut links = match parts.state {
        EnvironmentState::Active => listable(Audience::Member, |plural| urls.inside(parts.id, plural)),
        EnvironmentState::Inactive | EnvironmentState::Removed { .. } => Links::new(),
    };
    links.insert("self".to_owned(), own.clone());
    Project {
        id: parts.id.to_string(),
        type_name: Project::DECLARATION.id.to_owned(),
        links,
        actions: actions(&own, if acts { project_actions(parts.state) } else { &[] }),
        name: parts.name.as_ref().map(ToString::to_string),
        state: Some(parts.state.as_str().to_owned()),
        created: Some(date(parts.created)),
        creator_id: Some(owner_id(parts.creator.principal)),
        description: parts.description.as_ref().map(ToString::to_string),
        kind: Some("project".to_owned()),
        members: None,
        removed: parts.state.removed_at().map(date),
        transitioning: Some("no".to_owned()),
        transitioning_message: None,
        transitioning_progress: None,
        uuid: Some(parts.uuid.to_string()),
    }
}

const fn project_actions(state: EnvironmentState) -> &'static [&'static str] {
    match state {
        EnvironmentState::Active => &["deactivate", "remove", "setmembers", "update"],
        EnvironmentState::Inactive => &["activate", "remove", "setmembers", "update"],
        EnvironmentState::Removed { .. } => &["restore"],
    }
}

/// A setting.
pub(crate) fn setting(name: &str, value: String, urls: &Urls) -> Setting {
    Setting {
        id: name.to_owned(),
        type_name: Setting::DECLARATION.id.to_owned(),
        links: Links::from([("self".to_owned(), urls.of(&format!("settings/{name}")))]),
        actions: BTreeMap::new(),
        name: Some(name.to_owned()),
        value: Some(value),
    }
}

/// A setting with where its value comes from.
pub(crate) fn active_setting(name: &str, value: String, stored: bool, urls: &Urls) -> ActiveSetting {
    ActiveSetting {
        id: name.to_owned(),
        type_name: ActiveSetting::DECLARATION.id.to_owned(),
        links: Links::from([("self".to_owned(), urls.of(&format!("activesettings/{name}")))]),
        actions: BTreeMap::new(),
        name: Some(name.to_owned()),
        active_value: Some(value.clone()),
        in_db: Some(stored),
        source: Some(if stored { "Database" } else { "Default" }.to_owned()),
        value: Some(value),
    }
}

/// A version, with a link to everything the caller may list when it is asked for by itself.
pub(crate) fn version(version: Version, audience: Option<Audience>, urls: &Urls) -> ApiVersion {
    let mut links = audience.map_or_else(Links::new, |audience| listable(audience, |plural| urls.of(plural)));
    links.insert("self".to_owned(), urls.of_version(version));
    ApiVersion {
        id: version.as_str().to_owned(),
        type_name: ApiVersion::DECLARATION.id.to_owned(),
        links,
        actions: BTreeMap::new(),
    }
}

/// The id of whom a caller acts as, in the dialect's words an account.
pub(crate) fn owner_id(owner: Owner) -> String {
    match owner {
        Owner::Environment(id) => id.to_string(),
        Owner::Account(id) => id.to_string(),
    }
}

fn listable(audience: Audience, url: impl Fn(&str) -> String) -> Links {
    declarations()
        .into_iter()
        .filter(|declaration| declaration.methods(audience).collection.contains(&Verb::Get))
        .map(|declaration| (declaration.plural.to_owned(), url(&declaration.plural.to_ascii_lowercase())))
        .collect()
}

fn actions(own: &str, names: &[&str]) -> Links {
    names.iter().map(|name| ((*name).to_owned(), format!("{own}/?action={name}"))).collect()
}

/// A date in whole seconds; the twin keeps the milliseconds.
pub(crate) fn date(instant: Timestamp) -> Date {
    let text = instant.to_string();
    let seconds = text.split_once('.').map_or(text.as_str(), |(seconds, _)| seconds);
    Date::new(format!("{seconds}Z"), instant.as_millis())
}

//! How people log in. Nobody does yet, and these say so.

use keys_api::{Collection, Links, LocalAuthConfig, Resource as _};

use super::{Answer, Call};
use crate::problem::Problem;

/// The id of the one there is.
const LOCAL: &str = "local";

/// `GET /v1/localauthconfigs`.
pub(super) fn local_auth_configs(call: &Call<'_>) -> Result<Answer, Problem> {
    let own = call.urls.of("localauthconfigs");
    Answer::ok(&Collection::whole(LocalAuthConfig::DECLARATION.id, own, vec![view(call)]))
}

/// `GET /v1/localauthconfigs/local`.
pub(super) fn local_auth_config(call: &Call<'_>, id: &str) -> Result<Answer, Problem> {
    if id.eq_ignore_ascii_case(LOCAL) { Answer::ok(&view(call)) } else { Err(Problem::NotFound) }
}

fn view(call: &Call<'_>) -> LocalAuthConfig {
    let own = call.urls.of(&format!("localauthconfigs/{LOCAL}"));
    LocalAuthConfig {
        id: LOCAL.to_owned(),
        type_name: LocalAuthConfig::DECLARATION.id.to_owned(),
        links: Links::from([("self".to_owned(), own)]),
        actions: Links::new(),
        name: None,
        access_mode: Some("unrestricted".to_owned()),
        enabled: Some(false),
        password: None,
        username: None,
    }
}

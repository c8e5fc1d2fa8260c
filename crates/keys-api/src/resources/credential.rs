//! Credentials: what API keys are seen as where any credential will do.

use crate::declaration::Declaration;
use crate::resource::Resource;
use crate::resources::ApiKey;

/// A credential: an API key under the name of its base type, with the same id, read only.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Credential(pub ApiKey);

impl Resource for Credential {
    const DECLARATION: Declaration = Declaration {
        fields: ApiKey::DECLARATION.fields,
        links: ApiKey::DECLARATION.links,
        help: "A credential: an API key under the name of its base type, with the same id, read only.",
        ..Declaration::readable("credential", "credentials")
    };
}

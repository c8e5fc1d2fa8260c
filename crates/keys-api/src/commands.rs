//! What stands beside the dialect about many keys at once: which match, and what is to become of them.

use serde::{Deserialize, Serialize};

use crate::resources::ApiKey;

/// A key, and the revision that it was read at.
///
/// ```
/// use keys_api::RevisedKey;
///
/// let found: RevisedKey = serde_json::from_str(r#"{"id":"1c7","type":"apiKey","revision":"41"}"#)?;
/// assert_eq!((&*found.key.id, &*found.revision), ("1c7", "41"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RevisedKey {
    /// The key.
    #[serde(flatten)]
    pub key: ApiKey,
    /// The revision, in decimal: a text, because programs that count in floating point lose its digits.
    pub revision: String,
}

/// The body of `POST /keys/transition`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysTransitionInput {
    /// `activate`, `deactivate` or `delete`.
    pub transition: String,
    /// Which keys, each as it was read.
    pub keys: Vec<KeyAtRevision>,
}

/// A key as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyAtRevision {
    /// Its id.
    pub id: String,
    /// The revision it was read at.
    pub revision: String,
}

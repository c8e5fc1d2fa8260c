//! The versions of the API.

use crate::declaration::Declaration;
use crate::resource::resource;

resource! {
    /// A version of the API, with a link to everything the caller may list.
    ApiVersion {}
    Declaration { filtered: false, ..Declaration::readable("apiVersion", "apiVersions") }
}

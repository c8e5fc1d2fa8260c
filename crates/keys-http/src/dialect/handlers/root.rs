//! The documents that describe the rest.

use keys_api::{ApiVersion, Collection, Resource as _, Schema, declarations};

use super::{Answer, Call};
use crate::dialect::views;
use crate::problem::Problem;

/// `GET /`: the versions there are.
pub(super) fn root(call: &Call<'_>) -> Result<Answer, Problem> {
    let versions = vec![views::version(None, call.urls)];
    let mut document = Collection::whole(ApiVersion::DECLARATION.id, call.urls.root(), versions);
    document.links.insert("latest".to_owned(), call.urls.version());
    Answer::ok(&document)
}

/// `GET /openapi.json`: the same for everybody who is let in.
pub(super) fn openapi() -> Result<Answer, Problem> {
    Answer::ok(&keys_api::openapi())
}

/// `GET /v1`: a link to everything the caller may list.
pub(super) fn version(call: &Call<'_>) -> Result<Answer, Problem> {
    Answer::ok(&views::version(Some(call.audience()), call.urls))
}

/// `GET /v1/schemas`: every type, as this caller may use it.
pub(super) fn schemas(call: &Call<'_>) -> Result<Answer, Problem> {
    let audience = call.audience();
    let schemas = declarations()
        .into_iter()
        .map(|declaration| declaration.schema(audience, |path| call.urls.of(path)))
        .collect();
    Answer::ok(&Collection::whole(Schema::DECLARATION.id, call.urls.schemas(), schemas))
}

/// `GET /v1/schemas/{name}`: one type, by id or plural in any letter case.
pub(super) fn schema(call: &Call<'_>, name: &str) -> Result<Answer, Problem> {
    let declaration =
        declarations().into_iter().find(|declaration| declaration.is_named(name)).ok_or(Problem::NotFound)?;
    Answer::ok(&declaration.schema(call.audience(), |path| call.urls.of(path)))
}

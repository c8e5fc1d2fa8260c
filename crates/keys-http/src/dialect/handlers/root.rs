//! The documents that describe the rest.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use http::StatusCode;
use keys_api::{
    ApiVersion, Collection, Declaration, Links, Resource as _, Schema, TypeDocumentation, declarations,
};

use super::{Answer, Call};
use crate::dialect::grammar::Version;
use crate::dialect::views;
use crate::problem::Problem;

/// `GET /`: the versions there are.
pub(super) fn root(call: &Call<'_>) -> Result<Answer, Problem> {
    let versions = Version::ALL.into_iter().map(|version| views::version(version, None, call.urls)).collect();
    let mut document = Collection::whole(ApiVersion::DECLARATION.id, call.urls.root(), versions);
    document.links.insert("latest".to_owned(), call.urls.of_version(Version::V1));
    Answer::ok(&document)
}

/// `GET /openapi.json`: the same for everybody who is let in, so it is made once. Making it takes a thousand times as
/// long as a short list.
pub(super) fn openapi() -> Answer {
    static DOCUMENT: LazyLock<String> = LazyLock::new(|| keys_api::openapi().to_string());
    Answer::written(StatusCode::OK, DOCUMENT.clone().into_bytes())
}

/// `GET /v1`: a link to everything the caller may list.
pub(super) fn version(call: &Call<'_>) -> Result<Answer, Problem> {
    Answer::ok(&views::version(call.urls.version(), Some(call.audience()), call.urls))
}

/// `GET /v1/schemas`: every type, as this caller may use it.
pub(super) fn schemas(call: &Call<'_>) -> Result<Answer, Problem> {
    let audience = call.audience();
    let schemas =
        offered(call).map(|declaration| declaration.schema(audience, |path| call.urls.of(path))).collect();
    Answer::ok(&Collection::whole(Schema::DECLARATION.id, call.urls.schemas(), schemas))
}

/// `GET /v1/schemas/{name}`: one type, by id or plural in any letter case.
pub(super) fn schema(call: &Call<'_>, name: &str) -> Result<Answer, Problem> {
    Answer::ok(&find(call, name)?.schema(call.audience(), |path| call.urls.of(path)))
}

/// `GET /v1/typedocumentations`: what every type means.
pub(super) fn documentations(call: &Call<'_>) -> Result<Answer, Problem> {
    let documentations = offered(call).map(|declaration| documentation(call, declaration)).collect();
    let declaration = TypeDocumentation::DECLARATION;
    let own = call.urls.of(&declaration.plural.to_ascii_lowercase());
    Answer::ok(&Collection::whole(declaration.id, own, documentations))
}

/// `GET /v1/typedocumentations/{name}`: what one type means.
pub(super) fn one_documentation(call: &Call<'_>, name: &str) -> Result<Answer, Problem> {
    Answer::ok(&documentation(call, find(call, name)?))
}

fn documentation(call: &Call<'_>, declaration: &Declaration) -> TypeDocumentation {
    let id = declaration.id.to_owned();
    let own = call.urls.of(&format!("typedocumentations/{}", id.to_ascii_lowercase()));
    let schema = call.urls.of(&format!("schemas/{}", id.to_ascii_lowercase()));
    let fields: BTreeMap<String, String> =
        declaration.all_fields().map(|field| (field.name.to_owned(), field.help.trim().to_owned())).collect();
    TypeDocumentation {
        id,
        type_name: TypeDocumentation::DECLARATION.id.to_owned(),
        links: Links::from([("self".to_owned(), own), ("schema".to_owned(), schema)]),
        actions: Links::new(),
        description: Some(declaration.help.trim().to_owned()),
        resource_fields: Some(fields),
    }
}

/// The types that are there for the caller.
fn offered(call: &Call<'_>) -> impl Iterator<Item = &'static Declaration> {
    let audience = call.audience();
    // What an action takes is described to whoever may take it.
    let is_taken = move |input: &Declaration| {
        let acting = declarations().into_iter().filter(|other| other.methods(audience).actions);
        acting.flat_map(|other| other.actions).any(|action| action.input == Some(input.id))
    };
    declarations().into_iter().filter(move |one| one.is_offered(audience) || is_taken(one))
}

fn find(call: &Call<'_>, name: &str) -> Result<&'static Declaration, Problem> {
    offered(call).find(|declaration| declaration.is_named(name)).ok_or(Problem::NotFound)
}

//! What documents and bodies look like, as JSON Schema.

use serde_json::{Map, Value, json};

use super::answers::reference;
use crate::{ApiVersion, Audience, Declaration, Field, Resource as _, Verb, declarations};

/// Every schema, to be referred to.
pub(super) fn all() -> Map<String, Value> {
    let mut schemas = Map::new();
    schemas.insert("error".to_owned(), error());
    schemas.insert("problemDetails".to_owned(), problem_details());
    for declaration in declarations().into_iter().chain([&ApiVersion::DECLARATION]) {
        schemas.insert(declaration.id.to_owned(), resource(declaration));
        schemas.insert(format!("{}Collection", declaration.id), collection(declaration));
        let methods = declaration.methods(Audience::Administrator);
        if methods.collection.contains(&Verb::Post) {
            schemas.insert(
                create_name(declaration),
                input(declaration, |field| field.create, |field| field.required),
            );
        }
        if methods.resource.contains(&Verb::Put) {
            // What a create must set, an edit may leave as it is.
            let demanded = |field: &Field| field.required && !field.create;
            schemas.insert(edit_name(declaration), input(declaration, |field| field.update, demanded));
        }
    }
    schemas
}

/// The name of what a create takes.
pub(super) fn create_name(declaration: &Declaration) -> String {
    format!("{}Create", declaration.id)
}

/// The name of what an edit takes.
pub(super) fn edit_name(declaration: &Declaration) -> String {
    format!("{}Edit", declaration.id)
}

fn map_of_urls() -> Value {
    json!({"type": "object", "additionalProperties": {"type": "string", "format": "uri"}})
}

fn resource(declaration: &Declaration) -> Value {
    let mut properties = Map::new();
    properties.insert("id".to_owned(), json!({"type": "string"}));
    properties.insert("type".to_owned(), json!({"const": declaration.id}));
    properties.insert("links".to_owned(), map_of_urls());
    properties.insert("actions".to_owned(), map_of_urls());
    for field in declaration.fields {
        properties.insert(field.name.to_owned(), shown(field));
        if field.kind == "date" {
            let twin = json!({"type": "integer", "description": "The same in milliseconds."});
            properties.insert(format!("{}TS", field.name), twin);
        }
    }
    json!({"type": "object", "properties": properties, "required": ["id", "type", "links", "actions"]})
}

/// A field as documents show it.
fn shown(field: &Field) -> Value {
    let mut schema = kind(field);
    if field.read_on_create_only {
        schema.insert("description".to_owned(), json!("Shown in the answer to the create and nowhere else."));
    }
    if !(field.create || field.update) {
        schema.insert("readOnly".to_owned(), json!(true));
    }
    Value::Object(schema)
}

/// A field by its kind, in the words of JSON Schema. What has no word there may be anything.
fn kind(field: &Field) -> Map<String, Value> {
    let mut schema = Map::new();
    let name = match field.kind {
        "int" => "integer",
        "boolean" => "boolean",
        kind if kind.starts_with("map[") => "object",
        kind if kind.starts_with("array[") => "array",
        "string" | "password" | "date" | "enum" => "string",
        kind if kind.starts_with("reference[") => "string",
        _ => return schema,
    };
    let types = if field.nullable { json!([name, "null"]) } else { json!(name) };
    schema.insert("type".to_owned(), types);
    if field.kind == "date" {
        schema.insert("format".to_owned(), json!("date-time"));
    }
    if let Some(length) = field.max_length {
        schema.insert("maxLength".to_owned(), json!(length));
    }
    if !field.options.is_empty() {
        let null = field.nullable.then_some(Value::Null);
        let options: Vec<Value> = field.options.iter().map(|option| json!(option)).chain(null).collect();
        schema.insert("enum".to_owned(), Value::Array(options));
    }
    schema
}

/// What a request may set. Other members are ignored.
fn input(
    declaration: &Declaration,
    settable: impl Fn(&Field) -> bool,
    demanded: impl Fn(&Field) -> bool,
) -> Value {
    let fields = || declaration.fields.iter().filter(|field| settable(field));
    let properties: Map<String, Value> =
        fields().map(|field| (field.name.to_owned(), Value::Object(kind(field)))).collect();
    let required: Vec<&str> = fields().filter(|field| demanded(field)).map(|field| field.name).collect();
    if required.is_empty() {
        return json!({"type": "object", "properties": properties});
    }
    json!({"type": "object", "properties": properties, "required": required})
}

fn collection(declaration: &Declaration) -> Value {
    let text = || json!({"type": ["string", "null"]});
    json!({
        "type": "object",
        "required": ["type", "resourceType", "links", "data"],
        "properties": {
            "type": {"const": "collection"},
            "resourceType": {"const": declaration.id},
            "links": map_of_urls(),
            "createTypes": map_of_urls(),
            "actions": map_of_urls(),
            "data": {"type": "array", "items": reference("schemas", declaration.id)},
            "sortLinks": map_of_urls(),
            "pagination": {
                "type": ["object", "null"],
                "properties": {
                    "first": text(),
                    "previous": text(),
                    "next": text(),
                    "limit": {"type": ["integer", "null"]},
                    "total": {"type": ["integer", "null"]},
                    "partial": {"type": "boolean"},
                },
            },
            "sort": {
                "type": ["object", "null"],
                "properties": {"name": {"type": "string"}, "order": {"enum": ["asc", "desc"]}, "reverse": text()},
            },
            "filters": {"type": "object"},
            "createDefaults": {"type": "object"},
        },
    })
}

fn problem_details() -> Value {
    json!({
        "type": "object",
        "description": "A refusal or failure beside the dialect (RFC 9457).",
        "properties": {
            "title": {"type": "string", "description": "The status in words."},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "What happened and what to do, for people."},
            "code": {"type": "string", "description": "What went wrong, in a word that does not change."},
            "requestId": {"type": "string", "description": "The request's id, which also stands in the log."},
        },
        "required": ["title", "status", "code", "requestId"],
    })
}

fn error() -> Value {
    json!({
        "type": "object",
        "required": ["id", "type", "links", "actions", "status", "code", "message", "detail"],
        "properties": {
            "id": {"type": "string", "description": "The request's id."},
            "type": {"const": "error"},
            "links": map_of_urls(),
            "actions": map_of_urls(),
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "code": {"type": "string", "description": "What went wrong, in a word that does not change."},
            "message": {"type": ["string", "null"]},
            "detail": {"type": ["string", "null"], "description": "What happened and what to do, for people."},
            "fieldName": {"type": ["string", "null"], "description": "Which field is to be corrected."},
        },
    })
}

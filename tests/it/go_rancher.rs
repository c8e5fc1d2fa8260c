//! Clients written in Go, by the requests they send and what they demand of the answers: go-rancher in the two versions
//! that matter, and the rancher command lines 0.1.0 and 0.6.14 on top of it.
//!
//! Their source decodes into fixed structures, so one number where a text is expected fails a whole answer. That
//! strictness is played here; the requests are the ones those programs send, header by header.

mod command_line;
mod command_line_0_6;
mod library;

use keys_tests::{Client, Key, Response};
use serde_json::{Map, Value, json};

/// go-rancher's client: where it was sent, and the schemas it found there.
struct GoRancher {
    client: Client,
    schemas: Vec<Value>,
}

impl GoRancher {
    /// `NewRancherClient`: the address must answer exactly 200 and name its schemas; these are read unless they are the
    /// address itself, compared as text.
    #[track_caller]
    fn open(stranger: &Client, path: &str, key: Option<&Key>) -> Self {
        // Without a pair it still sends Basic, of two empty halves.
        let client = match key {
            Some(key) => key.client(stranger),
            None => stranger.with_key("", ""),
        };
        let client =
            client.with_header("user-agent", "Go-http-client/1.1").with_header("accept-encoding", "gzip");
        let url = format!("http://{}{path}", client.server());
        let answer = client.get(&url).expect(200);
        let schemas_url = answer.header("x-api-schemas").expect("X-API-Schemas").to_owned();
        let answer = if schemas_url == url { answer } else { client.get(&schemas_url).expect(200) };
        assert_eq!(answer.header("x-api-schemas"), Some(schemas_url.as_str()), "the same address everywhere");
        let schemas = decode_collection(&answer);
        Self { client, schemas }
    }

    #[track_caller]
    fn schema(&self, id: &str) -> &Value {
        self.schemas.iter().find(|schema| schema["id"] == id).unwrap_or_else(|| panic!("no schema {id}"))
    }

    /// The collection of a type, whose methods must have the verb: the client refuses by itself otherwise.
    #[track_caller]
    fn collection(&self, id: &str, verb: &str) -> &str {
        let schema = self.schema(id);
        let methods = schema["collectionMethods"].as_array().expect("collectionMethods is an array");
        assert!(methods.contains(&json!(verb)), "{id}: {methods:?}");
        schema["links"]["collection"].as_str().expect("a link to the collection")
    }

    /// `Create`: a structure without its empty fields, but always with `links` and `actions`.
    #[track_caller]
    fn create(&self, id: &str, fields: &Value) -> Value {
        let answer = self.client.post(self.collection(id, "POST"), &with_nulls(fields));
        decode_changed(&answer)
    }

    /// `Update`: the same shape, to the link `self`.
    #[track_caller]
    fn update(&self, existing: &Value, fields: &Value) -> Value {
        self.assert_may(existing, "PUT");
        decode_changed(&self.client.put(text(&existing["links"]["self"]), &with_nulls(fields)))
    }

    /// `ById`: 404 is "there is none".
    #[track_caller]
    fn by_id(&self, id: &str, resource: &str) -> Option<Value> {
        let answer = self.client.get(&format!("{}/{resource}", self.collection(id, "GET")));
        if answer.status == 404 { None } else { Some(decode_resource(&answer.expect(200).json())) }
    }

    /// `List`, with filters as they are.
    #[track_caller]
    fn list(&self, id: &str, query: &str) -> Vec<Value> {
        let answer = self.client.get(&format!("{}{query}", self.collection(id, "GET"))).expect(200);
        decode_collection(&answer)
    }

    /// `Action…`: only one that the resource lists, and the answer must be an object with something in it.
    #[track_caller]
    fn act(&self, existing: &Value, action: &str) -> Value {
        let url = text(&existing["actions"][action]);
        decode_changed(&self.client.request("POST", url).header("content-type", "application/json").send())
    }

    /// `Delete`: whatever is below 300, and nobody looks at the body.
    #[track_caller]
    fn delete(&self, existing: &Value) {
        self.assert_may(existing, "DELETE");
        let answer = self.client.delete(text(&existing["links"]["self"]));
        assert!(answer.status < 300, "{}", answer.text());
    }

    #[track_caller]
    fn assert_may(&self, existing: &Value, verb: &str) {
        let methods = &self.schema(text(&existing["type"]))["resourceMethods"];
        assert!(methods.as_array().expect("resourceMethods is an array").contains(&json!(verb)), "{methods}");
    }
}

/// A body as Go writes its structures.
fn with_nulls(fields: &Value) -> Value {
    let mut body = Map::from_iter([("links".to_owned(), Value::Null), ("actions".to_owned(), Value::Null)]);
    body.extend(fields.as_object().expect("fields").clone());
    Value::Object(body)
}

#[track_caller]
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}"))
}

/// `map[string]string`: a null is an empty one, any other kind of value fails the whole answer.
#[track_caller]
fn decode_texts(value: &Value) {
    let Some(map) = value.as_object() else { panic!("not a map: {value}") };
    for value in map.values() {
        let address = text(value);
        assert!(address.starts_with("http://"), "not absolute: {address}");
    }
}

/// `Resource`, and for a key the structure `ApiKey`.
#[track_caller]
fn decode_resource(resource: &Value) -> Value {
    for name in ["id", "type"] {
        assert!(!text(&resource[name]).is_empty(), "{name}");
    }
    decode_texts(&resource["links"]);
    decode_texts(&resource["actions"]);
    const TEXTS: [&str; 12] = [
        "accountId",
        "created",
        "description",
        "kind",
        "name",
        "publicValue",
        "removed",
        "secretValue",
        "state",
        "transitioning",
        "transitioningMessage",
        "uuid",
    ];
    for name in TEXTS {
        let value = &resource[name];
        assert!(value.is_null() || value.is_string(), "{name}: {value}");
    }
    let progress = &resource["transitioningProgress"];
    assert!(progress.is_null() || progress.is_i64(), "{progress}");
    resource.clone()
}

#[track_caller]
fn decode_changed(answer: &Response) -> Value {
    assert!(answer.status < 300, "{}: {}", answer.status, answer.text());
    decode_resource(&answer.json())
}

/// `Collection`.
#[track_caller]
fn decode_collection(answer: &Response) -> Vec<Value> {
    let collection = answer.json();
    assert_eq!(collection["type"], "collection");
    let _ = text(&collection["resourceType"]);
    for name in ["links", "createTypes", "actions", "sortLinks"] {
        decode_texts(&collection[name]);
    }
    for conditions in collection["filters"].as_object().expect("filters is a map").values() {
        for condition in conditions.as_array().into_iter().flatten() {
            let _ = text(&condition["modifier"]);
        }
    }
    let pagination = &collection["pagination"];
    assert!(pagination.is_null() || (pagination["partial"].is_boolean() && pagination["limit"].is_i64()));
    let data = collection["data"].as_array().expect("data is an array");
    data.iter().map(decode_resource).collect()
}

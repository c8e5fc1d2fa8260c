//! The documents of the dialect, byte for byte.

use keys_api::{
    ApiKey, ApiVersion, Audience, Collection, Date, ErrorObject, Links, Modifier, Project, Resource as _,
    Setting, declarations,
};

fn links(entries: &[(&str, &str)]) -> Links {
    entries.iter().map(|(name, url)| ((*name).to_owned(), (*url).to_owned())).collect()
}

fn key() -> ApiKey {
    let text = |text: &str| Some(text.to_owned());
    ApiKey {
        id: "1c7".to_owned(),
        type_name: "apiKey".to_owned(),
        links: links(&[("self", "http://h:8080/v1/apikeys/1c7")]),
        actions: links(&[("deactivate", "http://h:8080/v1/apikeys/1c7/?action=deactivate")]),
        name: text("ci"),
        state: text("active"),
        account_id: text("1a5"),
        created: Some(Date::new("2016-04-02T10:11:12Z", 1_459_591_872_000)),
        creator_id: text("1a1"),
        description: None,
        expires_at: None,
        kind: text("apiKey"),
        public_value: text("KC7Q0WVN3TZ5H8RJ2M4X"),
        removed: None,
        secret_value: None,
        transitioning: text("no"),
        transitioning_message: None,
        transitioning_progress: None,
        uuid: text("3f0c0000-0000-8000-8000-000000000000"),
    }
}

#[test]
fn a_key_is_written_in_the_order_of_the_contract_with_a_twin_behind_each_date() {
    let expected = concat!(
        r#"{"id":"1c7","type":"apiKey","links":{"self":"http://h:8080/v1/apikeys/1c7"},"#,
        r#""actions":{"deactivate":"http://h:8080/v1/apikeys/1c7/?action=deactivate"},"#,
        r#""name":"ci","state":"active","accountId":"1a5","created":"2016-04-02T10:11:12Z","#,
        r#""createdTS":1459591872000,"creatorId":"1a1","description":null,"expiresAt":null,"kind":"apiKey","#,
        r#""publicValue":"KC7Q0WVN3TZ5H8RJ2M4X","removed":null,"secretValue":null,"transitioning":"no","#,
        r#""transitioningMessage":null,"transitioningProgress":null,"uuid":"3f0c0000-0000-8000-8000-000000000000"}"#
    );
    assert_eq!(serde_json::to_string(&key()).unwrap(), expected);
}

#[test]
fn what_is_written_is_read_back() {
    let read: ApiKey = serde_json::from_str(&serde_json::to_string(&key()).unwrap()).unwrap();
    assert_eq!(read.created.as_ref().map(Date::as_str), Some("2016-04-02T10:11:12Z"));
    assert_eq!(ApiKey { created: None, ..read }, ApiKey { created: None, ..key() });
}

#[test]
fn unknown_members_are_ignored_and_absent_ones_are_none() {
    let key: ApiKey = serde_json::from_str(r#"{"id":"1c1","type":"apiKey","later":[1]}"#).unwrap();
    assert_eq!(key.id, "1c1");
    assert_eq!(key.name, None);
}

/// The name a field is read by is derived from its name in Rust, the name it is written by is declared: they must agree.
#[test]
fn every_declared_field_is_read_by_the_name_it_is_written_by() {
    fn names<R: keys_api::Resource>(resource: &R) -> (Vec<String>, Vec<String>) {
        let written = serde_json::to_value(resource).unwrap();
        let written = written.as_object().unwrap().keys().cloned().collect();
        let declared = R::DECLARATION.fields.iter().map(|field| field.name.to_owned()).collect();
        (written, declared)
    }
    let project: Project = serde_json::from_str(r#"{"id":"1a5","type":"project"}"#).unwrap();
    let setting: Setting = serde_json::from_str(r#"{"id":"x","type":"setting","value":"true"}"#).unwrap();
    assert_eq!(setting.value.as_deref(), Some("true"));
    let bare = |read: &str| serde_json::from_str::<ApiKey>(read).unwrap();
    for field in ApiKey::DECLARATION.fields.iter().filter(|field| field.kind != "int") {
        let body = format!(r#"{{"id":"1c1","type":"apiKey","{}":"v"}}"#, field.name);
        assert_ne!(bare(&body), bare(r#"{"id":"1c1","type":"apiKey"}"#), "{} is not read", field.name);
    }
    for (written, declared) in [names(&key()), names(&project), names(&setting)] {
        assert!(declared.iter().all(|name| written.contains(name)), "{declared:?} not in {written:?}");
    }
}

#[test]
fn fields_stand_in_the_order_of_the_contract() {
    for declaration in declarations() {
        let rest: Vec<_> = declaration
            .fields
            .iter()
            .map(|field| field.name)
            .filter(|name| !matches!(*name, "name" | "state"))
            .collect();
        assert!(rest.is_sorted(), "{}: {rest:?}", declaration.id);
    }
}

#[test]
fn an_error_of_validation_names_the_field_and_has_no_message() {
    let error = ErrorObject::validation("r-1", 422, "MaxLengthExceeded", Some("name"));
    assert_eq!(
        serde_json::to_string(&error).unwrap(),
        concat!(
            r#"{"id":"r-1","type":"error","links":{},"actions":{},"status":422,"code":"MaxLengthExceeded","#,
            r#""message":null,"detail":null,"fieldName":"name"}"#
        )
    );
    let unsupported = ErrorObject::validation("r-1", 422, "UnsupportedVersion", None);
    let written = serde_json::to_string(&unsupported).unwrap();
    assert!(written.ends_with(r#""fieldName":null}"#), "{written}");
    assert_eq!(serde_json::from_str::<ErrorObject>(&written).unwrap(), unsupported);
}

#[test]
fn a_list_has_every_member_of_the_contract() {
    let version = ApiVersion {
        id: "v1".to_owned(),
        type_name: "apiVersion".to_owned(),
        links: links(&[("self", "http://h:8080/v1")]),
        actions: Links::new(),
    };
    let list = Collection::whole("apiVersion", "http://h:8080/".to_owned(), vec![version]);
    assert_eq!(
        serde_json::to_string(&list).unwrap(),
        concat!(
            r#"{"type":"collection","resourceType":"apiVersion","links":{"self":"http://h:8080/"},"createTypes":{},"#,
            r#""actions":{},"data":[{"id":"v1","type":"apiVersion","links":{"self":"http://h:8080/v1"},"actions":{}}],"#,
            r#""sortLinks":{},"pagination":null,"sort":null,"filters":{},"createDefaults":{}}"#
        )
    );
}

#[test]
fn the_secret_is_no_filter_and_shown_on_create_only() {
    for audience in Audience::ALL {
        let schema = ApiKey::DECLARATION.schema(audience, |path| format!("http://h/v1/{path}"));
        assert!(schema.resource_fields["secretValue"].read_on_create_only);
        assert!(!schema.collection_filters.contains_key("secretValue"));
        let settable: Vec<_> = schema
            .resource_fields
            .iter()
            .filter(|(_, field)| field.create || field.update)
            .map(|(name, _)| name.as_str())
            .collect();
        let expected: &[&str] = match audience {
            Audience::Administrator => &["accountId", "description", "expiresAt", "name"],
            Audience::Person | Audience::Owner | Audience::Member => &["description", "expiresAt", "name"],
            Audience::Reader => &[],
        };
        assert_eq!(settable, expected, "{audience:?}");
    }
}

#[test]
fn a_schema_says_only_what_the_audience_may_do() {
    let url = |path: &str| format!("http://h/v1/{path}");
    for (audience, methods, acts) in [
        (
            Audience::Person,
            r#""resourceMethods":["GET","PUT","DELETE"],"collectionMethods":["GET","POST"]"#,
            true,
        ),
        (Audience::Owner, r#""resourceMethods":["GET","PUT","DELETE"],"collectionMethods":["GET"]"#, true),
        (Audience::Reader, r#""resourceMethods":["GET"],"collectionMethods":["GET"]"#, false),
    ] {
        let schema = Project::DECLARATION.schema(audience, url);
        let text = serde_json::to_string(&schema).unwrap();
        assert!(text.contains(methods), "{audience:?}: {text}");
        assert_eq!(schema.resource_actions.contains_key("setmembers"), acts);
    }
    let schema = Project::DECLARATION.schema(Audience::Member, url);
    let text = serde_json::to_string(&schema).unwrap();
    assert!(text.contains(r#""resourceMethods":["GET"],"collectionMethods":["GET"]"#), "{text}");
    assert!(schema.resource_actions.is_empty());
    assert!(schema.resource_fields.values().all(|field| !field.create && !field.update));
    let schema = Project::DECLARATION.schema(Audience::Administrator, url);
    assert!(schema.resource_fields["name"].update);
    assert_eq!(schema.links["collection"], "http://h/v1/projects");
}

#[test]
fn modifiers_are_distinct_words() {
    let mut words: Vec<_> =
        [Modifier::TEXT, Modifier::WORD, Modifier::ORDERED].concat().iter().map(|one| one.as_str()).collect();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), 11);
}

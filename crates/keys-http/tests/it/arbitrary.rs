//! Any bytes in any place: never a panic, never a 5xx, and every refusal is an error object.

use std::env;

use http::{HeaderName, HeaderValue, Method, Request};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::{Pair, TestApp};

/// Words that lead further into the program than noise does.
const WORDS: &[&str] = &[
    "/",
    "v1",
    "apikeys",
    "apiKey",
    "projects",
    "schemas",
    "settings",
    "1a5",
    "1c1",
    "1c2",
    "x",
    "?",
    "&",
    "=",
    "action=",
    "deactivate",
    "activate",
    "remove",
    "restore",
    "_method=PUT",
    "_method=DELETE",
    "limit=",
    "-1",
    "sort=name",
    "order=desc",
    "marker=m",
    "name_like=",
    "state=",
    "removed",
    "id_gt=",
    "%",
    "%2f",
    "%00",
    "%ff",
    "..",
    "projectId=1a5",
    "api.security.enabled",
    "receipts",
    "confirm",
];

const NAMES: &[&str] = &[
    "authorization",
    "x-api-key",
    "x-api-project-id",
    "x-enforce-authentication",
    "origin",
    "sec-fetch-site",
    "cookie",
    "idempotency-key",
    "user-agent",
    "x-api-csrf",
    "content-type",
    "host",
    "connection",
    "accept",
    "x-forwarded-for",
    "expect",
    "x-api-no-challenge",
];

/// How many requests are made. `KEYS_CASES=1000000` makes more of them, and others each time.
fn cases() -> u32 {
    env::var("KEYS_CASES").ok().map_or(1_500, |count| count.parse().unwrap())
}

fn target() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => proptest::sample::select(WORDS).prop_map(str::to_owned),
        1 => "[!-~]{0,8}",
    ];
    vec(piece, 0..10)
        .prop_map(|pieces| format!("/{}", pieces.join("/").replace("/?/", "?").replace("/=/", "=")))
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..40),
        "(Basic|Bearer) [A-Za-z0-9+/=_:]{0,80}".prop_map(String::into_bytes),
        proptest::sample::select(
            &[
                "1a5",
                "true",
                "null",
                "8e03978e-40d5-43dd-bc93-6894a57f9324",
                "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"",
                "Mozilla",
                "kc_",
                "http://localhost:8080",
                "same-origin",
                "application/x-www-form-urlencoded"
            ][..]
        )
        .prop_map(|word| word.as_bytes().to_vec()),
    ]
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..200),
        r#"\{("(name|description|expiresAt|value)":("[^"\\]{0,20}"|null|true|[0-9]{1,30}|\[\]|\{\}),?){0,4}\}?"#.prop_map(String::into_bytes),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_a_caller_sends_breaks_the_server(
        protected in any::<bool>(),
        method in "GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|[A-Z]{1,8}",
        target in target(),
        headers in vec((proptest::sample::select(NAMES), value()), 0..5),
        body in body(),
        as_key in any::<bool>(),
    ) {
        thread_local! {
            static APPS: [(TestApp, Pair); 2] = {
                let open = TestApp::new();
                let pair = open.issue("/v1/apikeys");
                let closed = TestApp::new();
                let admin = closed.protect();
                [(open, pair), (closed, admin)]
            };
        }
        let Ok(uri) = target.parse::<http::Uri>() else { return Ok(()) };
        let mut request = Request::new(bytes::Bytes::from(body));
        *request.method_mut() = Method::from_bytes(method.as_bytes()).unwrap();
        *request.uri_mut() = uri;
        request.headers_mut().insert("host", HeaderValue::from_static("localhost:8080"));
        for (name, value) in &headers {
            if let Ok(value) = HeaderValue::from_bytes(value) {
                request.headers_mut().append(HeaderName::from_static(name), value);
            }
        }
        APPS.with(|apps| {
            let (app, pair) = &apps[usize::from(protected)];
            if as_key {
                request.headers_mut().insert("authorization", HeaderValue::from_str(&pair.basic()).unwrap());
            }
            let before = app.revision();
            let reply = app.send(request);
            prop_assert!(reply.status.as_u16() < 500, "{reply:?}");
            if reply.status.as_u16() >= 400 {
                match reply.header("content-type") {
                    Some("text/html; charset=utf-8") => {}
                    Some("application/problem+json") => {
                        prop_assert_eq!(&reply.json()["status"], reply.status.as_u16());
                    }
                    _ => prop_assert_eq!(reply.error().0, reply.status.as_u16()),
                }
                prop_assert_eq!(app.revision(), before, "a refusal changed something: {:?}", reply);
            }
            if protected && !as_key {
                prop_assert_eq!(app.revision(), before, "a stranger changed something: {:?}", reply);
            }
            Ok(())
        })?;
    }
}

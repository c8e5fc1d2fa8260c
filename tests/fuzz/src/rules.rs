//! What holds of every answer, whatever was asked.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use http::{HeaderMap, Method, Request, Uri};
use keys_core::{Owner, SecretKey, SessionToken, Shape};
use keys_store::Head;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::bounds::Bounds;
use crate::documented::is_documented;
use crate::tags;
use crate::world::{Reply, World};

/// What was known before a request was sent.
#[derive(Debug)]
pub struct Asked {
    /// What is asked.
    pub method: Method,
    /// Of what.
    pub target: Uri,
    /// With which headers.
    pub headers: HeaderMap,
    /// Whose keys that must be accepted it presents, somewhere.
    owners: BTreeSet<Owner>,
    /// Whether callers needed a credential.
    protected: bool,
    /// Whether a network could reach the installation.
    exposed: bool,
    /// What may be seen and changed by whom it can only come from, if that is no administrator.
    bounds: Option<Bounds>,
    head: Head,
}

impl Asked {
    /// Notes what matters of a request that presents these keys.
    #[must_use]
    pub fn note<B>(world: &World, request: &Request<B>, presented: &BTreeSet<String>) -> Self {
        let protected = world.access_control();
        let owners: BTreeSet<Owner> =
            presented.iter().filter_map(|name| world.accepted_owner(name)).collect();
        // Of two it is not said here which of them it is.
        let only = owners.first().filter(|_| protected && owners.len() == 1);
        Self {
            bounds: only.and_then(|owner| world.bounds(*owner)),
            method: request.method().clone(),
            target: request.uri().clone(),
            headers: request.headers().clone(),
            owners,
            protected,
            exposed: world.kind.is_exposed(),
            head: world.head(),
        }
    }

    /// Whether nothing of what it presents is accepted, where something must be.
    fn is_stranger(&self) -> bool {
        self.protected && self.owners.is_empty()
    }

    /// Where people log in and out, and where the first administrator comes in: beside the dialect.
    fn is_beside(&self) -> bool {
        matches!(self.place().trim_matches('/'), "login" | "logout" | "setup")
    }

    /// What is told of each thing besides what its schema has: a list of keys that match says at which revision each is.
    fn tells_besides(&self) -> &'static [&'static str] {
        if self.place().trim_matches('/') == "keys/matching" { &["revision"] } else { &[] }
    }

    /// The web page for people: beside the dialect, too. A browser's `/` is one.
    fn is_web_page(&self, reply: &Reply) -> bool {
        let path = self.place();
        let mut words = path.split('/').filter(|word| !word.is_empty());
        match words.next() {
            Some("env" | "account") => true,
            Some(_) => false,
            None => !is_json(reply),
        }
    }

    fn place(&self) -> Cow<'_, str> {
        percent_decode_str(self.target.path()).decode_utf8_lossy()
    }

    /// Whether a page of another site has sent it, by what the browser says.
    fn is_cross_site(&self) -> bool {
        let sites = self.headers.get_all("sec-fetch-site").iter();
        let foreign = |value: &http::HeaderValue| !matches!(value.as_bytes(), b"same-origin" | b"none");
        sites.into_iter().any(foreign) || self.headers.get_all("origin").iter().any(|origin| origin == "null")
    }
}

/// Fails on an answer that breaks a rule, and remembers a pair that it shows.
pub fn hold(world: &mut World, shapes: &Shapes, asked: &Asked, reply: &Reply) {
    let operational = is_operational(reply);
    headers(asked, reply, operational);
    let document = document(shapes, asked, reply, operational);
    let shown = secrets(world, reply, document.as_ref());
    changes(world, asked, reply);
    reach(world, asked, reply, operational);
    if let Some((id, access_key, secret_key)) = shown.filter(|_| !is_replay(reply)) {
        world.remember(&id, &access_key, &secret_key);
    }
    if let Some(token) = begun(reply, document.as_ref()) {
        world.remember_session(&token);
    }
    if world.head() != asked.head {
        world.keeps_its_promise();
    }
}

/// The token of a session that has just begun: shown, or in a cookie.
fn begun(reply: &Reply, document: Option<&Value>) -> Option<String> {
    let shown = document.and_then(|document| document.get("jwt")?.as_str());
    let cookies = reply.headers.get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
    let mut set = cookies.filter_map(|cookie| cookie.split_once("session=")?.1.split(';').next());
    shown.or_else(|| set.find(|token| token.parse::<SessionToken>().is_ok())).map(str::to_owned)
}

/// Whether an answer says that somebody is logged in now, or can be: who asks for that is a stranger until then.
fn begins_session(asked: &Asked, reply: &Reply) -> bool {
    let sets_up = asked.is_beside() && !asked.protected;
    // As JSON, or as a page that shows the same document.
    let shows_token = reply.status.as_u16() == 201 && reply.body.windows(3).any(|window| window == b"jwt");
    sets_up || shows_token || begun(reply, None).is_some()
}

/// Whether it tells of what was made before, under the same idempotency key.
fn is_replay(reply: &Reply) -> bool {
    reply.header("idempotency-replayed").is_some()
}

/// Pings, health, and the files of pages: text or files, never a document.
fn is_operational(reply: &Reply) -> bool {
    let kind = reply.header("content-type").unwrap_or_default();
    ["text/plain", "text/css", "text/javascript", "image/svg+xml"].iter().any(|own| kind.starts_with(own))
}

fn is_json(reply: &Reply) -> bool {
    reply.header("content-type").is_some_and(|kind| kind.starts_with("application/json"))
}

fn headers(asked: &Asked, reply: &Reply, operational: bool) {
    for name in ["cache-control", "vary", "x-request-id", "x-api-client-ip"] {
        assert!(reply.header(name).is_some_and(|value| !value.is_empty()), "no {name}: {reply:?}");
    }
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{reply:?}");
    if !operational {
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{reply:?}");
    }
    let status = reply.status.as_u16();
    // A head that cannot be read has no address from which to make another; these have a rule of their own.
    // Nor have pages for people, which are beside the dialect.
    if !asked.is_beside() && !asked.is_web_page(reply) && !operational && !matches!(status, 400 | 405 | 414) {
        assert!(reply.header("x-api-schemas").is_some_and(|value| value.ends_with("/schemas")), "{reply:?}");
    }
    match status {
        405 => assert!(reply.header("allow").is_some(), "{reply:?}"),
        // A browser would ask for a key, and people have passwords.
        401 if asked.is_web_page(reply) => {}
        401 if !asked.headers.contains_key("x-api-no-challenge")
            && !asked.headers.contains_key("upgrade") =>
        {
            assert!(reply.header("www-authenticate").is_some(), "{reply:?}");
        }
        201 if begins_session(asked, reply) => {}
        // The page that shows a new key: it is told of there, and once.
        201 if asked.is_web_page(reply) => {}
        201 | 303 => assert!(reply.header("location").is_some(), "{reply:?}"),
        304 => assert!(reply.body.is_empty(), "{reply:?}"),
        500.. => {
            let closed = asked.exposed && !asked.protected && status == 503;
            assert!(closed && reply.header("retry-after").is_none(), "{asked:?}: {reply:?}");
        }
        _ => {}
    }
}

/// The document of an answer, once it is known to be one.
fn document(shapes: &Shapes, asked: &Asked, reply: &Reply, operational: bool) -> Option<Value> {
    let kind = reply.header("content-type").unwrap_or_default();
    if operational || reply.body.is_empty() {
        let empty = matches!(reply.status.as_u16(), 200 | 204 | 304 | 303);
        assert!(operational || empty, "an error has a body: {reply:?}");
        return None;
    }
    if kind == "text/html; charset=utf-8" {
        let page = std::str::from_utf8(&reply.body).expect("a page is UTF-8");
        let policy = reply.header("content-security-policy").unwrap_or_default();
        assert!(policy.starts_with("default-src 'none';"), "{reply:?}");
        // The administrator may have put another API page in the place of ours.
        if policy.contains("script-src 'nonce-") {
            tags::are_of_the_shell(page);
        } else if policy.contains("script-src") {
            tags::are_ours_with_scripts(page);
        } else {
            tags::are_ours(page);
        }
        return None;
    }
    if kind == "application/problem+json" {
        problem(reply);
        return None;
    }
    assert_eq!(kind, "application/json; charset=utf-8", "{reply:?}");
    if reply.body.starts_with(br#"{"components":"#) {
        // The OpenAPI document: always the same, and longer than everything else together.
        return None;
    }
    let document: Value = serde_json::from_slice(&reply.body).expect("JSON");
    let object = document.as_object().expect("an object");
    if reply.status.as_u16() >= 400 {
        error(object, reply);
    } else if !asked.is_beside() {
        shapes.fits(object, asked.tells_besides());
    }
    Some(document)
}

/// The shape of errors beside the dialect (RFC 9457).
fn problem(reply: &Reply) {
    let document: Value = serde_json::from_slice(&reply.body).expect("JSON");
    let object = document.as_object().expect("an object");
    let status = reply.status.as_u16();
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    assert!(status >= 400 && object.get("status") == Some(&Value::from(status)), "{reply:?}");
    assert_eq!(text("requestId"), reply.header("x-request-id"), "{reply:?}");
    let code = text("code").expect("a code");
    assert_eq!(text("title"), Some(code), "{reply:?}");
    assert!(is_documented(status, code), "{status} {code} is not in docs/HTTP.md");
    let known = ["title", "status", "detail", "code", "requestId"];
    assert!(object.keys().all(|name| known.contains(&name.as_str())), "{reply:?}");
    assert!(status != 401 || !object.contains_key("detail"), "a refusal tells nothing: {reply:?}");
}

fn error(object: &Map<String, Value>, reply: &Reply) {
    const ALWAYS: [&str; 8] = ["id", "type", "links", "actions", "status", "code", "message", "detail"];
    let status = reply.status.as_u16();
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    assert_eq!(text("type"), Some("error"), "{reply:?}");
    assert_eq!(text("id"), reply.header("x-request-id"), "{reply:?}");
    assert_eq!(object.get("status"), Some(&Value::from(status)), "{reply:?}");
    assert!(ALWAYS.iter().all(|name| object.contains_key(*name)), "{reply:?}");
    assert!(object.len() == ALWAYS.len() + usize::from(object.contains_key("fieldName")), "{reply:?}");
    let code = text("code").expect("a code");
    assert!(is_documented(status, code), "{status} {code} is not in docs/HTTP.md");
    if status == 401 {
        assert_eq!(object.get("detail"), Some(&Value::Null), "a refusal tells nothing: {reply:?}");
    }
}

/// What an answer shows of secret keys: one of a key that was just made, by this request or by the one that it repeats,
/// and nothing else.
fn secrets(world: &World, reply: &Reply, document: Option<&Value>) -> Option<(String, String, String)> {
    let created = reply.status.as_u16() == 201;
    let mut shown = words(&reply.body).filter(|word| is_secret(word)).collect::<BTreeSet<_>>();
    for value in reply.headers.values() {
        assert!(!words(value.as_bytes()).any(is_secret), "a secret in a header: {reply:?}");
    }
    // What was made on the way may be asked for again.
    let body = String::from_utf8_lossy(&reply.body);
    for token in world.session_tokens() {
        assert!(!body.contains(&token), "the token of a session: {reply:?}");
    }
    for key in world.keys.iter().filter(|key| !(is_replay(reply) && key.name == "new")) {
        assert!(!shown.contains(key.secret_key().as_bytes()), "the secret of {}: {reply:?}", key.name);
    }
    let pair = document.filter(|_| created).and_then(|key| {
        let text = |name: &str| key.get(name).and_then(Value::as_str).map(str::to_owned);
        Some((text("id")?, text("publicValue")?, text("secretValue")?))
    });
    if let Some((_, _, secret_key)) = &pair {
        assert!(shown.remove(secret_key.as_bytes()), "a secret key that does not check: {reply:?}");
    }
    let page = created && document.is_none() && shown.len() == 1;
    assert!(shown.is_empty() || page, "a secret: {reply:?}");
    pair
}

/// Runs of letters and digits.
fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| !byte.is_ascii_alphanumeric())
}

/// Whether it is a secret key of ours, by its length and checksum.
fn is_secret(word: &[u8]) -> bool {
    let text = (word.len() == 40).then(|| std::str::from_utf8(word).ok()).flatten();
    text.is_some_and(|text| SecretKey::parse_shape(text, Shape::Native).is_ok())
}

/// Who may change what: not who is refused, not who only reads, not a stranger, not another site, and nobody but an
/// administrator what is not theirs to change.
fn changes(world: &World, asked: &Asked, reply: &Reply) {
    if world.head() == asked.head {
        return;
    }
    assert!(reply.status.as_u16() < 400, "a refusal changed something: {reply:?}");
    assert!(!asked.method.is_safe(), "a safe method changed something: {reply:?}");
    let logs_in = begins_session(asked, reply);
    assert!(logs_in || !asked.is_stranger(), "a stranger changed something: {asked:?} {reply:?}");
    assert!(!asked.is_cross_site(), "another site changed something: {reply:?}");
    // Who logs in is then another than whose key stood beside.
    if let Some(bounds) = asked.bounds.as_ref().filter(|_| !logs_in) {
        for (owner, target) in world.changed_since(&asked.head) {
            assert!(bounds.allows(owner, target), "{asked:?} changed {target} of {owner}: {reply:?}");
        }
    }
}

/// Who may see what: access keys cannot be guessed, so one in an answer was read from the store.
fn reach(world: &World, asked: &Asked, reply: &Reply, operational: bool) {
    if asked.is_stranger() && !operational && reply.status.is_success() {
        let body = String::from_utf8_lossy(&reply.body);
        let harmless =
            reply.body.is_empty() || ["token", "Log in", "Log out"].iter().any(|word| body.contains(word));
        assert!(harmless, "a stranger is answered: {reply:?}");
    }
    let sees = |owner| match &asked.bounds {
        Some(bounds) => bounds.shows(owner),
        None => !asked.is_stranger(),
    };
    for key in world.keys.iter().filter(|key| !sees(world.owner(key))) {
        let access_key = key.access_key();
        assert!(
            !words(&reply.body).any(|word| word == access_key.as_bytes()),
            "{} is shown: {reply:?}",
            key.name
        );
    }
}

/// The fields each type may have, from the schemas that the administrator is shown.
#[derive(Debug)]
pub struct Shapes(BTreeMap<String, BTreeSet<String>>);

impl Shapes {
    /// Asks an open installation.
    #[must_use]
    pub fn of(open: &World) -> Self {
        let request = Request::builder().uri("/v1/schemas").header("host", "localhost");
        let reply = open.send(request.body(bytes::Bytes::new()).expect("a request"));
        let schemas: Value = serde_json::from_slice(&reply.body).expect("JSON");
        let schemas = schemas["data"].as_array().expect("a list");
        Self(schemas.iter().map(Self::shape).collect())
    }

    fn shape(schema: &Value) -> (String, BTreeSet<String>) {
        let name = schema["id"].as_str().expect("a name").to_owned();
        let fields = schema["resourceFields"].as_object().into_iter().flat_map(Map::keys).cloned();
        let links = schema["includeableLinks"].as_array().into_iter().flatten();
        let links = links.map(|link| link.as_str().expect("a name").to_owned());
        let always = ["id", "type", "baseType", "links", "actions"].map(str::to_owned);
        (name, fields.chain(links).chain(always).collect())
    }

    /// Fails on a document with a type that has no schema, or with a field that neither its schema has nor `besides`.
    fn fits(&self, document: &Map<String, Value>, besides: &[&str]) {
        let kind = document.get("type").and_then(Value::as_str).expect("a type");
        for address in document.get("links").and_then(Value::as_object).into_iter().flat_map(Map::values) {
            let address = address.as_str().expect("an address");
            let plain =
                address.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte));
            assert!(address.starts_with("http") && plain, "{address:?} is no address");
        }
        if kind == "collection" {
            let data = document.get("data").and_then(Value::as_array).expect("a list has data");
            return data.iter().for_each(|item| self.fits(item.as_object().expect("an object"), besides));
        }
        // The two that describe the others have no place in their own list.
        if matches!(kind, "apiVersion" | "schema") {
            return;
        }
        let shape = self.0.get(kind).unwrap_or_else(|| panic!("{kind} has no schema"));
        for field in document.keys() {
            // A date has a twin in milliseconds, as in Rancher, where schemas do not list it either.
            let base = field.strip_suffix("TS").unwrap_or(field);
            assert!(shape.contains(base) || besides.contains(&base), "{kind} has no field {field}");
        }
    }
}

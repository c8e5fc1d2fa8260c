//! Canaries: known secrets go through a whole life, and then everything the life has left behind is searched for them.

use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use keys_tests::server::{database_in, pepper_in};
use keys_tests::{Client, Key, Keyctl, Response, TestServer, create_key};
use serde_json::{Value, json};

/// Everything written where somebody could read it later: (where, bytes).
#[derive(Default)]
struct Evidence(RefCell<Vec<(String, Vec<u8>)>>);

impl Evidence {
    fn add(&self, place: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.0.borrow_mut().push((place.into(), bytes.into()));
    }

    /// An answer of the server: status line, headers and body.
    fn answer(&self, what: &str, response: Response) -> Response {
        self.add(format!("the answer to {what}"), format!("{:?} {}", response.headers, response.text()));
        response
    }

    /// Every file of the data directory except the one that is the secret.
    fn files(&self, when: &str, data_dir: &Path) {
        let pepper = pepper_in(data_dir);
        let mut names = Vec::new();
        for entry in fs::read_dir(data_dir).expect("a data directory") {
            let path = entry.expect("an entry").path();
            if path != pepper && path.is_file() {
                names.push(path.file_name().unwrap_or_default().to_string_lossy().into_owned());
                self.add(format!("{} {when}", path.display()), fs::read(&path).expect("a readable file"));
            }
        }
        assert!(names.iter().any(|name| name == "keys.sqlite3"), "{names:?}");
    }

    fn hits(&self, canaries: &[(String, Vec<u8>)]) -> Vec<String> {
        let mut hits = Vec::new();
        for (place, bytes) in self.0.borrow().iter() {
            for (name, canary) in canaries {
                if bytes.windows(canary.len()).any(|window| window == canary) {
                    hits.push(format!("{name} stands in {place}"));
                }
            }
        }
        hits
    }
}

/// Every form in which a secret could have been written down.
fn canaries(keys: &[Key], pepper_file: &str) -> Vec<(String, Vec<u8>)> {
    let mut canaries = Vec::new();
    for key in keys {
        let pair = format!("{}:{}", key.access_key, key.secret_key);
        let mut add =
            |form: &str, text: String| canaries.push((format!("{form} of {}", key.id), text.into_bytes()));
        add("the secret key", key.secret_key.clone());
        add("the secret key in base64", STANDARD_NO_PAD.encode(&key.secret_key));
        add("the joined form", format!("kc_{}_{}", key.access_key, key.secret_key));
        add("the pair in base64", STANDARD.encode(&pair));
        add("the pair in url-safe base64", URL_SAFE_NO_PAD.encode(&pair));
    }
    let long = |word: &&str| word.len() >= 32;
    for word in pepper_file.split_whitespace().filter(long) {
        canaries.push(("a pepper".to_owned(), word.as_bytes().to_vec()));
        let digits = word.rsplit('-').next().unwrap_or_default();
        canaries.push(("a pepper without its prefix".to_owned(), digits.as_bytes().to_vec()));
    }
    canaries
}

/// The idempotency key of a create.
const ONCE: &str = "canary-idempotency-key-zq7WnT0cVb3JkX9s";

/// The forms in which an idempotency key could have been written down.
fn canaries_of_idempotency_key() -> Vec<(String, Vec<u8>)> {
    [
        ("an idempotency key", ONCE.to_owned()),
        ("a part of an idempotency key", ONCE.rsplit('-').next().unwrap_or_default().to_owned()),
        ("an idempotency key in base64", STANDARD_NO_PAD.encode(ONCE)),
        ("an idempotency key in hexadecimal", ONCE.bytes().map(|byte| format!("{byte:02x}")).collect()),
    ]
    .map(|(name, text)| (name.to_owned(), text.into_bytes()))
    .into()
}

/// Creates under an idempotency key, again and again; with another where it does not belong, and confirms if asked.
fn create_once(evidence: &Evidence, administrator: &Client, name: &str, confirm: bool) -> Key {
    let once = format!("{ONCE}-{name}");
    let client = administrator.with_header("idempotency-key", &once);
    let key = create_key(&client, "/v1/apikeys", name);
    assert_eq!(create_key(&client, "/v1/apikeys", name).secret_key, key.secret_key, "the same answer");
    let other = json!({ "name": "another" });
    let _ = evidence.answer("another request", client.post("/v1/apikeys", &other).expect(422));
    for wrong in [format!("\"{once}"), format!("{once}, {once}"), format!("{once};{once}"), once.repeat(9)] {
        let client = administrator.with_header("idempotency-key", &wrong);
        let _ = evidence.answer("a malformed key", client.post("/v1/apikeys", &other).expect(400));
        let _ = evidence.answer("a malformed key", client.post("/receipts/confirm", &json!({})).expect(400));
    }
    if confirm {
        let confirmed = client.post("/receipts/confirm", &json!({})).expect(204);
        let _ = evidence.answer("a confirmation", confirmed);
        let again = client.post("/v1/apikeys", &json!({ "name": name })).expect(201);
        let _ = evidence.answer("a create after its confirmation", again);
    }
    key
}

/// Everything the wire offers, with good and with bad credentials.
fn live(evidence: &Evidence, administrator: &Client, key: &Key) {
    let client = key.client(administrator);
    let joined = format!("kc_{}_{}", key.access_key, key.secret_key);
    let bearer = administrator.with_header("authorization", &format!("Bearer {joined}"));
    for path in
        ["/v1", "/v1/apikeys", "/v1/projects/1a5", "/v1/schemas", "/v1/nothing", "/healthz", "/readyz"]
    {
        let _ = evidence.answer(path, client.get(path));
        let _ = evidence.answer(path, bearer.get(path));
    }
    // Secrets where they do not belong, and where a careless server would repeat them.
    let careless = [
        ("GET", format!("/v1/apikeys/{}", key.secret_key), String::new()),
        ("GET", format!("/{joined}"), String::new()),
        ("GET", format!("/v1?token={joined}"), String::new()),
        ("POST", format!("/v1/apikeys/?action={}", key.secret_key), String::new()),
        ("POST", "/v1/apikeys".to_owned(), format!("{{\"secretValue\":\"{}\"", key.secret_key)),
        ("POST", "/v1/apikeys".to_owned(), format!("{{\"expiresAt\":\"{}\"}}", key.secret_key)),
        ("PUT", format!("/v1/apikeys/{}", key.id), json!({ "secretValue": key.secret_key }).to_string()),
    ];
    for (method, path, body) in careless {
        let what = format!("{method} with a secret in it");
        let _ = evidence.answer(&what, client.request(method, &path).body(body.as_bytes()).send());
    }
    let _ = evidence.answer("a wrong header", administrator.with_header("x-api-key", &joined).get("/v1"));
    let raw = format!("GET /v1 HTTP/1.1\r\nhost: x\r\nauthorization Basic {joined}\r\n\r\n");
    if let Ok(response) = client.raw(raw.as_bytes()) {
        evidence.add("the answer to nonsense", response.body);
    }
    for action in ["deactivate", "activate", "deactivate"] {
        let _ = evidence.answer(action, administrator.post(&key.action(action), &json!({})).expect(202));
        let _ = evidence.answer("a use", client.get("/v1"));
    }
    let _ = evidence.answer("edit", administrator.put(&key.path, &json!({ "name": "renamed" })).expect(200));
    let _ = evidence.answer("delete", administrator.delete(&key.path).expect(200));
    let _ = evidence.answer("a use after the delete", client.get("/v1"));
}

/// Everything `keyctl` prints that is not a new pair, and what it says to a secret typed where none belongs.
fn command_line(evidence: &Evidence, tool: &Keyctl, key: &Key) {
    let joined = format!("kc_{}_{}", key.access_key, key.secret_key);
    let commands: [&[&str]; 7] = [
        &["list"],
        &["get", &key.id, "-o", "json"],
        &["get", &key.access_key],
        &["get", &key.secret_key],
        &["get", &joined, "-o", "json"],
        &["create", "--environment", &key.secret_key],
        &["list", &joined],
    ];
    for command in commands {
        let ran = tool.run(command);
        evidence.add("what keyctl prints", ran.stdout);
        evidence.add("what keyctl says", ran.stderr);
    }
}

#[test]
fn no_secret_is_left_anywhere_but_in_the_answer_that_shows_it() {
    let dir = tempfile::tempdir().unwrap();
    let evidence = Evidence::default();

    let server = TestServer::start_in(dir.path());
    let administrator_key = create_key(&server.client(), "/v1/apikeys", "administrator");
    let administrator = administrator_key.client(&server.client());
    let enable: Value = json!({ "value": "true" });
    let _ = evidence
        .answer("enable", administrator.put("/v1/settings/api.security.enabled", &enable).expect(200));
    let stays = create_key(&administrator, "/v1/projects/1a5/apikeys", "stays");
    let goes = create_key(&administrator, "/v1/projects/1a5/apikeys", "goes");
    live(&evidence, &administrator, &goes);
    let once = create_once(&evidence, &administrator, "kept", false);
    let confirmed = create_once(&evidence, &administrator, "confirmed", true);
    evidence.files("while it runs", dir.path());
    server.kill();
    evidence.files("after a kill", dir.path());

    let server = TestServer::start_in(dir.path());
    let administrator = administrator_key.client(&server.client());
    let _ = evidence.answer("a use", stays.client(&administrator).get("/v1").expect(200));
    let _ = evidence.answer("a use", goes.client(&administrator).get("/v1").expect(401));
    evidence.add("stdout", server.ready_line());
    let tool = Keyctl::over_http(&server.url(), dir.path()).with_key(&administrator_key);
    command_line(&evidence, &tool, &stays);
    let finished = server.stop();
    evidence.add("stdout", finished.stdout);
    assert!(
        finished.stderr.contains("route=\"/v1"),
        "there is a log of requests to search: {}",
        finished.stderr
    );
    evidence.add("stderr", finished.stderr);
    evidence.files("after a stop", dir.path());
    let tool = Keyctl::on_database(&database_in(dir.path()), dir.path());
    command_line(&evidence, &tool, &stays);
    let made = tool.create(&["--account", "--name", "made on the database"]);
    evidence.files("after keyctl", dir.path());

    let pepper = fs::read_to_string(pepper_in(dir.path())).expect("a pepper file");
    let mut canaries = canaries(&[administrator_key, stays.clone(), goes, made, once, confirmed], &pepper);
    assert!(canaries.len() > 6 * 5, "the pepper is among the canaries");
    canaries.extend(canaries_of_idempotency_key());
    let hits = evidence.hits(&canaries);
    assert!(hits.is_empty(), "{}", hits.join("\n"));

    // The search itself finds what is there.
    evidence.add("a planted line", format!("Authorization: Basic {}", stays.secret_key));
    assert_eq!(evidence.hits(&canaries).len(), 1);
}

/// What is kept of a secret for a create that may be asked for again is sealed, and gone once nobody needs it: from the
/// database and from its log.
#[test]
fn a_sealed_secret_is_gone_from_every_file_once_it_is_confirmed() {
    const SEALED: &[u8] = b"sealed-1-";
    let dir = tempfile::tempdir().unwrap();
    let server = TestServer::start_in(dir.path());
    let open = server.client();
    let places = || {
        let evidence = Evidence::default();
        evidence.files("", dir.path());
        evidence.hits(&[("a sealed secret".to_owned(), SEALED.to_vec())])
    };
    assert!(places().is_empty());
    let _ = create_once(&Evidence::default(), &open, "confirmed", false);
    assert!(!places().is_empty(), "it is kept, and it is what is looked for");
    let client = open.with_header("idempotency-key", &format!("{ONCE}-confirmed"));
    let _ = client.post("/receipts/confirm", &json!({})).expect(204);
    // The log is emptied when the server next does what is to be done from time to time.
    let patience = Instant::now() + Duration::from_secs(60);
    while !places().is_empty() {
        assert!(Instant::now() < patience, "{:?}", places());
        let _ = open.get("/ping").expect(200);
    }
}

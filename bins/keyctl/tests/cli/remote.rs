//! Commands over HTTP against canned answers: what is asked, what is made of the answers, and where the credential
//! comes from.

use std::os::unix::fs::PermissionsExt as _;

use keys_core::Credential;

use crate::server::CannedServer;
use crate::support::{Keyctl, Ran, keyctl};

const ACCESS_KEY: &str = "KC83G4MYSK0KX3K94XX8";

fn key(state: &str) -> String {
    let removed = if state == "removed" { "\"2026-02-02T03:04:05Z\"" } else { "null" };
    format!(
        "{{\"id\":\"1c7\",\"type\":\"apiKey\",\"links\":{{}},\"actions\":{{}},\"name\":\"ci\",\"state\":\"{state}\",\
         \"accountId\":\"1a5\",\"created\":\"2026-01-02T03:04:05Z\",\"createdTS\":1767323045678,\"description\":null,\
         \"expiresAt\":null,\"publicValue\":\"{ACCESS_KEY}\",\"removed\":{removed},\"secretValue\":null}}"
    )
}

fn project(id: &str, state: &str) -> String {
    format!(
        "{{\"id\":\"{id}\",\"type\":\"project\",\"links\":{{}},\"actions\":{{}},\"name\":\"Default\",\
         \"state\":\"{state}\",\"created\":\"2026-01-02T03:04:05Z\",\"description\":null,\"removed\":null}}"
    )
}

fn list(kind: &str, members: &[String]) -> String {
    format!(
        "{{\"type\":\"collection\",\"resourceType\":\"{kind}\",\"links\":{{}},\"data\":[{}]}}",
        members.join(",")
    )
}

fn setting(value: &str) -> String {
    format!(
        "{{\"id\":\"api.security.enabled\",\"type\":\"setting\",\"links\":{{}},\"actions\":{{}},\
         \"name\":\"api.security.enabled\",\"value\":\"{value}\"}}"
    )
}

fn refusal(status: u16, code: &str, detail: &str) -> (u16, String) {
    let body = format!(
        "{{\"id\":\"r-1\",\"type\":\"error\",\"links\":{{}},\"actions\":{{}},\"status\":{status},\"code\":\"{code}\",\
         \"message\":\"{code}\",\"detail\":\"{detail}\"}}"
    );
    (status, body)
}

fn ok(body: String) -> (u16, String) {
    (200, body)
}

/// A run against a server with these answers, and what the server was asked.
fn against(answers: impl IntoIterator<Item = (u16, String)>, line: &str) -> (Ran, Vec<String>) {
    let server = CannedServer::start(answers);
    let ran = keyctl(["--url", &server.url()].into_iter().chain(line.split_whitespace())).run();
    (ran, server.lines())
}

#[test]
fn every_command_asks_what_it_means() {
    let active = || ok(key("active"));
    let inactive = || ok(key("inactive"));
    let table = [
        (vec![ok(list("apiKey", &[key("active")]))], "list", vec!["GET /v1/apikeys?limit=1000"]),
        (vec![active()], "get 1c7", vec!["GET /v1/apikeys/1c7"]),
        (
            vec![ok(list("apiKey", &[key("active")]))],
            "get KC83G4MYSK0KX3K94XX8",
            vec!["GET /v1/apikeys?limit=1000&publicValue=KC83G4MYSK0KX3K94XX8"],
        ),
        (vec![active(), active()], "edit 1c7 --name x", vec!["GET /v1/apikeys/1c7", "PUT /v1/apikeys/1c7"]),
        (
            vec![inactive(), active()],
            "activate 1c7",
            vec!["GET /v1/apikeys/1c7", "POST /v1/apikeys/1c7?action=activate"],
        ),
        (
            vec![active(), inactive()],
            "deactivate 1c7",
            vec!["GET /v1/apikeys/1c7", "POST /v1/apikeys/1c7?action=deactivate"],
        ),
        (
            vec![inactive(), ok(key("removed"))],
            "delete --yes 1c7",
            vec!["GET /v1/apikeys/1c7", "DELETE /v1/apikeys/1c7"],
        ),
        (vec![ok(key("removed"))], "delete --yes 1c7 --idempotent", vec!["GET /v1/apikeys/1c7"]),
        (
            vec![ok(list("project", &[project("1a5", "active")]))],
            "env list",
            vec!["GET /v1/projects?limit=1000&all=true"],
        ),
        (vec![(201, project("1a7", "active"))], "env create --name x", vec!["POST /v1/projects"]),
        (
            vec![ok(project("1a5", "active")), ok(project("1a5", "inactive"))],
            "env deactivate 1a5",
            vec!["GET /v1/projects/1a5", "POST /v1/projects/1a5?action=deactivate"],
        ),
        (vec![ok(setting("false"))], "access-control status", vec!["GET /v1/settings/api.security.enabled"]),
        (
            vec![ok(setting("restricted"))],
            "access-control mode",
            vec!["GET /v1/settings/api.auth.local.access.mode"],
        ),
        (
            vec![ok(setting("required"))],
            "access-control mode required",
            vec!["PUT /v1/settings/api.auth.local.access.mode"],
        ),
        (vec![ok(setting("true"))], "access-control enable", vec!["PUT /v1/settings/api.security.enabled"]),
    ];
    for (answers, line, expected) in table {
        let repeats = usize::from(line.contains("--idempotent"));
        let answers =
            answers.iter().cloned().chain(answers.iter().take(repeats).cloned()).collect::<Vec<_>>();
        let (ran, asked) = against(answers, line);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{line}: {ran:?}");
        assert_eq!(asked.get(..expected.len()).unwrap_or(&asked), expected, "{line}");
    }
}

/// A run against an environment's endpoint, and what the server was asked.
fn at_home(answers: Vec<(u16, String)>, line: &str) -> (Ran, Vec<String>) {
    let server = CannedServer::start(answers);
    let endpoint = format!("{}/v1/projects/1a5", server.url());
    let ran = keyctl(["--url", &endpoint].into_iter().chain(line.split_whitespace())).run();
    (ran, server.lines())
}

/// Outside of it a person sees other keys: its own.
#[test]
fn an_environments_endpoint_stands_for_its_keys() {
    let active = || ok(key("active"));
    let keys = || ok(list("apiKey", &[key("active")]));
    let home = "/v1/projects/1a5/apikeys";
    for (answers, line, expected) in [
        (
            vec![ok(project("1a5", "active")), keys()],
            "list",
            vec!["GET /v1/projects/1a5".to_owned(), format!("GET {home}?limit=1000")],
        ),
        (
            vec![ok(project("1a6", "active")), ok(list("apiKey", &[]))],
            "list --environment 1a6",
            vec!["GET /v1/projects/1a6".to_owned(), "GET /v1/projects/1a6/apikeys?limit=1000".to_owned()],
        ),
        (vec![active()], "get 1c7", vec![format!("GET {home}/1c7")]),
        (
            vec![keys()],
            "get KC83G4MYSK0KX3K94XX8",
            vec![format!("GET {home}?limit=1000&publicValue=KC83G4MYSK0KX3K94XX8")],
        ),
        (
            vec![active(), active()],
            "edit 1c7 --name x",
            vec![format!("GET {home}/1c7"), format!("PUT {home}/1c7")],
        ),
        (
            vec![active(), ok(key("inactive"))],
            "deactivate 1c7",
            vec![format!("GET {home}/1c7"), format!("POST {home}/1c7?action=deactivate")],
        ),
    ] {
        let (ran, asked) = at_home(answers, line);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{line}: {ran:?}");
        assert_eq!(asked, expected, "{line}");
    }
}

/// Nobody enters it, but an administrator still takes its keys away.
#[test]
fn keys_of_a_closed_environment_are_asked_for_from_outside() {
    let (ran, asked) =
        at_home(vec![ok(project("1a5", "inactive")), ok(list("apiKey", &[key("active")]))], "list -o json");
    assert!(ran.code == 0 && ran.stdout.contains("\"id\":\"1c7\""), "{ran:?}");
    assert_eq!(asked, ["GET /v1/projects/1a5", "GET /v1/apikeys?limit=1000"]);
    let answers = vec![refusal(403, "Forbidden", ""), ok(key("active")), ok(key("inactive"))];
    let (ran, asked) = at_home(answers, "deactivate 1c7");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    assert_eq!(
        asked,
        ["GET /v1/projects/1a5/apikeys/1c7", "GET /v1/apikeys/1c7", "POST /v1/apikeys/1c7?action=deactivate"]
    );
}

#[test]
fn a_created_key_shows_its_secret_and_its_endpoint() {
    let pair = Credential::generate(&mut getrandom::SysRng).expect("randomness");
    let created = key("active")
        .replace(ACCESS_KEY, pair.access_key().as_str())
        .replace("\"secretValue\":null", &format!("\"secretValue\":\"{}\"", pair.secret_key().expose()));
    let server = CannedServer::start([(201, created), (204, String::new())]);
    let url = server.url();
    let endpoint = format!("{url}/v1/projects/1a5");
    let ran = keyctl(["create", "--name", "ci", "--expires", "2099-01-01T00:00:00Z", "--format", "curl"])
        .variable("KEYCTL_URL", &endpoint)
        .run();
    let expected = format!("curl -u {}:{} {endpoint}\n", pair.access_key(), pair.secret_key().expose());
    ran.is(0, &expected, "");
    let [request, confirmation] = server.requests().try_into().expect("a create and its confirmation");
    assert_eq!(request.line, "POST /v1/projects/1a5/apikeys HTTP/1.1");
    assert_eq!(request.body, r#"{"name":"ci","expiresAt":"2099-01-01T00:00:00.000Z"}"#);
    assert_eq!(confirmation.line, "POST /receipts/confirm HTTP/1.1");
    assert_eq!(confirmation.header("x-api-project-id"), Some("1a5"));
    let once = request.header("idempotency-key").expect("a key");
    assert_eq!(confirmation.header("idempotency-key"), Some(once));
    let bare = once.trim_matches('"');
    assert!(bare.len() == 32 && bare.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{once}");
}

/// Whose confirmation is not taken has the key all the same; and each run has a key of its own.
#[test]
fn a_created_key_is_a_success_whatever_becomes_of_its_confirmation() {
    let pair = Credential::generate(&mut getrandom::SysRng).expect("randomness");
    let created = key("active")
        .replace(ACCESS_KEY, pair.access_key().as_str())
        .replace("\"secretValue\":null", &format!("\"secretValue\":\"{}\"", pair.secret_key().expose()));
    let mut seen = Vec::new();
    for confirmation in [vec![], vec![refusal(404, "Not Found", "")], vec![(500, "<html>".to_owned())]] {
        let server = CannedServer::start([(201, created.clone())].into_iter().chain(confirmation));
        let ran = keyctl(["--url", &server.url(), "create", "--environment", "1a5"]).run();
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
        seen.push(server.requests().remove(0).header("idempotency-key").expect("a key").to_owned());
    }
    seen.dedup();
    assert_eq!(seen.len(), 3);
}

/// Who cannot read it has not got it: nothing is confirmed, so that it can still be had.
#[test]
fn a_key_that_could_not_be_shown_is_not_confirmed() {
    let pair = Credential::generate(&mut getrandom::SysRng).expect("randomness");
    let created = key("active")
        .replace(ACCESS_KEY, pair.access_key().as_str())
        .replace("\"secretValue\":null", &format!("\"secretValue\":\"{}\"", pair.secret_key().expose()));
    let server = CannedServer::start([(201, created), (204, String::new())]);
    let full = std::fs::File::options().write(true).open("/dev/full").expect("/dev/full");
    let ran = keyctl(["--url", &server.url(), "create", "--environment", "1a5"]).stdout(full).run();
    ran.failed(1, &["its secret was not shown"]);
    assert_eq!(server.lines(), ["POST /v1/projects/1a5/apikeys"]);
}

#[test]
fn a_secret_that_is_mistyped_on_the_wire_is_an_error() {
    let created = key("active").replace("\"secretValue\":null", "\"secretValue\":\"hush'; reboot\"");
    let (ran, _) = against([(201, created)], "create --environment 1a5");
    ran.failed(1, &["delete the new key 1c7"]);
    assert!(!ran.stderr.contains("hush"));
}

#[test]
fn an_environments_key_makes_no_account_keys() {
    let server = CannedServer::start_as("1a5", [ok("{}".to_owned()), ok(project("1a5", "active"))]);
    let ran = keyctl(["--url", &server.url(), "create", "--account"]).run();
    ran.failed(4, &["environment 1a5 cannot make account keys"]);
    assert_eq!(server.lines(), ["GET /v1", "GET /v1/projects/1a5"], "nothing was made");
}

#[test]
fn refusals_have_our_words_and_codes() {
    let active = || ok(key("active"));
    let table = [
        (vec![refusal(404, "Not Found", "")], "get 1c7", 3, "there is no key 1c7"),
        (vec![refusal(404, "Not Found", "")], "env edit 1a7 --name x", 3, "there is no environment 1a7"),
        (
            vec![active(), refusal(405, "Method not allowed", "first"), active()],
            "delete --yes 1c7",
            5,
            "1c7: cannot delete a key that is active (hint: first: keyctl deactivate 1c7)",
        ),
        (
            vec![active(), refusal(422, "ActionNotAvailable", ""), active()],
            "activate 1c7",
            5,
            "1c7: the key is already active",
        ),
        (
            vec![active(), refusal(409, "Conflict", "another was faster"), active()],
            "deactivate 1c7",
            5,
            "the server refused: 409 Conflict: another was faster",
        ),
        (vec![ok(key("removed"))], "delete --yes 1c7", 5, "1c7: the key is already deleted"),
        (vec![refusal(404, "Not Found", "")], "list", 3, "(hint: is it the URL of a server, of its /v1, or"),
        (vec![refusal(401, "Unauthorized", "")], "list", 4, "the server asks for an API key"),
        (vec![refusal(403, "Forbidden", "not yours")], "list", 4, "403 Forbidden: not yours"),
        (vec![refusal(405, "Method not allowed", "")], "env create", 4, "405 Method not allowed"),
        (
            vec![
                ok(project("1a5", "active")),
                refusal(422, "InvalidAction", ""),
                ok(project("1a5", "active")),
            ],
            "env deactivate 1a5",
            4,
            "you may not do that, an administrator may; who you are: keyctl whoami",
        ),
        (vec![refusal(500, "Internal Server Error", "")], "list", 1, "500 Internal Server Error"),
        (vec![refusal(503, "Service Unavailable", "later")], "list", 7, "503 Service Unavailable: later"),
        (vec![refusal(429, "Too Many Requests", "")], "list", 7, "429"),
        (vec![(502, "<html>".to_owned())], "list", 7, "a proxy at"),
        (vec![ok("<html>".to_owned())], "list", 1, "not an API-key authority"),
        (vec![(404, "<html>".to_owned())], "get 1c7", 1, "not an API-key authority"),
        (vec![ok(key("frozen"))], "get 1c7", 1, "a state that keyctl does not understand"),
        (vec![ok(setting("perhaps"))], "access-control status", 1, "a value that keyctl does not understand"),
        (
            vec![refusal(422, "InvalidState", ""), ok(list("apiKey", &[key("active")]))],
            "access-control enable",
            5,
            "(hint: keyctl create --account --name admin)",
        ),
        (
            vec![refusal(403, "Forbidden", ""), ok(project("1a5", "inactive"))],
            "create --environment 1a5",
            5,
            "keyctl env activate 1a5",
        ),
        (
            vec![refusal(404, "Not Found", ""), refusal(404, "Not Found", "")],
            "create --environment 1a9",
            3,
            "there is no environment 1a9",
        ),
        (vec![ok(list("project", &[]))], "create", 2, "no environment is active"),
        (
            vec![ok(list("project", &[project("1a5", "active"), project("1a6", "active")]))],
            "create",
            2,
            "which of 2 environments",
        ),
    ];
    for (answers, line, code, words) in table {
        let (ran, _) = against(answers, line);
        ran.failed(code, &[words]);
    }
}

#[test]
fn a_server_that_is_not_there_is_unreachable() {
    // A port below those that programs are given: nothing listens there, and no test beside this one is given it.
    let url = "http://127.0.0.1:1";
    keyctl(["--url", url, "list"]).run().failed(7, &["cannot be reached", "is api-server running there?"]);
    let ran = keyctl(["--url", url, "list", "-o", "json"]).run();
    assert!(ran.stderr.starts_with("{\"code\":\"unreachable\",\"exitCode\":7,"), "{ran:?}");
}

/// A pair, and the `Authorization` header it makes.
fn pair() -> (Credential, String) {
    let pair = Credential::generate(&mut getrandom::SysRng).expect("randomness");
    let basic = format!("{}:{}", pair.access_key(), pair.secret_key().expose());
    (pair, format!("Basic {}", base64(basic.as_bytes())))
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let number = chunk.iter().fold(0usize, |number, byte| (number << 8) | usize::from(*byte))
            << (8 * (3 - chunk.len()));
        for digit in 0..4 {
            let symbol = ALPHABET.get((number >> (18 - 6 * digit)) & 63).copied().map_or('?', char::from);
            text.push(if digit <= chunk.len() { symbol } else { '=' });
        }
    }
    text
}

#[test]
fn the_credential_is_presented_wherever_it_comes_from() {
    let (pair, header) = pair();
    let (access_key, secret_key) = (pair.access_key().to_string(), pair.secret_key().expose().to_owned());
    let home = tempfile::tempdir().expect("a folder");
    let netrc = home.path().join(".netrc");
    std::fs::write(&netrc, format!("machine 127.0.0.1 login {access_key} password {secret_key}\n"))
        .expect("a file");
    std::fs::set_permissions(&netrc, std::fs::Permissions::from_mode(0o600)).expect("a mode");

    let list = keyctl(["list"]);
    let from_stdin = keyctl(["list", "--access-key", &access_key, "--secret-stdin"]);
    let ways: [Keyctl; 5] = [
        list.variable("KEYCTL_ACCESS_KEY", &access_key).variable("KEYCTL_SECRET_KEY", &secret_key),
        keyctl(["list"])
            .variable("RANCHER_ACCESS_KEY", &access_key)
            .variable("RANCHER_SECRET_KEY", &secret_key),
        from_stdin.stdin(&format!("{secret_key}\n")),
        keyctl(["list", "--secret-stdin"]).stdin(&pair.expose_joined()),
        keyctl(["list"]).variable("HOME", home.path().to_str().expect("text")),
    ];
    for way in ways {
        let server = CannedServer::start([ok(self::list("apiKey", &[]))]);
        let ran = way.variable("KEYCTL_URL", &server.url()).run();
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
        assert_eq!(server.requests().remove(0).header("authorization"), Some(header.as_str()));
    }
}

#[test]
fn a_credential_that_is_not_accepted_is_not_shown() {
    let (pair, _) = pair();
    let server = CannedServer::start([refusal(401, "Unauthorized", "")]);
    let ran = keyctl(["--url", &server.url(), "list"])
        .variable("KEYCTL_ACCESS_KEY", pair.access_key().as_str())
        .variable("KEYCTL_SECRET_KEY", pair.secret_key().expose())
        .run();
    ran.failed(4, &["does not accept the API key"]);
    assert!(!ran.stderr.contains(pair.secret_key().expose()));
}

#[test]
fn a_pair_that_cannot_be_one_is_never_sent() {
    let (pair, _) = pair();
    let server = CannedServer::start([ok(list("apiKey", &[]))]);
    let ran = keyctl(["--url", &server.url(), "list"])
        .variable("KEYCTL_ACCESS_KEY", pair.access_key().as_str())
        .variable("KEYCTL_SECRET_KEY", "hush")
        .run();
    ran.failed(2, &["KEYCTL_ACCESS_KEY and KEYCTL_SECRET_KEY is malformed: a secret key has 40 characters"]);
    assert!(!ran.stderr.contains("hush"));
    assert!(server.requests().is_empty());
}

#[test]
fn a_secret_typed_as_an_argument_is_not_repeated() {
    let (pair, _) = pair();
    let joined = pair.expose_joined();
    let secret = pair.secret_key().expose();
    for arguments in [
        vec!["get", secret],
        vec!["get", &joined],
        vec!["list", secret],
        vec!["--access-key", &joined, "list"],
    ] {
        let ran = keyctl(["--url", "http://127.0.0.1:1"].into_iter().chain(arguments)).run();
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.code);
        assert!(!ran.stderr.contains(secret), "a secret came back");
    }
}

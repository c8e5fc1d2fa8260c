//! Clients nobody here wrote: curl and wget, with the flags the page of Rancher v1.0 names.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use keys_tests::Key;
use serde_json::{Value, json};

use crate::installation::{DEFAULT, Installation};

/// Runs a client with its home in `home`, so that neither the developer's `.netrc` nor a proxy counts.
fn run(home: &Path, program: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", home);
    command.args(arguments).output().unwrap_or_else(|error| panic!("{program}: {error}"))
}

/// The status curl sees.
fn curl(home: &Path, arguments: &[&str]) -> String {
    let quiet = ["--silent", "--output", "/dev/null", "--write-out", "%{http_code}"];
    let output = run(home, "curl", &[&quiet[..], arguments].concat());
    String::from_utf8(output.stdout).expect("a status")
}

fn write_netrc(home: &Path, key: &Key) {
    let path = home.join(".netrc");
    let line = format!("machine 127.0.0.1 login {} password {}\n", key.access_key, key.secret_key);
    fs::write(&path, line).expect("a home to write to");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("own file");
}

#[test]
#[ignore = "needs curl"]
fn row_17_curl_u() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ci");
    let home = tempfile::tempdir().unwrap();
    let url = format!("{}/v1/projects/1a5", installation.server.url());
    let pair = format!("{}:{}", key.access_key, key.secret_key);
    assert_eq!(curl(home.path(), &[&url]), "401");
    assert_eq!(curl(home.path(), &["-u", &pair, &url]), "200");
    assert_eq!(curl(home.path(), &["-u", &format!("{}:wrong", key.access_key), &url]), "401");
    installation.act(&key, "deactivate");
    assert_eq!(curl(home.path(), &["-u", &pair, &url]), "401");
    installation.act(&key, "activate");
    assert_eq!(curl(home.path(), &["-u", &pair, &url]), "200");
}

#[test]
#[ignore = "needs curl"]
fn row_17_curl_d_sends_json_as_a_form_and_is_understood() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ci");
    let home = tempfile::tempdir().unwrap();
    let url = format!("{}/v1/apikeys", installation.server.url());
    let pair = format!("{}:{}", key.access_key, key.secret_key);
    for body in ["{\"name\":\"made by curl\"}", "name=made+by+curl"] {
        assert_eq!(curl(home.path(), &["-u", &pair, &url, "-d", body]), "201", "{body}");
    }
    let listed = key.client(&installation.stranger()).get("/v1/apikeys").expect(200).text();
    assert_eq!(listed.matches("\"made by curl\"").count(), 2, "{listed}");
}

#[test]
#[ignore = "needs curl"]
fn row_18_curl_n() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ci");
    let home = tempfile::tempdir().unwrap();
    let url = format!("{}/v1/projects/1a5", installation.server.url());
    assert_eq!(curl(home.path(), &["-n", &url]), "401", "without a .netrc");
    write_netrc(home.path(), &key);
    assert_eq!(curl(home.path(), &["-n", &url]), "200");
    assert_eq!(curl(home.path(), &["--anyauth", "-n", &url]), "200", "after the challenge");
    installation.act(&key, "deactivate");
    assert_eq!(curl(home.path(), &["-n", &url]), "401");
    installation.act(&key, "activate");
    assert_eq!(curl(home.path(), &["-n", &url]), "200");
}

#[test]
#[ignore = "needs wget"]
fn row_16_wget_answers_the_challenge() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ci");
    let home = tempfile::tempdir().unwrap();
    let url = format!("{}/v1/projects/1a5", installation.server.url());
    let user = format!("--user={}", key.access_key);
    let password = format!("--password={}", key.secret_key);
    let wget = |arguments: &[&str]| {
        let quiet = ["--quiet", "--tries=1", "--output-document=-"];
        run(home.path(), "wget", &[&quiet[..], arguments, &[url.as_str()]].concat())
    };
    // It sends no credentials until it has seen the challenge.
    let answered = wget(&[&user, &password]);
    assert!(answered.status.success(), "{}", String::from_utf8_lossy(&answered.stderr));
    assert!(String::from_utf8_lossy(&answered.stdout).contains("\"id\":\"1a5\""));
    assert!(wget(&[&user, &password, "--auth-no-challenge"]).status.success());
    installation.act(&key, "deactivate");
    assert_eq!(wget(&[&user, &password]).status.code(), Some(6), "6 says: not authenticated");
}

/// A whole life by the one program everybody has, as a script would write it.
#[test]
#[ignore = "needs curl"]
fn a_curl_script_lives_the_life_of_a_key() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ci");
    let home = tempfile::tempdir().unwrap();
    write_netrc(home.path(), &key);
    let collection = format!("{}/v1/projects/1a5/apikeys", installation.server.url());
    let ask = |arguments: &[&str]| -> Value {
        let output = run(
            home.path(),
            "curl",
            &[&["--silent", "--show-error", "--fail", "-n"][..], arguments].concat(),
        );
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("JSON without asking for it")
    };
    let json = ["-H", "Content-Type: application/json"];
    let made = ask(&[&json[..], &["-d", "{\"name\":\"by script\"}", &collection]].concat());
    let own = made["links"]["self"].as_str().expect("self");
    let edited = ask(&["-X", "PUT", "-d", "{\"description\":\"edited\"}", own]);
    assert_eq!((&edited["name"], &edited["description"]), (&json!("by script"), &json!("edited")));
    let form = ask(&["-X", "PUT", "--data-urlencode", "name=a form & more", own]);
    assert_eq!(form["name"], "a form & more");
    let posted = ask(&["-d", "name=posted", &format!("{own}?_method=PUT")]);
    assert_eq!((&posted["id"], &posted["name"]), (&made["id"], &json!("posted")));

    let in_parts = ask(&["-F", "name=in parts", &format!("{own}?_method=PUT")]);
    assert_eq!((&in_parts["id"], &in_parts["name"]), (&made["id"], &json!("in parts")));

    // With and without the slash before the question mark, with and without a body.
    assert_eq!(ask(&["-X", "POST", &format!("{own}?action=deactivate")])["state"], "inactive");
    assert_eq!(ask(&["-d", "{}", &format!("{own}/?action=activate")])["state"], "active");
    assert_eq!(curl(home.path(), &["-n", "-X", "DELETE", own]), "405");
    assert_eq!(ask(&["-d", "", &format!("{own}/?action=deactivate")])["state"], "inactive");
    assert_eq!(ask(&["-X", "DELETE", own])["state"], "removed");
    let listed = ask(&["-G", "--data-urlencode", "name_like=%ost%", &collection]);
    assert_eq!(listed["data"], json!([]));
}

#[test]
#[ignore = "needs curl"]
fn curl_reads_heads_and_options() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ci");
    let home = tempfile::tempdir().unwrap();
    write_netrc(home.path(), &key);
    let url = format!("{}/v1", installation.server.url());
    let head = run(home.path(), "curl", &["--silent", "-n", "-I", &url]);
    let head = String::from_utf8_lossy(&head.stdout).to_ascii_lowercase();
    assert!(head.starts_with("http/1.1 200") && head.contains("\r\nx-api-schemas: "), "{head}");
    assert_eq!(curl(home.path(), &["-n", "-X", "OPTIONS", &url]), "200");
    assert_eq!(curl(home.path(), &["-n", "-X", "PATCH", &url]), "405");
    // One connection, several requests.
    let both = run(home.path(), "curl", &["--silent", "-n", &url, &format!("{url}/apikeys")]);
    assert_eq!(String::from_utf8_lossy(&both.stdout).matches("\"type\":\"apiKey\"").count(), 1);
}

/// The life of a key by wget, which can send any method and shows nothing but the body.
#[test]
#[ignore = "needs wget"]
fn a_wget_script_lives_the_life_of_a_key() {
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ci");
    let home = tempfile::tempdir().unwrap();
    let user = format!("--user={}", key.access_key);
    let password = format!("--password={}", key.secret_key);
    let collection = format!("{}/v1/apikeys", installation.server.url());
    let wget = |arguments: &[&str]| -> Value {
        let always = ["--quiet", "--tries=1", "--output-document=-", "--auth-no-challenge", &user, &password];
        let output = run(home.path(), "wget", &[&always[..], arguments].concat());
        assert!(output.status.success(), "{arguments:?}: {}", output.status);
        serde_json::from_slice(&output.stdout).expect("JSON without asking for it")
    };
    let made = wget(&["--post-data={\"name\":\"by wget\"}", &collection]);
    let own = made["links"]["self"].as_str().expect("self");
    assert_eq!(wget(&["--method=PUT", "--body-data=name=renamed", own])["name"], "renamed");
    assert_eq!(wget(&["--post-data=name=again", &format!("{own}?_method=PUT")])["name"], "again");
    assert_eq!(wget(&["--post-data=", &format!("{own}/?action=deactivate")])["state"], "inactive");
    assert_eq!(wget(&["--method=DELETE", own])["state"], "removed");
}

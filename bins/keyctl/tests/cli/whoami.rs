//! `whoami`: by what one is let in, and as whom.

use keys_core::Credential;

use crate::database::Installation;
use crate::server::CannedServer;
use crate::support::{Ran, keyctl};

fn root() -> (u16, String) {
    (200, "{\"id\":\"v1\",\"type\":\"apiVersion\",\"links\":{}}".to_owned())
}

fn account(id: &str, kind: &str, name: &str) -> (u16, String) {
    let body = format!(
        "{{\"id\":\"{id}\",\"type\":\"account\",\"links\":{{}},\"actions\":{{}},\"kind\":\"{kind}\",\"name\":{name},\
         \"state\":\"active\"}}"
    );
    (200, body)
}

/// `whoami` with a pair, of a server that takes everybody for `id`.
fn asked(id: &'static str, kind: &str, line: &str) -> (Ran, CannedServer, Credential) {
    let pair = Credential::generate(&mut getrandom::SysRng).expect("the system has randomness");
    let server = CannedServer::start_as(id, [root(), account(id, kind, "\"a\\u001b[2Jb\"")]);
    let url = server.url();
    let ran = keyctl(["--url", &url, "whoami", "--secret-stdin"].into_iter().chain(line.split_whitespace()))
        .stdin(&pair.expose_joined())
        .run();
    (ran, server, pair)
}

#[test]
fn a_server_says_as_whom_a_key_acts() {
    let (ran, server, pair) = asked("1a5", "project", "");
    let (access_key, api) = (pair.access_key(), format!("{}/v1", server.url()));
    let table = format!(
        "kind           key\naccess key     {access_key}\nenvironment    1a5\nname           a\\u{{1b}}[2Jb\n\
         administrator  no\nurl            {api}\n"
    );
    ran.is(0, &table, "");
    assert_eq!(server.lines(), ["GET /v1", "GET /v1/accounts/1a5"]);

    let (ran, server, pair) = asked("1a1", "admin", "-o json");
    let json = format!(
        "{{\"kind\":\"key\",\"accessKey\":\"{}\",\"owner\":\"1a1\",\"ownerKind\":\"account\",\"name\":\"a\\u001b[2Jb\",\
         \"administrator\":true,\"url\":\"{}/v1\"}}\n",
        pair.access_key(),
        server.url()
    );
    ran.is(0, &json, "");
    asked("1a7", "user", "--field administrator").0.is(0, "false\n", "");
    asked("1a7", "user", "-q").0.is(0, "1a7\n", "");
    asked("1a7", "user", "--field nonsense").0.failed(2, &["one of kind, accessKey, owner, ownerKind"]);
}

#[test]
fn an_open_server_takes_everybody_for_the_administrator() {
    let server = CannedServer::start_as("1a1", [root(), account("1a1", "admin", "null")]);
    let url = server.url();
    let ran = keyctl(["--url", &url, "whoami", "-o", "yaml"]).run();
    let yaml = format!(
        "kind: open\naccessKey: null\nowner: \"1a1\"\nownerKind: account\nname: null\nadministrator: true\n\
         url: \"{url}/v1\"\n"
    );
    ran.is(0, &yaml, "");
}

#[test]
fn whoever_is_not_let_in_is_nobody() {
    let refusal = "{\"id\":\"r-1\",\"type\":\"error\",\"links\":{},\"actions\":{},\"status\":401,\"code\":\"Unauthorized\",\
                   \"message\":\"Unauthorized\",\"detail\":null}";
    let server = CannedServer::start([(401, refusal.to_owned())]);
    keyctl(["--url", &server.url(), "whoami"]).run().failed(4, &["the server asks for an API key"]);
    keyctl(["--url", "http://127.0.0.1:1", "whoami"]).run().failed(7, &["cannot be reached"]);
}

#[test]
fn whoever_has_the_database_administers() {
    let installation = Installation::new();
    let url = installation.url();
    let ran = installation.run("whoami --field kind");
    ran.is(0, "database\n", "");
    installation.run("whoami --field owner").is(0, "1a1\n", "");
    installation.run("whoami --field administrator").is(0, "true\n", "");
    installation.run("whoami --field url").is(0, &format!("{url}\n"), "");
    assert_eq!(keyctl(["--database", "sqlite:/nowhere/keys", "whoami"]).run().code, 3);
}

//! `verify`: what is no pair is told before anybody is asked; the authority says the rest, alike both ways.

use keys_core::Credential;

use crate::database::Installation;
use crate::server::CannedServer;
use crate::support::{Ran, keyctl};

fn pair() -> Credential {
    Credential::generate(&mut getrandom::SysRng).expect("the system has randomness")
}

/// Nobody listens at port 1: had it been asked, the code would be 7.
const NOBODY: [&str; 3] = ["--url", "http://127.0.0.1:1", "verify"];

#[test]
fn a_mistyped_pair_is_told_before_anybody_is_asked() {
    let pair = pair();
    let joined = pair.expose_joined();
    let mut mistyped = joined.as_str().to_owned();
    let last = mistyped.pop();
    mistyped.push(if last == Some('0') { '1' } else { '0' });
    let secret = mistyped.rsplit('_').next().expect("a secret");
    let access_key = pair.access_key().to_string();
    let directory = tempfile::tempdir().expect("a folder");
    let file = directory.path().join("pair");
    std::fs::write(&file, format!("{mistyped}\n")).expect("a file");
    let file = format!("@{}", file.display());
    let runs = [
        keyctl(NOBODY.into_iter().chain(["--secret-stdin"])).stdin(&mistyped).run(),
        keyctl(NOBODY.into_iter().chain(["--secret-stdin", "--access-key", &access_key])).stdin(secret).run(),
        keyctl(NOBODY.into_iter().chain([file.as_str()])).run(),
        keyctl(NOBODY.into_iter().chain(["@-"])).stdin(&mistyped).run(),
        keyctl(NOBODY).variable("KEYCTL_ACCESS_KEY", &access_key).variable("KEYCTL_SECRET_KEY", secret).run(),
    ];
    for ran in runs {
        ran.failed(6, &["is malformed", "checksum"]);
        assert!(!ran.stderr.contains(secret), "{ran:?}");
    }
    keyctl(NOBODY.into_iter().chain(["--secret-stdin"])).stdin("nonsense").run().failed(2, &["--access-key"]);
    let json = keyctl(NOBODY.into_iter().chain(["--secret-stdin", "-o", "json"])).stdin(&mistyped).run();
    assert!(json.stderr.starts_with("{\"code\":\"notValid\",\"exitCode\":6,"), "{json:?}");
    keyctl(NOBODY.into_iter().chain(["--secret-stdin"]))
        .stdin(&joined)
        .run()
        .failed(7, &["cannot be reached"]);
}

#[test]
fn a_key_is_no_argument() {
    let pair = pair();
    let joined = pair.expose_joined();
    let typo = format!("{}!", joined.as_str());
    for argument in [joined.as_str(), &typo] {
        let ran = keyctl(NOBODY.into_iter().chain([argument])).run();
        ran.failed(2, &["a key is no argument", "@FILE"]);
        assert!(!ran.stderr.contains(pair.secret_key().expose()), "{ran:?}");
    }
    keyctl(NOBODY).run().failed(2, &["there is no key to verify", "@FILE"]);
    keyctl(NOBODY.into_iter().chain(["@/nowhere"])).run().failed(2, &["/nowhere cannot be read"]);
}

/// A pair of the environment `1a5`, just made, and what `verify` says of it on the database.
fn made(installation: &Installation) -> (String, impl Fn(&str) -> Ran) {
    let joined = installation.run("create --environment 1a5 --format env").stdout;
    let value = |name: &str| {
        let line = joined.lines().find_map(|line| line.strip_prefix(&format!("export {name}=")));
        line.expect("a line").to_owned()
    };
    let (access_key, secret) = (value("KEYCTL_ACCESS_KEY"), value("KEYCTL_SECRET_KEY"));
    let presented = format!("kc_{access_key}_{secret}");
    (access_key, move |form: &str| {
        let line = format!("verify --secret-stdin {form}");
        installation.keyctl(line.split_whitespace()).stdin(&presented).run()
    })
}

#[test]
fn a_database_says_whether_a_key_is_good() {
    let installation = Installation::new();
    let (access_key, verify) = made(&installation);
    verify("").is(0, &format!("valid       yes\naccess key  {access_key}\nowner       1a5\n"), "");
    let json = format!("{{\"valid\":true,\"accessKey\":\"{access_key}\",\"owner\":\"1a5\"}}\n");
    verify("-o json").is(0, &json, "");
    verify("--field owner").is(0, "1a5\n", "");
    verify("-q").is(0, &format!("{access_key}\n"), "");
    let refused = format!("the API key {access_key} is not valid");
    for (change, back) in [("deactivate 1c3", "activate 1c3"), ("env deactivate 1a5", "env activate 1a5")] {
        assert_eq!(installation.run(change).code, 0);
        verify("").failed(6, &[&refused, "Inactive"]);
        assert_eq!(installation.run(back).code, 0);
        assert_eq!(verify("").code, 0);
    }
    let stranger = pair();
    let ran = installation.keyctl(["verify", "--secret-stdin"]).stdin(&stranger.expose_joined()).run();
    ran.failed(6, &["is not valid"]);
    std::fs::remove_file(installation.path("pepper")).expect("there was a pepper");
    verify("").failed(2, &["pepper"]);
}

#[test]
fn a_server_is_asked_for_its_verdict_even_when_it_is_open() {
    let pair = pair();
    let root = "{\"id\":\"v1\",\"type\":\"apiVersion\",\"links\":{}}".to_owned();
    let refusal = "{\"id\":\"r-1\",\"type\":\"error\",\"links\":{},\"actions\":{},\"status\":401,\"code\":\"Unauthorized\",\
                   \"message\":\"Unauthorized\",\"detail\":null}"
        .to_owned();
    // What answers 401 and is no authority has no say.
    let proxy = "<html>".to_owned();
    let server = CannedServer::start_as("1a5", [(200, root), (401, refusal), (401, proxy)]);
    let url = server.url();
    let verify = || keyctl(["--url", &url, "verify", "--secret-stdin"]).stdin(&pair.expose_joined()).run();
    let access_key = pair.access_key();
    verify().is(0, &format!("valid       yes\naccess key  {access_key}\nowner       1a5\n"), "");
    verify().failed(6, &[&format!("the API key {access_key} is not valid"), "Inactive"]);
    verify().failed(1, &["not an API-key authority"]);
    for request in server.requests() {
        assert_eq!(request.line, "GET /v1 HTTP/1.1");
        assert_eq!(request.header("x-enforce-authentication"), Some("true"));
        assert!(request.header("authorization").is_some());
    }
}

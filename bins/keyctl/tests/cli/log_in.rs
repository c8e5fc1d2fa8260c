//! Logging in and out, and passwords of people: over HTTP against canned answers, and on a database.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use keys_core::SessionKind;
use keys_service::{LogInRequest, Visitor};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use tempfile::TempDir;

use crate::database::Installation;
use crate::server::CannedServer;
use crate::support::{Keyctl, Ran, keyctl};

const PASSWORD: &str = "correct horse battery staple";
const TOKEN: &str = "ks_canned";

fn token() -> (u16, String) {
    let body = format!(
        "{{\"id\":\"current\",\"type\":\"token\",\"links\":{{}},\"actions\":{{}},\"accountId\":\"1a7\",\"jwt\":\"{TOKEN}\",\
         \"user\":\"ada\"}}"
    );
    (201, body)
}

fn error(status: u16, code: &str, field: &str) -> (u16, String) {
    let body = format!(
        "{{\"id\":\"r-1\",\"type\":\"error\",\"links\":{{}},\"actions\":{{}},\"status\":{status},\"code\":\"{code}\",\
         \"message\":\"{code}\",\"detail\":\"said by the server\",\"fieldName\":{field}}}"
    );
    (status, body)
}

fn list(members: &str) -> (u16, String) {
    (200, format!("{{\"type\":\"collection\",\"resourceType\":\"x\",\"links\":{{}},\"data\":[{members}]}}"))
}

fn password(id: &str, account: &str, login: &str) -> String {
    format!(
        "{{\"id\":\"{id}\",\"type\":\"password\",\"links\":{{}},\"actions\":{{}},\"state\":\"active\",\
         \"accountId\":\"{account}\",\"publicValue\":\"{login}\"}}"
    )
}

/// A person with a home of their own.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn keyctl(&self, server: &CannedServer, line: &str) -> Keyctl {
        let url = server.url();
        keyctl(["--url", &url].into_iter().chain(line.split_whitespace()))
            .variable("HOME", self.0.path().to_str().expect("text"))
    }

    fn run(&self, server: &CannedServer, line: &str) -> Ran {
        self.keyctl(server, line).stdin(&format!("{PASSWORD}\n")).run()
    }

    fn sessions(&self) -> std::path::PathBuf {
        self.0.path().join(".config/keyctl/sessions.json")
    }
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

#[test]
fn a_session_holds_from_log_in_to_log_out() {
    let home = Home::new();
    let server = CannedServer::start([token(), list(""), (204, String::new()), list("")]);
    let shown = format!("logged in  ada\naccount    1a7\nserver     {}/v1\n", server.url());
    home.run(&server, "login ada --password-stdin").is(0, &shown, "");
    assert_eq!(mode(&home.sessions()), 0o600);
    assert_eq!(home.run(&server, "list").code, 0);
    home.run(&server, "logout").is(0, "logged out\n", "");
    assert_eq!(home.run(&server, "list").code, 0);
    let asked = server.requests();
    let seen: Vec<_> = asked.iter().map(|ask| (ask.line.as_str(), ask.header("authorization"))).collect();
    let bearer = format!("Bearer {TOKEN}");
    assert_eq!(
        seen,
        [
            ("POST /v1/tokens HTTP/1.1", None),
            ("GET /v1/apikeys?limit=1000 HTTP/1.1", Some(bearer.as_str())),
            ("DELETE /v1/tokens HTTP/1.1", Some(bearer.as_str())),
            ("GET /v1/apikeys?limit=1000 HTTP/1.1", None),
        ]
    );
    assert_eq!(asked[0].body, format!("{{\"code\":\"ada:{PASSWORD}\"}}"));
    let kept = std::fs::read_to_string(home.sessions()).expect("text");
    assert!(!kept.contains(TOKEN), "{kept}");
}

#[test]
fn neither_password_nor_token_is_shown() {
    let home = Home::new();
    let server = CannedServer::start([
        token(),
        error(401, "Unauthorized", "null"),
        error(429, "Too Many Requests", "null"),
        error(401, "Unauthorized", "null"),
    ]);
    let begun = home.run(&server, "login ada --password-stdin -o json");
    begun.is(
        0,
        &format!("{{\"account\":\"1a7\",\"login\":\"ada\",\"server\":\"{}/v1\"}}\n", server.url()),
        "",
    );
    let wrong = home.run(&server, "login ada --password-stdin");
    wrong.failed(4, &["name and password are not those of anybody who may log in"]);
    home.run(&server, "login ada --password-stdin").failed(7, &["said by the server"]);
    let ended = home.run(&server, "list");
    ended.is(4, "", "keyctl: the session has ended (hint: keyctl login)\n");
    for ran in [begun, wrong, ended] {
        for secret in [PASSWORD, TOKEN] {
            assert!(!ran.stdout.contains(secret) && !ran.stderr.contains(secret), "{ran:?}");
        }
    }
}

/// Once it stayed open on the server for 16 hours, and nobody had its token to end it.
#[test]
fn a_session_that_cannot_be_kept_is_ended() {
    let server = CannedServer::start([token(), (204, String::new())]);
    // Nobody makes a folder there, not even root.
    let ran = keyctl(["--url", &server.url(), "login", "ada", "--password-stdin"])
        .variable("XDG_CONFIG_HOME", "/proc")
        .stdin(&format!("{PASSWORD}\n"))
        .run();
    ran.failed(1, &["/proc/keyctl/sessions.json cannot be written"]);
    assert_eq!(server.lines(), ["POST /v1/tokens", "DELETE /v1/tokens"]);
}

#[test]
fn the_session_before_is_ended_by_the_next() {
    let home = Home::new();
    let server = CannedServer::start([token(), token(), (204, String::new())]);
    assert_eq!(home.run(&server, "login ada --password-stdin").code, 0);
    assert_eq!(home.run(&server, "login ada --password-stdin").code, 0);
    let lines = server.lines();
    assert_eq!(lines, ["POST /v1/tokens", "POST /v1/tokens", "DELETE /v1/tokens"]);
}

#[test]
fn a_key_that_is_given_goes_before_a_session() {
    let home = Home::new();
    let server = CannedServer::start([token(), list("")]);
    assert_eq!(home.run(&server, "login ada --password-stdin").code, 0);
    let pair = keys_core::Credential::generate(&mut getrandom::SysRng).expect("randomness");
    let ran = home
        .keyctl(&server, "list")
        .variable("KEYCTL_ACCESS_KEY", pair.access_key().as_str())
        .variable("KEYCTL_SECRET_KEY", pair.secret_key().expose())
        .run();
    assert_eq!(ran.code, 0, "{ran:?}");
    let asked = server.requests();
    assert!(asked[1].header("authorization").is_some_and(|value| value.starts_with("Basic ")));
}

#[test]
fn a_session_file_that_others_can_read_is_refused() {
    let home = Home::new();
    let server = CannedServer::start([token()]);
    assert_eq!(home.run(&server, "login ada --password-stdin").code, 0);
    std::fs::set_permissions(home.sessions(), std::fs::Permissions::from_mode(0o644)).expect("a mode");
    home.run(&server, "list").failed(2, &["can be read by others", "chmod 600"]);
    assert_eq!(server.lines(), ["POST /v1/tokens"], "nothing more was asked");
}

#[test]
fn what_is_missing_is_said_before_anything_is_asked() {
    let home = Home::new();
    let server = CannedServer::start([]);
    home.run(&server, "login").failed(2, &["no terminal", "NAME"]);
    home.run(&server, "login ada").failed(2, &["no terminal", "--password-stdin"]);
    home.run(&server, "login a:b --password-stdin").failed(2, &["NAME: "]);
    home.keyctl(&server, "login ada --password-stdin").run().failed(2, &["no password"]);
    home.keyctl(&server, "login ada --password-stdin").stdin("short").run().failed(2, &["8"]);
    home.run(&server, "logout").failed(3, &["there is no session with"]);
    let nowhere = keyctl(["--url", &server.url(), "login", "ada", "--password-stdin"]);
    nowhere.stdin(PASSWORD).run().failed(2, &["XDG_CONFIG_HOME"]);
    let installation = Installation::new();
    for line in ["login ada --password-stdin", "logout"] {
        installation.run(line).failed(2, &["sessions are for --url"]);
    }
}

#[test]
fn a_password_is_set_over_http() {
    let home = Home::new();
    let one = password("1p3", "1a7", "ada");
    let other = password("1p4", "1a8", "grace");
    let table = [
        // The first password of an account, and one it has.
        (
            "user password 1a9 --login kay --password-stdin",
            vec![list(&format!("{one},{other}")), (201, password("1p5", "1a9", "kay"))],
            "POST /v1/passwords",
            format!("{{\"accountId\":\"1a9\",\"publicValue\":\"kay\",\"secretValue\":\"{PASSWORD}\"}}"),
            "account      1a9\nlog-in name  kay\n",
        ),
        (
            "user password 1a8 --password-stdin",
            vec![list(&format!("{one},{other}")), (200, other.clone())],
            "PUT /v1/passwords/1p4",
            format!("{{\"secretValue\":\"{PASSWORD}\"}}"),
            "account      1a8\nlog-in name  grace\n",
        ),
    ];
    for (line, answers, asked, body, shown) in table {
        let server = CannedServer::start(answers);
        home.run(&server, line).is(0, shown, "");
        let requests = server.requests();
        assert_eq!((requests[1].line.replace(" HTTP/1.1", ""), &requests[1].body), (asked.to_owned(), &body));
    }
    let refusals = [
        (vec![list("")], "user password 1a9 --password-stdin", 2, "--login NAME"),
        (
            vec![list(""), error(422, "InvalidReference", "\"accountId\"")],
            "user password 1a9 --login kay --password-stdin",
            3,
            "there is no account 1a9 that somebody can log in as",
        ),
        (
            vec![list(""), error(422, "NotUnique", "\"publicValue\"")],
            "user password 1a9 --login kay --password-stdin",
            5,
            "another account has this log-in name",
        ),
        (vec![error(403, "Forbidden", "null")], "user password 1a9 --password-stdin", 4, "may not do that"),
    ];
    for (answers, line, code, words) in refusals {
        home.run(&CannedServer::start(answers), line).failed(code, &[words]);
    }
}

/// The way back for an administrator who has forgotten the password: whoever holds the database gives another.
#[test]
fn a_forgotten_password_is_replaced_on_the_database() {
    let installation = Installation::new();
    let set = |line: &str, password: &str| installation.keyctl(line.split_whitespace()).stdin(password).run();
    set("user password 1a1 --password-stdin", PASSWORD).failed(2, &["no password yet", "--login NAME"]);
    set("user password 1a99 --login ada --password-stdin", PASSWORD).failed(3, &["no account 1a99"]);
    set("user password 1a1 --login admin --password-stdin", "forgotten").is(
        0,
        "account      1a1\nlog-in name  admin\n",
        "",
    );
    set("user password 1a1 --password-stdin -o json", PASSWORD).is(
        0,
        "{\"account\":\"1a1\",\"login\":\"admin\"}\n",
        "",
    );
    assert!(!enters(&installation, "forgotten") && enters(&installation, PASSWORD));
    let server = installation.open();
    set("user password 1a1 --password-stdin", PASSWORD).failed(5, &["in use by another process"]);
    drop(server);
}

/// Whether the administrator can log in to a server of this database.
fn enters(installation: &Installation, password: &str) -> bool {
    let mut rng = ChaCha20Rng::from_seed([2; 32]);
    let now = "2099-01-02T03:04:05.678Z".parse().expect("a timestamp");
    let request_id: keys_core::RequestId = "test".parse().expect("a request id");
    let request = LogInRequest {
        login: "admin".parse().expect("a name"),
        password: keys_core::Password::new(password).expect("a password"),
        kind: SessionKind::Bearer,
        device: None,
    };
    let visitor = Visitor { client_address: None, request_id, now };
    installation.served(&mut rng, |authority, rng| authority.log_in(&request, &visitor, rng).is_ok())
}

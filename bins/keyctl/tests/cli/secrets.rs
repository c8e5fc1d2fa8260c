//! Where secrets come from: standard input, files, and programs that tell them; for pairs and for passwords.

use std::fs;
use std::path::PathBuf;

use base64::Engine as _;
use keys_core::Credential;
use tempfile::TempDir;

use crate::database::Installation;
use crate::server::CannedServer;
use crate::support::{Keyctl, keyctl, run};

const NO_KEYS: &str = "{\"type\":\"collection\",\"resourceType\":\"apiKey\",\"links\":{},\"data\":[]}";

fn pair() -> Credential {
    Credential::generate(&mut getrandom::SysRng).expect("randomness")
}

/// A folder with a file of this text.
fn file(text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("secret");
    fs::write(&path, text).expect("a write");
    (folder, path)
}

/// Checks that a run presents this pair to a server that lists no keys.
#[track_caller]
fn presents(pair: &Credential, run: impl FnOnce(Keyctl) -> Keyctl, arguments: &[&str]) {
    let server = CannedServer::start([(200, NO_KEYS.to_owned())]);
    let url = server.url();
    let words = ["--url", &url, "list", "-o", "json"].into_iter().chain(arguments.iter().copied());
    run(keyctl(words)).run().is(0, "[]\n", "");
    let basic = format!("{}:{}", pair.access_key(), pair.secret_key().expose());
    let basic = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(basic));
    let requests = server.requests();
    assert_eq!(requests.first().and_then(|request| request.header("authorization")), Some(basic.as_str()));
}

#[test]
fn a_file_holds_the_secret_or_the_whole_pair() {
    let pair = pair();
    let access_key = pair.access_key().to_string();
    let (_folder, secret) = file(&format!("{}\nlogin: ci\n", pair.secret_key().expose()));
    let secret = secret.display().to_string();
    presents(&pair, |keyctl| keyctl, &["--access-key", &access_key, "--secret-file", &secret]);
    presents(&pair, |keyctl| keyctl.variable("KEYCTL_ACCESS_KEY", &access_key), &["--secret-file", &secret]);
    let (_folder, joined) = file(&format!("{}\r\n", pair.expose_joined().as_str()));
    let joined = joined.display().to_string();
    presents(&pair, |keyctl| keyctl, &["--secret-file", &joined]);
    // It goes before the environment.
    let other = self::pair();
    let environment = |keyctl: Keyctl| {
        keyctl
            .variable("KEYCTL_ACCESS_KEY", other.access_key().as_str())
            .variable("KEYCTL_SECRET_KEY", other.secret_key().expose())
    };
    presents(&pair, environment, &["--secret-file", &joined]);
}

#[test]
fn a_program_tells_the_secret_or_the_whole_pair() {
    let pair = pair();
    let access_key = pair.access_key().to_string();
    let (_folder, secret) = file(&format!("{}\n", pair.secret_key().expose()));
    let command = format!("/bin/cat {}", secret.display());
    let told = |keyctl: Keyctl| keyctl.variable("KEYCTL_SECRET_COMMAND", &command);
    presents(&pair, |keyctl| told(keyctl).variable("KEYCTL_ACCESS_KEY", &access_key), &[]);
    presents(&pair, told, &["--access-key", &access_key]);
    let (_folder, joined) = file(pair.expose_joined().as_str());
    let list = format!("[\"/bin/cat\",\"{}\"]", joined.display());
    presents(&pair, |keyctl| keyctl.variable("KEYCTL_SECRET_COMMAND", &list), &[]);
    // A secret that is there needs no program.
    let failing = |keyctl: Keyctl| {
        keyctl
            .variable("KEYCTL_SECRET_COMMAND", "/bin/false")
            .variable("KEYCTL_ACCESS_KEY", &access_key)
            .variable("KEYCTL_SECRET_KEY", pair.secret_key().expose())
    };
    presents(&pair, failing, &[]);
}

#[test]
fn a_program_that_does_not_tell_it_ends_the_run() {
    // Nobody listens at port 1: had it been asked, the code would be 7.
    let run = |command: &str| {
        keyctl(["--url", "http://127.0.0.1:1", "list"]).variable("KEYCTL_SECRET_COMMAND", command).run()
    };
    run("/bin/false").failed(2, &["the secret command /bin/false failed: exit status: 1; nothing was asked"]);
    run("/nowhere/pass show ci").failed(2, &["the secret command /nowhere/pass cannot be run"]);
    run("/bin/echo").failed(2, &["the secret command /bin/echo says nothing in its first line"]);
    run("[\"").failed(2, &["KEYCTL_SECRET_COMMAND is no list of words"]);
    run("/bin/echo hush").failed(2, &["KEYCTL_SECRET_COMMAND wants --access-key, or a whole kc_… pair"]);
    let access_key = pair().access_key().to_string();
    let mistyped = keyctl(["--url", "http://127.0.0.1:1", "--access-key", &access_key, "list"])
        .variable("KEYCTL_SECRET_COMMAND", "/bin/echo hush")
        .run();
    mistyped.failed(2, &["the pair in KEYCTL_SECRET_COMMAND is malformed"]);
    assert!(!mistyped.stderr.contains("hush"), "{mistyped:?}");
    // What it says to people, people see.
    let said = run("[\"/bin/sh\",\"-c\",\"echo unlock it first >&2; exit 1\"]");
    assert_eq!((said.code, said.stdout.as_str()), (2, ""));
    assert!(
        said.stderr.starts_with("unlock it first\nkeyctl: the secret command /bin/sh failed"),
        "{said:?}"
    );
}

#[test]
fn a_file_that_holds_no_secret_is_refused() {
    let (folder, empty) = file("\nhush\n");
    let empty = empty.display().to_string();
    let missing = folder.path().join("missing").display().to_string();
    let access_key = pair().access_key().to_string();
    let refused = |arguments: &[&str], words: &str| {
        let words_before = ["--url", "http://127.0.0.1:1", "list", "--access-key", &access_key];
        keyctl(words_before.into_iter().chain(arguments.iter().copied())).run().failed(2, &[words]);
    };
    refused(&["--secret-file", &empty], "secret holds no secret key");
    refused(&["--secret-file", &missing], "missing cannot be read");
    refused(&["--secret-file", &empty, "--secret-stdin"], "cannot be used with");
    run("--database sqlite:x --secret-file y list").failed(2, &["--secret-file are for --url"]);
    run("login ada --password-file x --password-stdin").failed(2, &["cannot be used with"]);
}

#[test]
fn a_pair_that_is_to_be_verified_comes_from_the_same_places() {
    let installation = Installation::new();
    let made = installation.run("create --environment 1a5 --format docker-secret").stdout;
    let (_folder, joined) = file(&made);
    let joined = joined.display().to_string();
    for arguments in [vec!["verify", "--secret-file", &joined], vec!["verify", &format!("@{joined}")]] {
        let ran = installation.keyctl(arguments.iter().copied().chain(["--field", "valid"])).run();
        ran.is(0, "true\n", "");
    }
    let command = format!("/bin/cat {joined}");
    let told =
        installation.keyctl(["verify", "--field", "valid"]).variable("KEYCTL_SECRET_COMMAND", &command);
    told.run().is(0, "true\n", "");
}

#[test]
fn a_password_comes_from_a_file_too() {
    let installation = Installation::new();
    let (folder, password) = file("a long enough one\nand more\n");
    let password = password.display().to_string();
    let ran = installation
        .keyctl(["user", "password", "1a1", "--login", "boss", "--password-file", &password])
        .run();
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let missing = folder.path().join("missing").display().to_string();
    let ran = installation.keyctl(["user", "password", "1a1", "--password-file", &missing]).run();
    ran.failed(2, &["missing cannot be read"]);
    installation.run("user password 1a1").failed(2, &["--password-stdin or --password-file is wanted"]);
}

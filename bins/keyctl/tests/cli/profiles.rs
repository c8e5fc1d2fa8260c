//! Profiles: what is kept of an authority, when it is in force, and that its secret goes nowhere else.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keys_core::Credential;
use tempfile::TempDir;

use crate::database::Installation;
use crate::server::CannedServer;
use crate::support::{Keyctl, Ran, keyctl};

const NO_KEYS: &str = "{\"type\":\"collection\",\"resourceType\":\"apiKey\",\"links\":{},\"data\":[]}";

/// A home without anything in it.
pub(crate) struct Home(TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    /// One whose file of profiles says this.
    fn with(text: &str) -> Self {
        let home = Self::new();
        fs::create_dir_all(home.file().parent().expect("a folder")).expect("a folder");
        fs::write(home.file(), text).expect("a write");
        home.set_mode(0o600);
        home
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.0.path().join(".config/keyctl/config.toml")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.file()).expect("the file")
    }

    fn mode(&self) -> u32 {
        fs::metadata(self.file()).expect("the file").permissions().mode() & 0o777
    }

    fn set_mode(&self, mode: u32) {
        fs::set_permissions(self.file(), Permissions::from_mode(mode)).expect("a mode");
    }

    pub(crate) fn keyctl<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Keyctl {
        keyctl(arguments).variable("HOME", &self.0.path().display().to_string())
    }

    pub(crate) fn run(&self, line: &str) -> Ran {
        self.keyctl(line.split_whitespace()).run()
    }
}

pub(crate) fn pair() -> Credential {
    Credential::generate(&mut getrandom::SysRng).expect("randomness")
}

fn basic(pair: &Credential) -> String {
    let both = format!("{}:{}", pair.access_key(), pair.secret_key().expose());
    format!("Basic {}", STANDARD.encode(both))
}

/// What a run that lists no keys presents, and of which address it asks; `server` makes its arguments of an address.
fn presented(run: impl FnOnce(&str) -> Ran) -> (Option<String>, String) {
    let server = CannedServer::start([(200, NO_KEYS.to_owned())]);
    run(&server.url()).is(0, "[]\n", "");
    let requests = server.requests();
    let request = requests.first().expect("a request");
    (request.header("authorization").map(str::to_owned), request.line.replace(" HTTP/1.1", ""))
}

#[test]
fn a_profile_is_made_shown_chosen_and_taken_away() {
    let home = Home::new();
    let pair = pair();
    let access_key = pair.access_key().to_string();
    home.run("profile list --no-header").is(0, "", "");
    assert!(!home.file().exists(), "and nothing is made for it");
    let words =
        "profile set prod --url https://keys.example --environment 1a5 --secret-stdin --default-output json";
    let ran = home.keyctl(words.split(' ')).stdin(pair.expose_joined().as_str()).run();
    let shown = format!(
        "\
name         prod
default      no
url          https://keys.example
environment  1a5
access key   {access_key}
secret       kept
output       json
"
    );
    ran.is(0, &shown, "");
    assert_eq!(home.mode(), 0o600);
    home.run("profile show prod").is(0, &shown, "");
    home.run("profile show").failed(3, &["no profile would be in force"]);
    home.keyctl(["profile", "show"]).variable("KEYCTL_PROFILE", "prod").run().is(0, &shown, "");
    let ran = home
        .run("profile set home --url http://127.0.0.1:8080 --secret-command [\"pass\",\"a-token\"] -o name");
    ran.is(0, "home\n", "");
    assert_eq!(home.run("profile use home --field default").stdout, "true\n");
    home.run("profile list").is(
        0,
        &format!(
            "\
NAME  DEFAULT  AUTHORITY                   ACCESS KEY            SECRET
home  yes      http://127.0.0.1:8080       -                     told by pass
prod  no       https://keys.example (1a5)  {access_key}  kept
"
        ),
        "",
    );
    home.run("profile show -o json").is(
        0,
        "{\"name\":\"home\",\"default\":true,\"url\":\"http://127.0.0.1:8080\",\"environment\":null,\"caFile\":null,\
         \"database\":null,\"pepperFile\":null,\"accessKey\":null,\"secret\":\"command\",\"secretCommand\":\"pass\",\
         \"output\":null}\n",
        "",
    );
    assert_eq!(home.run("profile remove home -y").code, 0);
    home.run("profile show").failed(3, &["no profile would be in force"]);
    home.run("profile show home").failed(3, &["there is no profile home", "keyctl profile list"]);
    home.run("profile remove home --yes").failed(3, &["there is no profile home"]);
    home.run("profile use home").failed(3, &["there is no profile home"]);
    // Wherever it was kept, it was not shown.
    for line in ["profile list -o json", "profile show prod -o yaml", "profile show prod"] {
        assert!(!home.run(line).stdout.contains(pair.secret_key().expose()), "{line}");
    }
    assert!(home.text().contains(pair.secret_key().expose()));
}

#[test]
fn what_is_remarked_stays_and_what_would_not_be_read_is_not_written() {
    let before = "# mine\n\n[profiles.prod] # the big one\nurl = 'http://h' # for now\n";
    let home = Home::with(before);
    for (line, words) in [
        ("profile set prod", "there is nothing to set"),
        ("profile set new --access-key KC83G4MYSK0KX3K94XX8", "profile new: it names no authority"),
        ("profile set prod --unset url", "profile prod: it names no authority"),
        ("profile set prod --ca-file /x", "profile prod: ca-file is for https://"),
        ("profile set prod --url hush", "--url: "),
        ("profile set prod --database hush", "--database: "),
        ("profile set prod --access-key hush", "--access-key is malformed"),
        ("profile set prod --secret-command []", "--secret-command names no program"),
        ("profile set a.b --url http://h", "expected at most 64 letters"),
        ("profile set prod --ask-secret", "--secret-stdin or --secret-file is wanted"),
        ("profile list --profile prod", "leave out --profile"),
        ("profile list --url http://h", "leave out --url"),
    ] {
        home.run(line).failed(2, &[words]);
        assert_eq!(home.text(), before, "{line}");
    }
    let mistyped = home.keyctl([
        "profile",
        "set",
        "prod",
        "--access-key",
        pair().access_key().as_str(),
        "--secret-stdin",
    ]);
    let mistyped = mistyped.stdin(pair().secret_key().expose().get(1..).unwrap_or_default()).run();
    mistyped.failed(2, &["the pair is malformed", "nothing was kept"]);
    assert_eq!(home.text(), before);
    assert_eq!(home.run("profile set prod --url http://other --environment 1a5").code, 0);
    assert_eq!(
        home.text(),
        "# mine\n\n[profiles.prod] # the big one\nurl = \"http://other\" # for now\nenvironment = \"1a5\"\n"
    );
}

/// What was kept for one server or one key is not presented to another, or with another.
#[test]
fn a_kept_secret_goes_with_the_server_and_the_key_it_belongs_to() {
    let own = pair();
    let kept = format!(
        "[profiles.prod]\nurl = \"http://one\"\naccess-key = \"{}\"\nsecret-key = \"{}\"\n",
        own.access_key(),
        own.secret_key().expose()
    );
    for (line, stays) in [
        ("profile set prod --url http://one --environment 1a5".to_owned(), true),
        (format!("profile set prod --access-key {}", own.access_key()), true),
        ("profile set prod --url http://other".to_owned(), false),
        (format!("profile set prod --access-key {}", pair().access_key()), false),
    ] {
        let home = Home::with(&kept);
        let ran = home.run(&line);
        assert_eq!(ran.code, 0, "{line}: {ran:?}");
        assert_eq!(home.text().contains("secret-key"), stays, "{line}: {}", home.text());
    }
    let told = "[profiles.prod]\nurl = 'http://one'\nsecret-command = ['pass', 'show']\n";
    let home = Home::with(told);
    assert_eq!(home.run("profile set prod --url http://other").code, 0);
    assert!(!home.text().contains("secret-command"), "{}", home.text());
}

#[test]
fn a_file_that_others_can_read_or_that_says_what_is_none_is_refused() {
    let home = Home::with("default-profile = 'a'\n[profiles.a]\nurl = 'http://127.0.0.1:1'\n");
    for mode in [0o640, 0o604] {
        home.set_mode(mode);
        for line in ["list", "profile list", "profile set a --url http://h", "--profile a list"] {
            home.run(line).failed(2, &["config.toml can be read by others", "chmod 600"]);
        }
    }
    // What names an authority itself needs nothing of it.
    home.run("--url http://127.0.0.1:1 list").failed(7, &[]);
    let home = Home::with("[profiles.a]\nurl = 'http://h'\nscret-key = 'hush'\n");
    let ran = home.run("--profile a list");
    ran.failed(2, &["config.toml: line 3: unknown field `scret-key`"]);
    assert!(!ran.stderr.contains("hush"), "{ran:?}");
    home.run("--profile b list -o json").is(2, "", &home.run("--profile a list -o json").stderr);
    keyctl(["profile", "set", "a", "--url", "http://h"]).run().failed(2, &["no place to keep profiles"]);
    keyctl(["--profile", "a", "list"]).run().failed(2, &["no place to keep profiles"]);
}

/// Its secret goes to its own authority only: a profile is in force as a whole or not at all.
#[test]
fn a_profile_is_in_force_where_nothing_else_names_the_authority() {
    let (kept, other) = (pair(), pair());
    let home_of = |url: &str| {
        Home::with(&format!(
            "default-profile = 'a'\n[profiles.a]\nurl = '{url}'\noutput = 'json'\naccess-key = '{}'\nsecret-key = '{}'\n\
             [profiles.nowhere]\nurl = 'http://127.0.0.1:1'\n",
            kept.access_key(),
            kept.secret_key().expose()
        ))
    };
    let pair_of = |keyctl: Keyctl| {
        keyctl
            .variable("KEYCTL_ACCESS_KEY", other.access_key().as_str())
            .variable("KEYCTL_SECRET_KEY", other.secret_key().expose())
    };
    let asked = |run: &dyn Fn(&Home) -> Keyctl| {
        presented(|url| {
            let home = home_of(url);
            run(&home).run()
        })
    };
    assert_eq!(asked(&|home| home.keyctl(["list"])).0, Some(basic(&kept)));
    assert_eq!(asked(&|home| home.keyctl(["list", "--profile", "a"])).0, Some(basic(&kept)));
    assert_eq!(asked(&|home| home.keyctl(["list"]).variable("KEYCTL_PROFILE", "a")).0, Some(basic(&kept)));
    // The environment goes before a profile that was not chosen by an argument, and behind one that was.
    assert_eq!(asked(&|home| pair_of(home.keyctl(["list"]))).0, Some(basic(&other)));
    assert_eq!(asked(&|home| pair_of(home.keyctl(["list", "--profile", "a"]))).0, Some(basic(&kept)));
    // An argument goes before both.
    let named = |home: &Home| {
        let words = ["list", "--profile", "a", "--secret-stdin"];
        home.keyctl(words).stdin(other.expose_joined().as_str())
    };
    assert_eq!(asked(&named).0, Some(basic(&other)));
    // Where something else names the authority it is told nothing of what is kept for another.
    let elsewhere =
        |url: &str| home_of("http://127.0.0.1:1").keyctl(["--url", url, "list", "-o", "json"]).run();
    assert_eq!(presented(elsewhere).0, None);
    let elsewhere = |url: &str| {
        home_of("http://127.0.0.1:1").keyctl(["list", "-o", "json"]).variable("KEYCTL_URL", url).run()
    };
    assert_eq!(presented(elsewhere).0, None);
    let chosen = |url: &str| {
        home_of(url).keyctl(["list", "--profile", "a"]).variable("KEYCTL_URL", "http://127.0.0.1:1").run()
    };
    assert_eq!(presented(chosen).0, Some(basic(&kept)));
    let home = home_of("http://127.0.0.1:1");
    home.run("--profile a --url http://h list").failed(2, &["cannot be used with"]);
    home.run("--profile b list").failed(3, &["there is no profile b"]);
    home.keyctl(["list"]).variable("KEYCTL_PROFILE", "b").run().failed(3, &["there is no profile b"]);
    home.keyctl(["list"]).variable("KEYCTL_PROFILE", "a b").run().failed(2, &["KEYCTL_PROFILE: expected"]);
}

#[test]
fn a_profile_says_how_answers_are_printed_and_where_they_are_from() {
    let installation = Installation::new();
    let home = Home::new();
    let url = installation.url();
    let ran = home.keyctl(["profile", "set", "here", "--database", &url, "--default-output", "name"]).run();
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(home.run("profile use here").code, 0);
    home.run("list").is(0, "1c1\n1c2\n", "");
    home.run("list --field state").is(0, "active\nactive\n", "");
    assert!(home.run("list -o table").stdout.starts_with("ID "));
    let with = |line: &str| home.keyctl(line.split(' ')).variable("KEYCTL_OUTPUT", "json").run().stdout;
    assert!(with("list").starts_with("[{"), "the environment goes before the default profile");
    assert_eq!(with("list --profile here"), "1c1\n1c2\n", "and behind one that is chosen");
    home.run("list --access-key KC83G4MYSK0KX3K94XX8").failed(2, &["are for --url"]);
    home.run("login ada").failed(2, &["sessions are for --url"]);
    assert_eq!(home.run("deactivate 1c1").stdout, "1c1\n");
}

#[test]
fn the_environment_of_a_profile_stands_for_it_as_its_endpoint_would() {
    let server = CannedServer::start([(200, NO_KEYS.to_owned()), (200, NO_KEYS.to_owned())]);
    let home = Home::with(&format!("[profiles.a]\nurl = '{}'\nenvironment = '1a5'\n", server.url()));
    home.run("get KC83G4MYSK0KX3K94XX8 --profile a").failed(3, &["there is no key KC83G4MYSK0KX3K94XX8"]);
    let lines = server.lines();
    assert!(lines.iter().all(|line| line.starts_with("GET /v1/projects/1a5/apikeys?")), "{lines:?}");
}

#[test]
fn a_program_of_a_profile_tells_its_secret() {
    let pair = pair();
    let secret = tempfile::NamedTempFile::new().expect("a file");
    fs::write(secret.path(), pair.secret_key().expose()).expect("a write");
    let text = |url: &str, program: &str| {
        format!(
            "[profiles.a]\nurl = '{url}'\noutput = 'json'\naccess-key = '{}'\nsecret-command = ['{program}', '{}']\n",
            pair.access_key(),
            secret.path().display()
        )
    };
    let told = |url: &str| Home::with(&text(url, "/bin/cat")).run("list --profile a");
    assert_eq!(presented(told).0, Some(basic(&pair)));
    let home = Home::with(&text("http://127.0.0.1:1", "/bin/false"));
    let refused = "{\"code\":\"usage\",\"exitCode\":2,\"message\":\"the secret command /bin/false failed: exit status: 1; \
                   nothing was asked\",\"hint\":null}\n";
    home.run("list --profile a").is(2, "", refused);
    // Another pair is meant, so it is not run.
    let other = self::pair().access_key().to_string();
    let words = ["list", "--profile", "a", "--access-key", &other];
    assert_eq!(home.keyctl(words).run().code, 7);
}

/// A full disk or a read-only home is no mistake of whoever typed the command: a backup that cannot be written is a failure,
/// too, and no usage error.
#[test]
fn what_cannot_be_kept_is_a_failure_and_not_a_mistake() {
    // Nobody makes a folder there, not even root.
    let ran = keyctl(["profile", "set", "home", "--url", "http://127.0.0.1:1"])
        .variable("XDG_CONFIG_HOME", "/proc")
        .run();
    ran.failed(1, &["/proc/keyctl/config.toml: cannot be written", "nothing changed"]);
}

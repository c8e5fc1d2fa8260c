//! Every command on a database: what it prints, what it refuses, and what it leaves behind.

use std::num::NonZeroUsize;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;

use keys_core::{HashPolicy, Keyring, Pepper, Timestamp};
use keys_service::{Authority, AuthorityConfig, Caller, Context, KeyRequest};
use keys_store::{KeyStore, OpenMode, StoreUrl, pepper_file};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use tempfile::TempDir;

use crate::support::{Keyctl, Ran, keyctl, no_process_begins};

/// A database with two keys, as a server leaves it behind: `1c1` "ci" of environment `1a5`, `1c2` of account `1a1`.
pub(crate) struct Installation {
    directory: TempDir,
}

const CI: &str = "KCYCP6PE3RBCXJXGN0EX";
const ADMIN: &str = "KC3WGDQEWDX5FPHDKNP9";

impl Installation {
    pub(crate) fn new() -> Self {
        let installation = Self { directory: tempfile::tempdir().expect("a folder") };
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let pepper = Pepper::generate(&mut rng).expect("randomness");
        pepper_file::create(&installation.path("pepper"), &pepper).expect("a pepper file");
        let store = installation.open();
        let config = AuthorityConfig {
            keyring: Keyring::new(vec![pepper]).expect("a keyring"),
            policy: HashPolicy::DANGER_CHEAP_FOR_TESTS,
            hashers: NonZeroUsize::MIN,
            hash_queue: 0,
            index_capacity: None,
            accept_lost_pepper: false,
        };
        let now: Timestamp = "2026-01-02T03:04:05.678Z".parse().expect("a timestamp");
        let request_id: keys_core::RequestId = "test".parse().expect("a request id");
        let authority =
            Authority::open(store, config, request_id.clone(), now, &mut rng).expect("an authority");
        let mut context = Context { caller: Caller::of_database(), client_address: None, request_id, now };
        let account = context.caller;
        let environment = "1a5".parse().expect("an id");
        context.caller = authority.enter(account, environment).expect("the first environment");
        let request = KeyRequest {
            name: keys_core::Name::new("ci").ok(),
            description: keys_core::Description::new("first\nsecond").ok(),
            expires_at: "2099-01-01T00:00:00Z".parse().ok(),
            owner: None,
        };
        authority.issue_key(&context, request, &mut rng).expect("a key");
        context.caller = account;
        authority.issue_key(&context, KeyRequest::default(), &mut rng).expect("a key");
        let _nobody_else = no_process_begins();
        drop(authority);
        installation
    }

    /// Opens the database as a server does.
    pub(crate) fn open(&self) -> Arc<dyn KeyStore> {
        let url: StoreUrl = self.url().parse().expect("a store");
        url.open(OpenMode::Own).expect("a database")
    }

    /// Does something with the authority of the database, as a server opens it, and lets go of it.
    pub(crate) fn served<T>(
        &self,
        rng: &mut ChaCha20Rng,
        work: impl FnOnce(&Authority, &mut ChaCha20Rng) -> T,
    ) -> T {
        let config = AuthorityConfig {
            keyring: pepper_file::read(&self.path("pepper")).expect("a pepper file"),
            policy: HashPolicy::STANDARD,
            hashers: NonZeroUsize::MIN,
            hash_queue: 0,
            index_capacity: None,
            accept_lost_pepper: false,
        };
        let now = "2099-01-02T03:04:05.678Z".parse().expect("a timestamp");
        let request_id = "test".parse().expect("a request id");
        let authority = Authority::open(self.open(), config, request_id, now, rng).expect("an authority");
        let result = work(&authority, rng);
        let _nobody_else = no_process_begins();
        drop(authority);
        result
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn url(&self) -> String {
        format!("sqlite:{}", self.path("keys.sqlite3").display())
    }

    pub(crate) fn keyctl<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Keyctl {
        let url = self.url();
        let arguments: Vec<_> = arguments.into_iter().collect();
        keyctl(["--database", url.as_str()].into_iter().chain(arguments))
    }

    pub(crate) fn run(&self, line: &str) -> Ran {
        self.keyctl(line.split_whitespace()).run()
    }

    /// Where the database stands: differs after every change.
    pub(crate) fn head(&self) -> keys_store::Head {
        let url: StoreUrl = self.url().parse().expect("a store");
        url.open(OpenMode::ReadOnly).expect("a database").head().expect("a head")
    }
}

#[test]
fn keys_are_listed() {
    let installation = Installation::new();
    installation.run("list").is(
        0,
        &format!(
            "\
ID   ACCESS KEY            STATE   OWNER  NAME  CREATED               EXPIRES
1c1  {CI}  active  1a5    ci    2026-01-02T03:04:05Z  2099-01-01T00:00:00Z
1c2  {ADMIN}  active  1a1    -     2026-01-02T03:04:05Z  never
"
        ),
        "",
    );
    installation.run("list --environment 1a5 -o json").is(
        0,
        &format!(
            "[{{\"id\":\"1c1\",\"accessKey\":\"{CI}\",\"name\":\"ci\",\"description\":\"first\\nsecond\",\
             \"state\":\"active\",\"owner\":\"1a5\",\"created\":\"2026-01-02T03:04:05Z\",\
             \"expiresAt\":\"2099-01-01T00:00:00Z\",\"expired\":false,\"deletedAt\":null}}]\n"
        ),
        "",
    );
    installation.run("list --environment 1a99").failed(3, &["there is no environment 1a99"]);
}

#[test]
fn a_key_is_shown_by_its_id_and_by_its_access_key() {
    let installation = Installation::new();
    let shown = format!(
        "\
id           1c1
access key   {CI}
state        active
owner        1a5
name         ci
description  first\\nsecond
created      2026-01-02T03:04:05Z
expires      2099-01-01T00:00:00Z
"
    );
    installation.run("get 1c1").is(0, &shown, "");
    installation.run(&format!("get {CI}")).is(0, &shown, "");
    installation.run("get 1c9").is(3, "", "keyctl: there is no key 1c9 (hint: keyctl list)\n");
    installation.run("get KC000000000000000000").failed(3, &["there is no key KC000000000000000000"]);
}

#[test]
fn a_key_lives_its_life() {
    let installation = Installation::new();
    let states = |line: &str| {
        let ran = installation.run(line);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{line}: {ran:?}");
        ran.stdout
            .lines()
            .skip(1)
            .map(|row| row.split_whitespace().nth(2).unwrap_or("").to_owned())
            .collect::<Vec<_>>()
    };
    installation.run("delete --yes 1c1").is(
        5,
        "",
        "keyctl: 1c1: cannot delete a key that is active (hint: first: keyctl deactivate 1c1)\n",
    );
    installation.run("activate 1c1").is(
        5,
        "",
        "keyctl: 1c1: the key is already active (hint: --idempotent takes that as success)\n",
    );
    assert_eq!(states("activate --idempotent 1c1"), ["active"]);
    assert_eq!(states(&format!("deactivate 1c1 {CI} 1c2")), ["inactive", "inactive"]);
    installation.run("deactivate 1c1").failed(5, &["already inactive"]);
    assert_eq!(states("activate 1c2"), ["active"]);
    assert_eq!(states(&format!("delete --yes {CI}")), ["deleted"]);
    installation.run("delete --yes 1c1").failed(5, &["already deleted"]);
    assert_eq!(states("delete --yes 1c1 --idempotent"), ["deleted"]);
    installation.run("activate 1c1").failed(5, &["cannot activate a key that is deleted"]);
    assert!(installation.run(&format!("get {CI}")).stdout.contains("deleted      20"));
    assert_eq!(states("list"), ["active"], "the deleted one is gone from lists");
}

#[test]
fn several_keys_change_together_or_it_is_said_how_far_it_went() {
    let installation = Installation::new();
    let before = installation.head();
    installation.run("deactivate 1c1 1c9").failed(3, &["there is no key 1c9"]);
    assert_eq!(installation.head(), before, "a mistyped id changes nothing");
    assert_eq!(installation.run("deactivate 1c2").code, 0);
    installation.run("deactivate 1c1 1c2").failed(5, &["1c2: the key is already inactive; done before: 1c1"]);
}

#[test]
fn name_and_description_are_edited_and_taken_away() {
    let installation = Installation::new();
    let edited = installation.keyctl(["edit", "1c1", "--name", "build box", "--description", ""]).run();
    assert!(edited.stdout.contains("name         build box\ndescription  -\n"), "{edited:?}");
    let kept = installation.keyctl(["edit", CI, "--description", "x"]).run();
    assert!(kept.stdout.contains("name         build box\ndescription  x\n"), "{kept:?}");
    installation.run("edit 1c9 --name x").failed(3, &["there is no key 1c9"]);
}

#[test]
fn a_key_is_created_and_its_secret_shown_once() {
    let installation = Installation::new();
    let ran = installation.run("create --name new --expires 90d -o json");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let created: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let (access_key, secret_key) = (created["accessKey"].as_str(), created["secretKey"].as_str());
    let pair = keys_core::Credential::parse(access_key.expect("text"), secret_key.expect("text"));
    assert!(pair.is_ok(), "a pair that parses");
    assert_eq!(created["owner"], "1a5", "the only active environment");
    assert_eq!(created["expired"], false);

    let secret = secret_key.expect("text");
    for line in ["get 1c3", "list", "get 1c3 -o json", "deactivate 1c3", "delete --yes 1c3"] {
        assert!(!installation.run(line).stdout.contains(secret), "{line}");
    }
    let table = installation.run("create --account");
    let secrets = table.stdout.lines().filter(|line| line.starts_with("secret key   ")).count();
    assert_eq!((table.code, secrets), (0, 1), "{table:?}");
    assert!(table.stdout.contains("owner        1a1\n"));
}

#[test]
fn a_new_pair_is_printed_as_other_programs_want_it() {
    let installation = Installation::new();
    let netrc = installation.run("create --format netrc").stdout;
    let words: Vec<_> = netrc.split_whitespace().collect();
    assert!(matches!(words[..], ["machine", "127.0.0.1", "login", _, "password", _]), "{netrc}");
    let curl = installation.run("create --format curl --environment 1a5").stdout;
    assert!(
        curl.starts_with("curl -u KC") && curl.ends_with(" http://127.0.0.1:8080/v1/projects/1a5\n"),
        "{curl}"
    );
    let env = installation.run("create --format env --account").stdout;
    assert!(
        env.starts_with("export KEYCTL_URL=http://127.0.0.1:8080/v1\nexport KEYCTL_ACCESS_KEY=KC"),
        "{env}"
    );
    assert_eq!(env.lines().count(), 6);
    for secret in [words[5], curl.split([':', ' ']).nth(3).expect("a secret")] {
        assert_eq!(secret.len(), 40);
    }
}

#[test]
fn which_environment_is_meant_must_be_clear() {
    let installation = Installation::new();
    assert_eq!(installation.run("env create --name second").code, 0);
    installation.run("create").failed(2, &["which of 2 environments", "--environment 1a5", "--account"]);
    assert_eq!(installation.run("env deactivate 1a5").code, 0);
    let only = installation.run("create -o json");
    assert!(only.stdout.contains("\"owner\":\"1a6\""), "{only:?}");
    installation.run("create --environment 1a5").failed(5, &["1a5", "not active", "keyctl env activate 1a5"]);
    assert_eq!(installation.run("env deactivate 1a6").code, 0);
    installation.run("create").failed(2, &["no environment is active"]);
    installation.run("create --environment 1a99").failed(3, &["there is no environment 1a99"]);
}

#[test]
fn environments_live_their_lives() {
    let installation = Installation::new();
    let made = installation.run("env create --name staging --description second -o json");
    assert!(
        made.stdout.starts_with(
            "{\"id\":\"1a6\",\"name\":\"staging\",\"description\":\"second\",\"state\":\"active\""
        )
    );
    let edited = installation.run("env edit 1a6 --name live");
    assert!(
        edited.stdout.starts_with("id           1a6\nstate        active\nname         live\n"),
        "{edited:?}"
    );
    installation.run("env activate 1a6").failed(5, &["the environment is already active"]);
    let row = |line: &str| installation.run(line).stdout.lines().nth(1).unwrap_or_default().to_owned();
    assert!(row("env deactivate 1a6").starts_with("1a6  inactive  live"));
    assert!(row("env deactivate 1a6 --idempotent").starts_with("1a6  inactive  live"));
    assert!(row("env activate 1a6").starts_with("1a6  active  live"));
    assert!(row("env delete --yes 1a6").starts_with("1a6  removed  live"));
    installation.run("env delete --yes 1a6").failed(5, &["the environment is already removed"]);
    assert!(row("env delete --yes --idempotent 1a6").starts_with("1a6  removed  live"));
    installation.run("env activate 1a6").failed(5, &["cannot activate an environment that is removed"]);
    installation.run("env edit 1a99 --name x").failed(3, &["there is no environment 1a99"]);
    let listed = installation.run("env list");
    assert_eq!(listed.stdout.lines().count(), 2, "{listed:?}");
    assert!(row("env list").starts_with("1a5  active  Default  2026-01-02T03:04:05Z"));
}

#[test]
fn access_control_wants_a_key_of_the_administrator() {
    let installation = Installation::new();
    let off = "access control is off: whoever reaches the address is the administrator\n";
    let on = "access control is on: callers need an API key or a log-in\n";
    installation.run("access-control status").is(0, off, "");
    assert_eq!(installation.run("deactivate 1c2").code, 0);
    installation.run("access-control enable").is(
        5,
        "",
        "keyctl: access control stays off: no administrator has an Active API key or a password, so nobody could \
         administer afterwards (hint: keyctl create --account --name admin)\n",
    );
    assert_eq!(installation.run("create --account --name admin").code, 0);
    installation.run("access-control enable").is(0, on, "");
    installation.run("access-control enable").is(0, on, "");
    installation.run("access-control status -o json").is(0, "{\"enabled\":true}\n", "");
    installation.run("access-control disable").is(0, off, "");
}

#[test]
fn who_may_log_in_is_shown_and_said() {
    let installation = Installation::new();
    installation.run("access-control mode").is(0, "access mode: unrestricted\n", "");
    installation.run("access-control mode required").is(0, "access mode: required\n", "");
    installation.run("access-control mode -o json").is(0, "{\"mode\":\"required\"}\n", "");
    let refused = installation.run("access-control mode closed");
    assert_eq!(refused.code, 2, "{refused:?}");
    installation.run("access-control mode").is(0, "access mode: required\n", "");
}

#[test]
fn without_the_pepper_everything_works_but_create() {
    let installation = Installation::new();
    assert_eq!(installation.run("access-control enable").code, 0);
    std::fs::remove_file(installation.path("pepper")).expect("the pepper file");
    installation.run("create --account").failed(2, &["pepper", "--pepper-file"]);
    for line in
        ["deactivate 1c1", "edit 1c1 --name x", "env create", "access-control disable", "delete --yes 1c1"]
    {
        let ran = installation.run(line);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{line}: {ran:?}");
    }
}

#[test]
fn a_pepper_file_that_is_none_is_refused_and_changes_nothing() {
    let installation = Installation::new();
    let before = installation.head();
    let create = |pepper: &str| {
        let path = installation.path(pepper);
        installation.keyctl(["create", "--account", "--pepper-file", path.to_str().expect("text")]).run()
    };
    std::fs::copy(installation.path("pepper"), installation.path("open")).expect("a copy");
    std::fs::set_permissions(installation.path("open"), std::fs::Permissions::from_mode(0o644))
        .expect("a mode");
    create("open").failed(2, &["644", "chmod 600"]);
    create("missing").failed(2, &["missing"]);
    std::fs::write(installation.path("nonsense"), "nonsense\n").expect("a file");
    std::fs::set_permissions(installation.path("nonsense"), std::fs::Permissions::from_mode(0o600))
        .expect("a mode");
    create("nonsense").failed(2, &["nonsense"]);
    let foreign = Pepper::generate(&mut ChaCha20Rng::from_seed([9; 32])).expect("randomness");
    pepper_file::create(&installation.path("foreign"), &foreign).expect("a pepper file");
    create("foreign").failed(2, &["which the keyring lacks", "--pepper-file"]);
    assert_eq!(installation.head(), before);
}

#[test]
fn beside_a_server_the_database_is_only_read() {
    let installation = Installation::new();
    let server = installation.open();
    for line in ["list", "get 1c1", "env list", "access-control status"] {
        assert_eq!(installation.run(line).code, 0, "{line}");
    }
    for line in [
        "create --account",
        "edit 1c1 --name x",
        "deactivate 1c1",
        "env create",
        "env deactivate 1a5",
        "access-control disable",
    ] {
        installation.run(line).failed(5, &["in use by another process", "--url http://127.0.0.1:8080"]);
    }
    drop(server);
    assert_eq!(installation.run("deactivate 1c1").code, 0);
}

#[test]
fn what_is_no_database_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().expect("a folder");
    let run = |name: &str, command: &str| {
        let url = format!("sqlite:{}", directory.path().join(name).display());
        keyctl(["--database", &url].into_iter().chain(command.split_whitespace())).run()
    };
    std::fs::write(directory.path().join("text"), "not a database\n".repeat(100)).expect("a file");
    std::fs::create_dir(directory.path().join("folder")).expect("a folder");
    for command in ["list", "create --account", "deactivate 1c1", "access-control disable"] {
        run("missing/keys.sqlite3", command).failed(3, &["there is no database at"]);
        run("missing.sqlite3", command).failed(3, &["there is no database at"]);
        run("text", command).failed(1, &["not a database of API keys"]);
        run("folder", command).failed(2, &["not a file"]);
    }
    assert_eq!(
        std::fs::read_to_string(directory.path().join("text")).expect("a file"),
        "not a database\n".repeat(100)
    );
    let mut names: Vec<_> = std::fs::read_dir(directory.path())
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["folder", "text"], "nothing was made");
}

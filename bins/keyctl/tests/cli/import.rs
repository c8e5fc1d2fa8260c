//! `import`: what it makes of a file of pairs, what it refuses, and that it changes nothing then.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use keys_core::{Action, Pepper};
use keys_store::{KeyStore as _, OpenMode, StoreUrl, pepper_file};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde_json::{Value, json};

use crate::database::Installation;
use crate::support::{Ran, keyctl, no_process_begins};

/// What the installation has of its own.
const CI: &str = "KCYCP6PE3RBCXJXGN0EX";

/// The access key of pair number `n`, of Rancher's shape.
pub(crate) fn access_key(n: usize) -> String {
    format!("{n:020X}")
}

/// Its secret key.
pub(crate) fn secret_key(n: usize) -> String {
    format!("{:1>40}", format!("Kx{n}").replace('0', "z"))
}

/// So many pairs, one a line.
pub(crate) fn lines(numbers: std::ops::Range<usize>) -> String {
    numbers.map(|n| format!("{} {}\n", access_key(n), secret_key(n))).collect()
}

impl Installation {
    /// Writes a file that nobody else reads.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).expect("a file");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).expect("its mode");
        path
    }

    /// Imports this from standard input.
    fn import(&self, line: &str, text: &str) -> Ran {
        let words = std::iter::once("import").chain(line.split_whitespace());
        let ran = self.keyctl(words).stdin(text).run();
        for n in 0..10 {
            assert!(!format!("{ran:?}").contains(&secret_key(n)), "{ran:?}");
        }
        ran
    }

    /// How many events of the chain are of imports.
    pub(crate) fn imports(&self) -> usize {
        let url: StoreUrl = self.url().parse().expect("a store");
        let store = url.open(OpenMode::ReadOnly).expect("a database");
        let events = store.audit(None, 10_000).expect("the chain");
        events.iter().filter(|linked| linked.event.action == Action::ImportKey).count()
    }

    fn verify(&self, n: usize) -> i32 {
        let pair = self.file("pair", &secret_key(n));
        let file = format!("@{}", pair.display());
        self.keyctl(["verify", &file, "--access-key", &access_key(n)]).run().code
    }
}

fn parsed(ran: &Ran) -> Value {
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    serde_json::from_str(&ran.stdout).expect("JSON")
}

#[test]
fn pairs_become_keys_and_are_accepted() {
    let installation = Installation::new();
    let csv = format!(
        "name,accessKey,secretKey,description,created,expires\n\
         build box,{},{},\"one\ntwo\",2016-04-02T10:11:12Z,\n\
         ,{},{},,,2099-01-01T00:00:00Z\n",
        access_key(1),
        secret_key(1),
        access_key(2),
        secret_key(2),
    );
    let file = installation.file("pairs.csv", &csv).display().to_string();
    installation.keyctl(["import", &file]).run().is(
        0,
        &format!(
            "\
LINE  ACCESS KEY            ID   RESULT
2     {}  1c3  imported
4     {}  1c4  imported
",
            access_key(1),
            access_key(2)
        ),
        "keyctl: 2 imported\n",
    );
    assert_eq!((installation.verify(1), installation.verify(2), installation.verify(3)), (0, 0, 6));
    let first = parsed(&installation.run("get 1c3 -o json"));
    assert_eq!(
        first,
        json!({
            "id": "1c3", "accessKey": access_key(1), "name": "build box", "description": "one\ntwo",
            "state": "active", "owner": "1a5", "created": "2016-04-02T10:11:12Z", "expiresAt": null, "expired": false,
            "deletedAt": null,
        })
    );
    let second = parsed(&installation.run("get 1c4 -o json"));
    assert_eq!((&second["name"], &second["expiresAt"]), (&Value::Null, &json!("2099-01-01T00:00:00Z")));
    // Again, with one more: what is there stays as it is.
    let more = format!("{csv}x,{},{},,,\n", access_key(3), secret_key(3));
    installation.import("-", &more).is(
        0,
        &format!(
            "\
LINE  ACCESS KEY            ID   RESULT
2     {}  1c3  already there
4     {}  1c4  already there
5     {}  1c5  imported
",
            access_key(1),
            access_key(2),
            access_key(3)
        ),
        "keyctl: 1 imported, 2 already there\n",
    );
    assert_eq!(installation.imports(), 3);
}

#[test]
fn every_form_says_the_same() {
    let installation = Installation::new();
    let text = lines(1..3) + &lines(1..2);
    let would = |id: Option<&str>, result: &str, n: usize| json!({ "line": n, "accessKey": access_key(n), "id": id, "result": result, "refusal": null });
    let dry = parsed(&installation.import("--dry-run -o json", &text));
    assert_eq!(dry, json!([would(None, "wouldImport", 1), would(None, "wouldImport", 2)]));
    let done = parsed(&installation.import("-o json", &lines(1..2)));
    assert_eq!(done, json!([would(Some("1c3"), "imported", 1)]));
    let expected = json!([would(Some("1c3"), "alreadyThere", 1), would(None, "wouldImport", 2)]);
    assert_eq!(parsed(&installation.import("--dry-run -o json", &text)), expected);
    let yaml = installation.import("--dry-run -o yaml", &text);
    assert_eq!((yaml.code, yaml.stderr.as_str()), (0, ""), "{yaml:?}");
    assert_eq!(serde_saphyr::from_str::<Value>(&yaml.stdout).expect("YAML"), expected);
    let names = format!("{}\n{}\n", access_key(1), access_key(2));
    for form in ["-o name", "-q", "--field accessKey"] {
        installation.import(&format!("--dry-run {form}"), &text).is(0, &names, "");
    }
    installation.import("--dry-run --field result", &text).is(0, "alreadyThere\nwouldImport\n", "");
    installation.import("--dry-run --field id", &text).is(0, "1c3\n\n", "");
    installation.import("--dry-run --field secretKey", &text).failed(
        2,
        &["--field: the answer has no field secretKey (hint: one of line, accessKey, id, result, refusal)"],
    );
    installation.import("--dry-run --no-header", &text).is(
        0,
        &format!("1  {}  1c3  already there\n2  {}  -    would be imported\n", access_key(1), access_key(2)),
        "keyctl: 1 would be imported, 1 already there, 1 said twice\n",
    );
    assert_eq!(installation.imports(), 1, "to look changes nothing");
}

#[test]
fn keys_may_begin_inactive() {
    let installation = Installation::new();
    let ran = installation.import("--inactive --field id", &lines(1..2));
    ran.is(0, "1c3\n", "");
    installation.run("get 1c3 --field state").is(0, "inactive\n", "");
    assert_eq!(installation.verify(1), 6);
    assert_eq!(installation.run("activate 1c3").code, 0);
    assert_eq!(installation.verify(1), 0);
}

#[test]
fn nobody_imports_over_http() {
    let words =
        ["import wants --database: nobody chooses a secret over HTTP", "(hint: stop the server, then"];
    // Nobody listens at port 1, and the file is not there: neither is looked at.
    let url = "http://127.0.0.1:1";
    keyctl(["--url", url, "import", "/nowhere"]).run().failed(2, &words);
    keyctl(["--url", url, "import", "--dry-run"]).stdin(&lines(1..2)).run().failed(2, &words);
    keyctl(["import", "/nowhere"]).variable("KEYCTL_URL", url).run().failed(2, &words);
    keyctl(["import"]).run().failed(2, &words);
}

#[test]
fn what_is_wrong_with_the_file_is_told_and_nothing_is_imported() {
    let installation = Installation::new();
    let (a, s) = (access_key(1), secret_key(1));
    let table: [(&[u8], &str); 10] = [
        (b"", "standard input holds no pair"),
        (b"accessKey,secretKey\n", "standard input holds no pair"),
        (b"# nothing\n\n", "standard input holds no pair"),
        (b"\xff\xfea\0", "\n  line 1: this is UTF-16; save it as UTF-8\n"),
        (b"\n\xe9", "\n  line 2: this is not UTF-8\n"),
        (b"x\n\ny\0", "\n  line 3: a NUL character\n"),
        (
            b"x",
            "a line of standard input is wrong, so nothing was imported\n  line 1: expected ACCESS SECRET",
        ),
        (b"x\ny\n", "2 lines of standard input are wrong, so nothing was imported\n  line 1: "),
        (b"accessKey,secretKey,owner\n", "\n  line 1: the column owner is unknown; known are accessKey, "),
        (b"accessKey,secretKey\nx", "\n  line 2: 1 columns, where the first line names 2\n"),
    ];
    for (bytes, words) in table {
        let file = installation.path("wrong");
        std::fs::write(&file, bytes).expect("a file");
        let ran =
            installation.keyctl(["import"]).stdin_of(std::fs::File::open(&file).expect("the file")).run();
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran:?}");
        assert!(ran.stderr.contains(words), "{words:?} is missing in {ran:?}");
    }
    // A good line beside a bad one is not imported either; a mark before the text and line ends of elsewhere are fine.
    let both = format!("\u{feff}{a} {s}\r\n{a} short\r\n");
    let ran = installation.import("-o json", &both);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran:?}");
    let error: Value = serde_json::from_str(&ran.stderr).expect("JSON");
    assert_eq!(error["problems"], json!(["line 2, secretKey: a secret key has 40 characters"]));
    assert_eq!(installation.imports(), 0);
    let one = format!("\u{feff}{a} {s}\r\n");
    installation.import("--field line", &one).is(0, "1\n", "");
    installation.run("import /nowhere/at/all").failed(2, &["/nowhere/at/all cannot be read: "]);
    let folder = installation.path(".").display().to_string();
    installation.keyctl(["import", &folder]).run().failed(2, &["is a folder"]);
}

#[test]
fn pairs_that_cannot_be_imported_stop_the_others() {
    let installation = Installation::new();
    installation.import("-q", &lines(1..4)).is(
        0,
        &(1..4).map(|n| access_key(n) + "\n").collect::<String>(),
        "",
    );
    assert_eq!(installation.run("deactivate 1c5").code, 0);
    assert_eq!(installation.run("delete 1c5 --yes").code, 0);
    assert_eq!(installation.run("env create --name second").code, 0);
    let imports = installation.imports();
    let wrong = format!("{} {}\n", access_key(1), secret_key(9));
    let text = lines(1..3).replace(&format!("{} {}\n", access_key(1), secret_key(1)), &wrong) + &lines(3..5);
    let [first, third] =
        ["key 1c3 has this access key, and another secret", "key 1c5 had this access key, and was deleted"];
    installation.import("--environment 1a5", &text).is(
        5,
        "",
        &format!(
            "keyctl: 2 of 4 pairs cannot be imported, so none is (hint: take their lines out, and import the rest)\n  \
             line 1: {}: {first}\n  line 3: {}: {third}\n",
            access_key(1),
            access_key(3)
        ),
    );
    let error = "keyctl: 2 of 4 pairs cannot be imported, so none would be; this was a --dry-run, which changes nothing \
                 (hint: take their lines out, and import the rest)\n";
    installation.import("--environment 1a5 --dry-run --no-header", &text).is(
        5,
        &format!(
            "\
1  {}  -    refused: {first}
2  {}  1c4  already there
3  {}  -    refused: {third}
4  {}  -    would be imported
",
            access_key(1),
            access_key(2),
            access_key(3),
            access_key(4)
        ),
        &format!("keyctl: 1 would be imported, 1 already there, 2 refused\n{error}"),
    );
    let field = installation.import("--environment 1a5 --dry-run --field refusal", &text);
    field.is(5, &format!("{first}\n\n{third}\n\n"), error);
    let elsewhere = installation.import("--environment 1a6", &lines(2..3));
    assert_eq!((elsewhere.code, elsewhere.stdout.as_str()), (5, ""));
    let words = "key 1c4 is made of this pair, and belongs to environment/1a5";
    assert!(elsewhere.stderr.contains(words), "{elsewhere:?}");
    assert_eq!(installation.imports(), imports);
    let late = format!(
        "accessKey,secretKey,created,expires\n{},{},2999-01-01T00:00:00Z,\n{},{},,2020-01-01T00:00:00Z\n",
        access_key(7),
        secret_key(7),
        access_key(8),
        secret_key(8),
    );
    let ran = installation.import("--environment 1a5", &late);
    assert!(ran.stderr.contains("would have been created in the future"), "{ran:?}");
    assert!(ran.stderr.contains("its expiry has passed"), "{ran:?}");
    assert_eq!((ran.code, installation.imports()), (5, imports));
}

#[test]
fn it_must_be_clear_which_environment_is_meant_and_it_must_be_active() {
    let installation = Installation::new();
    let one = lines(1..2);
    for mode in ["", "--dry-run"] {
        installation.import(&format!("--environment 1a99 {mode}"), &one).failed(3, &["no environment 1a99"]);
    }
    assert_eq!(installation.run("env create --name second").code, 0);
    installation.import("", &one).is(
        2,
        "",
        "keyctl: which of 2 environments shall the key belong to? (hint: --environment 1a5, or another of `keyctl env list`)\n",
    );
    assert_eq!(installation.run("env deactivate 1a5").code, 0);
    for mode in ["", "--dry-run"] {
        installation.import(&format!("--environment 1a5 {mode}"), &one).failed(
            5,
            &["no key can be made in environment 1a5: it is not active", "keyctl env activate 1a5"],
        );
    }
    installation.import("--field id", &one).is(0, "1c3\n", "");
    installation.run("get 1c3 --field owner").is(0, "1a6\n", "");
}

#[test]
fn beside_a_server_it_is_shown_what_would_be_and_nothing_is_imported() {
    let installation = Installation::new();
    let server = installation.open();
    installation.import("", &lines(1..2)).failed(5, &["--url"]);
    installation.import("--dry-run --field result", &lines(1..2)).is(0, "wouldImport\n", "");
    let _nobody_else = no_process_begins();
    drop(server);
}

#[test]
fn a_file_that_others_read_is_warned_of() {
    let installation = Installation::new();
    let file = installation.file("pairs", &lines(1..2));
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o640)).expect("its mode");
    let file = file.display().to_string();
    let warned = installation.keyctl(["import", "--dry-run", "--field", "line", &file]).run();
    warned.is(0, "1\n", &format!("keyctl: warning: {file} can be read by others; chmod 600 {file}\n"));
    installation.keyctl(["import", "--dry-run", "--quiet", &file]).run().is(0, &(access_key(1) + "\n"), "");
}

#[test]
fn a_warning_moves_no_cursor_and_shows_no_secret() {
    let installation = Installation::new();
    let secret = keys_core::Credential::generate(&mut ChaCha20Rng::from_seed([4; 32])).expect("randomness");
    let name = format!("a\u{1b}[2J{}\u{202e}", secret.secret_key().expose());
    let file = installation.file(&name, &lines(1..2));
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o640)).expect("its mode");
    let file = file.display().to_string();
    let shown = file.replace(&name, r"a\u{1b}[2J(secret)\u{202e}");
    let warned = installation.keyctl(["import", "--dry-run", "--field", "line", &file]).run();
    warned.is(0, "1\n", &format!("keyctl: warning: {shown} can be read by others; chmod 600 {shown}\n"));
}

#[test]
fn with_a_lost_pepper_it_goes_on_only_when_that_is_said() {
    let installation = Installation::new();
    installation.import("--field id", &lines(1..2)).is(0, "1c3\n", "");
    let other = installation.path("other-pepper");
    let pepper = Pepper::generate(&mut ChaCha20Rng::from_seed([9; 32])).expect("randomness");
    pepper_file::create(&other, &pepper).expect("a pepper file");
    let line = format!("--pepper-file {} --field result", other.display());
    installation.import(&line, &lines(1..3)).failed(2, &["keys were made under pepper", "--pepper-file"]);
    installation.import(&format!("{line} --dry-run"), &lines(1..3)).is(0, "alreadyThere\nwouldImport\n", "");
    let accepted = format!("{line} --accept-lost-pepper");
    installation.import(&accepted, &lines(1..3)).is(0, "alreadyThere\nimported\n", "");
    let wrong = format!("{} {}\n", access_key(1), secret_key(2));
    assert!(installation.import(&accepted, &wrong).stderr.contains("another secret"));
}

#[test]
fn pairs_of_our_own_shape_are_pairs_too() {
    let installation = Installation::new();
    let pair = keys_core::Credential::generate(&mut ChaCha20Rng::from_seed([3; 32])).expect("randomness");
    let joined = format!("{} spare\n", pair.expose_joined().as_str());
    installation.import("--field accessKey", &joined).is(0, &format!("{}\n", pair.access_key()), "");
    installation.run("get 1c3 --field name").is(0, "spare\n", "");
    // One that was issued here cannot be made again.
    let taken = format!("{CI} {}\n", pair.secret_key().expose());
    assert!(
        installation.import("", &taken).stderr.contains("key 1c1 has this access key, and another secret")
    );
}

#[test]
fn help_says_how_a_file_is_written() {
    let help = keyctl(["import", "--help"]).run().stdout;
    let said = help.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "accessKey (or publicValue)",
        "ACCESS:SECRET",
        "--dry-run",
        "Run it again",
        "[default: the only active one]",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(keyctl(["import", "--format", "xml"]).run().stderr.contains("invalid value 'xml'"));
}

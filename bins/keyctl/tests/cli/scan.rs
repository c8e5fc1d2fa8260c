//! `scan`: what got into files is found wherever it stands, alike by any number of threads, and is not shown.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use tempfile::TempDir;

use crate::support::{Ran, keyctl, run};

const ACCESS_KEY: &str = "KC7Q0WVN3TZ5H8RJ2M4X";
const SECRET: &str = "Zq7WnT0cVb3JkX9sLdYfGhR5mPa2EuQo8i27K6mq";
const BASIC: &str = "S0M3UTBXVk4zVFo1SDhSSjJNNFg6WnE3V25UMGNWYjNKa1g5c0xkWWZHaFI1bVBhMkV1UW84aTI3SzZtcQ==";

/// A folder with a secret in each kind of place, and much without one.
fn tree() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &[u8]| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    for number in 0..200 {
        write(&format!("many/{number:03}"), b"nothing to see");
    }
    write(".env", format!("A={ACCESS_KEY}\nS={SECRET}\n").as_bytes());
    write("deep/er/app.min.js", format!("x(\"kc_{ACCESS_KEY}_{SECRET}\")").as_bytes());
    write("deep/image.png", &[&[0_u8; 1_000_000], SECRET.as_bytes()].concat());
    write("header.txt", format!("curl -H 'Authorization: Basic {BASIC}'\n").as_bytes());
    write("empty", b"");
    symlink(folder.path().join(".env"), folder.path().join("link")).expect("a link");
    symlink(folder.path(), folder.path().join("loop")).expect("a link");
    folder
}

fn scan(folder: &Path, line: &str) -> Ran {
    keyctl(["scan"].into_iter().chain(line.split_whitespace())).within(folder).run()
}

/// The four places of [`tree`], and what is said of them.
const TABLE: &str = "\
PLACE                    KIND            ACCESS KEY
./.env:2:3               secret key      KC7Q0WVN3TZ5H8RJ2M4X
./deep/er/app.min.js:1:4 pair            KC7Q0WVN3TZ5H8RJ2M4X
./deep/image.png:1000000 secret key      -
./header.txt:1:31        pair in base64  KC7Q0WVN3TZ5H8RJ2M4X
";

fn words(text: &str) -> Vec<Vec<&str>> {
    text.lines().map(|line| line.split_whitespace().collect()).collect()
}

#[test]
fn what_got_into_files_is_found_in_order_by_any_number_of_threads() {
    let folder = tree();
    for line in ["", "--threads 1", "--threads 2 .", "--threads 64"] {
        let ran = scan(folder.path(), line);
        assert_eq!((ran.code, words(&ran.stdout)), (1, words(TABLE)), "{ran:?}");
        let said = "keyctl: 4 secrets were found (hint: whoever could read ./.env knows it: keyctl deactivate \
                    KC7Q0WVN3TZ5H8RJ2M4X)\n";
        assert_eq!(ran.stderr, said);
    }
    let one = scan(folder.path(), "deep/er link --no-header");
    let expected = format!("deep/er/app.min.js:1:4 pair {ACCESS_KEY}\nlink:2:3 secret key {ACCESS_KEY}\n");
    assert_eq!((one.code, words(&one.stdout)), (1, words(&expected)), "a link that is named is followed");
}

#[test]
fn every_form_says_where_and_none_says_the_secret() {
    let folder = tree();
    let path =
        "\"place\":\"./header.txt:1:31\",\"path\":\"./header.txt\",\"line\":1,\"column\":31,\"offset\":30";
    let json = format!(
        "[{{{path},\"length\":82,\"kind\":\"pair\",\"encoding\":\"base64\",\"accessKey\":\"{ACCESS_KEY}\"}}]\n"
    );
    let ran = scan(folder.path(), "./header.txt -o json");
    assert_eq!((ran.code, ran.stdout.as_str()), (1, json.as_str()));
    assert!(
        ran.stderr.starts_with("{\"code\":\"failure\",\"exitCode\":1,\"message\":\"1 secret was found\"")
    );
    let binary = scan(folder.path(), "deep/image.png -o yaml");
    assert!(binary.stdout.contains("line: null\n  column: null\n  offset: 1000000\n"), "{binary:?}");
    let names = "./.env:2:3\n./deep/er/app.min.js:1:4\n./deep/image.png:1000000\n./header.txt:1:31\n";
    for (line, stdout) in [
        ("-o name", names),
        ("-q", names),
        ("--field path", "./.env\n./deep/er/app.min.js\n./deep/image.png\n./header.txt\n"),
        ("--field kind", "secretKey\npair\nsecretKey\npair\n"),
    ] {
        let ran = scan(folder.path(), line);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, stdout));
    }
    for line in ["", "-o json", "-o yaml", "-q", "--field accessKey"] {
        let ran = scan(folder.path(), line);
        let said = format!("{ran:?}").into_bytes();
        // The first half of what is encoded is the access key.
        for part in SECRET.as_bytes().windows(6).chain(BASIC.as_bytes()[28..].windows(6)) {
            assert!(!said.windows(6).any(|window| window == part), "a part of the secret: {ran:?}");
        }
    }
}

#[test]
fn what_is_excluded_is_left_out() {
    let folder = tree();
    let [env, script, image, header] =
        ["./.env:2:3", "./deep/er/app.min.js:1:4", "./deep/image.png:1000000", "./header.txt:1:31"];
    let table: [(&str, &[&str]); 9] = [
        ("--exclude *.min.js", &[env, image, header]),
        ("--exclude deep", &[env, header]),
        ("--exclude er --exclude *.png --exclude .*", &[header]),
        ("--exclude deep/*", &[env, header]),
        ("--exclude deep/*.js", &[env, script, image, header]),
        ("--exclude deep/**/*.js", &[env, image, header]),
        ("--exclude **/er/*", &[env, image, header]),
        ("--exclude DEEP", &[env, script, image, header]),
        ("--exclude *", &[]),
    ];
    for (line, places) in table {
        let ran = scan(folder.path(), &format!("-q {line}"));
        assert_eq!(ran.stdout.lines().collect::<Vec<_>>(), places, "{line}");
        assert_eq!(ran.code, i32::from(!places.is_empty()), "{line}");
    }
    // What is named is meant.
    let named = scan(folder.path(), "-q deep/er --exclude er");
    assert_eq!(named.stdout, "deep/er/app.min.js:1:4\n");
    scan(folder.path(), "--exclude [").failed(2, &["--exclude"]);
}

#[test]
fn nothing_found_is_silence() {
    let folder = tree();
    scan(folder.path(), "many empty").is(0, "", "");
    scan(folder.path(), "many -o json").is(0, "[]\n", "");
    scan(folder.path(), "many -o yaml").is(0, "[]\n", "");
    scan(folder.path(), "many -q").is(0, "", "");
}

#[test]
fn standard_input_is_searched() {
    let folder = tree();
    let found = keyctl(["scan", "-", "-q"]).stdin(&format!("a\nb {SECRET}\n")).run();
    assert_eq!((found.code, found.stdout.as_str()), (1, "-:2:3\n"));
    keyctl(["scan", "-"]).stdin("nothing").run().is(0, "", "");
    let both = keyctl(["scan", "many", "-", ".env", "-q"]).within(folder.path()).stdin(SECRET).run();
    assert_eq!((both.code, both.stdout.as_str()), (1, "-:1:1\n.env:2:3\n"));
}

#[test]
fn what_cannot_be_read_does_not_look_clean() {
    let folder = tree();
    scan(folder.path(), "many nowhere").failed(3, &["there is no nowhere", "nothing was searched"]);
    // The administrator of the machine reads what is closed to others, so the file is one that nobody can read.
    let memory = "/proc/self/mem";
    let ran = scan(folder.path(), &format!("many {memory}"));
    assert_eq!((ran.code, ran.stdout.as_str()), (4, ""));
    let lines: Vec<_> = ran.stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{ran:?}");
    assert!(lines[0].starts_with("keyctl: warning: /proc/self/mem cannot be read: "), "{ran:?}");
    assert_eq!(lines[1], "keyctl: nothing was found, but 1 file or folder could not be read");
    let quiet = scan(folder.path(), &format!("many {memory} -q"));
    quiet.is(4, "", &format!("{}\n", lines[1]));
    let found = scan(folder.path(), &format!(".env {memory} -q"));
    assert_eq!((found.code, found.stdout.as_str()), (1, ".env:2:3\n"));
    assert!(found.stderr.starts_with("keyctl: 1 secret was found; 1 file or folder could not be read"));
}

#[test]
fn a_closed_folder_is_named() {
    let folder = tree();
    let closed = folder.path().join("deep");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).expect("it is ours");
    let is_open_to_all = fs::read_dir(&closed).is_ok();
    let ran = scan(folder.path(), "deep");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).expect("it is ours");
    if is_open_to_all {
        // Whoever runs this reads everything.
        assert_eq!(ran.code, 1);
    } else {
        assert_eq!(ran.code, 4, "{ran:?}");
        assert!(ran.stderr.starts_with("keyctl: warning: deep cannot be read: "), "{ran:?}");
    }
}

#[test]
fn a_name_moves_no_cursor_and_shows_no_secret() {
    let folder = tempfile::tempdir().expect("a folder");
    let name = format!("a\u{1b}[2J\u{202e}{SECRET}");
    fs::write(folder.path().join(&name), SECRET).expect("a file");
    let ran = scan(folder.path(), ".");
    assert!(ran.stdout.contains(r"./a\u{1b}[2J\u{202e}(secret):1:1"), "{ran:?}");
    for line in [".", "-q", "-o json", "-o yaml"] {
        let ran = scan(folder.path(), line);
        assert!(!format!("{ran:?}").contains(SECRET), "{ran:?}");
        assert!(!ran.stdout.contains(['\u{1b}', '\u{202e}']) && !ran.stderr.contains('\u{1b}'), "{ran:?}");
    }
}

#[test]
fn no_authority_is_named() {
    for option in ["--url http://127.0.0.1:1", "--database sqlite:x", "--access-key x", "--secret-stdin"] {
        run(&format!("scan / {option}")).failed(2, &["asks no authority", "leave out --url"]);
    }
    // What surrounds the process is not meant for this command.
    let folder = tree();
    keyctl(["scan", "many"]).within(folder.path()).variable("KEYCTL_URL", "nonsense").run().is(0, "", "");
    run("scan --threads 0").failed(2, &["--threads"]);
    run("scan --threads 65").failed(2, &["--threads"]);
    run("scan --field nonsense").failed(2, &["the answer has no field nonsense", "one of place, path"]);
}

//! `backup`: of a database, and of nothing else.

use std::os::unix::fs::PermissionsExt as _;

use crate::database::Installation;
use crate::support::keyctl;

#[test]
fn a_database_is_copied_once() {
    let installation = Installation::new();
    let copy = installation.path("copy.sqlite3");
    let copy_text = copy.display().to_string();
    let ran = installation.keyctl(["backup", &copy_text, "-o", "json"]).run();
    let bytes = std::fs::metadata(&copy).expect("a copy").len();
    let expected = format!("{{\"path\":\"{copy_text}\",\"bytes\":{bytes},\"lastEvent\":\"1al");
    assert!(ran.code == 0 && ran.stderr.is_empty() && ran.stdout.starts_with(&expected), "{ran:?}");
    assert_eq!(std::fs::metadata(&copy).expect("a copy").permissions().mode() & 0o777, 0o600);
    let database = format!("sqlite:{copy_text}");
    let copied = keyctl(["--database", &database, "list"]).run();
    assert_eq!(copied, installation.run("list"));
    installation.keyctl(["backup", &copy_text]).run().failed(5, &["is there already"]);
    let other = installation.path("other.sqlite3").display().to_string();
    installation.keyctl(["backup", &other, "-o", "name"]).run().is(0, &format!("{other}\n"), "");
}

#[test]
fn what_is_no_database_of_ones_own_is_not_copied() {
    let installation = Installation::new();
    let copy = installation.path("copy.sqlite3");
    let copy_text = copy.display().to_string();
    keyctl(["--url", "http://127.0.0.1:1", "backup", &copy_text])
        .run()
        .failed(2, &["does not hand out its database", "--database"]);
    keyctl(["--database", "sqlite:/nowhere/keys.sqlite3", "backup", &copy_text])
        .run()
        .failed(3, &["no database"]);
    let deep = installation.path("no/copy.sqlite3").display().to_string();
    installation.keyctl(["backup", &deep]).run().failed(1, &["cannot be written", "nothing was left there"]);
    installation.run("backup").failed(2, &["<FILE>", "keyctl backup --help"]);
    assert!(!copy.exists());
}

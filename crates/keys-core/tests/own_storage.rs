//! The example service does what it says, and finds its keys again.

#[expect(dead_code, reason = "the example is a program of its own")]
#[path = "../examples/own_storage.rs"]
mod own_storage;

use std::fs;
use std::path::PathBuf;

use keys_core::{HashPolicy, Timestamp, Transition};
use own_storage::{Door, read_line, run, write_line};

const POLICY: HashPolicy = HashPolicy::DANGER_CHEAP_FOR_TESTS;

/// A folder of this test's own, gone when it ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("keys-core-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn an_evening_at_the_door() {
    let folder = Folder::new("evening");
    for (keys, id) in [(0, "1c1"), (1, "1c2")] {
        let mut out = Vec::new();
        run(&folder.0, POLICY, Timestamp::MIN, &mut out).unwrap();
        let out = String::from_utf8(out).unwrap();
        let lines: Vec<&str> = out.lines().collect();
        assert!(lines[0].starts_with(&format!("{keys} keys in ")));
        assert!(lines[1].starts_with(&format!("issued {id}: kc_KC")));
        assert_eq!(
            lines[2..],
            [
                "at the door: open",
                "deactivated, at the door: shut",
                "activated, at the door: open",
                "delete: cannot delete a key that is active",
                "deleted, at the door: shut",
            ]
        );
    }
}

#[test]
fn keys_are_found_again_and_secrets_are_not_kept() {
    let folder = Folder::new("again");
    let now = Timestamp::MIN;
    let mut door = Door::open(&folder.0, POLICY).unwrap();
    let (night, pair) = door.issue("night shift".parse().unwrap(), now).unwrap();
    let (_, other) = door.issue("day shift".parse().unwrap(), now).unwrap();
    door.change(night, Transition::Deactivate, now).unwrap();
    drop(door);

    let mut door = Door::open(&folder.0, POLICY).unwrap();
    assert_eq!(door.ask(&pair.expose_joined(), now).unwrap(), "shut");
    assert_eq!(door.ask(&other.expose_joined(), now).unwrap(), "open");
    assert_eq!(door.ask("kc_not_a_pair", now).unwrap(), "shut");
    let kept = fs::read_to_string(folder.0.join("keys")).unwrap();
    assert_eq!(kept.lines().count(), 2);
    assert!(!kept.contains(pair.secret_key().expose()) && !kept.contains(other.secret_key().expose()));
}

#[test]
fn a_lost_pepper_locks_nobody_out_once_one_is_put_in_its_place() {
    let folder = Folder::new("pepper");
    let now = Timestamp::MIN;
    let (_, pair) = Door::open(&folder.0, POLICY).unwrap().issue("night".parse().unwrap(), now).unwrap();
    let pepper = folder.0.join("pepper");
    fs::remove_file(&pepper).unwrap();
    assert!(Door::open(&folder.0, POLICY).is_err(), "no pepper is made beside keys");
    fs::write(&pepper, format!("pepper-1-{}", "17".repeat(32))).unwrap();
    let mut door = Door::open(&folder.0, POLICY).unwrap();
    assert_eq!(door.ask(&pair.expose_joined(), now).unwrap(), "open");
}

#[test]
fn a_damaged_line_is_an_error() {
    let folder = Folder::new("damaged");
    Door::open(&folder.0, POLICY).unwrap().issue("night".parse().unwrap(), Timestamp::MIN).unwrap();
    let line = fs::read_to_string(folder.0.join("keys")).unwrap().trim_end().to_owned();
    assert_eq!(write_line(&read_line(&line).unwrap()), line);
    let fields: Vec<&str> = line.split('\t').collect();
    for damaged in 0..fields.len() {
        // Any text is a name.
        if damaged != 6 {
            let mut fields = fields.clone();
            fields[damaged] = "?";
            assert!(read_line(&fields.join("\t")).is_err(), "field {damaged}");
        }
    }
    assert!(read_line("").is_err());
}

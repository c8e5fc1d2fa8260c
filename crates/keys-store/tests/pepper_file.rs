//! The pepper file: made once, private, and refused with an answer when it is not as it should be.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::error::Error as _;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;

use keys_core::{KeyringError, Pepper};
use keys_store::pepper_file::{self, PepperFileError};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;

fn pepper(seed: u64) -> Pepper {
    Pepper::generate(&mut ChaCha20Rng::seed_from_u64(seed)).unwrap()
}

fn write(path: &Path, text: impl AsRef<[u8]>, mode: u32) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o777
}

#[test]
fn what_was_made_is_read_back_and_private() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/deep/pepper");
    pepper_file::create(&path, &pepper(1)).unwrap();
    assert_eq!(pepper_file::read(&path).unwrap().current(), pepper(1).id());
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
}

#[test]
fn nothing_that_is_there_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pepper");
    pepper_file::create(&path, &pepper(1)).unwrap();
    assert!(matches!(pepper_file::create(&path, &pepper(2)), Err(PepperFileError::Exists { .. })));
    assert_eq!(pepper_file::read(&path).unwrap().current(), pepper(1).id());

    let link = folder.path().join("dangling");
    symlink(folder.path().join("nowhere"), &link).unwrap();
    assert!(matches!(pepper_file::create(&link, &pepper(2)), Err(PepperFileError::Exists { .. })));
    assert!(!folder.path().join("nowhere").exists());
}

#[test]
fn several_peppers_and_comments_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pepper");
    let text = format!("# two\n\n{}\n{}\n", *pepper(2).expose_text(), *pepper(1).expose_text());
    write(&path, text, 0o400);
    let keyring = pepper_file::read(&path).unwrap();
    assert_eq!(keyring.ids().collect::<Vec<_>>(), [pepper(2).id(), pepper(1).id()]);
}

#[test]
fn a_link_is_followed_and_what_it_leads_to_counts() {
    let folder = tempfile::tempdir().unwrap();
    let (path, link) = (folder.path().join("pepper"), folder.path().join("link"));
    pepper_file::create(&path, &pepper(1)).unwrap();
    symlink(&path, &link).unwrap();
    assert_eq!(pepper_file::read(&link).unwrap().current(), pepper(1).id());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(pepper_file::read(&link), Err(PepperFileError::TooOpen { mode: 0o644, .. })));
}

#[test]
fn any_right_of_others_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pepper");
    pepper_file::create(&path, &pepper(1)).unwrap();
    for mode in [0o640, 0o604, 0o620, 0o601, 0o660, 0o666, 0o777] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let error = pepper_file::read(&path).unwrap_err();
        assert!(matches!(error, PepperFileError::TooOpen { mode: found, .. } if found == mode), "{mode:o}");
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }
}

#[test]
fn what_is_no_file_is_refused_without_waiting() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(pepper_file::read(folder.path()), Err(PepperFileError::NotAFile { .. })));
    assert!(matches!(pepper_file::read(Path::new("/dev/zero")), Err(PepperFileError::NotAFile { .. })));
    let missing = folder.path().join("none");
    assert!(matches!(pepper_file::read(&missing), Err(PepperFileError::Missing { .. })));
    let below_a_file = folder.path().join("file");
    write(&below_a_file, "x", 0o600);
    assert!(matches!(pepper_file::read(&below_a_file.join("pepper")), Err(PepperFileError::Io { .. })));
}

#[test]
fn content_that_is_no_keyring_is_named_by_line_and_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pepper");
    let good = pepper(1).expose_text().to_string();
    let half = good.get(..40).unwrap();
    for (text, line) in [
        (format!("{good}\n{half}\n").into_bytes(), Some(2)),
        (good.to_uppercase().into_bytes(), Some(1)),
        (vec![0xff; 200], Some(1)),
        (b"# only a comment\n".to_vec(), None),
        (Vec::new(), None),
    ] {
        write(&path, text, 0o600);
        let error = pepper_file::read(&path).unwrap_err();
        let PepperFileError::Malformed { source, .. } = &error else { panic!("{error}") };
        match source {
            KeyringError::Line { line: found, .. } => assert_eq!(Some(*found), line),
            KeyringError::Empty => assert_eq!(None, line),
            other @ (KeyringError::Repeated { .. } | _) => panic!("{other}"),
        }
        let chain = format!("{error} {error:?} {}", error.source().unwrap());
        assert!(!chain.contains(half) && !chain.contains(&good), "{chain}");
    }
    write(&path, vec![b'#'; 1024 * 1024], 0o600);
    assert!(matches!(pepper_file::read(&path), Err(PepperFileError::TooLong { .. })));
}

//! The anchor: a file beside the database that names the last audit event whose right-taking was acknowledged.
//!
//! A database cannot tell that it is an old copy of itself. The anchor can: it is made durable after every batch that
//! takes a right away and before anybody is told so, and a backup of the database does not contain it. A database that
//! ends before its anchor, or has another link there, is refused.
//!
//! Text form, for ever: `keys-anchor-1`, the event's id and its link, separated by blanks, and a line break.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use keys_core::{AuditId, AuditLink};

use crate::files;
use crate::open::OpenError;

/// An audit event that is known to have been acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Anchor {
    pub(super) id: AuditId,
    pub(super) link: AuditLink,
}

const WORD: &str = "keys-anchor-1";

/// Where the anchor of a database is.
pub(super) fn path_of(database: &Path) -> PathBuf {
    files::beside(database, ".anchor")
}

/// The anchor, if there is one.
pub(super) fn read(database: &Path) -> Result<Option<Anchor>, OpenError> {
    let path = path_of(database);
    match fs::metadata(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(OpenError::of_io(path, error)),
        Ok(metadata) if !metadata.is_file() || metadata.len() > 1024 => {
            return Err(OpenError::Anchor { anchor: path });
        }
        Ok(_) => {}
    }
    let bytes = fs::read(&path).map_err(|source| OpenError::of_io(&path, source))?;
    let text = String::from_utf8_lossy(&bytes);
    parse(&text).map(Some).ok_or(OpenError::Anchor { anchor: path })
}

fn parse(text: &str) -> Option<Anchor> {
    let mut words = text.strip_suffix('\n')?.split(' ');
    let (word, id, link) = (words.next()?, words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    (word == WORD && words.next().is_none()).then_some(Anchor { id, link })
}

/// Replaces the anchor, durably: once this returns, no cut of power brings the old one back.
pub(super) fn write(database: &Path, anchor: Anchor) -> io::Result<()> {
    let (path, new) = (path_of(database), files::beside(database, ".anchor.new"));
    // What a process that was killed here has left behind.
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = files::create_new(&new)?;
    file.write_all(format!("{WORD} {} {}\n", anchor.id, anchor.link).as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, &path)?;
    files::sync_folder(files::folder_of(database))
}

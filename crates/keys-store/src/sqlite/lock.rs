//! One owner for each database: a lock on a file beside it, which the system releases when the process ends, however
//! it ends.

use std::fs::{self, File, TryLockError};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use crate::files;
use crate::open::OpenError;

/// Held for as long as the database is owned.
#[derive(Debug)]
pub(super) struct Lock {
    // Closing the file releases the lock.
    _file: File,
}

impl Lock {
    /// Takes the lock, or says who has it.
    pub(super) fn take(database: &Path) -> Result<Self, OpenError> {
        let path = files::beside(database, ".lock");
        if fs::metadata(&path).is_ok_and(|metadata| !metadata.is_file()) {
            return Err(OpenError::NotAFile { path });
        }
        let mut file = files::open_or_create(&path).map_err(|source| OpenError::of_io(&path, source))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(OpenError::Locked { path: database.into(), process: holder(&mut file) });
            }
            Err(TryLockError::Error(source)) => return Err(OpenError::of_io(path, source)),
        }
        // The number is a courtesy to whoever finds the database taken; a full disk must not stop the owner.
        let _ = sign(&mut file);
        Ok(Self { _file: file })
    }
}

fn sign(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    writeln!(file, "{}", std::process::id())
}

/// The process that wrote its number into the file. It may be just about to.
fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(20).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

//! The pepper file: where a server keeps the secrets that its tags are keyed with, outside the database.
//!
//! The text of the file is [`Keyring`]'s: one pepper a line, the first current, blank lines and lines that begin with
//! `#` ignored. Nobody but its owner may have any right at it. Nothing here prints any part of its content.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use keys_core::{Keyring, KeyringError, Pepper};
use zeroize::Zeroizing;

use crate::files;

/// Why a pepper file could not be read or made. Holds no part of a pepper.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PepperFileError {
    /// There is none.
    #[error(
        "there is no pepper file at {}; without it no key of its database can be checked the fast way: put back the \
         file that belongs to the database, or give its path",
        path.display()
    )]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// Others than its owner have a right at it.
    #[error("the pepper file {} has mode {mode:03o}, so others may reach it; run: chmod 600 '{}'", path.display(), path.display())]
    TooOpen {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It is a folder, a device, or anything else but a file.
    #[error("{} is not a file; give the path of the pepper file itself", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// Its text is no keyring.
    #[error("the pepper file {} cannot be understood; put back the one that belongs to the database", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: KeyringError,
    },
    /// It is far too long to be one.
    #[error("{} is too long to be a pepper file; check the path", path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
    },
    /// One is there already; it was left as it is.
    #[error("there is a file at {} already, and it was left as it is; choose another path", path.display())]
    Exists {
        /// Where it is.
        path: PathBuf,
    },
    /// The system refused.
    #[error("the pepper file {} cannot be reached; check the rights of this user and the space left", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// More than a thousand peppers; a file past this is something else.
const MAX_BYTES: u64 = 128 * 1024;

/// Reads a pepper file. A symbolic link is followed; what counts is the file it leads to.
///
/// # Errors
///
/// [`PepperFileError`], all variants but `Exists`.
pub fn read(path: &Path) -> Result<Keyring, PepperFileError> {
    let failed = |source: io::Error| {
        if source.kind() == io::ErrorKind::NotFound {
            PepperFileError::Missing { path: path.into() }
        } else {
            PepperFileError::Io { path: path.into(), source }
        }
    };
    // Looked at before opening, because opening a pipe waits for its writer; and again after, because what counts
    // is what was opened.
    check(path, &fs::metadata(path).map_err(failed)?)?;
    let file = File::open(path).map_err(failed)?;
    check(path, &file.metadata().map_err(failed)?)?;
    let bytes =
        contents(file).map_err(failed)?.ok_or_else(|| PepperFileError::TooLong { path: path.into() })?;
    // What is not UTF-8 is no pepper either, and the keyring's own error names the line.
    let text = Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned());
    text.parse().map_err(|source| PepperFileError::Malformed { path: path.into(), source })
}

/// Makes a pepper file with one pepper in it, 0600 and durable; its folder, if it must be made, 0700.
///
/// # Errors
///
/// [`PepperFileError::Exists`] when there is anything at this path; [`PepperFileError::Io`].
pub fn create(path: &Path, pepper: &Pepper) -> Result<(), PepperFileError> {
    let failed = |source: io::Error| {
        if source.kind() == io::ErrorKind::AlreadyExists {
            PepperFileError::Exists { path: path.into() }
        } else {
            PepperFileError::Io { path: path.into(), source }
        }
    };
    let folder = files::folder_of(path);
    files::create_folder(folder).map_err(failed)?;
    let file = files::create_new(path).map_err(failed)?;
    fill(file, pepper).and_then(|()| files::sync_folder(folder)).map_err(|source| {
        // Half a pepper file would stop the next start; the database is still empty, so nothing depends on it.
        let _ = fs::remove_file(path);
        failed(source)
    })
}

fn check(path: &Path, metadata: &fs::Metadata) -> Result<(), PepperFileError> {
    if !metadata.is_file() {
        return Err(PepperFileError::NotAFile { path: path.into() });
    }
    match files::too_open(metadata) {
        Some(mode) => Err(PepperFileError::TooOpen { path: path.into(), mode }),
        None => Ok(()),
    }
}

/// The bytes of the file; `None` when there are too many.
fn contents(file: File) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    // Reserved at once: a buffer that grows leaves unwiped copies behind.
    let length = file.metadata()?.len().min(MAX_BYTES) + 1;
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(length).unwrap_or_default()));
    file.take(length).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= MAX_BYTES).then_some(bytes))
}

fn fill(mut file: File, pepper: &Pepper) -> io::Result<()> {
    file.write_all(HEADER.as_bytes())?;
    file.write_all(pepper.expose_text().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

const HEADER: &str = "\
# The peppers of an API-key authority: secret. The first is current, the others still verify.
# Without this file the keys of the database can only be checked the slow way. Back it up apart from the database.
";

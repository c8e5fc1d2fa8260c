//! Files that only whoever runs this may read: they hold what lets one in.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::credentials::Surroundings;
use crate::exit::{Exit, Failure};

/// The folder of whoever runs this: `keyctl` below `XDG_CONFIG_HOME`, else below `~/.config`. `None` when neither says where
/// that is.
///
/// # Errors
///
/// A variable is not text.
pub(crate) fn folder(surroundings: &Surroundings<'_>) -> Result<Option<PathBuf>, Failure> {
    let folder = match surroundings.text("XDG_CONFIG_HOME")? {
        Some(folder) => Some(PathBuf::from(folder)),
        None => surroundings.text("HOME")?.map(|home| Path::new(&home).join(".config")),
    };
    Ok(folder.map(|folder| folder.join("keyctl")))
}

/// Refuses a file with secrets that others can read, by its mode.
///
/// # Errors
///
/// [`Exit::Usage`].
pub(crate) fn check_private(path: &Path, mode: u32) -> Result<(), Failure> {
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(Failure::new(Exit::Usage, format!("{} can be read by others", path.display()))
        .hint(format!("chmod 600 {}", path.display())))
}

/// A file's text and the bits of its mode that say who may read it.
///
/// # Errors
///
/// It cannot be read, or is no such file.
pub(crate) fn read_private(path: &Path) -> io::Result<(Zeroizing<String>, u32)> {
    const LONGEST: u64 = 1_024 * 1_024;
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a file"));
    }
    if metadata.len() > LONGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "longer than a mebibyte"));
    }
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(LONGEST).read_to_end(&mut bytes)?;
    Ok((Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned()), mode(&metadata)))
}

/// The bits of a file's mode that say who may read it.
#[cfg(unix)]
pub(crate) fn mode(metadata: &fs::Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::mode(metadata)
}

#[cfg(not(unix))]
pub(crate) fn mode(_: &fs::Metadata) -> u32 {
    0
}

/// Writes it in one step: whoever reads meanwhile sees what was there before, or what is there after.
///
/// # Errors
///
/// It cannot be written, and is as it was.
pub(crate) fn write(path: &Path, text: &str) -> io::Result<()> {
    let new = path.with_extension(format!("{}.new", std::process::id()));
    let written = path.parent().map_or(Ok(()), make_folder).and_then(|()| {
        // What a run that was killed has left is no use to anybody.
        let _ = fs::remove_file(&new);
        let mut file = create_private(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&new);
    }
    written
}

#[cfg(unix)]
fn make_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).create(path)
}

#[cfg(unix)]
fn create_private(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

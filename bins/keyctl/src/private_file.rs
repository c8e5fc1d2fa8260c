//! Files that only whoever runs this may read: they hold what lets one in.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::credentials::Surroundings;
use crate::exit::Failure;

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

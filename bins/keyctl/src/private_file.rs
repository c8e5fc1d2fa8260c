//! Files that only whoever runs this may read: they hold what lets one in.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write as _};
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
    const LONGEST: usize = 1_024 * 1_024;
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a file"));
    }
    let bytes = read_all(file, LONGEST)?;
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

/// Everything there is, if it is not more than `most`. A buffer that has become too small is wiped when its content has moved
/// on.
///
/// # Errors
///
/// It cannot be read, or is longer.
pub(crate) fn read_all(mut input: impl Read, most: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(vec![0; 64 * 1_024]);
    let mut length = 0;
    loop {
        let room = bytes.get_mut(length..).unwrap_or_default();
        if room.is_empty() {
            if length >= most {
                let message = format!("it is longer than {} MiB", most / (1_024 * 1_024));
                return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
            }
            let mut larger = Zeroizing::new(vec![0; 2 * length]);
            larger.iter_mut().zip(bytes.iter()).for_each(|(to, from)| *to = *from);
            bytes = larger;
            continue;
        }
        match input.read(room) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    // The rest is zeros, and stays in the buffer.
    bytes.truncate(length);
    Ok(bytes)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives what it has a few bytes at a time, and is interrupted in between.
    struct Slowly<'a>(&'a [u8], bool);

    impl Read for Slowly<'_> {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            if self.1 {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let length = to.len().min(997);
            self.0.read(&mut to[..length])
        }
    }

    #[test]
    fn everything_is_read_however_slowly_it_comes_and_not_without_end() {
        let bytes: Vec<u8> = (0..300_000_u32).map(|n| n.to_le_bytes()[0]).collect();
        for length in [0, 1, 65_535, 65_536, 65_537, 300_000] {
            let all = &bytes[..length];
            assert_eq!(read_all(Slowly(all, false), 1_024 * 1_024).unwrap().as_slice(), all);
        }
        let endless = read_all(io::repeat(b'x'), 1_024 * 1_024);
        assert_eq!(endless.unwrap_err().to_string(), "it is longer than 1 MiB");
    }
}

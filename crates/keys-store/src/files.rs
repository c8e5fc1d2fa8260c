//! Files and folders that only their owner may read.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;
#[cfg(feature = "sqlite")]
use std::path::PathBuf;

/// Whether group or others have any right at a file: its permission bits, if so.
#[cfg(unix)]
pub(crate) fn too_open(metadata: &fs::Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = metadata.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

/// Permission bits are known on Unix only; elsewhere the folder's access list is what protects the file.
#[cfg(not(unix))]
pub(crate) fn too_open(_: &fs::Metadata) -> Option<u32> {
    None
}

/// Makes a file that must not be there yet, 0600 whatever the umask is.
pub(crate) fn create_new(path: &Path) -> io::Result<File> {
    let file = private(OpenOptions::new().write(true).create_new(true)).open(path)?;
    restrict(path)?;
    Ok(file)
}

/// Opens a file for writing without emptying it, and makes it, 0600, if it is not there.
#[cfg(feature = "sqlite")]
pub(crate) fn open_or_create(path: &Path) -> io::Result<File> {
    let file = private(OpenOptions::new().read(true).write(true).create(true).truncate(false)).open(path)?;
    restrict(path)?;
    Ok(file)
}

/// Takes every right at a file from group and others, if they have any.
pub(crate) fn restrict(path: &Path) -> io::Result<()> {
    if too_open(&fs::metadata(path)?).is_none() {
        return Ok(());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;

        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

/// Makes a folder and those above it as needed, each 0700. One that is there stays as it is.
pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;

        builder.mode(0o700);
    }
    builder.create(path)
}

/// The folder a file is in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// Makes the names in a folder durable: without it a new or renamed file may be gone after a power cut.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(path)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// The path with something appended to its last part: `keys.sqlite3` and `.lock` make `keys.sqlite3.lock`.
#[cfg(feature = "sqlite")]
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;

        options.mode(0o600);
    }
    options
}

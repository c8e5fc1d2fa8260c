//! The search of one file, block by block.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use keys_core::{Finder, Finding};

/// How much is read at once.
pub(super) const BLOCK: usize = 256 * 1_024;

/// What a file has come to. What was found before an error counts.
pub(super) struct Searched {
    pub(super) findings: Vec<Finding>,
    /// Whether it is none of lines.
    pub(super) binary: bool,
    pub(super) error: Option<io::Error>,
}

/// Opens a file.
///
/// # Errors
///
/// It cannot be opened, or has become a folder.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    Ok(file)
}

/// Searches what is read, to its end or to an error.
pub(super) fn search(mut reader: impl Read, buffer: &mut [u8]) -> Searched {
    let mut finder = Finder::new();
    let mut searched = Searched { findings: Vec::new(), binary: false, error: None };
    let mut looked_at = 0;
    loop {
        match reader.read(buffer) {
            Ok(0) => break,
            Ok(length) => {
                let block = buffer.get(..length).unwrap_or_default();
                let head = block.get(..length.min(HEAD - looked_at)).unwrap_or_default();
                searched.binary |= head.contains(&0);
                looked_at += head.len();
                searched.findings.extend(finder.feed(block));
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                searched.error = Some(error);
                break;
            }
        }
    }
    searched.findings.extend(finder.finish());
    searched
}

/// How much of a file is looked at for a zero byte, which text has none of; as Git does.
const HEAD: usize = 8_000;

//! Every file below some paths, in an order that depends on their names only.
//!
//! The standard library does: what packages for this bring beside is the rules of `.gitignore`, and what those hide is
//! what most needs to be searched.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern};

use crate::exit::{Exit, Failure};

/// What a walk comes by.
#[derive(Debug)]
pub(super) enum Step {
    /// A file, to be searched.
    File(PathBuf),
    /// Standard input, to be searched.
    StandardInput,
    /// What cannot be looked at.
    Unreadable(PathBuf, io::Error),
}

/// Something to walk over.
#[derive(Debug)]
pub(super) enum Node {
    /// A folder, and all below it.
    Folder(PathBuf),
    /// A step.
    Step(Step),
}

/// What the paths are. They may be symbolic links, and pipes.
///
/// # Errors
///
/// [`Exit::NotFound`] when one is not there.
pub(super) fn roots(paths: &[PathBuf]) -> Result<Vec<Node>, Failure> {
    paths.iter().map(|path| root(path)).collect()
}

fn root(path: &Path) -> Result<Node, Failure> {
    if path == Path::new("-") {
        return Ok(Node::Step(Step::StandardInput));
    }
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => Ok(Node::Folder(path.to_owned())),
        Ok(_) => Ok(Node::Step(Step::File(path.to_owned()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(Failure::new(Exit::NotFound, format!("there is no {}", super::shown(path)))
                .hint("nothing was searched"))
        }
        Err(error) => Ok(Node::Step(Step::Unreadable(path.to_owned(), error))),
    }
}

/// Takes every step there is but those that are excluded, unless one fails.
///
/// # Errors
///
/// The failure of that step.
pub(super) fn walk(
    roots: Vec<Node>,
    exclude: &[Pattern],
    take: &mut dyn FnMut(Step) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut ahead = roots;
    ahead.reverse();
    while let Some(node) = ahead.pop() {
        match node {
            Node::Step(step) => take(step)?,
            Node::Folder(path) => {
                // The last is taken first.
                let mut inside = entries(&path);
                inside.retain(|node| !is_excluded(name(node), exclude));
                inside.sort_by(|one, other| name(other).cmp(name(one)));
                ahead.extend(inside);
            }
        }
    }
    Ok(())
}

/// Whether a pattern is the name of this path, or with a separator in it the path itself, as it is shown but for `./`.
fn is_excluded(path: &Path, exclude: &[Pattern]) -> bool {
    const OPTIONS: MatchOptions = MatchOptions {
        case_sensitive: true,
        require_literal_separator: true,
        require_literal_leading_dot: false,
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let whole = path.strip_prefix(".").unwrap_or(path).to_string_lossy();
    exclude.iter().any(|pattern| {
        let text = if pattern.as_str().contains('/') { &whole } else { &name };
        pattern.matches_with(text, OPTIONS)
    })
}

/// What is in a folder: its files and folders, and what cannot be looked at. No symbolic links, devices, sockets or pipes.
fn entries(folder: &Path) -> Vec<Node> {
    let unreadable = |error| Node::Step(Step::Unreadable(folder.to_owned(), error));
    match fs::read_dir(folder) {
        Err(error) => vec![unreadable(error)],
        Ok(entries) => entries
            .filter_map(|entry| match entry {
                Ok(entry) => node(&entry),
                Err(error) => Some(unreadable(error)),
            })
            .collect(),
    }
}

fn node(entry: &fs::DirEntry) -> Option<Node> {
    match entry.file_type() {
        Ok(kind) if kind.is_dir() => Some(Node::Folder(entry.path())),
        Ok(kind) if kind.is_file() => Some(Node::Step(Step::File(entry.path()))),
        Ok(_) => None,
        Err(error) => Some(Node::Step(Step::Unreadable(entry.path(), error))),
    }
}

fn name(node: &Node) -> &Path {
    match node {
        Node::Folder(path) | Node::Step(Step::File(path) | Step::Unreadable(path, _)) => path,
        Node::Step(Step::StandardInput) => Path::new("-"),
    }
}

//! What the figures were taken on, and what is taken of the system: memory, disk, load.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::process::Command;
use std::thread;

use crate::clock::Clock;
use crate::figure::{Figure, Unit};

/// Commit, date and machine in one line.
#[must_use]
pub fn line() -> String {
    let date = said("date", &["-u", "+%F %H:%M UTC"]);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default();
    format!("commit {}, {date}, {}, load {load}", commit(), processors())
}

/// The commit the working directory stands at, with a plus when there is more in it than was committed.
#[must_use]
pub fn commit() -> String {
    let changed = !said("git", &["status", "--porcelain", "--untracked-files=no"]).is_empty();
    format!("{}{}", said("git", &["rev-parse", "--short=12", "HEAD"]), if changed { "+" } else { "" })
}

/// How many processors of which model.
#[must_use]
pub fn processors() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = text.lines().find(|line| line.split(':').next().is_some_and(|key| key.trim() == name));
        line.and_then(|line| line.split(':').nth(1)).map_or("?", str::trim)
    };
    let count = thread::available_parallelism().map_or(1, usize::from);
    format!("{count} × {} (family {} model {})", field("model name"), field("cpu family"), field("model"))
}

/// The memory of the machine in bytes, if it can be told.
#[must_use]
pub fn memory() -> Option<u64> {
    kibibytes("/proc/meminfo", "MemTotal:")
}

/// The system's kernel.
#[must_use]
pub fn kernel() -> String {
    said("uname", &["-sr"])
}

/// The compiler.
#[must_use]
pub fn compiler() -> String {
    said("rustc", &["--version"])
}

/// How much memory this process has resident, in bytes, if it can be told.
#[must_use]
pub fn resident() -> Option<u64> {
    kibibytes("/proc/self/status", "VmRSS:")
}

fn kibibytes(path: &str, field: &str) -> Option<u64> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(field))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
}

/// How long it takes in this folder until 4 KiB behind the end of a file are durable.
///
/// # Errors
///
/// That of the file system.
pub fn fsync(folder: &Path, rounds: usize) -> io::Result<Figure> {
    let path = folder.join("fsync.bench");
    let mut file = File::create(&path)?;
    let mut samples = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        file.write_all(&[0xa5; 4096])?;
        let begin = Clock::of_wall();
        file.sync_data()?;
        samples.push(begin.seconds());
    }
    fs::remove_file(&path)?;
    Ok(Figure::of("fdatasync of 4 KiB", Unit::Microseconds, samples))
}

/// What a program says on one line, or a question mark.
fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let said = output.ok().filter(|output| output.status.success()).map(|output| output.stdout);
    said.map_or_else(|| "?".to_owned(), |said| String::from_utf8_lossy(&said).trim().to_owned())
}

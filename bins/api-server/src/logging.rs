//! The log: one event a line, on stderr, nothing on stdout.

use std::io;

use tracing::Level;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Layer as _, fmt, registry};

use crate::config::LogFormat;

/// The rooms of this workspace, and the two names under which `keys-http` tells of requests and connections. Events of
/// other crates are logged from `warn` on only: at finer levels a library may print what it carries, and it carries
/// credentials.
const OURS: [&str; 6] = ["api_server", "keys_http", "keys_service", "keys_store", "request", "connection"];

/// Sends all events to stderr from now on.
///
/// # Errors
///
/// When there is a subscriber already, which is a defect.
pub(crate) fn install(
    format: LogFormat,
    level: Level,
) -> Result<(), tracing::subscriber::SetGlobalDefaultError> {
    let targets = OURS
        .into_iter()
        .fold(Targets::new().with_default(LevelFilter::WARN.min(level.into())), |targets, room| {
            targets.with_target(room, level)
        });
    // No colours: a log is read by programs, and text from outside must not be able to forge them.
    let lines = fmt::layer().with_writer(io::stderr).with_ansi(false);
    match format {
        LogFormat::Text => {
            tracing::subscriber::set_global_default(registry().with(lines.with_filter(targets)))
        }
        LogFormat::Json => {
            tracing::subscriber::set_global_default(registry().with(lines.json().with_filter(targets)))
        }
    }
}

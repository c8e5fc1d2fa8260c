//! The set-up token: how whoever can read the server's files becomes its first administrator.
//!
//! It is made at each start of an installation that others can reach and that nobody has set up, and stands in a file for
//! the server's user alone. The server itself keeps the hash only. The file goes when the token is used, when it expires,
//! when the server stops, and at the latest at the next start.

use std::fs::{self, File, OpenOptions};
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use getrandom::SysRng;
use keys_core::{AccessControl, SetUpToken};
use keys_http::Clock as _;
use keys_service::{Authority, SetUpDoor};

use crate::clock::ServerClock;
use crate::start::StartError;

/// The name of the file, in the data directory.
const FILE: &str = "setup-token";

/// How often it is looked whether the token can still be used.
const LOOK: Duration = Duration::from_secs(1);

/// A token in its file, and the door it opens. Dropped, the file goes.
#[derive(Debug)]
pub(crate) struct SetUp {
    path: PathBuf,
    door: Arc<SetUpDoor>,
}

impl SetUp {
    /// Makes a token, leaves it in the data directory, and shows it to whoever sits in front of the server.
    ///
    /// # Errors
    ///
    /// [`StartError::Random`] or [`StartError::SetUpToken`].
    pub(crate) fn offer(data_dir: &Path, clock: &ServerClock) -> Result<Self, StartError> {
        let token = SetUpToken::generate(&mut SysRng).map_err(|error| StartError::Random(error.into()))?;
        let path = data_dir.join(FILE);
        let text = token.expose_text();
        write(&path, &text).map_err(|source| StartError::SetUpToken { path: path.clone(), source })?;
        let offered = Self { path, door: Arc::new(SetUpDoor::new(&token, clock.now())) };
        tracing::warn!(
            file = %offered.path.display(),
            "nobody administers this server yet: open /setup on it, or run `keyctl setup`, with the token in this file, \
             within 30 minutes; nothing else is answered until then"
        );
        let mut terminal = io::stderr();
        if terminal.is_terminal() {
            // Whoever reads the terminal could read the file as well; a log that is collected is another matter.
            let _ = writeln!(terminal, "set-up token: {}", *text);
        }
        Ok(offered)
    }

    /// The door.
    pub(crate) fn door(&self) -> Arc<SetUpDoor> {
        Arc::clone(&self.door)
    }

    /// Where the token stands.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Takes the file away once the token can no longer be used.
    pub(crate) async fn watch(self, authority: Arc<Authority>, clock: Arc<ServerClock>) {
        while self.door.is_open(clock.now()) && authority.access_control() == AccessControl::Off {
            tokio::time::sleep(LOOK).await;
        }
        if authority.access_control() == AccessControl::Off {
            tracing::warn!("the set-up token has expired: start the server again for a new one");
        }
    }
}

impl Drop for SetUp {
    fn drop(&mut self) {
        // Without the server it opens nothing; if it cannot be removed, the next start does.
        let _ = fs::remove_file(&self.path);
    }
}

/// Takes away what an earlier start may have left.
pub(crate) fn forget(data_dir: &Path) -> Result<(), StartError> {
    let path = data_dir.join(FILE);
    match fs::remove_file(&path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(StartError::SetUpToken { path, source }),
    }
}

/// A new file for its user alone from its first instant on.
fn write(path: &Path, token: &str) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;

    let mut file: File = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(token.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

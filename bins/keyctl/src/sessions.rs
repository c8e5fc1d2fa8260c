//! The sessions of people who have logged in: one for each server, in a file that only they can read.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use keys_api::client::{BaseUrl, SecretText};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

use crate::credentials::Surroundings;
use crate::exit::{Exit, Failure};
use crate::private_file::{self, check_private, read_private};

/// The file of sessions.
#[derive(Debug, Clone)]
pub(crate) struct Sessions {
    path: PathBuf,
}

/// What is kept of a session, for each API.
type Kept = BTreeMap<String, One>;

#[derive(Serialize, Deserialize)]
struct One {
    login: String,
    token: String,
}

impl Drop for One {
    fn drop(&mut self) {
        self.token.zeroize();
    }
}

impl Sessions {
    /// The file of whoever runs this: `keyctl/sessions.json` below `XDG_CONFIG_HOME`, else below `~/.config`. `None` when
    /// neither says where that is.
    ///
    /// # Errors
    ///
    /// A variable is not text.
    pub(crate) fn of(surroundings: &Surroundings<'_>) -> Result<Option<Self>, Failure> {
        let folder = private_file::folder(surroundings)?;
        Ok(folder.map(|folder| Self { path: folder.join("sessions.json") }))
    }

    /// The token of the session with a server, if there is one.
    ///
    /// # Errors
    ///
    /// [`Exit::Usage`] when the file is damaged or others can read it.
    pub(crate) fn token(&self, url: &BaseUrl) -> Result<Option<SecretText>, Failure> {
        Ok(self.read()?.get(&url.api()).map(|one| SecretText::new(one.token.as_str())))
    }

    /// Keeps the session with a server, in place of the one before.
    ///
    /// # Errors
    ///
    /// As [`token`](Self::token), or the file cannot be written.
    pub(crate) fn keep(&self, url: &BaseUrl, login: &str, token: &SecretText) -> Result<(), Failure> {
        let mut kept = self.read()?;
        kept.insert(url.api(), One { login: login.to_owned(), token: token.expose().to_owned() });
        self.write(&kept)
    }

    /// Forgets the session with a server.
    ///
    /// # Errors
    ///
    /// As [`keep`](Self::keep).
    pub(crate) fn forget(&self, url: &BaseUrl) -> Result<(), Failure> {
        let mut kept = self.read()?;
        match kept.remove(&url.api()) {
            Some(_) => self.write(&kept),
            None => Ok(()),
        }
    }

    fn read(&self) -> Result<Kept, Failure> {
        let (text, mode) = match read_private(&self.path) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Kept::new()),
            Err(error) => return Err(self.failed("read", &error)),
        };
        check_private(&self.path, mode)?;
        serde_json::from_str(&text).map_err(|_| {
            Failure::new(Exit::Usage, format!("{} holds no sessions that keyctl knows", self.path.display()))
                .hint("delete it and log in again")
        })
    }

    fn write(&self, kept: &Kept) -> Result<(), Failure> {
        // A map of texts has no way to fail.
        let text = Zeroizing::new(serde_json::to_string(kept).unwrap_or_default());
        private_file::write(&self.path, &text)
            .map_err(|error| self.failed("written", &error).ending_with(Exit::Failure))
    }

    fn failed(&self, what: &str, error: &io::Error) -> Failure {
        Failure::new(Exit::Usage, format!("{} cannot be {what}: {error}", self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    use super::*;

    fn url(text: &str) -> BaseUrl {
        text.parse().expect("a URL")
    }

    fn token(sessions: &Sessions, at: &str) -> Result<Option<String>, String> {
        let token = sessions.token(&url(at)).map_err(|failure| failure.to_string())?;
        Ok(token.map(|token| token.expose().to_owned()))
    }

    #[test]
    fn each_server_has_its_session() {
        let folder = tempfile::tempdir().expect("a folder");
        let sessions = Sessions { path: folder.path().join("keyctl").join("sessions.json") };
        let (here, there) = ("http://127.0.0.1:8080", "https://keys.example");
        assert_eq!(token(&sessions, here), Ok(None));
        sessions.forget(&url(here)).expect("nothing to forget");
        assert!(!sessions.path.exists(), "and nothing is made for it");
        sessions.keep(&url(here), "ada", &SecretText::new("one")).expect("a write");
        sessions.keep(&url(there), "ada", &SecretText::new("two")).expect("a write");
        sessions.keep(&url(here), "ada", &SecretText::new("three")).expect("a write");
        assert_eq!(token(&sessions, here), Ok(Some("three".into())));
        assert_eq!(token(&sessions, "http://127.0.0.1:8080/v1/projects/1a5"), Ok(Some("three".into())));
        assert_eq!(token(&sessions, "http://127.0.0.1:8081"), Ok(None));
        sessions.forget(&url(here)).expect("a write");
        assert_eq!((token(&sessions, here), token(&sessions, there)), (Ok(None), Ok(Some("two".into()))));
        let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
        assert_eq!(mode(&sessions.path), 0o600);
        let folder = sessions.path.parent().expect("a folder");
        assert_eq!(mode(folder), 0o700);
        assert_eq!(fs::read_dir(folder).expect("a folder").count(), 1, "nothing else is left behind");
    }

    #[test]
    fn a_file_that_others_can_read_or_nobody_understands_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let sessions = Sessions { path: folder.path().join("sessions.json") };
        let here = url("http://127.0.0.1:8080");
        sessions.keep(&here, "ada", &SecretText::new("hush")).expect("a write");
        for mode in [0o640, 0o604, 0o620] {
            fs::set_permissions(&sessions.path, fs::Permissions::from_mode(mode)).expect("a mode");
            let failure = token(&sessions, "http://127.0.0.1:8080").expect_err("it is refused");
            assert!(failure.contains("can be read by others") && failure.contains("chmod 600"), "{failure}");
            assert!(sessions.keep(&here, "ada", &SecretText::new("other")).is_err());
        }
        for text in ["", "[]", "{\"a\":1}"] {
            fs::write(&sessions.path, text).expect("a write");
            fs::set_permissions(&sessions.path, fs::Permissions::from_mode(0o600)).expect("a mode");
            let failure = token(&sessions, "http://127.0.0.1:8080").expect_err("it is refused");
            assert!(failure.contains("holds no sessions"), "{failure}");
        }
    }
}

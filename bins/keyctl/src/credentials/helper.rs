//! A program that tells a secret, such as a password manager: run without a shell, its first line is the secret.

use std::io::{self, Read as _};
use std::process::{Child, Command, Stdio};

use zeroize::Zeroizing;

use crate::exit::{Exit, Failure};

/// The most that it may say. A secret is short; what goes on and on is another program than was meant.
const MOST: u64 = 64 * 1_024;

/// A program and its arguments, as a variable of the environment says them: parted by blanks, or as a list in JSON where a
/// word has blanks in it. There is no shell, so nothing else means anything.
///
/// # Errors
///
/// [`Exit::Usage`].
pub(crate) fn words(text: &str, source: &str) -> Result<Vec<String>, Failure> {
    let words: Vec<String> = if text.trim_start().starts_with('[') {
        serde_json::from_str(text).map_err(|_| {
            Failure::new(Exit::Usage, format!("{source} is no list of words"))
                .hint("[\"pass\",\"show\",\"the ci key\"], or words parted by blanks")
        })?
    } else {
        text.split_whitespace().map(str::to_owned).collect()
    };
    if words.is_empty() {
        return Err(Failure::new(Exit::Usage, format!("{source} names no program")));
    }
    Ok(words)
}

/// What the program says in its first line. It has our standard error, so that it can ask on the terminal, and no standard
/// input, which may hold something else.
///
/// # Errors
///
/// [`Exit::Usage`]: it cannot be run, does not end well, or says nothing or too much. What it said is not repeated.
pub(super) fn tell(words: &[String]) -> Result<Zeroizing<String>, Failure> {
    let Some((program, arguments)) = words.split_first() else {
        return Err(Failure::new(Exit::Usage, "the secret command names no program"));
    };
    let refused = |why: &str| {
        Failure::new(Exit::Usage, format!("the secret command {program} {why}; nothing was asked"))
    };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|error| refused(&format!("cannot be run: {error}")))?;
    let said = listen(&mut child).map_err(|error| refused(&format!("cannot be read: {error}")))?;
    let Some(said) = said else {
        let _ = child.kill();
        let _ = child.wait();
        return Err(refused("says more than a secret"));
    };
    let status = child.wait().map_err(|error| refused(&format!("cannot be waited for: {error}")))?;
    if !status.success() {
        return Err(refused(&format!("failed: {status}")));
    }
    let line = said.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = std::str::from_utf8(line).map_err(|_| refused("says what is no text"))?;
    let line = line.trim_end_matches('\r');
    if line.is_empty() {
        Err(refused("says nothing in its first line"))
    } else {
        Ok(Zeroizing::new(line.to_owned()))
    }
}

/// All that it says; `None` when that is too much.
fn listen(child: &mut Child) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    // With room for everything, so that no copy of it stays behind.
    let mut said = Zeroizing::new(Vec::with_capacity(MOST as usize + 1));
    if let Some(stdout) = child.stdout.take() {
        stdout.take(MOST + 1).read_to_end(&mut said)?;
    }
    Ok(Some(said).filter(|said| said.len() as u64 <= MOST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(script: &str) -> Result<String, String> {
        let words = ["/bin/sh", "-c", script].map(str::to_owned);
        tell(&words).map(|line| line.as_str().to_owned()).map_err(|failure| failure.to_string())
    }

    #[test]
    fn its_first_line_is_the_secret() {
        for script in
            ["echo hush", "printf hush", "printf 'hush\\r\\nlogin: ci\\n'", "read nothing; echo hush"]
        {
            assert_eq!(run(script), Ok("hush".to_owned()), "{script}");
        }
    }

    #[test]
    fn what_does_not_end_well_is_refused_and_not_repeated() {
        for (script, why) in [
            ("echo hush; exit 3", "failed: exit status: 3"),
            ("echo hush; kill -9 $$", "failed: signal: 9"),
            ("exit 0", "says nothing in its first line"),
            ("echo; echo hush", "says nothing in its first line"),
            ("printf '\\377hush\\n'", "says what is no text"),
            ("while :; do echo hush; done", "says more than a secret"),
        ] {
            let refused = run(script).expect_err(script);
            assert!(refused.starts_with(&format!("keyctl: the secret command /bin/sh {why}")), "{refused}");
            assert!(!refused.contains("hush"), "{refused}");
        }
        let nothing = tell(&["/nowhere/pass".to_owned()]).expect_err("it is not there").to_string();
        assert!(nothing.contains("the secret command /nowhere/pass cannot be run"), "{nothing}");
    }

    #[test]
    fn words_are_parted_by_blanks_or_are_a_list() {
        let parted = |text: &str| words(text, "KEYCTL_SECRET_COMMAND").map_err(|failure| failure.to_string());
        assert_eq!(parted(" pass  show ci "), Ok(["pass", "show", "ci"].map(str::to_owned).to_vec()));
        assert_eq!(parted("[\"pass\", \"the ci\"]"), Ok(["pass", "the ci"].map(str::to_owned).to_vec()));
        for text in ["[", "[1]", "[]", "  "] {
            assert!(parted(text).is_err_and(|refused| refused.contains("KEYCTL_SECRET_COMMAND")), "{text:?}");
        }
    }
}

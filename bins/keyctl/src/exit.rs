//! How a run ends: the documented exit codes, and the one line that says why.

use std::fmt;
use std::process::ExitCode;

use keys_core::access_key::Shape;
use keys_core::{Credential, Finder, SecretKey};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::output::escape::one_line;

/// Why a run failed, as a number for scripts. The numbers are for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 1: it failed, and none of the others says better why.
    Failure,
    /// 2: the command line, the environment or a file it names is wrong.
    Usage,
    /// 3: no such key, environment or database.
    NotFound,
    /// 4: not authenticated, or not allowed.
    NotAllowed,
    /// 5: what is there stands against it: an illegal transition, or a database that a server owns.
    Conflict,
    /// 6: the API key that was to be verified is not valid.
    NotValid,
    /// 7: the authority was not reached or has no time now; try again.
    Unreachable,
    /// 130: somebody interrupted it, which shells expect to see so.
    Interrupted,
}

impl Exit {
    /// The number.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Failure => 1,
            Self::Usage => 2,
            Self::NotFound => 3,
            Self::NotAllowed => 4,
            Self::Conflict => 5,
            Self::NotValid => 6,
            Self::Unreachable => 7,
            Self::Interrupted => 130,
        }
    }

    /// The word for the number in JSON, for ever.
    const fn word(self) -> &'static str {
        match self {
            Self::Failure => "failure",
            Self::Usage => "usage",
            Self::NotFound => "notFound",
            Self::NotAllowed => "notAllowed",
            Self::Conflict => "conflict",
            Self::NotValid => "notValid",
            Self::Unreachable => "unreachable",
            Self::Interrupted => "interrupted",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.number())
    }
}

/// Why a run failed: for the exit code, for the reader, and what to do about it.
///
/// Holds no secret: what is typed where a secret must not be typed is blotted out before it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    exit: Exit,
    message: String,
    hint: Option<String>,
    already_so: bool,
    /// What it consists of, each on a line of its own.
    problems: Vec<String>,
}

impl Failure {
    /// A failure with a message that completes `keyctl: …`.
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), hint: None, already_so: false, problems: Vec::new() }
    }

    /// The refusal of a change that leads where the thing already is.
    pub(crate) fn already_so(message: impl Into<String>) -> Self {
        Self { already_so: true, ..Self::new(Exit::Conflict, message) }
            .hint("--idempotent takes that as success")
    }

    /// The failure with what to do about it.
    #[must_use]
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The failure with another exit code.
    #[must_use]
    pub(crate) fn ending_with(self, exit: Exit) -> Self {
        Self { exit, ..self }
    }

    /// The failure, seen from a wider view: `context: message`.
    #[must_use]
    pub(crate) fn within(self, context: impl fmt::Display) -> Self {
        Self { message: format!("{context}: {}", self.message), ..self }
    }

    /// The failure with one more fact at the end of its message.
    #[must_use]
    pub(crate) fn and(self, fact: impl fmt::Display) -> Self {
        Self { message: format!("{}; {fact}", self.message), ..self }
    }

    /// What happened.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// The failure with what it consists of, each for a line of its own.
    #[must_use]
    pub(crate) fn with_problems(self, problems: impl IntoIterator<Item = impl fmt::Display>) -> Self {
        Self { problems: problems.into_iter().map(|problem| problem.to_string()).collect(), ..self }
    }

    /// The exit code.
    pub(crate) const fn exit(&self) -> Exit {
        self.exit
    }

    /// Whether the thing already was where the change leads.
    pub(crate) const fn is_already_so(&self) -> bool {
        self.already_so
    }

    /// The failure as one line of JSON.
    pub(crate) fn to_json(&self) -> String {
        let failure = JsonFailure {
            code: self.exit.word(),
            exit_code: self.exit.number(),
            message: public(&self.message),
            hint: self.hint.as_deref().map(public),
            problems: self.problems.iter().map(|problem| public(problem)).collect(),
        };
        crate::output::json::line(&failure)
    }
}

/// The failure as one line of text, and one more for each thing that it consists of.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "keyctl: {}", public(&self.message))?;
        if let Some(hint) = &self.hint {
            write!(f, " (hint: {})", public(hint))?;
        }
        self.problems.iter().try_for_each(|problem| write!(f, "\n  {}", public(problem)))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonFailure {
    code: &'static str,
    exit_code: u8,
    message: String,
    hint: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<String>,
}

/// The text as one line that moves no cursor and shows no secret key.
pub(crate) fn public(text: &str) -> String {
    blot_secrets(&one_line(text))
}

/// Blots out every secret key and joined pair: somebody typed it where it does not belong. Ours tell themselves wherever
/// they stand, those of Rancher v1 as words only.
fn blot_secrets(text: &str) -> String {
    let text = without_findings(text);
    let mut blotted = Zeroizing::new(String::with_capacity(text.len()));
    for piece in text.split_inclusive(|character: char| !is_word(character)) {
        let word = piece.trim_end_matches(|character: char| !is_word(character));
        if is_secret(word) {
            blotted.push_str("(secret)");
            blotted.extend(piece.strip_prefix(word));
        } else {
            blotted.push_str(piece);
        }
    }
    blotted.as_str().to_owned()
}

fn without_findings(text: &str) -> Zeroizing<String> {
    let mut blotted = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = 0;
    for finding in Finder::find(text.as_bytes()) {
        // A secret is ASCII, so it begins and ends with a character.
        let begin = usize::try_from(finding.offset).unwrap_or(usize::MAX);
        blotted.push_str(text.get(rest..begin).unwrap_or_default());
        blotted.push_str("(secret)");
        rest = begin.saturating_add(finding.length);
    }
    blotted.push_str(text.get(rest..).unwrap_or_default());
    blotted
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

fn is_secret(word: &str) -> bool {
    SecretKey::parse_shape(word, Shape::Native).is_ok()
        || SecretKey::parse_shape(word, Shape::Rancher).is_ok()
        || Credential::parse_joined(word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> Credential {
        Credential::generate(&mut getrandom::SysRng).expect("the system has randomness")
    }

    #[test]
    fn the_numbers_are_the_documented_ones() {
        let numbers = [
            (Exit::Failure, 1),
            (Exit::Usage, 2),
            (Exit::NotFound, 3),
            (Exit::NotAllowed, 4),
            (Exit::Conflict, 5),
            (Exit::NotValid, 6),
            (Exit::Unreachable, 7),
            (Exit::Interrupted, 130),
        ];
        for (exit, number) in numbers {
            assert_eq!(exit.number(), number);
        }
    }

    #[test]
    fn a_failure_is_one_line_of_text_or_of_json() {
        let failure = Failure::new(Exit::NotFound, "no key 1c7\nfound").hint("keyctl list");
        assert_eq!(failure.to_string(), r"keyctl: no key 1c7\nfound (hint: keyctl list)");
        assert_eq!(
            failure.to_json(),
            r#"{"code":"notFound","exitCode":3,"message":"no key 1c7\\nfound","hint":"keyctl list"}"#
        );
    }

    #[test]
    fn a_secret_in_a_message_is_blotted_out() {
        let pair = pair();
        let joined = pair.expose_joined();
        let rancher = "6m9KzAbCdEfGhJkLmNpQrStUvWxYz123456789ab";
        for secret in [pair.secret_key().expose(), joined.as_str(), rancher] {
            let failure = Failure::new(Exit::Usage, format!("unexpected argument '{secret}' found"));
            assert_eq!(failure.to_string(), "keyctl: unexpected argument '(secret)' found");
            assert!(!failure.to_json().contains(secret));
        }
    }

    #[test]
    fn a_secret_inside_a_longer_word_is_blotted_out_too() {
        let pair = pair();
        let secret = pair.secret_key().expose();
        let access_key = pair.access_key();
        for (text, shown) in [
            (format!("--name=x{secret}y"), "--name=x(secret)y"),
            (format!("/run/{access_key}:{secret}@host"), "/run/(secret)@host"),
            (format!("%3A{secret}%0A ü {secret}"), "%3A(secret)%0A ü (secret)"),
        ] {
            assert_eq!(Failure::new(Exit::Usage, text).to_string(), format!("keyctl: {shown}"));
        }
    }

    #[test]
    fn words_that_are_no_secret_stay() {
        let access_key = pair().access_key();
        let failure = Failure::new(Exit::NotFound, format!("no key {access_key}"));
        assert_eq!(failure.to_string(), format!("keyctl: no key {access_key}"));
    }
}

//! Command lines that are not understood: what is said of them, and what to type in their place.
//!
//! Many people know other tools first. What those tools would call a thing leads to what it is called here; it does not
//! do it, so that scripts have one name for each thing.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory as _};

use crate::cli::CommandLine;
use crate::exit::{Exit, Failure};

/// `help COMMAND…` is `COMMAND… --help`, and `version` is `--version`, as other tools have them.
pub(crate) fn as_options(mut arguments: Vec<OsString>) -> Vec<OsString> {
    match arguments.get(1).and_then(|word| word.to_str()) {
        Some("help") => {
            arguments.remove(1);
            arguments.push("--help".into());
        }
        Some("version") if arguments.len() == 2 => {
            arguments.remove(1);
            arguments.push("--version".into());
        }
        Some(_) | None => {}
    }
    arguments
}

/// What is said of a command line that clap did not understand: one line, as of all errors.
pub(crate) fn failure(error: &clap::Error, arguments: &[OsString]) -> Failure {
    let root = CommandLine::command();
    let typed = Typed::of(&root, arguments);
    let text = error.to_string();
    let hint = instead(error, &typed).or_else(|| tip(&text).map(str::to_owned));
    Failure::new(Exit::Usage, first_paragraph(&text)).hint(hint.unwrap_or_else(|| typed.help()))
}

/// The command that was typed, as far as it is one.
struct Typed<'a> {
    command: &'a Command,
    words: Vec<&'a str>,
}

impl<'a> Typed<'a> {
    fn of(root: &'a Command, arguments: &[OsString]) -> Self {
        let mut typed = Self { command: root, words: vec![root.get_name()] };
        for argument in arguments.iter().skip(1).filter_map(|argument| argument.to_str()) {
            if let Some(below) = typed.command.find_subcommand(argument) {
                typed.words.push(below.get_name());
                typed.command = below;
            }
        }
        typed
    }

    /// Where to read on.
    fn help(&self) -> String {
        format!("{} --help", self.words.join(" "))
    }

    /// Where a person finds the ids that a place of the command line wants.
    fn listing(&self, place: &str) -> Option<&'static str> {
        let is_of_environments = self.words.get(1) == Some(&"env") && place.contains("ID");
        if place.contains("KEY") {
            Some("keyctl list shows the ids, --name TEXT finds a key by its name")
        } else if place.to_ascii_lowercase().contains("environment") || is_of_environments {
            Some("keyctl env list shows the ids")
        } else if place.contains("ACCOUNT") {
            Some("keyctl user list shows the ids")
        } else {
            None
        }
    }
}

/// What somebody who typed this meant, where it can be told.
fn instead(error: &clap::Error, typed: &Typed<'_>) -> Option<String> {
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let word = context(error, ContextKind::InvalidSubcommand)?;
            let found = same_elsewhere(word).find(|name| typed.command.find_subcommand(name).is_some())?;
            Some(format!("{} {found} --help", typed.words.join(" ")))
        }
        ErrorKind::UnknownArgument => {
            let is_force = ["-f", "--force"].contains(&context(error, ContextKind::InvalidArg)?);
            let asks = typed.command.get_arguments().any(|argument| argument.get_id() == "yes");
            (is_force && asks).then(|| "--yes does it without asking".to_owned())
        }
        ErrorKind::ValueValidation => {
            let place = context(error, ContextKind::InvalidArg)?;
            typed.listing(place).map(str::to_owned)
        }
        ErrorKind::InvalidValue | _ => None,
    }
}

fn context(error: &clap::Error, kind: ContextKind) -> Option<&str> {
    let ContextValue::String(text) = error.get(kind)? else { return None };
    Some(text)
}

/// What other tools, or our own for other things, call what this word is; the nearest first.
fn same_elsewhere(word: &str) -> impl Iterator<Item = &'static str> {
    const SAME: [&[&str]; 7] = [
        &["create", "add", "new", "set"],
        &["get", "show", "describe", "view", "list"],
        &["list", "ls", "status"],
        &["delete", "remove", "rm", "del"],
        &["edit", "update", "rename", "set"],
        &["activate", "enable", "unlock"],
        &["deactivate", "disable", "revoke"],
    ];
    let same = SAME.iter().find(|same| same.contains(&word));
    same.into_iter().flat_map(|same| same.iter().copied())
}

/// The first paragraph of what clap says.
fn first_paragraph(text: &str) -> String {
    let said: Vec<_> = text.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
    let said = said.join(" ");
    said.strip_prefix("error: ").unwrap_or(&said).to_owned()
}

/// The tip of clap. That an option which is none can be passed as a value is true, and never what was meant.
fn tip(text: &str) -> Option<&str> {
    let tip = text.lines().find_map(|line| line.trim_start().strip_prefix("tip: "))?;
    (!tip.starts_with("to pass ")).then_some(tip)
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    fn arguments(line: &str) -> Vec<OsString> {
        std::iter::once("keyctl").chain(line.split_whitespace()).map(OsString::from).collect()
    }

    #[test]
    fn what_clap_says_becomes_one_line() {
        let said = |line: &str| {
            let arguments = arguments(line);
            let error = CommandLine::try_parse_from(&arguments).expect_err("it is none");
            failure(&error, &arguments).to_string()
        };
        assert_eq!(
            said("activate"),
            "keyctl: the following required arguments were not provided: <KEY>... (hint: keyctl activate --help)"
        );
        assert_eq!(
            said("create --nme x"),
            "keyctl: unexpected argument '--nme' found (hint: a similar argument exists: '--name')"
        );
    }

    #[test]
    fn who_typed_a_command_wrong_is_led_to_its_help() {
        let table = [
            ("", "keyctl --help"),
            ("nonsense", "keyctl --help"),
            ("-o json get 7", "keyctl get --help"),
            ("access-control mode sometimes", "keyctl access-control mode --help"),
            ("env explode", "keyctl env --help"),
            ("create --expires 0d", "keyctl create --help"),
        ];
        let root = CommandLine::command();
        for (line, help) in table {
            assert_eq!(Typed::of(&root, &arguments(line)).help(), help);
        }
    }

    #[test]
    fn help_and_version_are_words_at_the_beginning_only() {
        let table = [
            ("help", "--help"),
            ("help env create", "env create --help"),
            ("version", "--version"),
            ("version 2", "version 2"),
            ("env help", "env help"),
            ("get help", "get help"),
        ];
        for (line, meant) in table {
            assert_eq!(as_options(arguments(line)), arguments(meant));
        }
    }
}

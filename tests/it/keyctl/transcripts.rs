//! What `keyctl` is told and what it answers, as files: `tests/transcripts/*.txt`. Each is played twice, over HTTP and on a
//! database, from a fresh installation, and must be answered alike to the letter.
//!
//! ```text
//! $ get 1c99                          what is typed; `<` and a text in quotes stand for standard input
//! ! keyctl: there is no key 1c99      a line of standard error; a line of standard output stands as it is
//! = 3                                 the exit code, unless it is 0
//! ```
//!
//! `$http` and `$database` say what is typed one way only, `$alone` what asks no authority; `PAIR` stands for the first key. Access keys, secret keys and instants are written as `~`. To
//! write the answers anew, and then to read the difference: `KEYS_UPDATE_DOCS=1 cargo test -p keys-tests transcripts`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use keys_tests::server::database_in;
use keys_tests::{Keyctl, Ran, TestServer};

use super::{set_up, stable};

/// A way to reach an authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Http,
    Database,
}

/// A command of a transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Typed {
    /// Only this way; else both.
    only: Option<Way>,
    /// Whether no authority is named.
    alone: bool,
    /// As it stands in the file.
    line: String,
}

/// A part of a transcript.
#[derive(Debug)]
enum Part {
    /// A comment, or an empty line.
    Remark(String),
    /// A command; what it answers is not kept, since it is compared as text.
    Typed(Typed),
}

fn transcripts() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("transcripts");
    let entries = fs::read_dir(folder).expect("the transcripts");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    assert!(!files.is_empty());
    files
}

fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    for line in text.lines() {
        let typed = |only, line: &str| Part::Typed(Typed { only, alone: false, line: line.to_owned() });
        if let Some(line) = line.strip_prefix("$ ") {
            parts.push(typed(None, line));
        } else if let Some(line) = line.strip_prefix("$alone ") {
            parts.push(Part::Typed(Typed { only: None, alone: true, line: line.to_owned() }));
        } else if let Some(line) = line.strip_prefix("$http ") {
            parts.push(typed(Some(Way::Http), line));
        } else if let Some(line) = line.strip_prefix("$database ") {
            parts.push(typed(Some(Way::Database), line));
        } else if line.starts_with('#') || line.is_empty() {
            parts.push(Part::Remark(line.to_owned()));
        }
    }
    parts
}

/// The words of a line and what stands on standard input. Words are parted by blanks; quotes keep them together, and `\n`
/// and `\u{…}` in quotes are what they are in Rust.
fn words(line: &str) -> (Vec<String>, String) {
    let (mut words, mut word, mut quoted) = (Vec::new(), None::<String>, false);
    let mut rest = line.chars();
    while let Some(character) = rest.next() {
        match character {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            '\\' if quoted => word.get_or_insert_default().push(escaped(&mut rest)),
            ' ' if !quoted => words.extend(word.take()),
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    match words.iter().position(|word| word == "<") {
        Some(at) => {
            let input = words.split_off(at).pop().expect("an input");
            (words, input)
        }
        None => (words, String::new()),
    }
}

fn escaped(rest: &mut std::str::Chars<'_>) -> char {
    match rest.next().expect("a character behind the backslash") {
        'n' => '\n',
        't' => '\t',
        'u' => {
            let code: String = rest.skip(1).take_while(|c| *c != '}').collect();
            u32::from_str_radix(&code, 16).ok().and_then(char::from_u32).expect("a code point")
        }
        other => other,
    }
}

/// What a command was answered, as the file writes it.
fn answer(ran: &Ran, url: &str) -> String {
    let mut text = String::new();
    let plain = |text: &str| stable(&text.replace(url, "http://127.0.0.1:8080"));
    for line in plain(&ran.stdout).lines() {
        writeln!(text, "{}{line}", if marks(line) { "\\" } else { "" }).expect("text");
    }
    for line in plain(&ran.stderr).lines() {
        writeln!(text, "! {line}").expect("text");
    }
    if ran.code != 0 {
        writeln!(text, "= {}", ran.code).expect("text");
    }
    text
}

/// Whether a line of an answer could be taken for something else.
fn marks(line: &str) -> bool {
    line.is_empty() || line.starts_with(['#', '$', '!', '=', '\\'])
}

/// Plays a transcript one way; what was typed and what was answered.
fn play(parts: &[Part], way: Way) -> Vec<(Typed, Ran, String)> {
    let home = tempfile::tempdir().expect("a folder");
    let data_dir = home.path().join("keys-data");
    let server = (way == Way::Http).then(|| TestServer::start_in(&data_dir));
    let (keyctl, url) = match &server {
        Some(server) => (Keyctl::over_http(&server.url(), home.path()), server.url()),
        None => {
            set_up(&data_dir);
            (Keyctl::on_database(&database_in(&data_dir), home.path()), "http://127.0.0.1:8080".to_owned())
        }
    };
    let administrator = keyctl.create(&["--account", "--name", "administrator"]);
    let pair = format!("kc_{}_{}", administrator.access_key, administrator.secret_key);
    // Whoever holds the database needs no key, and is not asked for one.
    let keyctl = keyctl.with_key(&administrator);
    let alone = Keyctl::alone(home.path());
    let mut played = Vec::new();
    for part in parts {
        if let Part::Typed(typed) = part
            && typed.only.is_none_or(|only| only == way)
        {
            let (words, input) = words(&typed.line);
            let keyctl = if typed.alone { &alone } else { &keyctl };
            let ran = keyctl.run_with_input(words, &input.replace("PAIR", &pair));
            let answer = answer(&ran, &url);
            played.push((typed.clone(), ran, answer));
        }
    }
    played
}

/// A transcript with its answers, from what was played both ways.
fn written(parts: &[Part], http: &[(Typed, Ran, String)], database: &[(Typed, Ran, String)]) -> String {
    let (mut http, mut database) = (http.iter(), database.iter());
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Remark(line) => writeln!(text, "{line}").expect("text"),
            Part::Typed(typed) => {
                let (mark, answer) = match typed.only {
                    Some(Way::Http) => ("$http", &http.next().expect("played").2),
                    Some(Way::Database) => ("$database", &database.next().expect("played").2),
                    None => {
                        let (http, database) =
                            (&http.next().expect("played").2, &database.next().expect("played").2);
                        assert_eq!(http, database, "`{}` over HTTP, and on a database", typed.line);
                        (if typed.alone { "$alone" } else { "$" }, http)
                    }
                };
                write!(text, "{mark} {}\n{answer}", typed.line).expect("text");
            }
        }
    }
    text
}

#[test]
fn transcripts_are_answered_as_they_stand_both_ways() {
    let anew = env::var_os("KEYS_UPDATE_DOCS").is_some();
    for file in transcripts() {
        let text = fs::read_to_string(&file).expect("a transcript");
        let parts = parts(&text);
        let found = written(&parts, &play(&parts, Way::Http), &play(&parts, Way::Database));
        if anew {
            fs::write(&file, found).expect("it can be written");
        } else if found != text {
            let differs = found.lines().zip(text.lines()).find(|(found, text)| found != text);
            panic!("{}: {differs:?}\n\nfound:\n{found}", file.display());
        }
    }
}

/// The commands of a `--help`, those below them included: `env create`.
fn commands(keyctl: &Keyctl, above: &str) -> Vec<String> {
    let help = keyctl.run(above.split_whitespace().chain(["--help"])).stdout;
    let listed = help.split("\nCommands:\n").nth(1).unwrap_or_default();
    let names = listed.lines().take_while(|line| !line.is_empty());
    // Names stand two columns in; what they do, behind or below them.
    let names = names.filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')));
    let names: Vec<_> = names.filter_map(|line| line.split_whitespace().next()).collect();
    let below = names.iter().flat_map(|name| {
        let command = format!("{above} {name}").trim().to_owned();
        let deeper = commands(keyctl, &command);
        if deeper.is_empty() { vec![command] } else { deeper }
    });
    below.collect()
}

/// A command that nobody has typed is one whose answer may change unseen.
#[test]
fn every_command_is_in_a_transcript_once_done_and_once_refused() {
    let home = tempfile::tempdir().expect("a folder");
    let keyctl = Keyctl::over_http("http://127.0.0.1:1", home.path());
    let mut seen: BTreeMap<String, [bool; 2]> =
        commands(&keyctl, "").into_iter().map(|command| (command, [false; 2])).collect();
    assert!(seen.len() > 30, "{seen:?}");
    for file in transcripts() {
        let text = fs::read_to_string(&file).expect("a transcript");
        // A command with everything up to the next one: what it was answered.
        for played in text.split("\n$").skip(usize::from(!text.starts_with('$'))) {
            let typed = played.lines().next().and_then(|line| line.split_once(' ')).expect("a command").1;
            let is_it = |command: &&String| {
                let rest = typed.strip_prefix(command.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
            };
            if let Some(command) = seen.keys().find(is_it).cloned() {
                let refused = played.lines().any(|line| line.starts_with("= "));
                seen.get_mut(&command).expect("it is there")[usize::from(refused)] = true;
            }
        }
    }
    // What has nothing to refuse; and what takes a server of its own, or is long (bins/keyctl/tests/cli/pages.rs).
    let never_refused = ["logout", "access-control status", "env list", "user list", "setup"];
    let done_elsewhere = ["setup", "completions", "man"];
    let missing: Vec<_> = seen
        .iter()
        .filter(|(command, [done, refused])| {
            !done && !done_elsewhere.contains(&command.as_str())
                || !refused && !never_refused.contains(&command.as_str())
        })
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

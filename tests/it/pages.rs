//! Manual pages and completions of `keyctl`, read by those who read them: formatters and shells.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use keys_tests::binaries::binary;

/// What `keyctl` prints.
fn printed(words: &[&str]) -> String {
    let output = Command::new(binary("keyctl")).args(words).output().expect("keyctl runs");
    assert!(output.status.success(), "{words:?}");
    String::from_utf8(output.stdout).expect("text")
}

/// What a program says of this, on both of its outputs.
fn said(program: &mut Command, input: &str) -> (String, String) {
    let mut child = program
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program:?}: {error}"));
    let mut stdin = child.stdin.take().expect("its input is ours");
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("no panic").expect("it reads all");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (text(output.stdout), text(output.stderr))
}

/// What a shell offers behind `keyctl` when asked in this way: the words, sorted.
fn offered(program: &mut Command, input: &str) -> Vec<String> {
    let (offered, complaints) = said(program, input);
    assert_eq!(complaints, "");
    let mut words: Vec<_> = offered.split_whitespace().map(str::to_owned).collect();
    words.sort();
    words
}

fn folder_with(name: &str, text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(name), text).expect("a file");
    folder
}

#[test]
#[ignore = "needs groff"]
fn every_manual_page_is_formatted_without_a_warning() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_str().expect("text");
    let pages = printed(&["man", "--dir", path]);
    assert!(pages.lines().count() > 40);
    for page in pages.lines() {
        let text = fs::read_to_string(Path::new(page)).expect("a page");
        let (formatted, warnings) =
            said(Command::new("groff").args(["-man", "-Tutf8", "-ww", "-P-cbou"]), &text);
        assert_eq!(warnings, "", "{page}");
        let words = formatted.split_whitespace().collect::<Vec<_>>().join(" ");
        for section in ["NAME keyctl", "SYNOPSIS keyctl", "EXIT STATUS 0 done 1 failure"] {
            assert!(words.contains(section), "{page}: {section}");
        }
    }
}

#[test]
#[ignore = "needs bash"]
fn bash_completes_commands_and_options() {
    let script = printed(&["completions", "bash"]);
    assert_eq!(said(Command::new("bash").arg("-n"), &script), (String::new(), String::new()));
    let complete = |words: &str, last: &str| {
        let (count, previous) = (words.split(' ').count(), words.rsplit(' ').next().unwrap_or_default());
        let ask = format!(
            "{script}\nCOMP_WORDS=({words} {last:?}) COMP_CWORD={count}\n_keyctl keyctl {last:?} {previous}\necho \"${{COMPREPLY[@]}}\""
        );
        offered(Command::new("bash").args(["--norc", "-s"]), &ask)
    };
    assert_eq!(complete("keyctl", "de"), ["deactivate", "delete"]);
    assert_eq!(complete("keyctl env", "ac"), ["activate"]);
    assert_eq!(complete("keyctl scan", "--th"), ["--threads"]);
    assert_eq!(complete("keyctl create --format", "docker"), ["docker-secret"]);
}

#[test]
#[ignore = "needs zsh"]
fn zsh_reads_its_completions() {
    let script = printed(&["completions", "zsh"]);
    assert!(script.starts_with("#compdef keyctl\n"));
    let folder = folder_with("_keyctl", &script);
    let ask = format!(
        "fpath=({} $fpath); autoload -Uz compinit; compinit -u -D; print -r -- $_comps[keyctl]; autoload +X _keyctl && print loaded",
        folder.path().display()
    );
    assert_eq!(offered(Command::new("zsh").args(["-f", "-s"]), &ask), ["_keyctl", "loaded"]);
    assert_eq!(said(Command::new("zsh").args(["-f", "-n"]), &script), (String::new(), String::new()));
}

#[test]
#[ignore = "needs fish"]
fn fish_completes_commands_and_options() {
    let folder = folder_with("keyctl.fish", &printed(&["completions", "fish"]));
    let complete = |line: &str| {
        let ask = format!("source {}/keyctl.fish; complete --do-complete {line:?}", folder.path().display());
        let mut fish = Command::new("fish");
        fish.args(["--no-config", "--command", &ask]).env("HOME", folder.path());
        let (offered, complaints) = said(&mut fish, "");
        assert_eq!(complaints, "");
        let words = offered.lines().map(|line| line.split('\t').next().unwrap_or_default().to_owned());
        words.collect::<Vec<_>>()
    };
    assert_eq!(complete("keyctl de"), ["deactivate", "delete"]);
    assert_eq!(complete("keyctl create --format docker"), ["docker-secret"]);
}

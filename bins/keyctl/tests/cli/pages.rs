//! `man` and `completions`: they know everything that can be typed, and everything the README says.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::{keyctl, run};

/// What an answer holds, without what is formatting.
fn page(line: &str) -> String {
    let ran = run(line);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{line}");
    assert!(ran.stdout.is_ascii(), "every formatter reads ASCII");
    plain(&ran.stdout)
}

fn plain(roff: &str) -> String {
    let mut text = roff.replace("\\fB", "").replace("\\fI", "").replace("\\fR", "").replace("\\-", "-");
    for (escape, character) in [("\\[u2026]", "…"), ("\\&", ""), ("\\*(Aq", "'"), ("\\(aq", "'")] {
        text = text.replace(escape, character);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every command there is, as help lists them: words behind `keyctl`.
fn commands(words: &str) -> Vec<String> {
    let help = run(&format!("{words} --help")).stdout;
    let Some((_, list)) = help.split_once("\nCommands:\n") else { return vec![words.trim().to_owned()] };
    let list = list.split("\n\n").next().unwrap_or_default();
    let named = list.lines().filter_map(|line| line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')));
    named
        .flat_map(|line| commands(&format!("{words} {}", line.split(' ').next().unwrap_or_default())))
        .collect()
}

/// The options that a help lists.
fn options(help: &str) -> BTreeSet<String> {
    let lines = help.lines().map(str::trim_start).filter(|line| line.starts_with('-'));
    lines
        .flat_map(|line| line.split([' ', ',']))
        .filter(|word| word.starts_with("--"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_page_has_every_command_and_option() {
    let (page, all) = (page("man"), commands(""));
    assert!(
        page.contains(".SH SYNOPSIS keyctl COMMAND [options] "),
        "each option is described below it, once"
    );
    assert!(all.len() > 35 && all.contains(&"user end-sessions".to_owned()), "{all:?}");
    for command in all {
        assert!(
            page.contains(&format!(" .SS \"keyctl {command}\" "))
                || page.contains(&format!(" .SS keyctl {command} ")),
            "{command}"
        );
        let help = run(&format!("{command} --help")).stdout;
        let about = help.lines().next().unwrap_or_default();
        assert!(page.contains(about.split('`').next().unwrap_or_default().trim()), "{command}: {about}");
        for option in options(&help) {
            assert!(page.contains(&format!("{option} ")), "{command} {option}");
        }
    }
}

#[test]
fn the_page_has_everything_the_readme_has_but_its_tables_of_commands() {
    let readme =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("a README");
    let page = page("man");
    for section in ["EXIT STATUS", "ENVIRONMENT", "FILES", "EXAMPLES", "FIELDS", "SEE ALSO"] {
        assert!(
            page.contains(&format!(".SH \"{section}\" ")) || page.contains(&format!(".SH {section} ")),
            "{section}"
        );
    }
    let (_, table) = readme.split_once("| exit code |").expect("the table of exit codes");
    let rows: Vec<_> = table.lines().skip(2).take_while(|line| line.starts_with('|')).collect();
    assert!(rows.len() >= 8, "{rows:?}");
    for row in rows {
        let cells: Vec<_> =
            row.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect();
        let expected = [cells[1].as_str(), cells[2].as_str()].into_iter().filter(|cell| !cell.is_empty());
        let expected = format!(".TP {} {}", cells[0], expected.collect::<Vec<_>>().join(": "));
        assert!(page.contains(&expected), "{expected}");
    }
    let words = readme.split(|character: char| !(character.is_ascii_uppercase() || character == '_'));
    for variable in words.filter(|word| word.contains('_')) {
        assert!(page.contains(variable), "{variable}");
    }
}

/// Every command of the blocks of the README, without what a shell does with it.
fn examples() -> Vec<Vec<String>> {
    let readme =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("a README");
    let blocks = readme.split("```").skip(1).step_by(2);
    let lines =
        blocks.flat_map(str::lines).filter(|line| !line.starts_with("keyctl: ") && !line.starts_with('{'));
    let mut examples = Vec::new();
    for line in lines.map(|line| line.replace("$(date +\\%F)", "2026-11-26")) {
        for typed in line.split("keyctl ").skip(1) {
            let words = typed.split(['|', '>', '<', '&', ')']).next().unwrap_or_default().split_whitespace();
            // What only a shell or a reader knows stands for a key.
            let known =
                |word: &str| if word.contains('$') { "1c7".to_owned() } else { word.replace('"', "") };
            examples.push(words.map(known).collect());
        }
    }
    examples
}

#[test]
fn every_example_is_a_command_line_that_is_understood() {
    let examples = examples();
    assert!(examples.len() > 25, "{examples:?}");
    for example in examples {
        let words = example.iter().map(String::as_str);
        let ran = keyctl(words.chain(["--help"])).run();
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{example:?}");
    }
}

/// `xargs` without `-r` runs its command even for nothing, and then `keyctl deactivate` is a usage error.
#[test]
fn no_example_fails_when_there_is_nothing_to_do() {
    let readme =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("a README");
    assert!(readme.matches("xargs -r keyctl").count() >= 3);
    assert!(!readme.contains("xargs keyctl"));
}

/// The names of the variables that the sources read.
#[test]
fn the_page_has_every_variable_that_is_read() {
    fn variables(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            if entry.path().is_dir() {
                variables(&entry.path(), found);
            } else {
                let text = fs::read_to_string(entry.path()).expect("a source");
                let quoted = text.split('"').filter(|word| {
                    word.len() > 3
                        && word.chars().all(|character| character.is_ascii_uppercase() || character == '_')
                });
                let ours = quoted.filter(|word| {
                    ["KEYCTL_", "RANCHER_", "XDG_", "NETRC"].iter().any(|begin| word.starts_with(begin))
                });
                found.extend(ours.map(str::to_owned));
            }
        }
    }
    let mut found = BTreeSet::new();
    variables(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.len() >= 9, "{found:?}");
    let page = page("man");
    for variable in found {
        assert!(page.contains(&variable), "{variable}");
    }
}

#[test]
fn a_command_has_a_page_of_its_own() {
    for command in commands("") {
        let page = page(&format!("man {command}"));
        assert!(page.contains(&format!(".TH keyctl-{} 1 ", command.replace(' ', "-"))), "{command}");
        for option in options(&run(&format!("{command} --help")).stdout) {
            assert!(page.contains(&option), "{command} {option}");
        }
        assert!(page.contains(".SH \"EXIT STATUS\"") && page.contains("keyctl(1)"), "{command}");
    }
    assert!(page("man env").contains("keyctl-env-create(1)"));
    run("man nonsense").failed(2, &["there is no command nonsense", "keyctl --help"]);
    run("man env nonsense").failed(2, &["there is no command env nonsense"]);
}

#[test]
fn all_pages_are_written_into_a_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_str().expect("text");
    let ran = keyctl(["man", "--dir", path]).run();
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let names: Vec<_> = ran.stdout.lines().map(|line| line.rsplit('/').next().unwrap_or_default()).collect();
    for name in ["keyctl.1", "keyctl-env.1", "keyctl-env-create.1", "keyctl-scan.1"] {
        assert!(names.contains(&name), "{name}");
    }
    let there = fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(names.len(), there);
    assert_eq!(fs::read_to_string(folder.path().join("keyctl.1")).expect("a page"), run("man").stdout);
    keyctl(["man", "--dir", "/nowhere"]).run().failed(1, &["/nowhere/keyctl.1 cannot be written", "exist?"]);
    keyctl(["man", "env", "--dir", path]).run().failed(2, &["cannot be used with"]);
}

#[test]
fn every_shell_is_told_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = run(&format!("completions {shell}"));
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
        for word in ["end-sessions", "access-control", "pepper-file"] {
            assert!(ran.stdout.contains(word), "{shell}: {word}");
        }
    }
    let renamed = run("completions bash --command apikeyctl").stdout;
    assert!(renamed.contains("_apikeyctl()") && !renamed.contains("_keyctl()"));
    run("completions bash --command a;b").failed(2, &["letters, digits"]);
    run("completions csh").failed(2, &["invalid value 'csh'"]);
    run("completions").failed(2, &["<SHELL>"]);
}

#[test]
fn a_text_has_one_form() {
    for option in ["-o json", "-o table", "--field id", "--no-header", "-q"] {
        for command in ["completions bash", "man", "man create"] {
            let ran = run(&format!("{command} {option}"));
            assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
            assert!(ran.stderr.contains("a text that has one form"), "{ran:?}");
        }
    }
    run("man --url http://127.0.0.1:1").failed(2, &["asks no authority"]);
    let named = keyctl(["completions", "bash"]).variable("KEYCTL_OUTPUT", "json").run();
    assert_eq!(named, run("completions bash"), "it is no answer that a script reads");
}

//! `import` that somebody watches, interrupts or kills: what is seen of it, what stays, and that it goes on.

use std::time::{Duration, Instant};

use crate::database::Installation;
use crate::import::{access_key, lines};
use crate::terminal::{INTERRUPT, Terminal};

/// How long a commit may take before it has not happened.
const LONGEST: Duration = Duration::from_secs(120);

/// What takes the bar away: back to the beginning of the line, and nothing on it.
const WIPED: &str = "\r\u{1b}[2K";

fn watch(installation: &Installation, words: &[&str]) -> Terminal {
    Terminal::start(&installation.keyctl(words.iter().copied()).variable("TERM", "xterm"))
}

fn until_some_are_committed(installation: &Installation) {
    let until = Instant::now() + LONGEST;
    while installation.imports() == 0 {
        assert!(Instant::now() < until, "nothing is committed");
        std::thread::yield_now();
    }
}

#[test]
fn on_a_terminal_a_bar_says_how_far_it_is_and_is_gone_at_the_end() {
    let installation = Installation::new();
    let named = lines(1..41).replace('\n', " somebody\n");
    let file = installation.file("pairs", &named).display().to_string();
    let mut terminal = watch(&installation, &["import", &file, "--field", "line"]);
    terminal.sees("] 0 of 40");
    terminal.sees(" of 40, ");
    terminal.sees(" a second, ");
    terminal.sees(" left");
    let ended = terminal.ends();
    assert_eq!((ended.code, ended.stdout.lines().count()), (0, 40), "{ended:?}");
    assert!(ended.screen.ends_with(WIPED), "{ended:?}");
    assert!(!ended.screen.contains("somebody") && !ended.screen.contains('\n'), "{ended:?}");
    // What is there already takes no time to tell of.
    let again = watch(&installation, &["import", &file]).ends();
    assert_eq!((again.code, again.screen.as_str()), (0, "keyctl: 40 already there\n"), "{again:?}");
}

#[test]
fn who_wants_quiet_sees_nothing() {
    let installation = Installation::new();
    let file = installation.file("pairs", &lines(1..4)).display().to_string();
    let ended = watch(&installation, &["import", "--quiet", &file]).ends();
    assert_eq!((ended.code, ended.screen.as_str()), (0, ""), "{ended:?}");
    // Nor does a terminal that could not take the bar away.
    let file = installation.file("more", &lines(4..7)).display().to_string();
    let dumb = installation.keyctl(["import", &file, "-o", "name"]).variable("TERM", "dumb");
    let ended = Terminal::start(&dumb).ends();
    assert_eq!((ended.code, ended.screen.as_str()), (0, ""), "{ended:?}");
}

#[test]
fn nobody_types_secrets_into_a_terminal() {
    let ended = watch(&Installation::new(), &["import"]).ends();
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(
        ended.screen.contains("there is nothing to import (hint: name a file, or give the pairs"),
        "{ended:?}"
    );
}

#[test]
fn who_interrupts_it_is_told_how_far_it_came_and_goes_on_from_there() {
    let installation = Installation::new();
    let file = installation.file("pairs", &lines(1..2_001)).display().to_string();
    let mut terminal = watch(&installation, &["import", &file]);
    terminal.sees(" of 2,000, ");
    until_some_are_committed(&installation);
    terminal.types(INTERRUPT);
    let ended = terminal.ends();
    assert_eq!((ended.code, ended.stdout.as_str()), (130, ""), "{ended:?}");
    let (_, said) = ended.screen.rsplit_once(WIPED).expect("the bar is gone");
    let imported = installation.imports();
    assert_eq!(
        said,
        format!(
            "keyctl: interrupted; {imported} of 2,000 imported (hint: run it again to go on: what is there already is skipped)\n"
        )
    );
    assert!((100..2_000).contains(&imported), "{said}");
    // As many as were said are there, from the beginning of the file on.
    let there = installation.keyctl(["import", "--dry-run", "--field", "result", &file]).run().stdout;
    let expected = "alreadyThere\n".repeat(imported) + &"wouldImport\n".repeat(2_000 - imported);
    assert_eq!(there, expected);
    let rest = installation.file("rest", &lines(1..imported + 3)).display().to_string();
    let on = installation.keyctl(["import", "--no-header", &rest]).run();
    assert_eq!((on.code, on.stderr), (0, format!("keyctl: 2 imported, {imported} already there\n")));
    assert_eq!(installation.imports(), imported + 2);
}

/// Killed at a moment at which some of the keys are committed and others are not.
#[test]
fn what_is_killed_goes_on_and_makes_each_key_once() {
    let installation = Installation::new();
    let all = 1..251;
    let file = installation.file("pairs", &lines(all.clone())).display().to_string();
    let mut child = installation.keyctl(["import", &file]).start();
    until_some_are_committed(&installation);
    child.kill().expect("it runs");
    let status = child.wait().expect("it has ended");
    assert_eq!(status.code(), None, "it was killed before its end");
    let kept = installation.imports();
    assert!((1..all.len()).contains(&kept), "{kept}");

    let done = installation.keyctl(["import", "--no-header", &file]).run();
    let summary = format!("keyctl: {} imported, {kept} already there\n", all.len() - kept);
    assert_eq!((done.code, done.stderr), (0, summary));
    assert_eq!(installation.imports(), all.len(), "each was made once");
    let there = installation.keyctl(["import", "--dry-run", "--field", "result", &file]).run();
    there.is(0, &"alreadyThere\n".repeat(all.len()), "");
    let listed = installation.run("list --environment 1a5 --field accessKey").stdout;
    let listed: Vec<_> = listed.lines().skip(1).collect();
    assert_eq!(listed, all.map(access_key).collect::<Vec<_>>(), "in the order of the file");
}

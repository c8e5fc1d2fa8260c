//! What is confirmed where there is no terminal, and what is only rehearsed.

use crate::database::Installation;
use crate::support::run;

#[test]
fn without_a_terminal_what_takes_away_wants_yes_before_anything_is_asked() {
    for line in ["delete 1c7", "env delete 1a6", "user remove 1a7", "delete 1c7 --idempotent"] {
        // Nobody listens at port 1: had it been asked, the code would be 7.
        run(&format!("--url http://127.0.0.1:1 {line}")).is(
            2,
            "",
            "keyctl: this is to be confirmed, and there is no terminal to ask at; nothing was done (hint: --yes does it \
             without asking, --dry-run shows what would happen)\n",
        );
        run(&format!("--database sqlite:/nowhere/keys.sqlite3 {line}")).failed(2, &["--yes"]);
        run(&format!("--url http://127.0.0.1:1 {line} --yes")).failed(7, &[]);
        run(&format!("--url http://127.0.0.1:1 {line} --dry-run")).failed(7, &[]);
    }
    // What can be taken back is not asked about.
    for line in ["deactivate 1c7", "activate 1c7", "env deactivate 1a6", "user disable 1a7"] {
        run(&format!("--url http://127.0.0.1:1 {line}")).failed(7, &[]);
    }
}

#[test]
fn a_rehearsal_shows_what_would_be_and_changes_nothing() {
    let installation = Installation::new();
    assert_eq!(installation.run("user add --name Ada").code, 0);
    let before = installation.head();
    let table = [
        (
            "deactivate 1c1 1c2",
            0,
            "\
ID   NAME  STATE   BECOMES
1c1  ci    active  inactive
1c2  -     active  inactive
",
            "",
        ),
        (
            "delete 1c1 1c2",
            5,
            "\
ID   NAME  STATE   BECOMES
1c1  ci    active  active (cannot delete a key that is active)
1c2  -     active  active (not reached)
",
            "keyctl: 1c1: cannot delete a key that is active; this was a --dry-run, which changes nothing (hint: first: keyctl \
    deactivate 1c1)\n",
        ),
        (
            "activate 1c1 1c2",
            5,
            "\
ID   NAME  STATE   BECOMES
1c1  ci    active  active (the key is already active)
1c2  -     active  active (not reached)
",
            "keyctl: 1c1: the key is already active; this was a --dry-run, which changes nothing (hint: --idempotent takes that \
    as success)\n",
        ),
        ("activate 1c1 --idempotent --no-header", 0, "1c1  ci  active  active\n", ""),
        (
            "deactivate 1c1 -o json",
            0,
            "[{\"id\":\"1c1\",\"name\":\"ci\",\"state\":\"active\",\"becomes\":\"inactive\",\"refusal\":null}]\n",
            "",
        ),
        (
            "deactivate 1c2 -o yaml",
            0,
            "\
- id: \"1c2\"
  name: null
  state: active
  becomes: inactive
  refusal: null
",
            "",
        ),
        ("deactivate 1c1 1c2 -o name", 0, "1c1\n1c2\n", ""),
        ("deactivate 1c1 --field becomes", 0, "inactive\n", ""),
        ("env delete 1a5", 0, "ID   NAME     STATE   BECOMES\n1a5  Default  active  removed\n", ""),
        ("env deactivate 1a5", 0, "ID   NAME     STATE   BECOMES\n1a5  Default  active  inactive\n", ""),
        (
            "user remove 1a1",
            5,
            "\
ID   NAME   STATE   BECOMES
1a1  admin  active  active (cannot remove an account that is active)
",
            "keyctl: 1a1: cannot remove an account that is active; this was a --dry-run, which changes nothing (hint: first: \
    keyctl user disable 1a1)\n",
        ),
        (
            "member set 1a5 1a6=owner",
            0,
            "ID   NAME  STATE      BECOMES\n1a1  -     owner      no member\n1a6  -     no member  owner\n",
            "",
        ),
    ];
    for (line, code, stdout, stderr) in table {
        installation.run(&format!("{line} --dry-run")).is(code, stdout, stderr);
        assert_eq!(installation.head(), before, "{line}");
    }
    installation.run("delete --dry-run 1c9").failed(3, &["there is no key 1c9"]);
    installation.run("member remove --dry-run 1a5 1a7").failed(3, &["account 1a7 is no member"]);
    installation.run("member remove --dry-run 1a5 1a1").failed(5, &["needs a member that is its owner"]);
    installation
        .run("deactivate 1c1 --dry-run --field accessKey")
        .failed(2, &["the answer has no field accessKey"]);
}

#[test]
fn a_rehearsal_reads_beside_a_server() {
    let installation = Installation::new();
    let _server = installation.open();
    let ran = installation.run("deactivate 1c1 --dry-run --no-header");
    ran.is(0, "1c1  ci  active  inactive\n", "");
    installation.run("deactivate 1c1").failed(5, &["--url"]);
    let _nobody_else = crate::support::no_process_begins();
    drop(_server);
}

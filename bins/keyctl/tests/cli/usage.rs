//! Command lines that are not understood, and what surrounds them.

use crate::support::{keyctl, run};

#[test]
fn an_authority_must_be_named() {
    run("list").is(
        2,
        "",
        "keyctl: no authority is named (hint: --url http://127.0.0.1:8080 for a running server (or KEYCTL_URL), \
         --database sqlite:keys-data/keys.sqlite3 for a database, or keep one: keyctl profile set --help)\n",
    );
    run("--url http://127.0.0.1:1 --pepper-file x list").failed(2, &["--pepper-file is for --database"]);
    run("--database sqlite:x --secret-stdin list").failed(2, &["are for --url"]);
    run("--database sqlite:x --access-key x list").failed(2, &["are for --url"]);
    run("--url http://127.0.0.1:1 --database sqlite:x list").failed(2, &["--database"]);
    run("--url http://127.0.0.1:1 list --database sqlite:x").failed(2, &["--database"]);
}

#[test]
fn what_is_not_understood_is_one_line() {
    let table = [
        ("frobnicate", "unrecognized subcommand 'frobnicate'"),
        ("list extra", "unexpected argument 'extra'"),
        ("list --nonsense", "unexpected argument '--nonsense'"),
        ("list -o xml", "invalid value 'xml'"),
        ("list --environment 1c5", "invalid value '1c5'"),
        ("get", "required arguments were not provided: <KEY>"),
        ("get 7", "expected an id such as 1c7, or an access key"),
        ("get 1c0", "expected an id such as 1c7, or an access key"),
        ("get 1c007", "expected an id such as 1c7, or an access key"),
        ("get kc000000000000000000", "expected an id such as 1c7, or an access key"),
        ("edit 1c7", "required arguments were not provided: <--name <NAME>|--description <DESCRIPTION>>"),
        ("activate", "required arguments were not provided: <KEY>..."),
        ("deactivate --all", "required arguments were not provided: <--environment <ID>|--owner <ID>|"),
        ("deactivate --all 1c7 --owner 1a5", "cannot be used with"),
        ("delete --owner 1a5", "required arguments were not provided: --all <KEY>..."),
        ("delete 1c7 --owner 1a5", "cannot be used with"),
        ("activate --all --owner 1a5 --environment 1a5", "cannot be used with"),
        ("deactivate --all --owner Default", "invalid value 'Default'"),
        ("deactivate --all --created-before soon", "expected how long ago"),
        ("create --account --environment 1a5", "cannot be used with"),
        ("create --expires soon", "expected a number with d, h, m or s"),
        ("create --expires 0d", "the key would expire at once"),
        ("create --format xml", "invalid value 'xml'"),
        ("create --format curl -o table", "cannot be used with"),
        ("create --format curl --field secretKey", "cannot be used with"),
        ("list -o table --field id", "cannot be used with"),
        ("list -o table --quiet", "cannot be used with"),
        ("list -q --field id", "cannot be used with"),
        ("env delete", "required arguments were not provided: <ID>..."),
        ("env delete Default", "invalid value 'Default'"),
        ("access-control maybe", "unrecognized subcommand 'maybe'"),
    ];
    for (line, words) in table {
        run(line).failed(2, &[words, "(hint: "]);
    }
}

/// Once `env get 1a5` was told "a similar subcommand exists: 'edit'", and `delete --force` to pass it as a value.
#[test]
fn who_knows_another_tool_is_told_what_to_type() {
    let table = [
        ("ls", "(hint: keyctl list --help)"),
        ("show 1c7", "(hint: keyctl get --help)"),
        ("rm 1c7", "(hint: keyctl delete --help)"),
        ("revoke 1c7", "(hint: keyctl deactivate --help)"),
        ("env get 1a5", "(hint: keyctl env list --help)"),
        ("env add", "(hint: keyctl env create --help)"),
        ("user create", "(hint: keyctl user add --help)"),
        ("user delete 1a7", "(hint: keyctl user remove --help)"),
        ("user deactivate 1a7", "(hint: keyctl user disable --help)"),
        ("profile create", "(hint: keyctl profile set --help)"),
        ("delete 1c7 --force", "(hint: --yes does it without asking)"),
        ("delete -f 1c7", "(hint: --yes does it without asking)"),
        ("deactivate --all --name x --state active", "(hint: keyctl deactivate --help)"),
        ("get ci", "(hint: keyctl list shows the ids, --name TEXT finds a key by its name)"),
        ("deactivate 1c7 ci", "(hint: keyctl list shows the ids"),
        ("list --environment Default", "(hint: keyctl env list shows the ids)"),
        ("member list Default", "(hint: keyctl env list shows the ids)"),
        ("env delete Default", "(hint: keyctl env list shows the ids)"),
        ("user disable ada", "(hint: keyctl user list shows the ids)"),
        ("create --expires soon", "(hint: keyctl create --help)"),
    ];
    for (line, hint) in table {
        run(line).failed(2, &[hint]);
    }
    for (line, same) in
        [("help", "--help"), ("help env create", "env create --help"), ("version", "--version")]
    {
        run(line).is(0, &run(same).stdout, "");
    }
    run("help frobnicate").failed(2, &["unrecognized subcommand 'frobnicate'", "(hint: keyctl --help)"]);
}

#[test]
fn errors_are_json_where_answers_would_be() {
    let expected = "{\"code\":\"usage\",\"exitCode\":2,\"message\":\"no authority is named\",\"hint\":\"--url \
                    http://127.0.0.1:8080 for a running server (or KEYCTL_URL), --database \
                    sqlite:keys-data/keys.sqlite3 for a database, or keep one: keyctl profile set --help\"}\n";
    run("list -o json").is(2, "", expected);
    keyctl(["list"]).variable("KEYCTL_OUTPUT", "json").run().is(2, "", expected);
    for line in ["get 7 -o json", "-ojson get 7", "get 7 --output=json", "get 7 -o yaml"] {
        let ran = run(line);
        assert!(ran.stderr.starts_with("{\"code\":\"usage\",\"exitCode\":2,"), "{ran:?}");
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    }
    keyctl(["list"]).variable("KEYCTL_OUTPUT", "yaml").run().is(2, "", expected);
    let words = "KEYCTL_OUTPUT is none of table, json, yaml and name";
    keyctl(["list"]).variable("KEYCTL_OUTPUT", "xml").run().failed(2, &[words]);
}

#[test]
fn addresses_that_are_none_are_refused_without_being_repeated() {
    let table = [
        ("127.0.0.1:8080", "must begin with http:// or https://"),
        ("http://", "not a URL"),
        ("http://admin:hush@127.0.0.1", "a credential does not belong in a URL"),
        ("http://127.0.0.1/v1?token=hush", "must end at the server"),
        ("http://127.0.0.1/v1/projects/Default", "names no environment"),
    ];
    for (url, words) in table {
        let ran = keyctl(["--url", url, "list"]).run();
        ran.failed(2, &[words]);
        assert!(!ran.stderr.contains("hush"), "{ran:?}");
        for name in ["KEYCTL_URL", "RANCHER_URL"] {
            keyctl(["list"]).variable(name, url).run().failed(2, &[words]);
        }
    }
    for (url, words) in [
        ("memory:", "a store in memory"),
        ("postgres://user:hush@h/db", "PostgreSQL"),
        ("keys.sqlite3", "--database"),
        ("sqlite:", "--database"),
    ] {
        let ran = keyctl(["--database", url, "list"]).run();
        ran.failed(2, &[words]);
        assert!(!ran.stderr.contains("hush"), "{ran:?}");
    }
}

#[test]
fn texts_that_are_none_are_refused_before_anything_is_asked() {
    let long_name = "n".repeat(256);
    let long_description = "d".repeat(1_025);
    // Nobody listens at port 1: had it been asked, the code would be 7.
    let table: [(&[&str], &str); 5] = [
        (&["create", "--account", "--name", "a\nb"], "--name: a name has no control"),
        (&["create", "--account", "--name", &long_name], "--name: a name has at most 255"),
        (
            &["create", "--account", "--description", &long_description],
            "--description: a description has at most",
        ),
        (&["edit", "1c1", "--name", "\u{202e}evil"], "U+202E"),
        (&["create", "--account", "--expires", "2020-01-01T00:00:00Z"], "--expires: that instant has passed"),
    ];
    for (arguments, words) in table {
        let address = ["--url", "http://127.0.0.1:1"];
        keyctl(address.into_iter().chain(arguments.iter().copied())).run().failed(2, &[words]);
    }
}

#[test]
fn control_characters_in_arguments_do_not_come_back() {
    let ran = keyctl(["get", "\u{9b}2J\u{202e}"]).run();
    ran.failed(2, &[r"\u{9b}2J\u{202e}"]);
    assert!(
        !ran.stderr.trim_end().chars().any(|character| character.is_control() || character == '\u{202e}')
    );
}

#[test]
fn help_and_version_go_to_standard_output() {
    for line in ["--help", "-h", "create --help", "env --help", "access-control enable --help"] {
        let ran = run(line);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{line}");
        assert!(ran.stdout.contains("Usage: keyctl"), "{line}: {ran:?}");
        assert!(!ran.stdout.contains('\u{1b}'), "no colours in a pipe: {line}");
    }
    run("--version").is(0, concat!("keyctl ", env!("CARGO_PKG_VERSION"), "\n"), "");
    for line in ["", "env", "access-control"] {
        let ran = run(line);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
        assert!(ran.stderr.contains("Usage: keyctl"), "who types half a command is shown the rest: {ran:?}");
    }
    assert!(run("env -o json").stderr.starts_with("{\"code\":\"usage\",\"exitCode\":2,"));
}

#[test]
fn the_exit_codes_are_told_by_help() {
    let help = run("--help").stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(help.contains(
        "Exit codes: 0 done, 1 failure, 2 usage, 3 not found, 4 not authenticated or not allowed, 5 conflict or \
         illegal transition, 6 key not valid, 7 authority not reached, 130 import interrupted."
    ));
}

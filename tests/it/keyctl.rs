//! `keyctl`, over HTTP and on a database: the same commands, the same answers.

mod import;
mod transcripts;

use std::fs;
use std::path::Path;
use std::process::Command;

use keys_tests::server::database_in;
use keys_tests::{Key, Keyctl, Ran, TestServer};
use serde_json::Value;

use crate::installation::{DEFAULT, Installation};

/// A data directory that a server has set up and left.
fn set_up(data_dir: &Path) {
    assert_eq!(TestServer::start_in(data_dir).stop().code(), Some(0));
}

/// A life as a person would live it. `KEY`, `OTHER` and `ENV` stand for what was made before.
const LIFE: [&str; 42] = [
    "access-control status",
    "access-control enable",
    "create --environment 1a5 --name ci --description build-box",
    "access-control enable",
    "list",
    "get KEY",
    "edit KEY --name renamed",
    "edit KEY --description=",
    "edit KEY",
    "deactivate KEY",
    "deactivate KEY",
    "deactivate KEY --idempotent",
    "get KEY",
    "delete --yes OTHER",
    "activate KEY",
    "activate KEY",
    "deactivate KEY",
    "delete --yes KEY",
    "delete --yes KEY",
    "delete --yes KEY --idempotent",
    "activate KEY",
    "get KEY",
    "list",
    "get 1c999999",
    "get nonsense",
    "deactivate OTHER 1c999999",
    "get OTHER",
    "env list",
    "env create --name production --description live",
    "env edit ENV --name staging",
    "env deactivate ENV",
    "env deactivate ENV",
    "env deactivate ENV --idempotent",
    "create --environment ENV --name late",
    "env activate ENV",
    "create --environment 1a999999",
    "env delete --yes ENV",
    "env list",
    "env activate 1a999999",
    "access-control enable",
    "access-control status",
    "access-control disable",
];

/// Lives the life and returns what was seen: command, exit code, and output without what differs by nature.
fn live(keyctl: &Keyctl, format: &str) -> Vec<(String, i32, String)> {
    let administrator = keyctl.create(&["--account", "--name", "administrator"]);
    let keyctl = keyctl.with_key(&administrator);
    let other = keyctl.create(&["--environment", DEFAULT, "--name", "other"]);
    let (mut key, mut environment) = (String::new(), String::new());
    let mut seen = Vec::new();
    for command in LIFE {
        let names = [("KEY", &key), ("OTHER", &other.id), ("ENV", &environment)];
        let words = command.split(' ').map(|word| {
            names.iter().find(|(name, _)| *name == word).map_or(word.to_owned(), |(_, id)| (*id).clone())
        });
        let ran = keyctl.run(words.chain(["-o".to_owned(), format.to_owned()]));
        if format == "json" && ran.code == 0 && command.contains("--name ci") {
            key = id_in(&ran);
        } else if format == "json" && ran.code == 0 && command.starts_with("env create") {
            environment = id_in(&ran);
        } else if format == "table" && key.is_empty() && command.contains("--name ci") {
            // A person reads the id off the screen; this test asks for it.
            key = last_id(&keyctl.json(&["list"]));
        } else if format == "table" && command.starts_with("env create") {
            environment = last_id(&keyctl.json(&["env", "list"]));
        }
        seen.push((command.to_owned(), ran.code, stable(&ran.stdout)));
        assert_eq!(ran.code == 0, ran.stderr.is_empty(), "{command}: {}", ran.stderr);
    }
    seen
}

fn id_in(ran: &Ran) -> String {
    let value: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    value["id"].as_str().expect("an id").to_owned()
}

fn last_id(list: &Value) -> String {
    list.as_array().and_then(|list| list.last()).expect("a list")["id"].as_str().expect("an id").to_owned()
}

/// The text without pairs and times, their widths kept.
fn stable(text: &str) -> String {
    let masked =
        |word: &str, is_masked: bool| if is_masked { "~".repeat(word.len()) } else { word.to_owned() };
    let is_pair = |word: &str| word.len() == 20 && word.starts_with("KC") || word.len() == 40;
    let is_time = |word: &str| word.len() >= 19 && word.starts_with("20") && word.contains('T');
    let pairs = each_word(text, char::is_alphanumeric, |word| masked(word, is_pair(word)));
    let of_a_time = |c: char| c.is_alphanumeric() || matches!(c, ':' | '-');
    each_word(&pairs, of_a_time, |word| masked(word, is_time(word)))
}

/// The text with each of its words written anew.
fn each_word(text: &str, is_of_a_word: impl Fn(char) -> bool, write: impl Fn(&str) -> String) -> String {
    let pieces = text.split_inclusive(|c: char| !is_of_a_word(c)).map(|piece| {
        let word = piece.trim_end_matches(|c: char| !is_of_a_word(c));
        format!("{}{}", write(word), &piece[word.len()..])
    });
    pieces.collect()
}

#[test]
fn both_ways_give_the_same_answers_and_the_same_exit_codes() {
    for format in ["json", "table"] {
        let dir = tempfile::tempdir().unwrap();
        let server = TestServer::start();
        let over_http = live(&Keyctl::over_http(&server.url(), dir.path()), format);
        let data_dir = dir.path().join("keys-data");
        set_up(&data_dir);
        let on_database = live(&Keyctl::on_database(&database_in(&data_dir), dir.path()), format);
        for (http, database) in over_http.iter().zip(&on_database) {
            assert_eq!(http, database, "{format}: over HTTP and on the database");
        }
        assert_eq!(over_http.len(), on_database.len());
    }
}

/// How people come, get rights, lose them and go: commands and exit codes. A database gives ids in order, so the first
/// person is `1a6`.
const PEOPLE: &[(&str, i32)] = &[
    ("user list", 0),
    ("user add --name Ada --description engineer", 0),
    ("user add --name Bob --admin", 0),
    ("user list", 0),
    ("user edit 1a6 --name Ada-Lovelace", 0),
    ("user edit 1a6", 2),
    ("user edit 1a5 --name project", 3),
    ("user edit 1a2 --name system", 3),
    ("user edit 1a6 --default-environment 1a5", 5),
    ("member list 1a5", 0),
    ("member add 1a5 1a6", 0),
    ("member add 1a5 1a6 --role readonly", 0),
    ("member add 1a5 1a6 --role king", 2),
    ("member add 1a5 1a99", 3),
    ("member add 1a99 1a6", 3),
    ("user edit 1a6 --default-environment 1a5", 0),
    ("member set 1a5 1a6=owner 1a7=member", 0),
    ("member set 1a5 1a6=member", 2),
    ("member set 1a5 1a6=owner 1a6=member", 2),
    ("member remove 1a5 1a6", 5),
    ("member remove 1a5 1a1", 3),
    ("member remove 1a5 1a7", 0),
    ("create --owner 1a6 --name own", 0),
    ("create --owner 1a99", 3),
    ("list --environment 1a5", 0),
    ("user unlock 1a6 1a7", 0),
    ("user unlock 1a6 nobody", 3),
    ("user unlock 1a5", 3),
    ("user end-sessions 1a6", 0),
    ("user end-sessions nobody", 3),
    ("user end-sessions --all", 0),
    ("create --owner 1a6 --account", 2),
    ("user disable 1a6 1a99", 3),
    ("user remove --yes 1a6", 5),
    ("user disable 1a6", 0),
    ("user disable 1a6", 5),
    ("user disable 1a6 --idempotent", 0),
    ("create --owner 1a6", 5),
    ("user enable 1a6", 0),
    ("user admin 1a6", 0),
    ("user admin 1a6 --revoke", 0),
    ("access-control enable", 0),
    ("user admin 1a7 --revoke", 0),
    ("user admin 1a1 --revoke", 5),
    ("user disable 1a1", 5),
    ("user disable 1a6", 0),
    ("user remove --yes 1a6", 0),
    ("user remove --yes 1a6", 5),
    ("user remove --yes 1a6 --idempotent", 0),
    ("user enable 1a6", 5),
    ("user edit 1a6 --name gone", 5),
    ("member list 1a5", 0),
    ("env deactivate 1a5", 0),
    ("env delete --yes 1a5", 0),
    ("member add 1a5 1a7", 5),
    ("user list", 0),
];

#[test]
fn people_live_the_same_life_both_ways() {
    are_the_same_both_ways(PEOPLE);
}

/// What is done to many keys at once, and how it ends.
const MANY: [(&str, i32); 22] = [
    ("env create --name other", 0),
    ("user add --name Ada", 0),
    ("deactivate --all --owner 1a5 --dry-run", 0),
    ("deactivate --all --owner 1a5", 2),
    ("delete --all --owner 1a5 --yes", 0),
    ("deactivate --all --environment 1a5 --created-after 1d --yes", 0),
    ("deactivate --all --environment 1a5 --yes", 0),
    ("list", 0),
    ("activate --all --owner 1a5 --name two --yes", 0),
    ("delete --all --owner 1a5 --dry-run", 0),
    ("delete --all --owner 1a5 --yes", 0),
    ("list", 0),
    ("deactivate --all --owner 1a6 --yes", 0),
    ("deactivate --all --owner 1a7 --yes", 0),
    ("deactivate --all --owner 1a99 --yes", 3),
    ("deactivate --all --environment 1a7 --yes", 3),
    ("deactivate --all --creator 1a99 --yes", 0),
    ("deactivate --all --expires-before 30d --dry-run", 0),
    ("env deactivate 1a5", 0),
    ("deactivate --all --owner 1a5 --yes", 0),
    ("delete --all --owner 1a5 --yes", 0),
    ("list --environment 1a5", 0),
];

#[test]
fn many_keys_move_alike_both_ways() {
    are_the_same_both_ways(&MANY);
}

/// Runs these commands over HTTP and on a database, each of which has a key of an administrator and three of `1a5`.
fn are_the_same_both_ways(commands: &[(&'static str, i32)]) {
    let lives = |keyctl: &Keyctl| {
        let administrator = keyctl.create(&["--account", "--name", "administrator"]);
        let keyctl = keyctl.with_key(&administrator);
        for (name, expires) in [("one", "20d"), ("two", "40d"), ("three", "365d")] {
            let _ = keyctl.create(&["--environment", DEFAULT, "--name", name, "--expires", expires]);
        }
        let live = |(command, code): &(&'static str, i32)| {
            let ran = keyctl.run(command.split(' ').chain(["-o", "json"]));
            assert_eq!(ran.code, *code, "{command}: {ran:?}");
            (*command, stable(&ran.stdout), ran.stderr)
        };
        commands.iter().map(live).collect::<Vec<_>>()
    };
    let dir = tempfile::tempdir().expect("a folder");
    let server = TestServer::start();
    let over_http = lives(&Keyctl::over_http(&server.url(), dir.path()));
    let data_dir = dir.path().join("keys-data");
    set_up(&data_dir);
    let on_database = lives(&Keyctl::on_database(&database_in(&data_dir), dir.path()));
    for (http, database) in over_http.iter().zip(&on_database) {
        assert_eq!(http, database, "over HTTP and on the database");
    }
}

/// A caller's key, address and request differ by nature; what was done does not.
#[test]
fn what_was_done_is_told_alike_both_ways() {
    let lives = |keyctl: &Keyctl| {
        let administrator = keyctl.create(&["--account", "--name", "administrator"]);
        let keyctl = keyctl.with_key(&administrator);
        for (command, _) in PEOPLE {
            let _ = keyctl.run(command.split(' '));
        }
        let said = [
            "",
            " --owner 1a6",
            " --by 1a1",
            " --key 1c2",
            " --action member.add",
            " --since 1h",
            " --until 1h",
        ];
        let fields = ["id", "action", "target", "note", "owner", "by"];
        let told = |field: &&str, said: &str| {
            let ran = keyctl.run(format!("audit --limit 1000 --field {field}{said}").split(' '));
            assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{field}{said}: {ran:?}");
            // Each installation has a pepper of its own.
            let lines =
                ran.stdout.lines().map(|line| if line.starts_with("pepper/") { "pepper" } else { line });
            lines.map(|line| format!("{line}\n")).collect::<String>()
        };
        let all = said.map(|said| fields.iter().map(|field| told(field, said)).collect::<Vec<_>>());
        let used = keyctl.run(["audit", "--with", "1c1", "--field", "credential"]);
        (all, used.stdout)
    };
    let dir = tempfile::tempdir().unwrap();
    let server = TestServer::start();
    let (over_http, used) = lives(&Keyctl::over_http(&server.url(), dir.path()));
    assert!(used.lines().count() > 10 && used.lines().all(|key| key == "1c1"), "{used}");
    let data_dir = dir.path().join("keys-data");
    set_up(&data_dir);
    let (on_database, used) = lives(&Keyctl::on_database(&database_in(&data_dir), dir.path()));
    assert_eq!(used, "", "whoever holds the database needs no key");
    for (http, database) in over_http.iter().zip(&on_database) {
        assert_eq!(http, database, "over HTTP and on the database");
    }
    assert!(over_http[0][0].lines().count() > 20 && over_http[4][3].contains("owner"), "{over_http:?}");
    assert_eq!(over_http[6][0], "", "nothing was done an hour ago");
}

/// What a person makes of its own is not there, and what is there is nowhere else for it.
#[test]
fn a_member_finds_the_keys_of_an_environment_at_its_endpoint() {
    let dir = tempfile::tempdir().unwrap();
    let server = TestServer::start();
    let keyctl = Keyctl::over_http(&server.url(), dir.path());
    let administrator = keyctl.create(&["--account", "--name", "administrator"]);
    let keyctl = keyctl.with_key(&administrator);
    for command in ["user add --name Ada", "member add 1a5 1a6", "access-control enable"] {
        assert_eq!(keyctl.run(command.split(' ')).code, 0, "{command}");
    }
    let ci = keyctl.create(&["--environment", DEFAULT, "--name", "ci"]);
    let own = keyctl.create(&["--owner", "1a6", "--name", "own"]);
    let ids = |keyctl: &Keyctl, words: &[&str]| {
        let list = keyctl.json(words);
        list.as_array().unwrap().iter().map(|key| key["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let ada = Keyctl::over_http(&server.url(), dir.path()).with_key(&own);
    let at_home = Keyctl::over_http(&format!("{}/v1/projects/{DEFAULT}", server.url()), dir.path());
    let at_home = at_home.with_key(&own);
    assert_eq!(ids(&at_home, &["list"]), std::slice::from_ref(&ci.id));
    assert_eq!(ids(&ada, &["list", "--environment", DEFAULT]), std::slice::from_ref(&ci.id));
    assert_eq!(ids(&ada, &["list"]), [own.id]);
    assert_eq!(ada.run(["deactivate", &*ci.id]).code, 3, "it is not hers outside");
    // Many at once are within reach where one is.
    let all = ["deactivate", "--all", "--yes", "--created-after", "1d"];
    assert_eq!(ids(&at_home, &all), std::slice::from_ref(&ci.id));
    assert_eq!(at_home.run(["activate", &*ci.id]).code, 0);
    assert_eq!(
        ids(&ada, &["deactivate", "--all", "--yes", "--owner", DEFAULT]),
        std::slice::from_ref(&ci.id)
    );
    // An administrator takes keys away where nobody enters any more.
    assert_eq!(keyctl.run(["env", "deactivate", DEFAULT]).code, 0);
    let at_home = Keyctl::over_http(&format!("{}/v1/projects/{DEFAULT}", server.url()), dir.path());
    let at_home = at_home.with_key(&administrator);
    assert_eq!(ids(&at_home, &["list"]), std::slice::from_ref(&ci.id));
    assert_eq!(at_home.run(["delete", "--yes", &*ci.id]).code, 0);
}

#[test]
fn the_exit_codes_are_the_documented_ones() {
    let dir = tempfile::tempdir().unwrap();
    let server = TestServer::start();
    let codes: Vec<i32> =
        live(&Keyctl::over_http(&server.url(), dir.path()), "json").iter().map(|seen| seen.1).collect();
    // In the order of LIFE: 2 usage, 3 not found, 5 against the state.
    let expected = [
        0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 5, 0, 0, 5, 0, 5, 0, 0, 5, 0, 5, 0, 0, 3, 2, 3, 0, 0, 0, 0, 0, 5, 0, 5,
        0, 3, 0, 0, 3, 0, 0, 0,
    ];
    for ((command, expected), code) in LIFE.iter().zip(expected).zip(codes) {
        assert_eq!(code, expected, "{command}");
    }
}

#[test]
fn a_key_made_on_the_database_is_good_at_the_server_and_back() {
    let dir = tempfile::tempdir().unwrap();
    let data_dir = dir.path().join("keys-data");
    set_up(&data_dir);
    let tool = Keyctl::on_database(&database_in(&data_dir), dir.path());
    let key = tool.create(&["--environment", DEFAULT]);
    let administrator = tool.create(&["--account"]);
    let _ = tool.json(&["access-control", "enable"]);

    let server = TestServer::start_in(&data_dir);
    let status = |server: &TestServer, key: &Key| key.client(&server.client()).get("/v1").status;
    assert_eq!((status(&server, &key), status(&server, &administrator)), (200, 200));
    assert_eq!(server.client().get("/v1").status, 401);
    let over_http = Keyctl::over_http(&server.url(), dir.path()).with_key(&administrator);
    let _ = over_http.json(&["deactivate", &key.id]);
    assert_eq!(status(&server, &key), 401);
    assert_eq!(server.stop().code(), Some(0));

    assert_eq!(tool.json(&["get", &key.id])["state"], "inactive");
    let _ = tool.json(&["delete", "--yes", &key.id]);
    let server = TestServer::start_in(&data_dir);
    assert_eq!(status(&server, &key), 401);
}

#[test]
fn beside_a_server_the_database_is_read_and_not_written() {
    let dir = tempfile::tempdir().unwrap();
    let data_dir = dir.path().join("keys-data");
    let installation = Installation::on(TestServer::start_in(&data_dir));
    let key = installation.key_of(DEFAULT, "ci");
    let tool = Keyctl::on_database(&database_in(&data_dir), dir.path());

    assert_eq!(tool.json(&["get", &key.id])["state"], "active");
    assert_eq!(tool.json(&["list"]).as_array().map(Vec::len), Some(2));
    assert_eq!(tool.json(&["access-control", "status"])["enabled"], true);
    let changes: [&[&str]; 5] = [
        &["create", "--account"],
        &["deactivate", &key.id],
        &["edit", &key.id, "--name", "x"],
        &["env", "create"],
        &["access-control", "disable"],
    ];
    for change in changes {
        let ran = tool.run(change);
        assert_eq!((ran.code, ran.stdout.as_str()), (5, ""), "{change:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("--url"), "{}", ran.stderr);
    }
    assert_eq!(installation.status_of(&key, DEFAULT), 200);
    installation.act(&key, "deactivate");
    assert_eq!(tool.json(&["get", &key.id])["state"], "inactive", "what the server acknowledged is seen");
}

#[test]
fn a_backup_made_beside_a_server_becomes_a_server() {
    let dir = tempfile::tempdir().unwrap();
    let data_dir = dir.path().join("keys-data");
    let installation = Installation::on(TestServer::start_in(&data_dir));
    let key = installation.key_of(DEFAULT, "ci");
    let tool = Keyctl::on_database(&database_in(&data_dir), dir.path());
    let restored = dir.path().join("restored");
    fs::create_dir(&restored).unwrap();
    let made = tool.json(&["backup", restored.join("keys.sqlite3").to_str().unwrap()]);
    assert_eq!(made["bytes"], fs::metadata(database_in(&restored)).unwrap().len());
    // What is done afterwards is not in it.
    let late = installation.key_of(DEFAULT, "late");
    installation.act(&key, "deactivate");
    assert_eq!((installation.status_of(&key, DEFAULT), installation.status_of(&late, DEFAULT)), (401, 200));
    drop(installation);

    fs::copy(data_dir.join("pepper"), restored.join("pepper")).unwrap();
    let server = TestServer::start_in(&restored);
    let status = |key: &Key| key.client(&server.client()).get(&format!("/v1/projects/{DEFAULT}")).status;
    assert_eq!(
        (status(&key), status(&late)),
        (200, 401),
        "as it was, which is why a restored database is reviewed"
    );
    assert_eq!(server.stop().code(), Some(0));
    // In the place of the newer one, whose log is gone with it, it is known for what it is.
    for beside in ["keys.sqlite3-wal", "keys.sqlite3-shm"] {
        let _ = fs::remove_file(data_dir.join(beside));
    }
    fs::copy(database_in(&restored), database_in(&data_dir)).unwrap();
    let refused = tool.run(["deactivate", "1c1"]);
    assert_ne!(refused.code, 0);
    assert!(refused.stderr.contains("anchor"), "{refused:?}");
}

#[test]
fn everybody_is_told_as_whom_they_act() {
    let dir = tempfile::tempdir().unwrap();
    let server = TestServer::start();
    let keyctl = Keyctl::over_http(&server.url(), dir.path());
    let who = |keyctl: &Keyctl| -> Value {
        let who = keyctl.json(&["whoami"]);
        assert_eq!(who["url"], format!("{}/v1", server.url()));
        ["kind", "accessKey", "owner", "ownerKind", "administrator"].map(|field| who[field].clone()).into()
    };
    let expected = |kind: &str, key: Option<&Key>, owner: &str, owner_kind: &str, administrator: bool| {
        let access_key = key.map(|key| key.access_key.clone());
        serde_json::json!([kind, access_key, owner, owner_kind, administrator])
    };
    assert_eq!(who(&keyctl), expected("open", None, "1a1", "account", true));
    let administrator = keyctl.create(&["--account", "--name", "administrator"]);
    let keyctl = keyctl.with_key(&administrator);
    for command in ["user add --name Ada", "access-control enable"] {
        assert_eq!(keyctl.run(command.split(' ')).code, 0, "{command}");
    }
    let password = "correct horse battery staple\n";
    let words = ["user", "password", "1a6", "--login", "ada", "--password-stdin"];
    assert_eq!(keyctl.run_with_input(words, password).code, 0);
    let ci = keyctl.create(&["--environment", DEFAULT, "--name", "ci"]);
    let own = keyctl.create(&["--owner", "1a6", "--name", "own"]);
    let with = |key: &Key| who(&keyctl.with_key(key));
    assert_eq!(with(&administrator), expected("key", Some(&administrator), "1a1", "account", true));
    assert_eq!(with(&ci), expected("key", Some(&ci), DEFAULT, "environment", false));
    assert_eq!(with(&own), expected("key", Some(&own), "1a6", "account", false));
    let stranger = Keyctl::over_http(&server.url(), dir.path());
    assert_eq!(stranger.run(["whoami"]).code, 4);
    assert_eq!(stranger.run_with_input(["login", "ada", "--password-stdin"], password).code, 0);
    assert_eq!(who(&stranger), expected("session", None, "1a6", "account", false));
    assert_eq!(keyctl.run(["user", "end-sessions", "1a6"]).code, 0);
    let ended = stranger.run(["whoami"]);
    assert_eq!(ended.code, 4);
    assert!(ended.stderr.contains("the session has ended"), "{ended:?}");
}

#[test]
fn locked_out_one_gets_back_in_by_the_database() {
    let dir = tempfile::tempdir().unwrap();
    let data_dir = dir.path().join("keys-data");
    let installation = Installation::on(TestServer::start_in(&data_dir));
    let _ = installation.stranger().get("/v1").expect(401);
    assert_eq!(installation.server.stop().code(), Some(0));
    let tool = Keyctl::on_database(&database_in(&data_dir), dir.path());
    assert_eq!(tool.json(&["access-control", "disable"])["enabled"], false);
    let server = TestServer::start_in(&data_dir);
    let _ = server.client().get("/v1").expect(200);
}

#[test]
fn who_is_refused_and_what_is_not_there_have_their_exit_codes() {
    let dir = tempfile::tempdir().unwrap();
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "ci");
    let wrong = Key { secret_key: installation.key_of(DEFAULT, "other").secret_key, ..key.clone() };
    let url = installation.server.url();
    let keyctl = Keyctl::over_http(&url, dir.path());
    assert_eq!(keyctl.run(["list"]).code, 4, "without a key");
    assert_eq!(keyctl.with_key(&wrong).run(["list"]).code, 4, "with a wrong one");
    assert_eq!(keyctl.with_key(&key).run(["access-control", "disable"]).code, 4, "not the administrator's");
    assert_eq!(keyctl.with_key(&key).run(["list"]).code, 0);
    drop(installation);
    assert_eq!(Keyctl::over_http(&url, dir.path()).run(["list"]).code, 7, "nobody listens");
    let nowhere = Keyctl::on_database(&dir.path().join("nowhere.sqlite3"), dir.path());
    assert_eq!(nowhere.run(["list"]).code, 3, "no database");
    assert!(!dir.path().join("nowhere.sqlite3").exists(), "looking makes nothing");
}

#[test]
#[ignore = "needs curl"]
fn what_create_prints_for_curl_works_in_curl() {
    let dir = tempfile::tempdir().unwrap();
    let installation = Installation::start();
    let key = installation.key_of(DEFAULT, "maker");
    let keyctl = Keyctl::over_http(&installation.server.url(), dir.path()).with_key(&key);
    let print = |format: &str| keyctl.run(["create", "--environment", DEFAULT, "--format", format]).stdout;
    let shell = |script: &str| {
        let output =
            Command::new("sh").args(["-c", script]).env("HOME", dir.path()).output().expect("a shell");
        String::from_utf8(output.stdout).expect("text")
    };
    let found = |answer: &str| answer.contains("\"id\":\"1a5\"");

    assert!(found(&shell(&print("curl").replace("curl ", "curl -s "))));
    let exports = print("env");
    assert!(found(&shell(&format!("{exports}curl -s -u $KEYCTL_ACCESS_KEY:$KEYCTL_SECRET_KEY $KEYCTL_URL"))));
    fs::write(dir.path().join(".netrc"), print("netrc")).unwrap();
    assert!(found(&shell(&format!("curl -s -n {}/v1/projects/1a5", installation.server.url()))));
}

//! Many keys at once: on a database, and over HTTP against canned answers.

use crate::database::Installation;
use crate::server::CannedServer;
use crate::support::{Ran, keyctl, run};

impl Installation {
    fn states(&self) -> Vec<String> {
        let ran = self.run("list --field state");
        ran.stdout.lines().map(str::to_owned).collect()
    }

    /// With keys `1c3` "old ci" and `1c4` that expires, both of environment `1a5` and made now, and `1c1` Inactive.
    fn with_more() -> Self {
        let installation = Self::new();
        for line in [
            "create --environment 1a5 --format json --name",
            "create --environment 1a5 --format json --expires 20d --name",
        ] {
            let words = line.split(' ').chain(["old ci"]);
            assert_eq!(installation.keyctl(words).run().code, 0);
        }
        assert_eq!(installation.run("edit 1c4 --name=").code, 0);
        assert_eq!(installation.run("deactivate 1c1").code, 0);
        installation
    }

    fn found(&self, line: &str) -> Vec<String> {
        let ran = self.run(&format!("{line} --dry-run -o name"));
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{line}");
        ran.stdout.lines().map(str::to_owned).collect()
    }
}

#[test]
fn every_filter_narrows_and_only_what_would_move_is_meant() {
    let installation = Installation::with_more();
    let before = installation.head();
    for (line, ids) in [
        ("deactivate --all --owner 1a5", &["1c3", "1c4"][..]),
        ("deactivate --all --environment 1a5", &["1c3", "1c4"]),
        ("activate --all --environment 1a5", &["1c1"]),
        ("delete --all --owner 1a5", &["1c1"]),
        ("delete --all --owner 1a1", &[]),
        ("deactivate --all --owner 1a1", &["1c2"]),
        ("deactivate --all --creator 1a1", &["1c2", "1c3", "1c4"]),
        ("deactivate --all --creator 1a5", &[]),
        ("deactivate --all --created-before 1990-01-01T00:00:00Z", &[]),
        ("deactivate --all --created-after 1990-01-01T00:00:00Z", &["1c2", "1c3", "1c4"]),
        ("delete --all --created-before 2026-01-03T00:00:00Z", &["1c1"]),
        ("deactivate --all --created-before 2026-01-03T00:00:00Z", &["1c2"]),
        ("deactivate --all --created-after 2026-01-03T00:00:00Z", &["1c3", "1c4"]),
        ("deactivate --all --expires-before 30d", &["1c4"]),
        ("deactivate --all --expires-before 10d", &[]),
        ("deactivate --all --expires-before 0d", &[]),
        ("deactivate --all --name CI", &["1c3"]),
        ("deactivate --all --name CI --expires-before 30d", &[]),
    ] {
        assert_eq!(installation.found(line), ids, "{line}");
    }
    assert_eq!(installation.head(), before);
    installation.run("deactivate --all --owner 1a5 --dry-run").is(
        0,
        "\
ID   NAME    STATE   BECOMES
1c3  old ci  active  inactive
1c4  -       active  inactive
",
        "",
    );
}

#[test]
fn all_of_them_move_in_one_transaction() {
    let installation = Installation::with_more();
    let before = installation.head().revision.number();
    let ran = installation.run("deactivate --all --owner 1a5 --yes --no-header");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let rows: Vec<_> = ran.stdout.lines().map(|row| row.split_whitespace().nth(2)).collect();
    assert_eq!(rows, [Some("inactive"); 2], "{ran:?}");
    assert_eq!(installation.head().revision.number(), before + 2, "an event for each");
    assert_eq!(installation.states(), ["inactive", "active", "inactive", "inactive"]);
    // Again there is nothing left to do.
    installation.run("deactivate --all --owner 1a5 --yes -o json").is(0, "[]\n", "");
    assert_eq!(installation.run("delete --all --environment 1a5 -y -o name").stdout, "1c1\n1c3\n1c4\n");
    assert_eq!(installation.states(), ["active"]);
}

#[test]
fn without_a_terminal_it_wants_yes_before_anything_is_asked() {
    for verb in ["activate", "deactivate", "delete"] {
        let line = format!("--url http://127.0.0.1:1 {verb} --all --owner 1a5");
        run(&line).failed(2, &["this is to be confirmed", "--yes", "--dry-run"]);
        run(&format!("{line} --yes")).failed(7, &[]);
    }
}

#[test]
fn whom_they_belong_to_must_be_there_and_what_is_looked_for_be_something() {
    let installation = Installation::new();
    let refused = |line: &str, code, words: &[&str]| {
        installation.run(&format!("deactivate --all --dry-run {line}")).failed(code, words);
    };
    refused("--environment 1a9", 3, &["there is no environment 1a9"]);
    refused("--owner 1a9", 3, &["there is no environment and no person 1a9"]);
    refused("--owner 1a2", 3, &["there is no environment and no person 1a2"]);
    refused("--name=", 2, &["--name: there is nothing in it to look for"]);
}

fn key(id: &str, state: &str, revision: Option<&str>) -> String {
    let revision = revision.map_or_else(String::new, |revision| format!("\"revision\":\"{revision}\","));
    format!(
        "{{{revision}\"id\":\"{id}\",\"type\":\"apiKey\",\"name\":\"ci\",\"state\":\"{state}\",\"accountId\":\"1a5\",\
         \"created\":\"2026-01-02T03:04:05Z\",\"publicValue\":\"KC83G4MYSK0KX3K94XX8\"}}"
    )
}

fn list(keys: &[String], next: &str) -> (u16, String) {
    let keys = keys.join(",");
    (
        200,
        format!(
            "{{\"type\":\"collection\",\"resourceType\":\"apiKey\",\"links\":{{}},\"data\":[{keys}],\
             \"pagination\":{{\"next\":{next},\"partial\":false}}}}"
        ),
    )
}

fn environment(state: &str) -> (u16, String) {
    let project = format!(
        "{{\"id\":\"1a5\",\"type\":\"project\",\"name\":\"Default\",\"state\":\"{state}\",\
         \"created\":\"2026-01-02T03:04:05Z\"}}"
    );
    (200, project)
}

fn problem(status: u16, code: &str) -> (u16, String) {
    (status, format!("{{\"title\":\"x\",\"status\":{status},\"code\":\"{code}\",\"requestId\":\"r\"}}"))
}

fn against(server: &CannedServer, line: &str) -> Ran {
    let url = server.url();
    keyctl(["--url", &url].into_iter().chain(line.split(' '))).run()
}

#[test]
fn a_server_is_asked_what_matches_and_then_to_move_it_as_it_was_seen() {
    let server = CannedServer::start([
        environment("active"),
        list(&[key("1c7", "active", Some("41"))], "\"http://h/keys/matching?state=active&after=1c7\""),
        list(&[key("1c9", "active", Some("44"))], "null"),
        list(&[key("1c7", "inactive", None), key("1c9", "inactive", None)], "null"),
    ]);
    let line =
        "deactivate --all --owner 1a5 --created-before 2026-08-01T00:00:00Z --name a&b --yes --field state";
    against(&server, line).is(0, "inactive\ninactive\n", "");
    let requests = server.requests();
    let lines: Vec<_> = requests.iter().map(|request| request.line.trim_end_matches(" HTTP/1.1")).collect();
    assert_eq!(
        lines,
        [
            "GET /v1/projects/1a5",
            "GET /keys/matching?state=active&owner=1a5&createdBefore=2026-08-01T00%3A00%3A00.000Z&name=a%26b",
            "GET /keys/matching?state=active&after=1c7",
            "POST /keys/transition",
        ]
    );
    // A member sees the keys of an environment inside it only.
    let inside: Vec<_> = requests.iter().map(|request| request.header("x-api-project-id")).collect();
    assert_eq!(inside, [None, Some("1a5"), Some("1a5"), Some("1a5")]);
    assert_eq!(
        requests.last().map(|request| request.body.as_str()),
        Some(
            "{\"transition\":\"deactivate\",\"keys\":[{\"id\":\"1c7\",\"revision\":\"41\"},\
             {\"id\":\"1c9\",\"revision\":\"44\"}]}"
        )
    );
    // Nobody enters one that is not active.
    let server = CannedServer::start([environment("inactive"), list(&[], "null")]);
    against(&server, "delete --all --environment 1a5 --yes -o json").is(0, "[]\n", "");
    assert!(server.requests().iter().all(|request| request.header("x-api-project-id").is_none()));
}

#[test]
fn what_a_server_refuses_is_said_in_our_words() {
    let moved = || vec![list(&[key("1c7", "active", Some("41"))], "null")];
    let line = "deactivate --all --name ci --yes";
    let table = [
        (
            [moved(), vec![problem(409, "KeysChanged")]].concat(),
            5,
            "some of the keys have changed meanwhile, so that nothing was done (hint: look again with --dry-run)",
        ),
        (
            vec![problem(404, "Not Found")],
            1,
            "this server finds no keys by what they are: it is older than keyctl",
        ),
        ([moved(), vec![problem(403, "Forbidden")]].concat(), 4, "the server refused: 403 Forbidden"),
        (vec![problem(503, "Service Unavailable")], 7, "the server refused: 503"),
    ];
    for (answers, code, words) in table {
        let server = CannedServer::start(answers);
        against(&server, line).failed(code, &[words]);
    }
    let many: Vec<_> = (1..=1_001).map(|n| key(&format!("1c{n}"), "active", Some("1"))).collect();
    let server = CannedServer::start([list(&many, "null")]);
    let words = "more than 1000 keys match, and no more are moved in one transaction; nothing was done";
    against(&server, line).failed(2, &[words, "--created-before"]);
    assert_eq!(server.lines().len(), 1);
}

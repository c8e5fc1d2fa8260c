//! `audit`: what was done, the newest first, alike both ways.

use crate::database::Installation;
use crate::server::CannedServer;
use crate::support::{Ran, keyctl};

#[test]
fn a_database_tells_what_was_done() {
    let installation = Installation::new();
    assert_eq!(installation.run("deactivate 1c1").code, 0);
    let ran = installation.run("audit --limit 2 -o json");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    let (first, second) = ran.stdout.split_once("},{").expect("two of them");
    for field in [
        "\"action\":\"key.deactivate\"",
        "\"target\":\"key/1c1\"",
        "\"note\":null",
        "\"owner\":\"1a5\"",
        "\"by\":\"1a1\"",
        "\"via\":\"no-credential\"",
        "\"credential\":null",
        "\"address\":null",
    ] {
        assert!(first.contains(field), "{field}: {first}");
    }
    assert!(
        second.contains("\"at\":\"2026-01-02T03:04:05Z\",\"action\":\"key.issue\",\"target\":\"key/1c2\""),
        "{second}"
    );
    installation.run("audit --key 1c1 --field action").is(0, "key.deactivate\nkey.issue\n", "");
    let table = installation.run("audit --key KCYCP6PE3RBCXJXGN0EX --action key.issue");
    let lines: Vec<_> = table.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{table:?}");
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(
        words(lines[0])[1..],
        ["AT", "ACTION", "TARGET", "BY", "VIA", "CREDENTIAL", "ADDRESS", "NOTE"]
    );
    assert_eq!(
        words(lines[1])[1..],
        ["2026-01-02T03:04:05Z", "key.issue", "key/1c1", "1a1", "no-credential", "-", "-", "-"]
    );
}

#[test]
fn what_is_looked_for_can_be_said_in_every_way() {
    let installation = Installation::new();
    assert_eq!(installation.run("deactivate 1c1").code, 0);
    let found = |line: &str| {
        let ran = installation.run(&format!("audit --field target {line}"));
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.stdout.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(found("--owner 1a5 --action key.issue"), ["key/1c1"]);
    assert_eq!(found("--owner 1a1 --action key.issue"), ["key/1c2"]);
    assert_eq!(found("--by 1a1 --action key.deactivate"), ["key/1c1"]);
    assert_eq!(found("--with 1c1"), [""; 0]);
    assert_eq!(found("--since 1h --action key.issue"), [""; 0], "that was long ago");
    assert_eq!(found("--since 1h"), ["key/1c1"]);
    assert_eq!(
        found("--since 2026-01-02T03:04:05Z --until 2026-01-02T03:04:06Z --owner 1a5 --key 1c1"),
        ["key/1c1"]
    );
    assert_eq!(found("--until 2026-01-02T03:04:05Z"), [""; 0]);
    assert_eq!(found("--limit 1"), ["key/1c1"]);
}

#[test]
fn what_cannot_be_looked_for_is_refused() {
    let installation = Installation::new();
    for (line, code, words) in [
        ("audit --key 1c99", 3, "1c99"),
        ("audit --with 1c99", 3, "1c99"),
        ("audit --key nonsense", 2, "expected an id such as 1c7"),
        ("audit --action key.explode", 2, "key.deactivate"),
        ("audit --since yesterday", 2, "how long ago"),
        ("audit --until 9999999d", 2, "--until: that is before 1970"),
        ("audit --limit 0", 2, "not in 1..=10000"),
        ("audit --limit 10001", 2, "not in 1..=10000"),
        ("audit --owner 1c7", 2, "1c7"),
        ("audit --field colour", 2, "one of id, at, action"),
    ] {
        installation.run(line).failed(code, &[words]);
    }
}

fn asked(line: &str, answers: Vec<(u16, String)>) -> (Ran, Vec<String>) {
    let server = CannedServer::start(answers);
    let ran = keyctl(["--url", &server.url()].into_iter().chain(line.split_whitespace())).run();
    (ran, server.lines())
}

fn log(entries: &str) -> (u16, String) {
    (
        200,
        format!(
            "{{\"type\":\"collection\",\"resourceType\":\"auditLog\",\"links\":{{}},\"data\":[{entries}]}}"
        ),
    )
}

#[test]
fn a_server_is_asked_for_what_is_looked_for() {
    let entry = "{\"id\":\"1al9\",\"type\":\"auditLog\",\"links\":{},\"accountId\":\"1a5\",\"authType\":\"TokenAuth\",\
                 \"authenticatedAsAccountId\":\"1a7\",\"clientIp\":\"192.0.2.7\",\"created\":\"2026-01-02T03:04:05Z\",\
                 \"credentialId\":null,\"description\":\"account 1a9, owner\",\"eventType\":\"api.projectMember.create\",\
                 \"requestId\":\"r-1\",\"resourceId\":\"1pm1\",\"resourceType\":\"projectMember\"}";
    let (ran, asked) = asked(
        "audit --owner 1a5 --by 1a7 --action member.add --since 2026-01-01T00:00:00Z --limit 7 -o json",
        vec![log(entry)],
    );
    let expected = "[{\"id\":\"1al9\",\"at\":\"2026-01-02T03:04:05Z\",\"action\":\"member.add\",\"target\":\"member/1pm1\",\
                    \"note\":\"account 1a9, owner\",\"owner\":\"1a5\",\"by\":\"1a7\",\"via\":\"session\",\"credential\":null,\
                    \"address\":\"192.0.2.7\",\"requestId\":\"r-1\"}]\n";
    ran.is(0, expected, "");
    let path = "/v1/auditlogs?limit=7&sort=id&order=desc&accountId=1a5&authenticatedAsAccountId=1a7\
                &eventType=api.projectMember.create&created_gte=2026-01-01T00%3A00%3A00Z";
    assert_eq!(asked, [format!("GET {path}")]);
}

#[test]
fn what_a_server_sends_besides_is_left_out_and_what_is_new_is_shown() {
    let entry = |action: &str, more: &str| {
        format!(
            "{{\"id\":\"1al9\",\"type\":\"auditLog\",\"links\":{{}},\"accountId\":\"1a5\",\"authType\":null,\
             \"authenticatedAsAccountId\":\"1a1\",\"created\":\"2026-01-02T03:04:05Z\",\"eventType\":\"{action}\",\
             \"requestId\":\"r-1\",\"resourceId\":\"1x1\",\"resourceType\":\"rocket\"{more}}}"
        )
    };
    let new = entry("api.rocket.launch", "");
    asked("audit --field action", vec![log(&new)]).0.is(0, "api.rocket.launch\n", "");
    asked("audit --field target", vec![log(&new)]).0.is(0, "rocket/1x1\n", "");
    asked("audit --action key.issue --field id", vec![log(&new)]).0.is(0, "", "");
    let strange = new.replace("\"authType\":null", "\"authType\":\"Telepathy\"");
    asked("audit", vec![log(&strange)]).0.failed(1, &["authType", "as new as the server"]);
}

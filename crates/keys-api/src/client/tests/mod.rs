//! The client against a server of canned answers.

mod server;

use std::error::Error as _;

use server::{CannedServer, answer};

use super::{AuditQuery, Change, Client, ClientError, Credential, IdempotencyKey, KeysChange};
use crate::{ApiKeyInput, EditInput, KeyAtRevision, ProjectInput};

const KEY: &str = r#"{"id":"1c7","type":"apiKey","links":{},"actions":{},"name":"ci","state":"active",
    "accountId":"1a5","created":"2026-11-23T12:00:00Z","createdTS":1795435200000,"publicValue":"KC1",
    "secretValue":null}"#;

fn list(keys: &[&str], next: Option<&str>) -> String {
    let next = next.map_or("null".to_owned(), |next| format!("\"{next}\""));
    answer(
        200,
        &format!(
            r#"{{"type":"collection","resourceType":"apiKey","links":{{}},"data":[{}],
            "pagination":{{"next":{next},"limit":1000,"partial":false}}}}"#,
            keys.join(",")
        ),
    )
}

fn refusal(status: u16, code: &str, detail: &str) -> String {
    answer(
        status,
        &format!(
            r#"{{"id":"r-1","type":"error","links":{{}},"actions":{{}},"status":{status},"code":"{code}",
            "message":"{code}","detail":"{detail}"}}"#
        ),
    )
}

fn client(server: &CannedServer) -> Client {
    Client::new(server.url().parse().expect("a URL"))
}

#[test]
fn a_key_is_created_and_its_secret_taken_out() {
    let body = KEY.replace("\"secretValue\":null", "\"secretValue\":\"hush\"");
    let server = CannedServer::start([answer(201, &body)]);
    let client = client(&server).with_credential(Credential::new("KC0", "s0").expect("a pair"));

    let input = ApiKeyInput { name: Some("ci".into()), ..Default::default() };
    let issued = client.create_key(Some("1a5"), &input, &once()).expect("a key");

    assert_eq!(issued.secret_key.expose(), "hush");
    assert_eq!(issued.key.secret_value, None);
    assert!(!format!("{issued:?}").contains("hush"));
    let request = server.requests().remove(0);
    assert_eq!(request.line, "POST /v1/projects/1a5/apikeys HTTP/1.1");
    assert_eq!(request.header("authorization"), Some("Basic S0MwOnMw"));
    assert_eq!(request.header("accept"), Some("application/json"));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("idempotency-key"), Some("\"8e03978e-40d5-43dd-bc93-6894a57f9324\""));
    assert_eq!(request.body, r#"{"name":"ci"}"#);
}

fn once() -> IdempotencyKey {
    IdempotencyKey::new("8e03978e-40d5-43dd-bc93-6894a57f9324").expect("a key")
}

/// The connection breaks after the request has arrived.
const LOST: &str = "";

#[test]
fn a_create_whose_answer_is_lost_is_asked_for_again_under_the_same_key() {
    let created = answer(201, &KEY.replace("\"secretValue\":null", "\"secretValue\":\"hush\""));
    let cut = created.get(..created.len() - 1).expect("ASCII").to_owned();
    for lost in [
        vec![LOST.to_owned()],
        vec![LOST.to_owned(), LOST.to_owned()],
        vec![cut.clone(), answer(502, "")],
        vec![answer(504, "<html>")],
    ] {
        let count = lost.len() + 1;
        let server = CannedServer::start(lost.into_iter().chain([created.clone()]));
        let issued = client(&server).create_key(None, &ApiKeyInput::default(), &once()).expect("a key");
        assert_eq!(issued.secret_key.expose(), "hush");
        let asked = server.requests();
        assert_eq!(asked.len(), count);
        for request in asked {
            assert_eq!(request.line, "POST /v1/apikeys HTTP/1.1");
            assert_eq!(request.header("idempotency-key"), Some("\"8e03978e-40d5-43dd-bc93-6894a57f9324\""));
        }
    }
    let server = CannedServer::start([LOST.to_owned(), answer(201, r#"{"id":"1a7","type":"project"}"#)]);
    let project = client(&server).create_project(&ProjectInput::default(), &once());
    assert_eq!(project.expect("an environment").id, "1a7");
}

#[test]
fn a_create_is_given_up_after_three_times_and_it_is_not_said_that_nothing_happened() {
    let create = |server: &CannedServer| client(server).create_key(None, &ApiKeyInput::default(), &once());
    let server = CannedServer::start([(); 3].map(|()| LOST.to_owned()));
    assert!(matches!(create(&server), Err(ClientError::NoAnswer(_))));
    assert_eq!(server.requests().len(), 3);
    // The server is gone after the first: what that came to is unknown.
    let server = CannedServer::start([LOST.to_owned()]);
    let error = create(&server).expect_err("nobody answered");
    assert!(matches!(error, ClientError::NoAnswer(_)), "{error:?}");
}

#[test]
fn what_is_refused_or_never_sent_is_not_asked_for_again() {
    let server = CannedServer::start([refusal(422, "InvalidFormat", "no"), answer(201, KEY)]);
    let error = client(&server).create_key(None, &ApiKeyInput::default(), &once());
    assert!(matches!(error, Err(ClientError::Refused(_))), "{error:?}");
    assert_eq!(server.requests().len(), 1);
    // And nothing but a create is.
    let server = CannedServer::start([LOST.to_owned(), answer(200, KEY)]);
    let error = client(&server).change_key("1c7", Change::Deactivate);
    assert!(matches!(error, Err(ClientError::NoAnswer(_))), "{error:?}");
}

#[test]
fn a_key_that_was_made_before_and_has_no_secret_any_more_is_named() {
    let gone = answer(201, KEY).replace("\r\n\r\n", "\r\nX-API-Secret-Available: false\r\n\r\n");
    let server = CannedServer::start([gone]);
    let error = client(&server).create_key(None, &ApiKeyInput::default(), &once());
    assert!(matches!(&error, Err(ClientError::SecretGone { id }) if id == "1c7"), "{error:?}");
}

#[test]
fn a_receipt_is_confirmed_beside_the_dialect() {
    let done = "HTTP/1.1 204 No Content\r\n\r\n".to_owned();
    let problem = r#"{"title":"Not Found","status":404,"code":"Not Found","requestId":"r-1"}"#;
    let server = CannedServer::start([done.clone(), done, answer(404, problem), answer(200, "{}")]);
    let client = client(&server);
    client.confirm_receipt(Some("1a5"), &once()).expect("confirmed");
    client.confirm_receipt(None, &once()).expect("confirmed");
    let Err(ClientError::Refused(refusal)) = client.confirm_receipt(None, &once()) else {
        panic!("a refusal was sent")
    };
    assert_eq!(
        (refusal.status, refusal.code.as_str(), refusal.request_id.as_str()),
        (404, "Not Found", "r-1")
    );
    let other = client.confirm_receipt(None, &once());
    assert!(matches!(other, Err(ClientError::NotTheAuthority { status: Some(200), .. })), "{other:?}");
    let asked = server.requests();
    for (request, project) in asked.iter().zip([Some("1a5"), None, None]) {
        assert_eq!(request.line, "POST /receipts/confirm HTTP/1.1");
        assert_eq!(request.header("x-api-project-id"), project);
        assert_eq!(request.header("idempotency-key"), Some("\"8e03978e-40d5-43dd-bc93-6894a57f9324\""));
    }
}

#[test]
fn every_question_has_its_request() {
    type Question = fn(&Client) -> Result<(), ClientError>;
    let table: [(Question, &str, &str); 5] = [
        (|client| client.key("1c7").map(drop), "GET /v1/apikeys/1c7 HTTP/1.1", ""),
        (
            |client| client.edit_key("1c7", &EditInput { name: Some(None), description: None }).map(drop),
            "PUT /v1/apikeys/1c7 HTTP/1.1",
            r#"{"name":null}"#,
        ),
        (
            |client| client.change_key("1c7", Change::Activate).map(drop),
            "POST /v1/apikeys/1c7?action=activate HTTP/1.1",
            "{}",
        ),
        (
            |client| client.change_key("1c7", Change::Deactivate).map(drop),
            "POST /v1/apikeys/1c7?action=deactivate HTTP/1.1",
            "{}",
        ),
        (|client| client.change_key("1c7", Change::Remove).map(drop), "DELETE /v1/apikeys/1c7 HTTP/1.1", ""),
    ];
    for (question, line, body) in table {
        let server = CannedServer::start([answer(200, KEY)]);
        question(&client(&server)).expect(line);
        let request = server.requests().remove(0);
        assert_eq!((request.line.as_str(), request.body.as_str()), (line, body));
        assert_eq!(request.header("authorization"), None);
    }
}

#[test]
fn a_list_is_read_to_its_end_and_only_its_query_followed() {
    let second = KEY.replace("1c7", "1c8");
    let server = CannedServer::start([
        list(&[KEY], Some("https://elsewhere.example/other/path?limit=1000&marker=m7")),
        list(&[&second], None),
    ]);
    let keys = client(&server).keys().expect("two pages");
    assert_eq!(keys.iter().map(|key| key.id.as_str()).collect::<Vec<_>>(), ["1c7", "1c8"]);
    let lines: Vec<_> = server.requests().into_iter().map(|request| request.line).collect();
    assert_eq!(
        lines,
        ["GET /v1/apikeys?limit=1000 HTTP/1.1", "GET /v1/apikeys?limit=1000&marker=m7 HTTP/1.1"]
    );
}

/// The tag of the first page is the one that counts: what came between the pages makes it one of the past.
#[test]
fn members_are_set_in_place_of_those_that_were_read() {
    let tagged = |page: String, tag: &str| page.replacen("\r\n", &format!("\r\nETag: {tag}\r\n"), 1);
    let next = "http://elsewhere/v1/projects/1a5/projectmembers?limit=1000&marker=m1pm1";
    let member = r#"{"id":"1pm1","type":"projectMember","links":{},"actions":{},"projectId":"1a5"}"#;
    let server = CannedServer::start([
        tagged(list(&[member], Some(next)), "\"2.7-0123456789abcdef\""),
        tagged(list(&[member], None), "\"3.9-0123456789abcdef\""),
        refusal(412, "Precondition Failed", "it is not in the state"),
        answer(200, "{}"),
    ]);
    let client = client(&server);
    let read = client.members("1a5").expect("the members");
    assert_eq!(read.members.len(), 2);
    let input = || vec![crate::MemberInput::new("1a1", "owner")];
    let late = client.set_members("1a5", input(), read.tag.as_ref());
    assert!(matches!(late, Err(ClientError::Refused(refusal)) if refusal.status == 412));
    client.set_members("1a5", input(), None).expect("whatever they were");
    let asked = server.requests();
    let line = "GET /v1/projects/1a5/projectmembers?limit=1000 HTTP/1.1";
    assert_eq!(asked[0].line, line);
    assert_eq!(asked[2].header("if-match"), Some("\"2.7-0123456789abcdef\""));
    assert_eq!(asked[3].header("if-match"), None);
}

#[test]
fn a_list_that_goes_round_in_circles_is_an_error() {
    for pages in [
        [list(&[KEY], Some("http://h/?limit=1000")), list(&[], None)],
        [list(&[], Some("http://h/?marker=m1")), list(&[KEY], Some("http://h/?marker=m1"))],
        [list(&[KEY], Some("http://h/?marker=m 1")), list(&[], None)],
    ] {
        let server = CannedServer::start(pages);
        assert!(matches!(client(&server).keys(), Err(ClientError::NotTheAuthority { .. })));
    }
}

#[test]
fn a_key_is_found_by_its_access_key_whatever_else_the_server_sends() {
    let other = KEY.replace("KC1", "KC2");
    let server = CannedServer::start([list(&[&other, KEY], None)]);
    let key = client(&server).key_with_access_key("KC1").expect("an answer").expect("a key");
    assert_eq!(key.public_value.as_deref(), Some("KC1"));

    let server = CannedServer::start([list(&[], None), list(&[KEY], None)]);
    client(&server).key_with_access_key("KC1").expect("an answer").expect("a removed key");
    assert!(server.requests().remove(1).line.contains("publicValue=KC1&state=removed"));

    let server = CannedServer::start([list(&[], None), list(&[], None)]);
    assert!(client(&server).key_with_access_key("KC1").expect("an answer").is_none());
}

#[test]
fn a_refusal_keeps_the_servers_words() {
    let server = CannedServer::start([refusal(405, "Method not allowed", "deactivate it first")]);
    let Err(ClientError::Refused(refusal)) = client(&server).change_key("1c7", Change::Remove) else {
        panic!("a refusal was sent");
    };
    assert_eq!((refusal.status, refusal.code.as_str()), (405, "Method not allowed"));
    assert_eq!(refusal.detail.as_deref(), Some("deactivate it first"));
    assert_eq!(refusal.request_id, "r-1");
    assert_eq!(refusal.to_string(), "405 Method not allowed: deactivate it first");
}

#[test]
fn a_401_says_whether_a_credential_was_presented() {
    let server =
        CannedServer::start([refusal(401, "Unauthorized", "no"), refusal(401, "Unauthorized", "no")]);
    let bare = client(&server);
    assert!(matches!(bare.keys(), Err(ClientError::Unauthenticated { presented: false })));
    let with = bare.with_credential(Credential::new("KC0", "hush").expect("a pair"));
    let error = with.keys().expect_err("a refusal was sent");
    assert!(matches!(error, ClientError::Unauthenticated { presented: true }));
    assert!(!format!("{error} {error:?}").contains("hush"));
}

#[test]
fn another_server_is_told_apart() {
    let table = [
        (answer(200, "<html>It works!</html>"), Some(200)),
        (answer(200, r#"{"type":"error"}"#), Some(200)),
        (answer(404, "<html>not here</html>"), Some(404)),
        (answer(401, "{}"), Some(401)),
        (answer(502, ""), Some(502)),
        (
            "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n".to_owned(),
            Some(302),
        ),
        ("SSH-2.0-OpenSSH_9.7\r\n\r\n".to_owned(), None),
    ];
    for (canned, expected) in table {
        let server = CannedServer::start([canned.clone()]);
        match client(&server).key("1c7") {
            Err(ClientError::NotTheAuthority { status, .. }) => assert_eq!(status, expected, "{canned}"),
            other => panic!("{canned:?} gave {other:?}"),
        }
    }
}

#[test]
fn no_connection_and_no_answer_are_told_apart() {
    let server = CannedServer::start([]);
    let gone = client(&server);
    server.stop();
    let error = gone.key("1c7").expect_err("nobody listens");
    assert!(matches!(error, ClientError::Unreachable(_)), "{error:?}");
    assert!(error.source().is_some());

    for cut in ["", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":"] {
        let server = CannedServer::start([cut.to_owned()]);
        let error = client(&server).change_key("1c7", Change::Deactivate).expect_err("no whole answer");
        assert!(matches!(error, ClientError::NoAnswer(_)), "{cut:?} gave {error:?}");
    }
}

#[test]
fn a_name_without_an_address_was_never_asked() {
    // Too long a label for any name, so that it is refused without asking a network.
    let url = format!("http://{}.invalid", "a".repeat(64));
    let error = Client::new(url.parse().expect("a URL")).change_key("1c7", Change::Deactivate);
    assert!(matches!(error, Err(ClientError::Unreachable(_))), "{error:?}");
}

#[test]
fn where_no_tls_is_spoken_nothing_was_sent() {
    use std::io::Write as _;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("https://{}", listener.local_addr().expect("an address"));
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").expect("it listens");
        // Read to its end, so that closing does not reset what was written.
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
    });
    let error = Client::new(url.parse().expect("a URL")).key("1c7").expect_err("no TLS");
    assert!(matches!(error, ClientError::Unreachable(_)), "{error:?}");
    thread.join().expect("the server ran");
}

#[test]
fn what_is_no_id_is_never_sent() {
    let server = CannedServer::start([]);
    for id in ["", ".", "..", "1c7/../1c8", "1c7?x", "1c7#", "1c 7", "1c7\r\nX: y", "é", "%2e"] {
        assert!(matches!(client(&server).key(id), Err(ClientError::InvalidId)), "{id:?}");
        assert!(matches!(
            client(&server).create_key(Some(id), &ApiKeyInput::default(), &once()),
            Err(ClientError::InvalidId)
        ));
        assert!(matches!(client(&server).confirm_receipt(Some(id), &once()), Err(ClientError::InvalidId)));
    }
}

#[test]
fn whom_the_server_takes_the_caller_for_is_read_from_the_header() {
    let with = "HTTP/1.1 200 OK\r\nX-API-ACCOUNT-ID: 1a5\r\nContent-Length: 2\r\n\r\n{}".to_owned();
    let server = CannedServer::start([with, answer(200, "{}")]);
    assert_eq!(client(&server).account_id().expect("an answer").as_deref(), Some("1a5"));
    assert_eq!(client(&server).account_id().expect("an answer"), None);
}

#[test]
fn a_page_that_shows_nothing_may_lead_to_one_that_does() {
    let next = |marker: u8| format!("http://elsewhere/v1/apikeys?limit=1000&marker=m{marker}");
    let server =
        CannedServer::start([list(&[], Some(&next(1))), list(&[], Some(&next(2))), list(&[KEY], None)]);
    assert_eq!(client(&server).keys().expect("keys").len(), 1);
    let lines: Vec<_> = server.requests().into_iter().map(|request| request.line).collect();
    assert_eq!(lines.last().map(String::as_str), Some("GET /v1/apikeys?limit=1000&marker=m2 HTTP/1.1"));
    // One that leads to itself leads nowhere.
    let server = CannedServer::start([list(&[], Some("http://elsewhere/v1/apikeys?limit=1000"))]);
    let error = client(&server).keys();
    assert!(matches!(error, Err(ClientError::NotTheAuthority { .. })), "{error:?}");
}

#[test]
fn the_audit_log_is_read_backwards_and_no_further_than_asked() {
    let entry = |id: u8| {
        format!(r#"{{"id":"1al{id}","type":"auditLog","links":{{}},"eventType":"api.apiKey.create"}}"#)
    };
    let page = |entries: &[String], next: Option<&str>| {
        list(&entries.iter().map(String::as_str).collect::<Vec<_>>(), next)
    };
    let next =
        "http://elsewhere/v1/auditlogs?limit=3&sort=id&order=desc&eventType=api.apiKey.create&marker=m8";
    let server = CannedServer::start([
        page(&[entry(9), entry(8)], Some(next)),
        page(&[entry(7), entry(6)], Some(next)),
    ]);
    let query = AuditQuery { event_type: Some("api.apiKey.create"), ..AuditQuery::default() };
    let found = client(&server).audit_logs(&query, 3).expect("entries");
    let ids: Vec<_> = found.iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!(ids, ["1al9", "1al8", "1al7"]);
    let lines: Vec<_> = server.requests().into_iter().map(|request| request.line).collect();
    let path = "/v1/auditlogs?limit=3&sort=id&order=desc&eventType=api.apiKey.create";
    assert_eq!(lines, [format!("GET {path} HTTP/1.1"), format!("GET {path}&marker=m8 HTTP/1.1")]);
}

/// Keys that match, each with its revision.
fn found(keys: &[(&str, &str)], next: Option<&str>) -> String {
    let keys: Vec<_> = keys
        .iter()
        .map(|(id, revision)| {
            KEY.replace("1c7", id).replacen('{', &format!("{{\"revision\":\"{revision}\","), 1)
        })
        .collect();
    list(&keys.iter().map(String::as_str).collect::<Vec<_>>(), next)
}

#[test]
fn keys_that_match_are_read_to_the_end_or_to_more_than_was_wanted() {
    let next = "http://other:1/keys/matching?owner=1a5&name=a%20b&after=1c2";
    let pages = || {
        [
            found(&[("1c1", "3"), ("1c2", "4")], Some(next)),
            found(&[], Some(&next.replace("1c2", "1c9"))),
            found(&[("1c10", "5")], None),
        ]
    };
    let server = CannedServer::start(pages());
    let client_of = |server: &CannedServer| client(server).inside("1a5").expect("an id");
    let filters = [("owner", "1a5"), ("name", "a b&c=d")];
    let keys = client_of(&server).keys_matching(&filters, 1_000).expect("keys");
    let seen: Vec<_> = keys.iter().map(|found| (found.key.id.as_str(), found.revision.as_str())).collect();
    assert_eq!(seen, [("1c1", "3"), ("1c2", "4"), ("1c10", "5")]);
    let requests = server.requests();
    let lines: Vec<_> = requests.iter().map(|request| request.line.as_str()).collect();
    assert_eq!(
        lines,
        [
            "GET /keys/matching?owner=1a5&name=a%20b%26c%3Dd HTTP/1.1",
            "GET /keys/matching?owner=1a5&name=a%20b&after=1c2 HTTP/1.1",
            "GET /keys/matching?owner=1a5&name=a%20b&after=1c9 HTTP/1.1",
        ]
    );
    assert!(requests.iter().all(|request| request.header("x-api-project-id") == Some("1a5")));
    let server = CannedServer::start(pages());
    assert_eq!(
        client_of(&server).keys_matching(&filters, 1).expect("keys").len(),
        2,
        "one too many is enough"
    );
    assert_eq!(server.requests().len(), 1);
    let server = CannedServer::start([found(&[], Some("http://h/keys/matching?owner=1a5"))]);
    let circle = client(&server).keys_matching(&[("owner", "1a5")], 1);
    assert!(matches!(circle, Err(ClientError::NotTheAuthority { .. })), "{circle:?}");
}

#[test]
fn keys_are_moved_as_they_were_read() {
    let server = CannedServer::start([list(&[KEY], None)]);
    let keys = vec![KeyAtRevision { id: "1c7".into(), revision: "3".into() }];
    let moved = client(&server).change_keys(KeysChange::Delete, keys).expect("they moved");
    assert_eq!(moved.iter().map(|key| key.id.as_str()).collect::<Vec<_>>(), ["1c7"]);
    let request = server.requests().remove(0);
    assert_eq!(request.line, "POST /keys/transition HTTP/1.1");
    assert_eq!(request.body, r#"{"transition":"delete","keys":[{"id":"1c7","revision":"3"}]}"#);
}

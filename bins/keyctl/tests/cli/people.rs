//! People and members: over HTTP against canned answers, and on a database.

use keys_core::{Credential, Name, SessionKind, SessionToken, Verdict};
use keys_service::{Context, KeyRequest, LogInRequest, SessionOutcome, Visitor};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;

use crate::database::Installation;
use crate::server::CannedServer;
use crate::support::{Ran, keyctl};

fn ok(body: String) -> (u16, String) {
    (200, body)
}

/// Done, and nothing to say of it.
fn done() -> (u16, String) {
    (204, String::new())
}

/// A refusal beside the dialect.
fn problem(status: u16, code: &str) -> (u16, String) {
    let body = format!(
        "{{\"title\":\"{code}\",\"status\":{status},\"detail\":\"said by the server\",\"code\":\"{code}\",\"requestId\":\"r-1\"}}"
    );
    (status, body)
}

fn error(status: u16, code: &str, field: &str) -> (u16, String) {
    let body = format!(
        "{{\"id\":\"r-1\",\"type\":\"error\",\"links\":{{}},\"actions\":{{}},\"status\":{status},\"code\":\"{code}\",\
         \"message\":\"{code}\",\"detail\":\"said by the server\",\"fieldName\":{field}}}"
    );
    (status, body)
}

fn account(id: &str, kind: &str, state: &str) -> String {
    format!(
        "{{\"id\":\"{id}\",\"type\":\"account\",\"links\":{{}},\"actions\":{{}},\"name\":\"Ada\",\"kind\":\"{kind}\",\
         \"state\":\"{state}\",\"created\":\"2026-01-02T03:04:05Z\",\"description\":null,\"removed\":null}}"
    )
}

/// A key just made, for this owner.
fn made_for(owner: &str) -> (u16, String) {
    let pair = Credential::generate(&mut getrandom::SysRng).expect("randomness");
    let body = format!(
        "{{\"id\":\"1c7\",\"type\":\"apiKey\",\"links\":{{}},\"actions\":{{}},\"name\":\"ci\",\"state\":\"active\",\
         \"accountId\":\"{owner}\",\"created\":\"2026-01-02T03:04:05Z\",\"publicValue\":\"{}\",\
         \"expiresAt\":null,\"removed\":null,\"secretValue\":\"{}\"}}",
        pair.access_key(),
        pair.secret_key().expose()
    );
    (201, body)
}

fn project() -> String {
    "{\"id\":\"1a5\",\"type\":\"project\",\"links\":{},\"actions\":{},\"name\":\"Default\",\"state\":\"active\",\
     \"created\":\"2026-01-02T03:04:05Z\",\"removed\":null}"
        .to_owned()
}

fn member(account: &str, role: &str) -> String {
    format!(
        "{{\"id\":\"1pm1\",\"type\":\"projectMember\",\"links\":{{}},\"actions\":{{}},\"projectId\":\"1a5\",\
         \"externalId\":\"{account}\",\"externalIdType\":\"rancher_id\",\"role\":\"{role}\",\
         \"created\":\"2026-01-02T03:04:05Z\"}}"
    )
}

fn list(members: &[String]) -> (u16, String) {
    let members = members.join(",");
    ok(format!("{{\"type\":\"collection\",\"resourceType\":\"x\",\"links\":{{}},\"data\":[{members}]}}"))
}

/// A run against a server with these answers, and what the server was asked: line and body.
fn against(answers: Vec<(u16, String)>, line: &str) -> (Ran, Vec<String>) {
    let server = CannedServer::start(answers);
    let ran = keyctl(["--url", &server.url()].into_iter().chain(line.split_whitespace())).run();
    let asked = server.requests().into_iter().map(|request| {
        format!("{} {}", request.line.replace(" HTTP/1.1", ""), request.body).trim_end().to_owned()
    });
    (ran, asked.collect())
}

#[test]
fn every_command_asks_what_it_means() {
    let ada = |state: &str| ok(account("1a7", "user", state));
    let members = || list(&[member("1a1", "owner"), member("1a7", "member")]);
    let table = [
        (
            vec![(201, account("1a7", "admin", "active"))],
            "user add --name Ada --admin",
            vec![r#"POST /v1/accounts {"name":"Ada","kind":"admin"}"#],
        ),
        (vec![list(&[account("1a7", "user", "active")])], "user list", vec!["GET /v1/accounts?limit=1000"]),
        (
            vec![ada("active"), ada("active")],
            "user edit 1a7 --description= --default-environment 1a5",
            vec![
                "GET /v1/accounts/1a7",
                r#"PUT /v1/accounts/1a7 {"description":null,"defaultProjectId":"1a5"}"#,
            ],
        ),
        (
            vec![ada("active"), ada("inactive"), list(&[])],
            "user disable 1a7",
            vec![
                "GET /v1/accounts/1a7",
                "POST /v1/accounts/1a7?action=deactivate {}",
                "GET /keys/made?account=1a7",
            ],
        ),
        (
            vec![ada("inactive"), ada("active")],
            "user enable 1a7",
            vec!["GET /v1/accounts/1a7", "POST /v1/accounts/1a7?action=activate {}"],
        ),
        (
            vec![ada("inactive"), ada("inactive")],
            "user remove --yes 1a7",
            vec!["GET /v1/accounts/1a7", "DELETE /v1/accounts/1a7"],
        ),
        (
            vec![ada("active"), ok(account("1a7", "admin", "active"))],
            "user admin 1a7",
            vec!["GET /v1/accounts/1a7", r#"PUT /v1/accounts/1a7 {"kind":"admin"}"#],
        ),
        (vec![ada("active")], "user admin 1a7 --revoke", vec!["GET /v1/accounts/1a7"]),
        (
            vec![done(), done()],
            "user unlock ada 1a7",
            vec![r#"POST /accounts/unlock {"login":"ada"}"#, r#"POST /accounts/unlock {"account":"1a7"}"#],
        ),
        (
            vec![done(), done()],
            "user end-sessions ada 1a7",
            vec![r#"POST /sessions/end {"login":"ada"}"#, r#"POST /sessions/end {"account":"1a7"}"#],
        ),
        (vec![done()], "user end-sessions --all", vec![r#"POST /sessions/end {"all":true}"#]),
        (
            vec![ok(project()), members()],
            "member list 1a5",
            vec!["GET /v1/projects/1a5", "GET /v1/projects/1a5/projectmembers?limit=1000"],
        ),
        (
            vec![ok(project()), members(), ok("{}".to_owned()), members()],
            "member add 1a5 1a7 --role readonly",
            vec![
                "GET /v1/projects/1a5",
                "GET /v1/projects/1a5/projectmembers?limit=1000",
                "POST /v1/projects/1a5?action=setmembers {\"members\":[\
                 {\"externalId\":\"1a1\",\"externalIdType\":\"rancher_id\",\"role\":\"owner\"},\
                 {\"externalId\":\"1a7\",\"externalIdType\":\"rancher_id\",\"role\":\"readonly\"}]}",
                "GET /v1/projects/1a5/projectmembers?limit=1000",
            ],
        ),
        (
            vec![ok(project()), members(), ok("{}".to_owned()), members()],
            "member remove 1a5 1a7",
            vec![
                "GET /v1/projects/1a5",
                "GET /v1/projects/1a5/projectmembers?limit=1000",
                "POST /v1/projects/1a5?action=setmembers {\"members\":[\
                 {\"externalId\":\"1a1\",\"externalIdType\":\"rancher_id\",\"role\":\"owner\"}]}",
                "GET /v1/projects/1a5/projectmembers?limit=1000",
            ],
        ),
    ];
    for (answers, line, expected) in table {
        let (ran, asked) = against(answers, line);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{line}: {ran:?}");
        assert_eq!(asked, expected, "{line}");
    }
}

#[test]
fn refusals_have_our_words_and_codes() {
    let ada = |state: &str| ok(account("1a7", "user", state));
    let table = [
        (vec![error(404, "Not Found", "null")], "user enable 1a7", 3, "there is no account 1a7 of a person"),
        (vec![ok(account("1a5", "project", "active"))], "user enable 1a5", 3, "there is no account 1a5"),
        (
            vec![ada("active"), error(405, "LastAdminAccount", "null")],
            "user disable 1a7",
            5,
            "1a7: nobody else who administers could enter",
        ),
        (
            vec![ada("active"), error(405, "LastAdminAccount", "null")],
            "user admin 1a7",
            5,
            "keyctl user admin another ACCOUNT",
        ),
        (vec![ada("active"), ada("active")], "user admin 1a7", 4, "only an administrator may"),
        (
            vec![ada("active"), error(422, "InvalidReference", "\"defaultProjectId\""), ada("active")],
            "user edit 1a7 --default-environment 1a5",
            5,
            "1a7: the person may not enter this environment",
        ),
        (
            vec![ada("active"), error(405, "ActionNotAvailable", "null"), ada("active")],
            "user remove --yes 1a7",
            5,
            "first: keyctl user disable 1a7",
        ),
        (
            vec![ada("inactive"), error(422, "ActionNotAvailable", "\"action\""), ada("inactive")],
            "user disable 1a7",
            5,
            "--idempotent takes that as success",
        ),
        (
            vec![ok(project()), list(&[member("1a1", "owner")])],
            "member remove 1a5 1a1",
            5,
            "1a5: an environment needs a member that is its owner",
        ),
        (
            vec![ok(project()), list(&[member("1a1", "owner")])],
            "member remove 1a5 1a7",
            3,
            "account 1a7 is no member of environment 1a5",
        ),
        (
            vec![ok(project()), list(&[]), error(400, "InvalidFormat", "\"members\"")],
            "member add 1a5 1a7 --role owner",
            3,
            "said by the server",
        ),
        (
            vec![ok(project()), error(403, "Forbidden", "null")],
            "member set 1a5 1a7=owner",
            4,
            "403 Forbidden",
        ),
        (vec![problem(404, "Not Found")], "user unlock ada", 3, "nobody logs in as ada"),
        (vec![problem(404, "Not Found")], "user unlock 1a7", 3, "there is no account 1a7 of a person"),
        (vec![done(), problem(404, "Not Found")], "user unlock ada 1a7", 3, "done before: ada"),
        (vec![problem(403, "Forbidden")], "user unlock ada", 4, "said by the server"),
        (vec![], "user unlock no:name", 2, "colon"),
        (vec![problem(404, "Not Found")], "user end-sessions ada", 3, "nobody logs in as ada"),
        (vec![problem(403, "Forbidden")], "user end-sessions --all", 4, "said by the server"),
        (vec![], "user end-sessions", 2, "NAME|ACCOUNT"),
        (vec![], "user end-sessions ada --all", 2, "cannot be used with"),
        (vec![], "member set 1a5 1a7=owner 1a7=member", 2, "account 1a7 is named twice"),
        (vec![], "member set 1a5 1a7=member", 2, "none of them is an owner"),
        (vec![], "member set 1a5 1a7:owner", 2, "such as 1a7=owner"),
        (vec![ada("active"), made_for("1a1")], "create --owner 1a7", 4, "key 1c7 for 1a1, not for 1a7"),
        (
            vec![ada("inactive"), error(403, "Forbidden", "null"), ada("inactive")],
            "create --owner 1a7",
            5,
            "keyctl user enable 1a7",
        ),
    ];
    for (answers, line, code, words) in table {
        against(answers, line).0.failed(code, &[words]);
    }
}

#[test]
fn people_are_shown_for_people() {
    let installation = Installation::new();
    let made = installation.run("user add --name Ada --description engineer");
    let made = made.stdout.lines().take(6).collect::<Vec<_>>();
    assert_eq!(
        made,
        [
            "id                   1a6",
            "kind                 user",
            "state                active",
            "name                 Ada",
            "description          engineer",
            "default environment  -",
        ]
    );
    assert_eq!(installation.run("member add 1a5 1a6 --role owner").code, 0);
    let edited = installation.run("user edit 1a6 --default-environment 1a5").stdout;
    assert!(edited.contains("default environment  1a5\n"), "{edited}");
    let members = installation.run("member list 1a5").stdout;
    let members: Vec<Vec<_>> =
        members.lines().map(|line| line.split_whitespace().take(3).collect()).collect();
    assert_eq!(
        members,
        [["ACCOUNT", "ROLE", "ENVIRONMENT"], ["1a1", "owner", "1a5"], ["1a6", "owner", "1a5"]]
    );
    let listed = installation.run("user list").stdout;
    let ids: Vec<_> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(ids, ["ID", "1a1", "1a6"], "neither environments nor accounts of the installation's own");
    // Nobody may enter an environment that is not active, so nobody begins there.
    assert_eq!(installation.run("env deactivate 1a5").code, 0);
    let shown = installation.run("user list -o json").stdout;
    assert!(!shown.contains("\"defaultEnvironment\":\"1a5\""), "{shown}");
    assert_eq!(installation.run("user disable 1a6").code, 0);
    assert_eq!(installation.run("user remove --yes 1a6").code, 0);
    assert!(!installation.run("user list").stdout.contains("1a6"));
    assert!(
        !installation.run("member list 1a5").stdout.contains("1a6"),
        "it is a member of nothing any more"
    );
}

/// A list is set in place of the one that was read, and read again when it is another by now.
#[test]
fn members_that_others_change_meanwhile_are_not_undone() {
    let (one, two) = (member("1a1", "owner"), member("1a8", "member"));
    let overtaken = || error(412, "Precondition Failed", "null");
    for (line, ends) in
        [("member add 1a5 1a7 --role readonly", vec![("1a7", "readonly")]), ("member remove 1a5 1a8", vec![])]
    {
        let removes = line.starts_with("member remove");
        let first =
            if removes { list(&[one.clone(), two.clone()]) } else { list(std::slice::from_ref(&one)) };
        let second = list(&[one.clone(), two.clone(), member("1a9", "member")]);
        let answers = [ok(project()), first, overtaken(), second.clone(), ok("{}".to_owned()), second];
        let server = CannedServer::start(answers);
        let ran = keyctl(["--url", &server.url()].into_iter().chain(line.split_whitespace())).run();
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{line}: {ran:?}");
        let asked = server.requests();
        let sets: Vec<_> = asked.iter().filter(|request| request.line.starts_with("POST")).collect();
        let conditions: Vec<_> = sets.iter().map(|request| request.header("if-match")).collect();
        assert_eq!(conditions, [Some("\"answer-2\""), Some("\"answer-4\"")], "{line}");
        assert!(sets[1].body.contains("1a9"), "who came meanwhile stays: {}", sets[1].body);
        assert_eq!(sets[1].body.contains("1a8"), !removes);
        assert!(ends.iter().all(|(account, role)| {
            sets[1].body.contains(&format!("\"{account}\"")) && sets[1].body.contains(role)
        }));
    }
    // Not for ever, and what is said as a whole is set as a whole.
    let mut answers = vec![ok(project())];
    answers.extend((0..8).flat_map(|_| [list(std::slice::from_ref(&one)), overtaken()]));
    against(answers, "member add 1a5 1a7")
        .0
        .failed(5, &["1a5: others kept changing the members", "try again"]);
    let server = CannedServer::start([ok(project()), ok("{}".to_owned()), list(&[one])]);
    let set = keyctl(["--url", &server.url(), "member", "set", "1a5", "1a1=owner"]).run();
    assert_eq!((set.code, server.requests()[1].header("if-match")), (0, None));
}

/// The pair that a `create -o json` has printed.
fn pair(created: &Ran) -> Credential {
    let half = |name: &str| {
        let (_, rest) = created.stdout.split_once(&format!("\"{name}\":\"")).expect("a half");
        rest.split('"').next().expect("its text")
    };
    Credential::parse(half("accessKey"), half("secretKey")).expect("a pair")
}

/// Makes a key of environment `1a5` by this pair, as a server does.
fn make_key_in_default(installation: &Installation, pair: &Credential) {
    let mut rng = ChaCha20Rng::from_seed([3; 32]);
    let now = "2099-01-02T03:04:05.678Z".parse().expect("a timestamp");
    installation.served(&mut rng, |authority, rng| {
        let grant = match authority.authenticate(pair, now).expect("a verdict") {
            Verdict::Allow(grant) => Some(grant),
            Verdict::Deny(_) => None,
        };
        let grant = grant.expect("the pair is good");
        let environment = "1a5".parse().expect("an id");
        let caller = authority.enter(authority.caller(&grant), environment).expect("she is a member");
        let context =
            Context { caller, client_address: None, request_id: "test".parse().expect("a request id"), now };
        let request = KeyRequest { name: Name::new("hers").ok(), ..KeyRequest::default() };
        authority.issue_key(&context, request, rng).expect("a key");
    });
}

#[test]
fn whoever_disables_somebody_is_shown_what_they_made() {
    let installation = Installation::new();
    assert_eq!(installation.run("user add --name Ada").code, 0);
    let own = installation.run("create --owner 1a6 --name own -o json");
    assert!(own.code == 0 && own.stdout.contains("\"owner\":\"1a6\""), "{own:?}");
    let disabled = installation.run("user disable 1a6");
    assert_eq!(disabled.code, 0);
    assert!(!disabled.stdout.contains("made by them"), "the database made her key, not she: {disabled:?}");
    assert_eq!(installation.run("user enable 1a6").code, 0);
    assert_eq!(installation.run("member add 1a5 1a6").code, 0);

    make_key_in_default(&installation, &pair(&own));
    let disabled = installation.run("user disable 1a6").stdout;
    let (account, keys) = disabled.split_once("\nmade by them;").expect("her keys");
    assert!(account.contains("inactive"), "{disabled}");
    assert!(keys.contains("  active  1a5    hers"), "{disabled}");
    let again = installation.run("user disable 1a6 --idempotent -o json").stdout;
    assert!(
        again.contains("\"state\":\"inactive\"") && again.contains("\"keysMade\":[{\"id\":\"1c4\""),
        "{again}"
    );
}

/// Nobody is locked out of a server that does not run, and the audit chain says who asked.
#[test]
fn an_unlock_on_a_database_is_an_event() {
    let installation = Installation::new();
    assert_eq!(installation.run("user add --name Ada").code, 0);
    let set = installation.keyctl("user password 1a6 --login ada --password-stdin".split_whitespace());
    assert_eq!(set.stdin(PASSWORD).run().code, 0);
    installation.run("user unlock ADA 1a6").is(0, "unlocked ADA\nunlocked 1a6\n", "");
    installation.run("user unlock ada -o json").is(0, "{\"unlocked\":[\"ada\"]}\n", "");
    installation.run("user unlock grace").failed(3, &["nobody logs in as grace"]);
    installation.run("user unlock 1a5").failed(3, &["there is no account 1a5 of a person"]);
    let server = installation.open();
    let events = server.audit(None, 100).expect("the events");
    let unlocks = events.iter().filter(|linked| linked.event.action == keys_core::Action::UnlockAccount);
    assert_eq!(unlocks.count(), 3);
    installation.run("user unlock ada").failed(5, &["in use by another process", "--url"]);
}

/// Sessions are kept in the database, so whoever holds it ends them without a server.
#[test]
fn sessions_are_ended_on_a_database() {
    let installation = Installation::new();
    assert_eq!(installation.run("user add --name Ada").code, 0);
    let set = installation.keyctl("user password 1a6 --login ada --password-stdin".split_whitespace());
    assert_eq!(set.stdin(PASSWORD).run().code, 0);
    for (n, (line, shown)) in (1..).zip([
        ("user end-sessions ADA", "ended all sessions of ADA\n"),
        ("user end-sessions --all", "ended all sessions of everybody\n"),
    ]) {
        let token = ada_logs_in(&installation, n);
        assert!(is_inside(&installation, &token));
        installation.run(line).is(0, shown, "");
        assert!(!is_inside(&installation, &token), "{line}");
    }
    let (one, all) = ("{\"everybody\":false,\"people\":[\"1a6\"]}\n", "{\"everybody\":true,\"people\":[]}\n");
    installation.run("user end-sessions 1a6 -o json").is(0, one, "");
    installation.run("user end-sessions --all -o json").is(0, all, "");
    installation.run("user end-sessions grace").failed(3, &["nobody logs in as grace"]);
}

const PASSWORD: &str = "correct horse battery staple";
const LATER: &str = "2099-01-02T03:04:05.678Z";

fn ada_logs_in(installation: &Installation, seed: u8) -> SessionToken {
    let visitor = Visitor {
        client_address: None,
        request_id: "test".parse().expect("a request id"),
        now: LATER.parse().expect("a timestamp"),
    };
    let request = LogInRequest {
        login: "ada".parse().expect("a name"),
        password: keys_core::Password::new(PASSWORD).expect("a password"),
        kind: SessionKind::Bearer,
        device: None,
    };
    let mut rng = ChaCha20Rng::from_seed([seed; 32]);
    installation.served(&mut rng, |authority, rng| {
        authority.log_in(&request, &visitor, rng).expect("a session").token
    })
}

fn is_inside(installation: &Installation, token: &SessionToken) -> bool {
    let now = LATER.parse().expect("a timestamp");
    installation.served(&mut ChaCha20Rng::from_seed([9; 32]), |authority, _| {
        matches!(authority.authenticate_session(token, now).expect("an answer"), SessionOutcome::Entered(_))
    })
}

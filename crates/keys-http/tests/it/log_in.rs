//! People log in and out, by a page and by a program; what lets them in, what does not, and what ends it.

use http::{Method, StatusCode};
use keys_core::{AccountKind, SessionToken};
use keys_http::{AppConfig, Exposure};
use keys_store::{LogInStore as _, MemoryStore};
use serde_json::json;

use crate::log::logged;
use crate::support::log_in::{
    PASSWORD, Person, as_bearer, bearer, by_code, cookie, disable, form, from, person, set,
};
use crate::support::{Ask, Pair, Reply, TestApp, basic};

/// A protected installation with an administrator `ada` and a person `grace` who log in.
struct People {
    app: TestApp,
    admin: Pair,
    ada: Person,
    grace: Person,
}

impl People {
    fn new() -> Self {
        Self::with(AppConfig::default())
    }

    fn with(config: AppConfig) -> Self {
        let app = TestApp::with(config);
        let ada = person(&app, AccountKind::Admin, "ada");
        let grace = person(&app, AccountKind::User, "grace");
        let admin = app.protect();
        Self { app, admin, ada, grace }
    }
}

/// Who a request acts as; `None` for nobody.
fn who(app: &TestApp, ask: Ask) -> Option<String> {
    let reply = ask.send(app);
    match reply.status {
        StatusCode::OK => reply.header("x-api-account-id").map(str::to_owned),
        StatusCode::UNAUTHORIZED => None,
        other => panic!("{other}: {reply:?}"),
    }
}

fn with_cookie(path: &str, cookie: &str) -> Ask {
    Ask::get(path).header("cookie", &format!("session={cookie}"))
}

/// A page of ours, with a session.
fn browses(path: &str, cookie: &str) -> Ask {
    with_cookie(path, cookie).header("user-agent", "Mozilla/5.0").header("accept", "text/html,*/*")
}

// ---- by a program ---------------------------------------------------------------------------------------------------

#[test]
fn a_token_says_who_one_is_and_is_shown_once() {
    let People { app, ada, .. } = People::new();
    let reply = by_code(&app, &format!("ADA:{PASSWORD}"));
    assert_eq!(reply.status, StatusCode::CREATED);
    let token = reply.json();
    let account = ada.account.to_string();
    for (field, value) in [
        ("type", json!("token")),
        ("accountId", json!(account)),
        ("user", json!("ADA")),
        ("userType", json!("admin")),
        ("authProvider", json!("localauthconfig")),
        ("security", json!(true)),
        ("enabled", json!(true)),
        ("code", json!(null)),
    ] {
        assert_eq!(token[field], value, "{field}");
    }
    assert_eq!(token["userIdentity"]["externalId"], account.as_str());
    assert_eq!(token["identities"], json!([token["userIdentity"]]));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.headers.get("set-cookie"), None, "a program keeps it itself");
    let jwt = token["jwt"].as_str().unwrap();
    assert_eq!(jwt.len(), SessionToken::LENGTH);
    let list = as_bearer(Method::GET, "/v1/token", jwt).send(&app);
    assert!(!list.text().contains(jwt));
    assert_eq!(list.json()["data"][0]["authProvider"], "localauthconfig");
}

#[test]
fn a_token_is_taken_from_each_of_its_places() {
    let People { app, ada, .. } = People::new();
    let token = bearer(&app, "ada");
    let ada = Some(ada.account.to_string());
    let basic_user = |user: &str| Ask::get("/v1").header("authorization", &basic(user, &token));
    assert_eq!(who(&app, as_bearer(Method::GET, "/v1", &token)), ada);
    assert_eq!(who(&app, basic_user("x-api-bearer")), ada);
    assert_eq!(who(&app, basic_user("x-api-bearer=1a5")), Some("1a5".into()));
    assert_eq!(who(&app, Ask::get("/v1").header("cookie", &format!("token={token}"))), ada);
    assert_eq!(who(&app, with_cookie("/v1", &token)), ada);
    // Never from an address, and never as another kind of secret.
    assert_eq!(who(&app, Ask::get(&format!("/v1?token={token}"))), None);
    assert_eq!(who(&app, Ask::get("/v1").header("x-api-key", &token)), None);
    assert_eq!(who(&app, Ask::get("/v1").header("authorization", &basic("ada", &token))), None);
    let foreign = basic_user("x-api-bearer=1a999").send(&app);
    assert_eq!(foreign.error().0, 403);
}

#[test]
fn who_is_not_let_in_learns_nothing() {
    let People { app, grace, .. } = People::new();
    let disabled = People::new();
    disable(&disabled.app, disabled.grace.account);
    let refusals = [
        by_code(&app, "nobody:correct horse battery staple"),
        by_code(&app, "grace:wrong horse battery staple"),
        by_code(&disabled.app, &format!("grace:{PASSWORD}")),
        by_code(&app, "ada:short"),
        by_code(&app, " ada:correct horse battery staple"),
        by_code(&app, ":"),
    ];
    let anonymous = |reply: &Reply| {
        let id = reply.header("x-request-id").unwrap();
        reply.text().replace(id, "")
    };
    for refused in &refusals {
        assert_eq!(refused.error(), (401, "Unauthorized".into(), None));
        assert_eq!(anonymous(refused), anonymous(&refusals[0]));
        assert!(refused.header("www-authenticate").is_some());
    }
    let before = app.revision();
    let post = |body| app.post("/v1/token", &body).error();
    assert_eq!(post(json!({"code": "no colon"})).0, 403);
    assert_eq!(post(json!({})), (422, "MissingRequired".into(), Some("code".into())));
    assert_eq!(post(json!({"code": ["a:b"]})), (422, "InvalidFormat".into(), Some("code".into())));
    assert_eq!(app.put("/v1/token", &json!({})).error().0, 405);
    assert_eq!((app.revision(), grace.account.to_string().as_str()), (before, "1a7"));
}

#[test]
fn clients_that_send_none_none_are_the_administrator_of_an_open_server() {
    let app = TestApp::new();
    let person = person(&app, AccountKind::User, "grace");
    let token = bearer(&app, "grace");
    let none = Ask::get("/v1").header("authorization", &basic("None", "None"));
    assert_eq!(who(&app, none), Some("1a1".into()));
    // A session acts as its account even so; one that has ended is as good as none.
    assert_eq!(who(&app, as_bearer(Method::GET, "/v1", &token)), Some(person.account.to_string()));
    assert_eq!(as_bearer(Method::DELETE, "/v1/token", &token).send(&app).status, StatusCode::NO_CONTENT);
    assert_eq!(who(&app, as_bearer(Method::GET, "/v1", &token)), Some("1a1".into()));
}

#[test]
fn what_is_said_outright_counts_and_the_cookie_does_not() {
    let People { app, admin, ada, .. } = People::new();
    let held = cookie(&app, "ada");
    assert_eq!(who(&app, with_cookie("/v1", &held)), Some(ada.account.to_string()));
    assert_eq!(who(&app, with_cookie("/v1", &held).by(&admin)), Some("1a1".into()));
    assert_eq!(who(&app, with_cookie("/v1", &held).header("x-api-key", &admin.joined())), Some("1a1".into()));
    assert_eq!(who(&app, with_cookie("/v1", &held).header("authorization", &basic("None", "None"))), None);
}

// ---- guessing -------------------------------------------------------------------------------------------------------

#[test]
fn too_many_failures_are_told_to_wait_and_for_how_long() {
    let People { app, .. } = People::new();
    assert_eq!(by_code(&app, "ada:wrong horse battery staple").error().0, 401);
    let early = by_code(&app, &format!("ada:{PASSWORD}"));
    assert_eq!(early.error(), (429, "Too Many Requests".into(), None));
    assert_eq!(early.header("retry-after"), Some("1"));
    let page = form("/login", &[("login", "ada"), ("password", PASSWORD)]).send(&app);
    assert_eq!((page.status, page.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, Some("1")));
    assert!(page.text().contains("try again in 1 s"), "{page:?}");
    app.clock.advance(1_000);
    assert_eq!(by_code(&app, "ada:wrong horse battery staple").error().0, 401);
    assert_eq!(by_code(&app, &format!("ada:{PASSWORD}")).header("retry-after"), Some("2"));
    app.clock.advance(2_000);
    assert_eq!(by_code(&app, &format!("ada:{PASSWORD}")).status, StatusCode::CREATED);
}

#[test]
fn a_browser_that_is_known_gets_in_while_strangers_fail_with_the_name() {
    let People { app, .. } = People::new();
    let first = form("/login", &[("login", "ada"), ("password", PASSWORD)]).send(&app);
    let device = set(&first, "device").unwrap();
    assert_eq!(by_code(&app, "ada:wrong horse battery staple").error().0, 401);
    let again = || form("/login", &[("login", "ada"), ("password", PASSWORD)]);
    assert_eq!(again().send(&app).status, StatusCode::TOO_MANY_REQUESTS);
    let known = again().header("cookie", &format!("device={device}")).send(&app);
    assert_eq!(known.status, StatusCode::SEE_OTHER);
    assert_ne!(set(&known, "device"), Some(device), "the browser gets a new one each time");
}

#[test]
fn an_address_that_guesses_is_stopped_and_others_are_not() {
    let People { app, admin, .. } = People::new();
    let guess = |n: u32| {
        let ask = Ask::post("/v1/token").json(&json!({"code": format!("nobody {n}:{PASSWORD}")}));
        from(&app, [192, 0, 2, 7], ask.0).status
    };
    let answers: Vec<StatusCode> = (0..70).map(guess).collect();
    assert!(answers[..60].iter().all(|status| *status == StatusCode::UNAUTHORIZED));
    assert!(answers[60..].iter().all(|status| *status == StatusCode::TOO_MANY_REQUESTS));
    let log_in = || Ask::post("/v1/token").json(&json!({"code": format!("ada:{PASSWORD}")})).0;
    assert_eq!(from(&app, [192, 0, 2, 7], log_in()).status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(from(&app, [192, 0, 2, 8], log_in()).status, StatusCode::CREATED);
    // T18: a key is none of a log-in's business, wherever it comes from.
    assert_eq!(from(&app, [192, 0, 2, 7], Ask::get("/v1").by(&admin).0).status, StatusCode::OK);
}

const BUSY: StatusCode = StatusCode::SERVICE_UNAVAILABLE;

/// Logs in until it is answered like this.
fn until(app: &TestApp, code: &str, wanted: impl Fn(StatusCode) -> bool) -> Reply {
    for _ in 0..100_000 {
        let reply = by_code(app, code);
        if wanted(reply.status) {
            return reply;
        }
        std::thread::yield_now();
    }
    panic!("{code} was never answered as it was to be")
}

#[test]
fn log_ins_that_wait_take_nothing_from_anybody_else() {
    let mut config = AppConfig::default();
    (config.limits.log_ins, config.limits.blocking) = (1, 1);
    let People { app, admin, .. } = People::with(config);
    // A log-in waits for the random bytes of its token for as long as this is held.
    let held = app.entropy.0.lock().unwrap();
    std::thread::scope(|scope| {
        let waits = scope.spawn(|| until(&app, &format!("ada:{PASSWORD}"), |status| status != BUSY));
        // Once it waits, the next is turned away: before that the name is wrong, and nothing else.
        let turned_away = until(&app, "nobody:short", |status| status == BUSY);
        assert_eq!(turned_away.header("retry-after"), Some("1"));
        for path in ["/v1", "/v1/apikeys", "/v1/projects/1a5"] {
            assert_eq!(Ask::get(path).by(&admin).send(&app).status, StatusCode::OK, "{path}");
        }
        assert_eq!(app.get("/readyz").status, StatusCode::OK);
        drop(held);
        assert_eq!(waits.join().unwrap().status, StatusCode::CREATED);
    });
}

// ---- sessions (T50, T53) --------------------------------------------------------------------------------------------

/// T53: a cookie that was planted does not survive the log-in, and one that was stolen is dead once its session ends.
#[test]
fn t53_a_planted_cookie_does_not_survive_and_a_stolen_one_dies() {
    let People { app, admin, ada, grace } = People::new();
    let thief = cookie(&app, "grace");
    // The thief plants a session of his own, and one that never was.
    let made_up = "A".repeat(SessionToken::LENGTH);
    for planted in [&thief, &made_up] {
        let log_in = form("/login", &[("login", "ada"), ("password", PASSWORD)]);
        let reply = log_in.header("cookie", &format!("session={planted}")).send(&app);
        let held = set(&reply, "session").unwrap();
        assert_ne!(held, *planted);
        assert_eq!(who(&app, with_cookie("/v1", &held)), Some(ada.account.to_string()));
        assert_eq!(who(&app, with_cookie("/v1", planted)), None, "it ends with the log-in");
    }
    // Log-out ends it on the server, whatever the browser keeps.
    let stolen = cookie(&app, "ada");
    let left = form("/logout", &[]).header("cookie", &format!("session={stolen}")).send(&app);
    assert_eq!((left.status, left.header("location")), (StatusCode::SEE_OTHER, Some("/login")));
    assert_eq!((set(&left, "session"), set(&left, "token")), (Some(String::new()), Some(String::new())));
    assert_eq!(who(&app, with_cookie("/v1", &stolen)), None);
    // So does a change of the password, but for the session it is made in.
    let (own, stolen) = (bearer(&app, "ada"), cookie(&app, "ada"));
    let change =
        as_bearer(Method::POST, &format!("/v1/passwords/{}?action=changesecret", ada.password), &own)
            .json(&json!({"oldSecret": PASSWORD, "newSecret": "another password"}))
            .send(&app);
    assert_eq!(change.status, StatusCode::OK, "{change:?}");
    assert_eq!(who(&app, with_cookie("/v1", &stolen)), None);
    assert_eq!(who(&app, as_bearer(Method::GET, "/v1", &own)), Some(ada.account.to_string()));
    // And disabling the person.
    let (held, token) = (cookie(&app, "grace"), bearer(&app, "grace"));
    disable(&app, grace.account);
    assert_eq!(who(&app, with_cookie("/v1", &held)), None);
    assert_eq!(who(&app, as_bearer(Method::GET, "/v1", &token)), None);
    assert_eq!(who(&app, Ask::get("/v1").by(&admin)), Some("1a1".into()));
}

/// T50: what a page of another site makes a browser send, with the session's cookie along.
#[test]
fn t50_a_page_of_another_site_changes_nothing_by_the_cookie_of_a_session() {
    let People { app, ada, .. } = People::new();
    let held = cookie(&app, "ada");
    let before = app.revision();
    let sends = |method: Method, path: &str, headers: &[(&'static str, &str)]| {
        let mut ask = Ask::new(method, path).header("cookie", &format!("session={held}; a=b"));
        ask = ask.header("user-agent", "Mozilla/5.0").json(&json!({"name": "forged"}));
        for (name, value) in headers {
            ask = ask.header(name, value);
        }
        ask.send(&app)
    };
    let own = format!("/v1/accounts/{}", ada.account);
    let forgeries: [&[(&'static str, &str)]; 6] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://evil.example")],
        &[("origin", "null"), ("content-type", "text/plain")],
        &[("content-type", "application/x-www-form-urlencoded")],
        &[],
    ];
    for forged in forgeries {
        for (method, path) in [
            (Method::POST, "/v1/apikeys"),
            (Method::POST, "/v1/projects?_method=DELETE"),
            (Method::PUT, own.as_str()),
            (Method::DELETE, "/v1/token"),
            (Method::POST, "/v1/token?_method=DELETE"),
            (Method::POST, "/logout"),
            (Method::POST, "/login"),
        ] {
            let reply = sends(method, path, forged);
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{path} {forged:?}: {reply:?}");
            assert_eq!(set(&reply, "session"), None);
        }
        // A picture or a link reads, and changes nothing.
        for path in ["/v1/apikeys?_method=POST", "/v1/token?_method=DELETE", "/logout", "/login?login=ada"] {
            sends(Method::GET, path, forged);
        }
    }
    assert_eq!(app.revision(), before);
    assert_eq!(who(&app, with_cookie("/v1", &held)), Some(ada.account.to_string()));
    let own_page = sends(Method::POST, "/v1/apikeys", &[("sec-fetch-site", "same-origin")]);
    assert_eq!(own_page.status, StatusCode::CREATED);
}

#[test]
fn cookies_are_as_strict_as_the_way_to_the_server_allows() {
    let People { app, .. } = People::new();
    let cookies = |app: &TestApp, ask: Ask| {
        let reply = ask.send(app);
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        let all = reply.headers.get_all("set-cookie").iter();
        all.map(|value| value.to_str().unwrap().to_owned())
            .filter(|one| !one.starts_with("CSRF="))
            .collect::<Vec<_>>()
    };
    let log_in = || form("/login", &[("login", "ada"), ("password", PASSWORD)]);
    let plain = cookies(&app, log_in());
    assert!(plain[0].starts_with("session=") && plain[1].starts_with("device="), "{plain:?}");
    for one in &plain {
        assert!(one.contains("; Path=/;") && one.contains("; HttpOnly; SameSite=Strict"), "{one}");
        assert!(!one.contains("Secure"), "there is no TLS on loopback: {one}");
    }
    let store = std::sync::Arc::new(MemoryStore::new());
    let open = TestApp::over(store.clone(), AppConfig::default());
    person(&open, AccountKind::Admin, "ada");
    open.protect();
    let config = AppConfig { exposure: Exposure::BehindTlsProxy, ..AppConfig::default() };
    let app = TestApp::over(store, config);
    let secure = cookies(&app, log_in().header("host", "keys.example.com"));
    assert!(
        secure[0].starts_with("__Host-session=") && secure[1].starts_with("__Host-device="),
        "{secure:?}"
    );
    for one in &secure {
        assert!(one.contains("; Path=/;") && one.ends_with("; HttpOnly; SameSite=Strict; Secure"), "{one}");
        assert!(!one.contains("Domain"), "{one}");
    }
    // Over TLS the plain name is none of ours: a neighbour under the same domain can plant it.
    let value = secure[0].split(['=', ';']).nth(1).unwrap();
    let named = |name: &str| {
        let ask =
            Ask::get("/v1").header("host", "keys.example.com").header("cookie", &format!("{name}={value}"));
        ask.send(&app).status
    };
    assert_eq!(named("__Host-session"), StatusCode::OK);
    assert_eq!(named("session"), StatusCode::UNAUTHORIZED);
}

#[test]
fn a_cookie_ends_when_it_is_idle_and_a_token_when_it_is_old() {
    let People { app, .. } = People::new();
    let (held, token) = (cookie(&app, "ada"), bearer(&app, "ada"));
    app.clock.advance(60 * 60 * 1_000);
    assert_eq!(with_cookie("/v1", &held).send(&app).error().0, 401);
    app.clock.advance(15 * 60 * 60 * 1_000 - 1);
    assert_eq!(as_bearer(Method::GET, "/v1", &token).send(&app).status, StatusCode::OK);
    app.clock.advance(1);
    assert_eq!(as_bearer(Method::GET, "/v1", &token).send(&app).error().0, 401);
}

#[test]
fn neither_a_token_nor_a_password_is_ever_logged() {
    let People { app, .. } = People::new();
    let mut secrets = vec![PASSWORD.to_owned(), "wrong horse".to_owned()];
    let lines = logged(|| {
        let token = bearer(&app, "ada");
        let held = cookie(&app, "grace");
        by_code(&app, "ada:wrong horse battery staple");
        form("/login", &[("login", "ada"), ("password", "wrong horse battery staple")]).send(&app);
        app.get(&format!("/v1?token={token}"));
        as_bearer(Method::GET, "/v1/apikeys", &token).send(&app);
        with_cookie("/v1/apikeys", &held).send(&app);
        form("/logout", &[]).header("cookie", &format!("session={held}")).send(&app);
        as_bearer(Method::DELETE, "/v1/token", &token).send(&app);
        as_bearer(Method::GET, "/v1/apikeys", &token).send(&app);
        secrets.extend([token, held]);
    });
    for secret in &secrets {
        assert!(lines.iter().all(|line| !line.contains(secret)), "{secret} is in {lines:#?}");
    }
    let with = |part: &str| lines.iter().filter(|line| line.contains(part)).count();
    assert_eq!((with("denied=\"wrong-password\""), with("denied=\"unknown-session\"")), (1, 1), "{lines:#?}");
    assert!(with("via=\"session/1s1\"") >= 2 && with("route=\"/login\"") >= 2, "{lines:#?}");
}

// ---- passwords ------------------------------------------------------------------------------------------------------

#[test]
fn a_password_is_read_and_changed_and_never_shown() {
    let People { app, admin, ada, grace } = People::new();
    let token = bearer(&app, "grace");
    let own = as_bearer(Method::GET, "/v1/passwords", &token).send(&app);
    assert_eq!(own.ids(), std::slice::from_ref(&grace.password));
    let all = Ask::get("/v1/passwords").by(&admin).send(&app);
    assert_eq!(all.ids(), [ada.password.clone(), grace.password.clone()]);
    for shown in [&own, &all] {
        assert!(!shown.text().contains("argon2") && !shown.text().contains(PASSWORD));
    }
    let path = format!("/v1/passwords/{}", grace.password);
    let document = as_bearer(Method::GET, &path, &token).send(&app).json();
    assert_eq!((&document["publicValue"], &document["secretValue"]), (&json!("grace"), &json!(null)));
    assert_eq!(
        document["actions"],
        json!({"changesecret": format!("http://localhost:8080{path}/?action=changesecret")})
    );
    assert_eq!(
        as_bearer(Method::GET, &format!("/v1/passwords/{}", ada.password), &token).send(&app).error().0,
        404
    );

    let change =
        |body| as_bearer(Method::POST, &format!("{path}?action=changesecret"), &token).json(&body).send(&app);
    let code = |body| change(body).error();
    assert_eq!(
        code(json!({"newSecret": "long enough"})),
        (422, "MissingRequired".into(), Some("oldSecret".into()))
    );
    assert_eq!(
        code(json!({"oldSecret": PASSWORD})),
        (422, "MissingRequired".into(), Some("newSecret".into()))
    );
    let short = json!({"oldSecret": PASSWORD, "newSecret": "short"});
    assert_eq!(code(short), (422, "MinLengthExceeded".into(), Some("newSecret".into())));
    let wrong = json!({"oldSecret": "not this one", "newSecret": "long enough"});
    assert_eq!(code(wrong), (400, "InvalidOldPassword".into(), None));
    app.clock.advance(1_000);
    let done = change(json!({"oldSecret": PASSWORD, "newSecret": "long enough"}));
    assert_eq!((done.status, &done.json()["type"]), (StatusCode::OK, &json!("password")));
    assert_eq!(by_code(&app, &format!("grace:{PASSWORD}")).error().0, 401);
    app.clock.advance(1_000);
    assert_eq!(by_code(&app, "grace:long enough").status, StatusCode::CREATED);
}

#[test]
fn an_administrator_sets_renames_and_removes_a_password() {
    let People { app, admin, grace, .. } = People::new();
    let path = format!("/v1/passwords/{}", grace.password);
    let put = |body| Ask::new(Method::PUT, &path).by(&admin).json(&body).send(&app);
    assert_eq!(
        put(json!({"publicValue": "ADA"})).error(),
        (422, "NotUnique".into(), Some("publicValue".into()))
    );
    assert_eq!(
        put(json!({"publicValue": "a:b"})).error(),
        (422, "InvalidCharacters".into(), Some("publicValue".into()))
    );
    assert_eq!(
        put(json!({"secretValue": "short"})).error(),
        (422, "MinLengthExceeded".into(), Some("secretValue".into()))
    );
    let held = bearer(&app, "grace");
    assert_eq!(put(json!({"publicValue": "Grace Hopper"})).json()["publicValue"], "Grace Hopper");
    assert!(who(&app, as_bearer(Method::GET, "/v1", &held)).is_some(), "another name ends nothing");
    assert_eq!(put(json!({"secretValue": "another password"})).status, StatusCode::OK);
    assert_eq!(who(&app, as_bearer(Method::GET, "/v1", &held)), None);
    assert_eq!(by_code(&app, "grace hopper:another password").status, StatusCode::CREATED);

    let post = |body| Ask::post("/v1/passwords").by(&admin).json(&body).send(&app);
    let account = grace.account.to_string();
    let again = json!({"accountId": account, "publicValue": "new", "secretValue": PASSWORD});
    assert_eq!(post(again.clone()).error(), (422, "NotUnique".into(), Some("accountId".into())));
    let nobody = json!({"accountId": "1a2", "publicValue": "new", "secretValue": PASSWORD});
    assert_eq!(post(nobody).error(), (422, "InvalidReference".into(), Some("accountId".into())));
    assert_eq!(
        post(json!({"publicValue": "x"})).error(),
        (422, "MissingRequired".into(), Some("secretValue".into()))
    );
    let removed = Ask::new(Method::DELETE, &path).by(&admin);
    assert_eq!(removed.send(&app).json()["state"], "removed");
    assert_eq!(Ask::new(Method::DELETE, &path).by(&admin).send(&app).status, StatusCode::OK, "again");
    assert_eq!(by_code(&app, "grace hopper:another password").error().0, 401);
    let set = post(again);
    assert_eq!((set.status, set.header("location").is_some()), (StatusCode::CREATED, true));
    // By whoever is no administrator nothing of it is offered.
    let own = bearer(&app, "new");
    assert_eq!(as_bearer(Method::POST, "/v1/passwords", &own).json(&json!({})).send(&app).error().0, 405);
    assert_eq!(as_bearer(Method::DELETE, &path, &own).send(&app).error().0, 405);
}

// ---- by a page ------------------------------------------------------------------------------------------------------

#[test]
fn the_page_says_beside_each_field_what_is_wrong_and_never_shows_the_password() {
    let People { app, .. } = People::new();
    let blank = Ask::get("/login").header("user-agent", "Mozilla/5.0").send(&app);
    assert_eq!(blank.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(
        blank.text().contains("name=\"password\" type=\"password\"")
            && blank.text().contains("name=\"_csrf\"")
    );
    assert!(blank.header("content-security-policy").unwrap().contains("default-src 'none'"));
    let tries =
        |login: &str, password: &str| form("/login", &[("login", login), ("password", password)]).send(&app);
    let odd = tries("a:<b>", "short7!");
    assert_eq!(odd.status, StatusCode::FORBIDDEN);
    assert!(odd.text().contains("</svg> a log-in name has no colon"));
    assert!(odd.text().contains("</svg> a password has at least 8 characters"));
    assert!(
        odd.text().contains("value=\"a:&#60;b&#62;\"") && !odd.text().contains("short7!"),
        "{}",
        odd.text()
    );
    let (unknown, wrong) = (tries("nobody", "wrong horse battery"), tries("ada", "wrong horse battery"));
    for page in [&unknown, &wrong] {
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(page.text().contains("The log-in name or the password is wrong."));
        assert_eq!((set(page, "session"), page.header("www-authenticate")), (None, None));
        assert!(!page.text().contains("wrong horse"));
    }
    let anonymous =
        |page: &Reply| page.text().replace(&set(page, "CSRF").unwrap(), "").replace("nobody", "ada");
    assert_eq!(anonymous(&unknown), anonymous(&wrong));
}

#[test]
fn after_the_log_in_one_is_where_one_wanted_to_be_and_nowhere_else() {
    let People { app, .. } = People::new();
    let goes = |next: &str| {
        let fields = [("login", "ada"), ("password", PASSWORD), ("next", next)];
        let reply = form("/login", &fields).send(&app);
        reply.header("location").unwrap().to_owned()
    };
    assert_eq!(goes("/v1/apikeys?limit=5"), "/v1/apikeys?limit=5");
    for elsewhere in
        ["", "//evil.example", "https://evil.example", "/\\evil.example", "/logout", "javascript:1"]
    {
        assert_eq!(goes(elsewhere), "/", "{elsewhere}");
    }
    // Who is refused a page is shown the way in, and back.
    let refused = Ask::get("/v1/apikeys?limit=5").header("user-agent", "Mozilla/5.0").send(&app);
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(refused.header("www-authenticate").unwrap().starts_with("Basic"));
    assert!(
        refused.text().contains("href=\"/login?next=%2Fv1%2Fapikeys%3Flimit%3D5\""),
        "{}",
        refused.text()
    );
    let shown = Ask::get("/login?next=%2Fv1%2Fapikeys%3Flimit%3D5").send(&app);
    assert!(shown.text().contains("name=\"next\" value=\"/v1/apikeys?limit=5\""), "{}", shown.text());
}

#[test]
fn every_page_says_who_has_logged_in_and_how_to_leave() {
    let People { app, admin, .. } = People::new();
    let held = cookie(&app, "ada");
    let page = browses("/v1", &held).send(&app);
    assert!(page.text().contains("logged in as ada &#38; co"), "{}", page.text());
    assert!(page.text().contains("action=\"/logout\""));
    let by_key = Ask::get("/v1").by(&admin).header("user-agent", "Mozilla/5.0").send(&app);
    assert!(!by_key.text().contains("/logout"), "a key is no log-in");
    // The form on the page works as it is, in a browser that says nothing of where it comes from.
    let csrf = set(&page, "CSRF").unwrap();
    let leave = Ask::post("/logout")
        .header("user-agent", "Mozilla/5.0")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", &format!("session={held}; CSRF={csrf}"))
        .body(format!("_csrf={csrf}"))
        .send(&app);
    assert_eq!(leave.status, StatusCode::SEE_OTHER, "{leave:?}");
    assert_eq!(who(&app, with_cookie("/v1", &held)), None);
    assert!(Ask::get("/logout").send(&app).text().contains("action=\"/logout\""));
    assert_eq!(
        form("/logout", &[]).send(&app).status,
        StatusCode::SEE_OTHER,
        "in no session there is nothing to end"
    );
    for method in [Method::PUT, Method::DELETE, Method::OPTIONS] {
        let refused = Ask::new(method, "/login").send(&app);
        assert_eq!((refused.error().0, refused.header("allow")), (405, Some("GET, HEAD, POST")));
    }
}

#[test]
fn the_store_keeps_no_token() {
    let People { app, .. } = People::new();
    let token: SessionToken = bearer(&app, "ada").parse().unwrap();
    let known = app.store.session(&token.hash()).unwrap().unwrap();
    assert_ne!(known.session.parts().hash.to_string(), token.expose_text().to_string());
}

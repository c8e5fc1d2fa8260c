//! People who log in.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use keys_core::{
    AccountId, AccountKind, AccountRecord, AccountState, AccountTransition, Action, NewAccount, Origin,
    Owner, Via,
};
use keys_http::Clock as _;
use keys_store::{Change, Committed, Write};
use serde_json::json;

use super::{Ask, Reply, TestApp, runtime};

/// The password of everybody here.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A person with a password.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) account: AccountId,
    pub(crate) password: String,
}

/// Makes a person who logs in with this name, while access control is off.
pub(crate) fn person(app: &TestApp, kind: AccountKind, name: &str) -> Person {
    let new = NewAccount {
        uuid: name.parse().unwrap(),
        kind,
        state: AccountState::Active,
        name: Some(keys_core::Name::new(format!("{name} & co")).unwrap()),
        description: None,
        created: app.clock.now(),
    };
    let account = commit(app, Write::InsertAccount(new), Action::CreateAccount).parts().id;
    let body = json!({"accountId": account.to_string(), "publicValue": name, "secretValue": PASSWORD});
    let set = app.post("/v1/passwords", &body);
    assert_eq!(set.status, StatusCode::CREATED, "{set:?}");
    Person { account, password: set.json()["id"].as_str().unwrap().to_owned() }
}

/// Disables a person.
pub(crate) fn disable(app: &TestApp, account: AccountId) {
    let record = app.store.account(account).unwrap().unwrap();
    let expected = record.parts().revision;
    let record = record.transition(AccountTransition::Deactivate, app.clock.now()).unwrap();
    commit(app, Write::UpdateAccount { record, expected }, Action::DeactivateAccount);
}

fn commit(app: &TestApp, write: Write, action: Action) -> AccountRecord {
    let origin = Origin {
        principal: Owner::Account(AccountId::ADMIN),
        via: Via::System,
        client_address: None,
        request_id: "test".parse().unwrap(),
    };
    let change = Change { write, requires: Vec::new(), at: app.clock.now(), origin, action, receipt: None };
    match app.store.commit(vec![change]).unwrap().pop() {
        Some(Committed::Account(record)) => record,
        other => panic!("an account was to be made or changed: {other:?}"),
    }
}

/// Logs in as a program does.
pub(crate) fn by_code(app: &TestApp, code: &str) -> Reply {
    Ask::post("/v1/token").json(&json!({"code": code})).send(app)
}

/// The token of a new session.
pub(crate) fn bearer(app: &TestApp, name: &str) -> String {
    let reply = by_code(app, &format!("{name}:{PASSWORD}"));
    assert_eq!(reply.status, StatusCode::CREATED, "{reply:?}");
    reply.json()["jwt"].as_str().unwrap().to_owned()
}

/// A browser's form.
pub(crate) fn form(path: &str, fields: &[(&str, &str)]) -> Ask {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    Ask::post(path)
        .header("user-agent", "Mozilla/5.0")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
}

/// The value of the cookie of a new session, of the form of the page.
pub(crate) fn cookie(app: &TestApp, name: &str) -> String {
    let reply = form("/login", &[("login", name), ("password", PASSWORD)]).send(app);
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{reply:?}");
    set(&reply, "session").unwrap()
}

/// The value a cookie is set to.
pub(crate) fn set(reply: &Reply, name: &str) -> Option<String> {
    let cookies = reply.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let mut values = cookies.filter_map(|cookie| {
        let (own, rest) = cookie.split_once('=').unwrap();
        (own == name).then(|| rest.split(';').next().unwrap().to_owned())
    });
    let value = values.next();
    assert_eq!(values.next(), None, "{name} is set once");
    value
}

/// Asks from another address.
pub(crate) fn from(app: &TestApp, address: [u8; 4], request: Request<Bytes>) -> Reply {
    let runtime = runtime();
    let (parts, body) =
        runtime.block_on(app.app.respond(request, SocketAddr::from((address, 4000)))).into_parts();
    Reply { status: parts.status, headers: parts.headers, body }
}

/// A request by the token of a session.
pub(crate) fn as_bearer(method: Method, path: &str, token: &str) -> Ask {
    Ask::new(method, path).header("authorization", &format!("Bearer {token}"))
}

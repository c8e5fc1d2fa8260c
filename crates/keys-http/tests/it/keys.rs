//! The life of a key over HTTP.

use http::StatusCode;
use serde_json::json;

use crate::support::{Ask, Pair, TestApp};

#[test]
fn a_key_lives_and_its_pair_obeys_its_state() {
    let app = TestApp::new();
    let admin = app.protect();
    let created = Ask::post("/v1/projects/1a5/apikeys").by(&admin).json(&json!({"name": "ci"})).send(&app);
    assert_eq!(created.status, StatusCode::CREATED);
    let pair = Pair::of(&created);
    let own = format!("/v1/apikeys/{}", pair.id);
    let with_pair = || Ask::get("/v1/apikeys").by(&pair).send(&app).status;
    let act = |action: &str| Ask::post(&format!("{own}?action={action}")).by(&admin).send(&app);
    assert_eq!(with_pair(), StatusCode::OK);

    let deactivated = act("deactivate");
    assert_eq!(deactivated.status, StatusCode::ACCEPTED);
    assert_eq!(deactivated.json()["state"], "inactive");
    assert_eq!(with_pair(), StatusCode::UNAUTHORIZED);

    assert_eq!(act("activate").status, StatusCode::ACCEPTED);
    assert_eq!(with_pair(), StatusCode::OK);

    let delete = || Ask::new(http::Method::DELETE, &own).by(&admin).send(&app);
    let refused = delete();
    assert_eq!(refused.error(), (405, "Method not allowed".into(), None));
    assert!(refused.json()["detail"].as_str().unwrap().contains("?action=deactivate"));
    assert!(!refused.header("allow").unwrap().contains("DELETE"));

    assert_eq!(act("deactivate").status, StatusCode::ACCEPTED);
    let deleted = delete();
    assert_eq!((deleted.status, deleted.json()["state"].as_str()), (StatusCode::OK, Some("removed")));
    assert_eq!(with_pair(), StatusCode::UNAUTHORIZED);
    assert_eq!(delete().status, StatusCode::OK, "nothing is left to do");
    let seen = Ask::get(&own).by(&admin).send(&app);
    assert_eq!((seen.status, seen.json()["state"].as_str()), (StatusCode::OK, Some("removed")));
    assert!(!Ask::get("/v1/apikeys").by(&admin).send(&app).ids().contains(&pair.id));
}

//! What a newcomer does in the first five minutes, on a directory that does not exist yet.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use keys_tests::server::{database_in, pepper_in};
use keys_tests::{Key, TestServer, create_key, enable_access_control};

fn status(server: &TestServer, key: &Key) -> u16 {
    key.client(&server.client()).get("/v1").status
}

fn restarted(server: TestServer, data_dir: &std::path::Path) -> TestServer {
    assert_eq!(server.stop().code(), Some(0));
    TestServer::start_in(data_dir)
}

#[test]
fn a_key_lives_its_whole_life_and_every_step_survives_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let data_dir = dir.path().join("keys-data");
    let server = TestServer::start_in(&data_dir);
    let admin = create_key(&server.client(), "/v1/apikeys", "admin");
    let key = create_key(&server.client(), "/v1/projects/1a5/apikeys", "build box");
    enable_access_control(&server.client());
    assert_eq!(server.client().get("/v1").status, 401, "a stranger");
    assert_eq!(status(&server, &key), 200);

    let server = restarted(server, &data_dir);
    assert_eq!(server.client().get("/v1").status, 401, "a stranger after a restart");
    assert_eq!(status(&server, &key), 200);

    let administrator = admin.client(&server.client());
    let _ = administrator.post(&key.action("deactivate"), &serde_json::json!({})).expect(202);
    assert_eq!(status(&server, &key), 401, "the next request after a deactivate");
    let server = restarted(server, &data_dir);
    assert_eq!(status(&server, &key), 401);

    let administrator = admin.client(&server.client());
    let _ = administrator.post(&key.action("activate"), &serde_json::json!({})).expect(202);
    assert_eq!(status(&server, &key), 200, "the same pair works again");
    let server = restarted(server, &data_dir);
    assert_eq!(status(&server, &key), 200);

    let administrator = admin.client(&server.client());
    let _ = administrator.delete(&key.path).expect(405);
    assert_eq!(status(&server, &key), 200, "an Active key cannot be deleted");
    let _ = administrator.post(&key.action("deactivate"), &serde_json::json!({})).expect(202);
    let _ = administrator.delete(&key.path).expect(200);
    assert_eq!(status(&server, &key), 401);
    let server = restarted(server, &data_dir);
    assert_eq!(status(&server, &key), 401, "deleted is for good");
    let administrator = admin.client(&server.client());
    let _ = administrator.post(&key.action("activate"), &serde_json::json!({})).expect(422);
}

#[test]
fn the_ready_line_tells_the_next_step() {
    let server = TestServer::start();
    let url = format!("{}/v1", server.url());
    assert_eq!(
        server.ready_line(),
        format!(r#"api-server listens on {url} - next: curl -X POST {url}/apikeys -d '{{"name":"admin"}}'"#),
    );
    let finished = server.stop();
    assert_eq!(finished.stdout, "", "one line and no more");
}

#[test]
fn the_step_it_tells_works_as_it_stands() {
    let server = TestServer::start();
    // What curl sends for `-X POST URL -d DOCUMENT`.
    let created = server
        .client()
        .request("POST", "/v1/apikeys")
        .header("user-agent", "curl/8.5.0")
        .header("accept", "*/*")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(br#"{"name":"admin"}"#)
        .send()
        .expect(201);
    assert_eq!(created.field("name"), "admin");
}

#[test]
fn what_it_makes_is_for_its_user_alone() {
    let dir = tempfile::tempdir().unwrap();
    let data_dir = dir.path().join("keys-data");
    let server = TestServer::start_in(&data_dir);
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data_dir), 0o700);
    assert_eq!(mode(&database_in(&data_dir)), 0o600);
    assert_eq!(mode(&pepper_in(&data_dir)), 0o600);
    drop(server);
}

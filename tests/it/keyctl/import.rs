//! Pairs that clients have had for years: imported, and then a server takes them as it takes its own.

use std::fs;

use keys_tests::server::database_in;
use keys_tests::{Key, Keyctl, TestServer};

use super::set_up;
use crate::installation::DEFAULT;

/// Pairs as Rancher v1 made them: 20 hexadecimal characters and 40 of base58.
const RANCHER: [(&str, &str); 2] = [
    ("8B7D2A6C0F1E4D5A9C3B", "6m9KzAbCdEfGhJkLmNpQrStUvWxYz123456789ab"),
    ("F0E1D2C3B4A5968778A9", "9abZ8yXw7VuT6sRq5PnM4kJh3GfE2dCb1ZyXwVuT"),
];

#[test]
fn clients_of_rancher_stay_as_they_are() {
    let dir = tempfile::tempdir().unwrap();
    let data_dir = dir.path().join("keys-data");
    set_up(&data_dir);
    let tool = Keyctl::on_database(&database_in(&data_dir), dir.path());
    let administrator = tool.create(&["--account"]);
    let _ = tool.json(&["access-control", "enable"]);
    let csv: String = RANCHER
        .iter()
        .enumerate()
        .map(|(n, (access_key, secret_key))| format!("{access_key},{secret_key},client {n}\r\n"))
        .collect();
    let ran = tool.run_with_input(
        ["import", "--environment", DEFAULT, "-o", "json"],
        &format!("publicValue,secretValue,name\r\n{csv}"),
    );
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    let imported: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();

    let server = TestServer::start_in(&data_dir);
    let keys = RANCHER.iter().zip(imported.as_array().unwrap()).map(|((access_key, secret_key), row)| {
        let id = row["id"].as_str().unwrap().to_owned();
        let (access_key, secret_key) = ((*access_key).to_owned(), (*secret_key).to_owned());
        Key { path: format!("/v1/apikeys/{id}"), id, access_key, secret_key }
    });
    let [first, second]: [Key; 2] = keys.collect::<Vec<_>>().try_into().unwrap();
    let status = |key: &Key, path: &str| key.client(&server.client()).get(path).status;
    for key in [&first, &second] {
        for path in ["/v1", "/v1/projects/1a5", "/v1/projects/1a5/apikeys", "/v1/apikeys"] {
            assert_eq!(status(key, path), 200, "{path}");
        }
    }
    // It makes and changes keys, as a key of an environment may.
    let made = first
        .client(&server.client())
        .post("/v1/apikeys", &serde_json::json!({ "name": "next" }))
        .expect(201);
    assert_eq!(made.field("accountId"), DEFAULT);
    let swapped = Key { secret_key: second.secret_key.clone(), ..first.clone() };
    assert_eq!(status(&swapped, "/v1"), 401);

    let administrator = administrator.client(&server.client());
    let shown = administrator.get(&first.path).expect(200);
    assert_eq!(
        (shown.field("name").as_str(), shown.field("publicValue").as_str()),
        ("client 0", RANCHER[0].0)
    );
    let log = administrator.get("/v1/auditlogs?limit=100").expect(200).json();
    let imports: Vec<_> = log["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["eventType"] == "api.apiKey.import")
        .collect();
    assert_eq!(imports.len(), 2, "{log}");
    assert_eq!(
        (&imports[0]["resourceId"], &imports[0]["authType"]),
        (&first.id.clone().into(), &"AdminAuth".into())
    );

    let _ = administrator.post(&first.action("deactivate"), &serde_json::json!({})).expect(202);
    assert_eq!((status(&first, "/v1"), status(&second, "/v1")), (401, 200));
    assert_eq!(server.stop().code(), Some(0));

    // What is deactivated stays so, however often the file is imported; and nothing kept the secrets.
    let again =
        tool.run_with_input(["import", "--field", "result"], &format!("accessKey,secretKey,name\n{csv}"));
    assert_eq!((again.code, again.stdout.as_str()), (0, "alreadyThere\nalreadyThere\n"), "{again:?}");
    let server = TestServer::start_in(&data_dir);
    let status = |key: &Key| key.client(&server.client()).get("/v1").status;
    assert_eq!((status(&first), status(&second)), (401, 200));
    for entry in fs::read_dir(&data_dir).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        for (_, secret_key) in RANCHER {
            let found = bytes.windows(secret_key.len()).any(|window| window == secret_key.as_bytes());
            assert!(!found, "a secret stands in {}", path.display());
        }
    }
}

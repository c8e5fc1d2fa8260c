//! Rows 1, 8, 9, 13, 19, 29: what the page itself offers. Here it is read as a document; `browser.rs` uses it as a person
//! does.

use keys_tests::{Client, Response, TestServer, create_key};

use crate::installation::DEFAULT;

/// A page, as a browser asks for it.
fn open(client: &Client, path: &str) -> Response {
    client.request("GET", path).header("user-agent", "Mozilla/5.0").header("accept", "text/html,*/*").send()
}

/// A form, as a browser sends it from a page of this server.
fn send(client: &Client, path: &str, form: &str) -> Response {
    client
        .request("POST", path)
        .header("user-agent", "Mozilla/5.0")
        .header("accept", "text/html,*/*")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.as_bytes())
        .send()
}

fn keys() -> String {
    format!("/env/{DEFAULT}/keys")
}

/// The text between two marks.
fn between<'a>(text: &'a str, before: &str, behind: &str) -> &'a str {
    let (_, rest) = text.split_once(before).expect(before);
    rest.split(behind).next().expect(behind)
}

#[test]
fn row_01_the_page_shows_the_endpoint_and_names_the_environment() {
    let server = TestServer::start();
    let client = server.client();
    let begins = open(&client, "/").expect(303);
    assert_eq!(begins.header("location"), Some(keys().as_str()));
    let page = open(&client, &keys()).expect(200).text();
    assert!(page.contains("<h1>API &#38; Keys</h1>") || page.contains("<h1>API &amp; Keys</h1>"), "{page}");
    let endpoint = format!("{}/v1/projects/{DEFAULT}", server.url());
    assert!(page.contains(&format!("<a href=\"{endpoint}\">")), "{page}");
    assert!(page.contains("These keys act in the environment <strong>Default</strong>"), "{page}");
}

#[test]
fn row_09_the_button_to_add_an_environment_api_key() {
    let server = TestServer::start();
    let client = server.client();
    let page = open(&client, &keys()).expect(200).text();
    let button = between(&page, "Add Environment API Key", "</a>");
    assert_eq!(button, "", "a link by this name: {page}");
    let form = open(&client, &format!("{}/new", keys())).expect(200).text();
    for part in ["name=\"name\"", "name=\"description\"", "name=\"expires\"", ">Create</button>", "Default"] {
        assert!(form.contains(part), "{part}: {form}");
    }
}

#[test]
fn row_13_both_halves_are_copied_and_then_the_window_is_closed_for_good() {
    let server = TestServer::start();
    let client = server.client();
    let form = "name=ci&_idempotencyKey=a-form-that-was-shown-once-and-for-all";
    let made = send(&client, &keys(), form).expect(201).text();
    let access_key = between(&made, "id=\"access-key\">", "<").to_owned();
    let secret_key = between(&made, "id=\"secret-key\">", "<").to_owned();
    assert_eq!((access_key.len(), secret_key.len()), (20, 40));
    for part in ["Copy the access key", "Copy the secret key", "It is shown this one time"] {
        assert!(made.contains(part), "{part}: {made}");
    }
    for snippet in [
        format!("curl -u &#39;{access_key}:{secret_key}&#39;"),
        format!("login {access_key}\n  password {secret_key}"),
    ] {
        assert!(made.contains(&snippet), "{snippet}: {made}");
    }
    let close = between(&made, "method=\"post\" action=\"/env", "\"").to_owned();
    let _ = send(&client, &format!("/env{close}"), form).expect(303);
    // Neither the form that is sent again nor anything else shows it now.
    for page in [send(&client, &keys(), form), open(&client, &keys())] {
        assert!(!page.text().contains(&secret_key));
    }
}

#[test]
fn row_19_all_that_can_be_done_with_a_key_is_in_the_menu_of_its_row() {
    let server = TestServer::start();
    let client = server.client();
    let key = create_key(&client, "/v1/projects/1a5/apikeys", "ci");
    let menu = |state: &str| {
        let page = open(&client, &keys()).expect(200).text();
        let menu = between(&page, "aria-label=\"More for ci\"", "</details>").to_owned();
        ["Activate", "Deactivate", "Delete…", "Edit", "View in API"]
            .into_iter()
            .filter(|words| menu.contains(&format!(" {words}<")))
            .collect::<Vec<_>>()
            .join(", ")
            + " "
            + state
    };
    assert_eq!(menu("active"), "Deactivate, Edit, View in API active");
    let _ = client.post(&key.action("deactivate"), &serde_json::json!({})).expect(202);
    assert_eq!(menu("inactive"), "Activate, Delete…, Edit, View in API inactive");
}

#[test]
fn row_29_the_address_of_the_old_documentation_leads_to_ours() {
    let server = TestServer::start();
    let client = server.client();
    for path in ["/rancher/v1.0/en/api/api-keys/", "/rancher/v1.0/en/api/api-keys"] {
        let moved = open(&client, path);
        assert!(matches!(moved.status, 301 | 308), "{path}: {moved:?}");
        let page = open(&client, moved.header("location").expect("where to")).expect(200).text();
        assert!(page.contains("API keys"), "{page}");
    }
}

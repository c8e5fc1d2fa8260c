"""The page that api-ui is put into, with a stand-in for it on another origin: the script runs, reads the globals, goes
where `schemas` leads and changes what its buttons say; nothing else runs, and hostile texts are data.

The stand-in does what api-ui 1.0.4 does that a policy could forbid: it writes HTML with handlers and styles in
attributes, loads more from beside itself, asks the API, and asks nobody else.
"""

from harness import KEYS, SERVER, Api, Host, chromium, equal, expect, pair, payloads, visit

api = Api(pair("ADMINISTRATOR"))

SCRIPT = """
"use strict";
window.seen = {};
addEventListener("load", () => {
    seen.globals = {schemas, user, curlUser, docJson, bootstrap, data};
    // As jQuery does it, for what is on another origin.
    document.head.insertAdjacentHTML("beforeend", `<link rel="stylesheet" href="${bootstrap}/css/bootstrap.min.css">`);
    const script = document.createElement("script");
    script.src = `${bootstrap}/js/bootstrap.min.js`;
    script.onload = show;
    document.head.appendChild(script);
});
function show() {
    document.body.innerHTML = `<div id="header" style="display: none;">hidden</div><h1>stand-in</h1>
        <button onclick="press()">Rename</button><p id="done"></p>`;
    const request = new XMLHttpRequest();
    request.open("GET", (data.links && data.links.schemas) || schemas);
    request.setRequestHeader("Accept", "application/json");
    request.onload = () => {
        seen.types = JSON.parse(request.responseText).data.map((schema) => schema.id);
        document.getElementById("done").textContent = "schemas are there";
    };
    request.send();
}
function press() {
    const request = new XMLHttpRequest();
    request.open("PUT", data.links.self);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Content-Type", "application/json");
    request.setRequestHeader("X-API-CSRF", document.cookie.match(/CSRF=([0-9A-F]+)/)[1]);
    request.onload = () => { document.getElementById("done").textContent = `answered ${request.status}`; };
    request.send(JSON.stringify({...data, name: "renamed by the stand-in"}));
}
"""
FILES = {
    "/api-ui/ui.min.js": ("text/javascript", SCRIPT),
    "/api-ui/ui.min.css": ("text/css", "h1 { color: rgb(1, 2, 3); }"),
    "/api-ui/js/bootstrap.min.js": ("text/javascript", "window.seen.bootstrap = true;"),
    "/api-ui/css/bootstrap.min.css": ("text/css", "button { color: rgb(4, 5, 6); }"),
}
COLOR = "(selector) => getComputedStyle(document.querySelector(selector)).color"


def runs(person, host, key):
    person.open(f"{KEYS}/{key['id']}")
    expect(person.page.locator("#done")).to_have_text("schemas are there")
    seen = person.page.evaluate("window.seen")
    equal(
        seen["globals"],
        {
            "schemas": f"{SERVER}/v1/projects/1a5/schemas",
            "user": "Default",
            "curlUser": "${CATTLE_ACCESS_KEY}:${CATTLE_SECRET_KEY}",
            "docJson": f"{SERVER}/v1/projects/1a5/typedocumentations",
            "bootstrap": f"{host.url}/api-ui",
            "data": api.get(f"{KEYS}/{key['id']}"),
        },
    )
    assert "apiKey" in seen["types"] and seen["bootstrap"], seen
    equal(person.page.evaluate(COLOR, "h1"), "rgb(1, 2, 3)")
    equal(person.page.evaluate(COLOR, "button"), "rgb(4, 5, 6)")
    expect(person.page.locator("#header")).to_be_hidden()
    person.page.get_by_role("button", name="Rename").click()
    expect(person.page.locator("#done")).to_have_text("answered 200")
    equal(api.get(f"{KEYS}/{key['id']}")["name"], "renamed by the stand-in")


def shows_errors(person):
    person.open("/v1/apikeys/1c999999", 404)
    expect(person.page.locator("#done")).to_have_text("schemas are there")
    equal(person.page.evaluate("data.status"), 404)


def keeps_texts(person, texts):
    """Whatever a text says, it is a value: the list is whole, and so is the page of each that might end a script."""
    person.open(f"{KEYS}?limit=10000&description_notnull")
    expect(person.page.locator("#done")).to_have_text("schemas are there")
    for field in ["name", "description"]:
        equal(sorted(person.page.evaluate(f"data.data.map((key) => key.{field})")), sorted(texts))


def runs_nothing_else(person):
    """What was injected would be stopped: the policy admits the one script of the page and the host of the other."""
    person.open("/v1")
    expect(person.page.locator("#done")).to_have_text("schemas are there")
    person.page.evaluate(
        """() => {
            for (const [name, text] of [["src", "/v1?_format=json"], ["textContent", "window.injected = 1"]]) {
                const script = document.createElement("script");
                script[name] = text;
                document.head.append(script);
            }
            // Not from here, where the policy counts for nothing.
            return new Promise((done) => setTimeout(() => {
                try { window.evaluated = window["eval"]("1"); } catch {}
                done();
            }));
        }"""
    )
    equal(person.page.evaluate("[window.injected, window.evaluated]"), [None, None])
    assert any("script-src" in noise for noise in person.noises), "nobody was told"
    person.noises.clear()


with Host(FILES) as host, chromium() as browser:
    key = api.create(name="before")
    # Each of them is escaped as it should be in a test of its own; here some are read by a browser.
    texts = payloads()[::4]
    api.create_many({"name": text, "description": text} for text in texts)
    api.put_setting("api.ui.css.url", f"{host.url}/api-ui/ui.min.css")
    api.put_setting("api.ui.js.url", f"{host.url}/api-ui/ui.min.js")
    with visit(browser, pair("ADMINISTRATOR"), origins=(host.url,)) as person:
        runs(person, host, key)
        shows_errors(person)
        keeps_texts(person, texts)
        runs_nothing_else(person)
    # Without script the page says what it is, and where the document is.
    with visit(browser, pair("ADMINISTRATOR"), script=False, origins=(host.url,)) as person:
        person.open("/v1")
        expect(person.page.locator("body")).to_contain_text("which has not run")
        person.page.get_by_role("link", name="Show the raw JSON").click()
        expect(person.page).to_have_url(f"{SERVER}/v1?_format=json")
    api.put_setting("api.ui.js.url", "")
    with visit(browser, pair("ADMINISTRATOR")) as person:
        person.open("/v1")
        person.heading("v1")

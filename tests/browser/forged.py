"""Pages of another origin, in the browser of the administrator, who has entered a pair: nothing they send changes
anything, and they can frame nothing.

With OPEN in the environment the server has no access control, and the browser needs to remember no pair.
"""

import json

from harness import KEYS, OPEN, SERVER, Api, Host, chromium, equal, pair, visit

who = None if OPEN else pair("ADMINISTRATOR")
api = Api(who)
key = api.create(name="wanted by others")
inactive = api.create(name="inactive")
api.post(f"{KEYS}/{inactive['id']}?action=deactivate")

# What each would do, were it let.
FORMS = {
    "create": (KEYS, {"name": "forged"}),
    "edit": (f"{KEYS}/{key['id']}?_method=PUT", {"name": "forged"}),
    "edit by field": (f"{KEYS}/{key['id']}", {"_method": "PUT", "name": "forged"}),
    "deactivate": (f"{KEYS}/{key['id']}?action=deactivate", {}),
    "delete": (f"{KEYS}/{inactive['id']}?_method=DELETE", {}),
    "environment": ("/v1/projects", {"name": "forged"}),
    "script": ("/v1/settings/api.ui.js.url?_method=PUT", {"value": "http://evil.example/ui.js"}),
    "open up": ("/v1/settings/api.security.enabled?_method=PUT", {"value": "false"}),
    # And on the web page.
    "web create": ("/env/1a5/keys", {"name": "forged"}),
    "web edit": (f"/env/1a5/keys/{key['id']}/edit", {"name": "forged"}),
    "web deactivate": (f"/env/1a5/keys/{key['id']}/deactivate", {}),
    "web delete": (f"/env/1a5/keys/{inactive['id']}/delete", {}),
    "web selected": ("/env/1a5/keys/selected/activate", {f"id.{inactive['id']}": "1", "confirmed": "yes"}),
    "web environment": ("/environments", {"name": "forged"}),
    "web member": ("/environments/1a5/members", {"account": "1a1", "role": "owner"}),
    "web user": ("/users", {"name": "forged", "login": "forged", "password": "correct horse battery"}),
    "web password": ("/account/password", {"current": "x", "new": "correct horse battery"}),
    "web open up": ("/access-control/off", {}),
    "log out": ("/logout", {}),
}
TYPES = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"]


def form_page(path, fields, kind):
    if kind == "text/plain":
        # A form that writes JSON.
        text = json.dumps({**fields, "x": "="})
        before, after = text.split('"="')
        fields = {before + '"': '"' + after}
    inputs = "".join(f"<input type=hidden name='{name}' value='{value}'>" for name, value in fields.items())
    return f"<!doctype html><form id=f method=post enctype='{kind}' action='{SERVER}{path}'>{inputs}</form>"


FILES = {}
for name, (path, fields) in FORMS.items():
    for kind in TYPES:
        FILES[f"/{name.replace(' ', '-')}/{kind.split('/')[1]}"] = ("text/html", form_page(path, fields, kind))
FILES["/other"] = ("text/html", "<!doctype html><title>other</title>")
FILES["/frames"] = (
    "text/html",
    f"<!doctype html><iframe src='{SERVER}/v1'></iframe><iframe src='{SERVER}{KEYS}/{key['id']}'></iframe>"
    f"<object data='{SERVER}/v1'></object>",
)

# Sends one request the way a page can that may not read the answer; the browser keeps it even from being told whether
# there was one.
SEND = """async ([url, method, body, type]) => {
    const headers = type ? {"Content-Type": type} : {};
    try {
        await fetch(url, {method, mode: "no-cors", credentials: "include", body, headers});
        return "told";
    } catch (error) {
        return error.message;
    }
}"""
LOAD = """([tag, attribute, url]) => new Promise((done) => {
    const element = document.createElement(tag);
    element.onload = element.onerror = () => done("loaded or not");
    if (tag === "link") element.rel = "stylesheet";
    element[attribute] = url;
    document.body.append(element);
})"""
READ = """async (url) => {
    try { return await (await fetch(url, {credentials: "include"})).text(); } catch { return "kept from us"; }
}"""


def forms(person, host):
    for path in [path for path in FILES if path.count("/") == 2]:
        person.open(host + path)
        with person.page.expect_navigation() as navigation:
            person.page.evaluate("HTMLFormElement.prototype.submit.call(document.forms[0])")
        answer = navigation.value
        equal((path, answer.request.method, answer.status), (path, "POST", 403))
        # By its code in the API, in words on the web page.
        told = person.text()
        assert "InvalidCSRFToken" in told or "must come from a page of this server" in told, told


def requests(person, host):
    person.open(host + "/other")
    person.requests.clear()
    for path, fields in FORMS.values():
        body = json.dumps(fields)
        for type in [None, "text/plain", "application/json"]:
            equal(person.page.evaluate(SEND, [SERVER + path, "POST", body, type]), "Failed to fetch")
        for method in ["PUT", "DELETE"]:
            # No page of another origin can even send these without asking first.
            assert "Failed" in person.page.evaluate(SEND, [SERVER + path, method, body, None])
    sent = [method for method, url in person.requests if url.startswith(SERVER)]
    equal(sent.count("POST"), 3 * len(FORMS))


def links_and_images(person, host):
    """A GET changes nothing, whatever it says of itself; and its answer is read by nobody."""
    addresses = [
        f"{KEYS}/{key['id']}?action=deactivate",
        f"{KEYS}/{inactive['id']}?_method=DELETE",
        f"{KEYS}?_method=POST&name=forged",
        f"{KEYS}/{key['id']}?_method=PUT&name=forged",
    ]
    person.expect_status(405, 422)
    for path in addresses:
        person.open(host + "/other")
        for tag, attribute in [("img", "src"), ("script", "src"), ("link", "href"), ("iframe", "src")]:
            person.page.evaluate(LOAD, [tag, attribute, SERVER + path])
        equal(person.page.evaluate(READ, SERVER + path), "kept from us")
        person.page.evaluate("(url) => { location = url; }", SERVER + path)
        person.page.wait_for_url(SERVER + "/**")


def frames(person, host):
    person.open(host + "/frames")
    framed = [frame.url for frame in person.page.frames[1:]]
    # In each place stands the browser's own page of an error, or nothing yet.
    assert len(framed) >= 2 and set(framed) <= {"chrome-error://chromewebdata/", ""}, framed
    # Nor does a window that was opened lend itself to be led about.
    with person.context.expect_page() as opened:
        person.page.evaluate("(url) => { window.kept = open(url); }", SERVER + "/v1")
    opened.value.wait_for_load_state()
    equal(opened.value.title(), "v1 · API keys")
    equal(opened.value.evaluate("window.opener"), None)
    opened.value.close()


def own_form(person):
    """The same browser does change things where it is asked to by the server's own page."""
    person.open(f"{KEYS}/{key['id']}")
    person.press("Deactivate")
    equal(api.get(f"{KEYS}/{key['id']}")["state"], "inactive")


with Host(FILES) as host, chromium() as browser:
    before = api.picture()
    # The same machine under its other name is another site.
    for url in [host.url, f"http://localhost:{host.port}"]:
        # What is refused is complained of on the console; what matters is that nothing came of it.
        with visit(browser, who, origins=(url,)) as person:
            person.expect_status(401, 403)
            person.open("/v1")
            forms(person, url)
            requests(person, url)
            links_and_images(person, url)
            frames(person, url)
            person.noises.clear()
    equal(api.picture(), before)
    with visit(browser, who) as person:
        own_form(person)

"""What the drivers share: Chromium, visits that are watched, and the server beside them.

A driver is a program: it is told by its environment where the server is and which pairs it has, and ends with 0 or with
an assertion. It opens one Chromium and as many visits as it needs; a visit is a browser of its own, without cookies and
with nothing remembered, and when it ends it must have been quiet: no dialog, no violation of a policy, no request to
another origin, no error on the console but those of the statuses that were expected.
"""

import base64
import contextlib
import json
import os
import shutil
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

SERVER = os.environ["SERVER_URL"]
KEYS = "/v1/projects/1a5/apikeys"
# Whether the server has no access control.
OPEN = "OPEN" in os.environ

# Longer than anything here takes on a busy machine.
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)

# As root, and in a container, Chromium has no sandbox of its own; the pages are ours. It calls nobody and finds nobody.
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]

# Tells the console of every violation of a policy, the page's own words being lost when it is left.
TELL_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
    console.error(`violation of ${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`));"""


def pair(name):
    """A pair of the environment: `ADMINISTRATOR` or `ENVIRONMENT`."""
    return os.environ[f"{name}_ACCESS_KEY"], os.environ[f"{name}_SECRET_KEY"]


def basic(credential):
    return "Basic " + base64.b64encode(":".join(credential).encode()).decode()


class Refused(Exception):
    """The server did not do what it was asked for."""

    def __init__(self, status, document):
        super().__init__(f"{status}: {document}")
        self.status = status
        self.document = document


class Api:
    """The server as a program sees it, to prepare what a person finds and to check what a person did."""

    def __init__(self, credential=None):
        self.headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if credential:
            self.headers["Authorization"] = basic(credential)

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        url = path if path.startswith("http") else SERVER + path
        request = urllib.request.Request(url, data, self.headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise Refused(error.code, error.read().decode()) from None

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body=None):
        return self.call("POST", path, body or {})

    def create(self, **fields):
        return self.post(KEYS, fields)

    def create_many(self, bodies):
        """Creates keys, several at a time because each costs a slow hash; in the order of the bodies."""
        bodies = list(bodies)
        made = [None] * len(bodies)

        def work(first):
            for index in range(first, len(bodies), 4):
                made[index] = self.create(**bodies[index])

        threads = [threading.Thread(target=work, args=(first,)) for first in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert None not in made, "a key was not created"
        return made

    def put_setting(self, name, value):
        return self.call("PUT", f"/v1/settings/{name}", {"value": value})

    def keys(self, query=""):
        return self.get(f"{KEYS}?limit=10000&{query}")["data"]

    def picture(self):
        """Everything a change would alter: all keys, all environments, all settings and the number of events."""
        events = self.get("/v1/auditlogs?sort=id&order=desc&limit=1")["data"]
        lists = ["/v1/apikeys?limit=10000", "/v1/projects?limit=10000", "/v1/settings"]
        return [self.get(path)["data"] for path in lists] + [[event["id"] for event in events]]


def chromium_path():
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "there is no chromium: install the package of that name"
    return path


@contextlib.contextmanager
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Visit:
    """A person at a browser: goes where links lead, presses what can be pressed, fills in what has a label."""

    def __init__(self, context, origins):
        self.context = context
        self.origins = origins
        self.requests = []
        self.noises = []
        self.expected = set()
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(TELL_VIOLATIONS)
        context.on("request", lambda request: self.requests.append((request.method, request.url)))
        context.on("console", self.hear)
        context.on("dialog", self.dismiss)
        context.on("weberror", lambda error: self.noises.append(f"error: {error.error}"))
        self.page = context.new_page()

    def hear(self, message):
        if message.location["url"] == SERVER + "/favicon.ico":
            # What Chromium asks for by itself beside a document that is no page.
            return
        text = message.text
        said_of_status = "Failed to load resource: the server responded with a status of "
        if text.startswith(said_of_status) and int(text[len(said_of_status):].split(" ")[0]) in self.expected:
            return
        if message.type in ("error", "warning"):
            self.noises.append(f"{message.type}: {text}")

    def dismiss(self, dialog):
        self.noises.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def expect_status(self, *statuses):
        """From now on these statuses may be complained of on the console."""
        self.expected.update(statuses)

    # Where one is.

    def open(self, path, status=200):
        """Types an address."""
        if status >= 400:
            self.expect_status(status)
        answer = self.page.goto(path if path.startswith("http") else SERVER + path)
        assert answer.status == status, f"{path}: {answer.status} instead of {status}"
        return answer

    def at(self, path):
        expect(self.page).to_have_url(SERVER + path)

    def heading(self, text):
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)

    def shows(self, text):
        expect(self.page.locator("main")).to_contain_text(text)

    def lacks(self, text):
        expect(self.page.locator("main")).not_to_contain_text(text)

    # What one does.

    def follow(self, name, within="main"):
        self.page.locator(within).get_by_role("link", name=name, exact=True).first.click()

    def press(self, name, within="main"):
        self.page.locator(within).get_by_role("button", name=name, exact=True).click()

    def unfold(self, name):
        """Opens what is folded up behind a name."""
        self.page.locator("summary", has_text=name).click()

    def fill(self, label, text):
        self.page.locator("main").get_by_label(label, exact=True).locator("visible=true").fill(text)

    def reload(self):
        return self.page.reload()

    def back(self):
        return self.page.go_back()

    # What one sees.

    def field(self, name):
        """The value of a field in the table of fields."""
        row = self.page.locator("table.fields > tbody > tr").filter(has=self.page.locator(f"th:text-is('{name}')"))
        return row.locator("td").first

    def column(self, name):
        """A column of the list, from top to bottom."""
        return self.page.locator(f"table.list td.{name}").all_inner_texts()

    def text(self):
        return self.page.locator("body").inner_text()

    # What nobody may have noticed.

    def foreign(self):
        """Requests to other origins than those of the visit."""
        allowed = tuple(origin + "/" for origin in self.origins)
        return [url for _, url in self.requests if not url.startswith(allowed)]

    def assert_quiet(self):
        assert not self.noises, "\n".join(self.noises)
        assert not self.foreign(), f"requests to others: {self.foreign()}"


@contextlib.contextmanager
def visit(browser, credential=None, script=True, dark=False, width=1280, height=900, origins=(), **options):
    """A person at a browser, who enters `credential` when asked for one. It must be quiet when it ends."""
    if credential:
        options["http_credentials"] = {"username": credential[0], "password": credential[1]}
        # The first answer is a 401, which the browser asks the person about and then tells the console of.
        options.setdefault("expected", {401})
    expected = options.pop("expected", set())
    options.setdefault("timezone_id", "UTC")
    context = browser.new_context(
        java_script_enabled=script,
        color_scheme="dark" if dark else "light",
        viewport={"width": width, "height": height},
        locale="en-GB",
        **options,
    )
    watched = Visit(context, (SERVER, *origins))
    watched.expected |= set(expected)
    try:
        yield watched
        watched.assert_quiet()
    finally:
        context.close()


class Host:
    """Another server on loopback, with pages of a driver's own making: path → (content type, text)."""

    def __init__(self, files):
        self.files = files
        self.asked = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append(self.path)
                kind, text = outer.files.get(self.path.split("?")[0], (None, ""))
                self.send_response(200 if kind else 404)
                self.send_header("Content-Type", kind or "text/plain")
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # A browser that goes on does not wait for the end of an answer.
        self.server.handle_error = lambda *_: None
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def axe_script():
    """axe, as the package has it."""
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def payloads():
    """The corpus of hostile texts, one in each line."""
    corpus = Path(__file__).resolve().parent.parent / "corpus" / "xss.txt"
    return [line for line in corpus.read_text(encoding="utf-8").split("\n") if line]


def equal(actual, expected):
    assert actual == expected, f"got {actual!r} instead of {expected!r}"

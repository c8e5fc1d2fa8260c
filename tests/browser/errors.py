"""Errors as pages: the status is the document's, the way on is on the page, and nothing changes."""

from harness import KEYS, SERVER, Api, chromium, equal, expect, pair, visit

api = Api(pair("ADMINISTRATOR"))
key = api.create(name="there")
before = api.picture()


def page_of(person, status, heading):
    expect(person.page.locator(".kind")).to_have_text(f"Error {status}")
    person.heading(heading)


def addresses(person):
    for path, status, heading, words in [
        ("/v1/apikeys/1c999999", 404, "Not Found", "nothing here, or nothing you may see"),
        ("/v1/hosts", 404, "Not Found", "nothing here"),
        ("/v1foo", 422, "UnsupportedVersion", "v1"),
        ("/v1/apikeys?marker=none", 422, "InvalidFormat", ""),
        ("/v1/projects/1a999/apikeys", 403, "Forbidden", ""),
        ("/v1/%2e%2e%2f", 400, "Bad Request", ""),
    ]:
        person.open(path, status)
        page_of(person, status, heading)
        person.shows(words)
        # The way back is on the page.
        person.follow("API", within="nav")
        person.heading("v1")


def methods(person):
    """A form that was made by hand, for what a page never offers."""
    person.expect_status(405, 412)
    for action, status, heading in [
        (f"{KEYS}/{key['id']}?_method=DELETE", 405, "Method not allowed"),
        ("/v1/schemas", 405, "Method not allowed"),
        (f"{KEYS}/{key['id']}?_method=PATCH", 405, "Method not allowed"),
    ]:
        person.open("/v1")
        person.page.evaluate(
            """(action) => {
                const form = document.createElement("form");
                form.method = "post";
                form.action = action;
                document.body.append(form);
                form.submit();
            }""",
            SERVER + action,
        )
        page_of(person, status, heading)
    # A precondition that does not hold, from a script of the page's own origin.
    person.open("/v1")
    status = person.context.request.get(
        f"{SERVER}{KEYS}/{key['id']}", headers={"Accept": "*/*", "If-Match": '"0-other"'}
    )
    equal((status.status, "PreconditionFailed" in status.text() or "412" in status.text()), (412, True))


with chromium() as browser:
    with visit(browser, pair("ADMINISTRATOR")) as person:
        addresses(person)
        methods(person)
    with visit(browser, pair("ADMINISTRATOR"), script=False) as person:
        addresses(person)
    # Who is asked for a pair and has none is told what to do, and can find out without being asked again.
    with visit(browser, ("nobody", "nothing")) as stranger:
        answer = stranger.open(KEYS, 401)
        assert answer.headers["www-authenticate"].startswith("Basic realm="), answer.headers
        page_of(stranger, 401, "Unauthorized")
        stranger.shows("enter an access key as user name and its secret key as password")
        assert "acting as" not in stranger.text()

equal(api.picture(), before)

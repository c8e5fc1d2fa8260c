"""Every page and dialog of the web page, light and dark, narrow and wide: axe finds nothing, nothing sticks out, nobody
calls elsewhere. The screenshots are written to the folder SCREENSHOTS, to be looked at."""

import os
from pathlib import Path

from eyes import look
from harness import chromium, expect, visit
from web import LIST, PASSWORD, api, choose, give_password, log_in, row

FOLDER = Path(os.environ["SCREENSHOTS"])

give_password()
for number in range(8):
    api.create(name=f"service {number}", description="Builds and deploys." if number % 3 else None)
api.create(name="x" * 255, description="line one\nline two\n" + "wide " * 180, expiresAt="2199-01-01T00:00:00Z")
inactive = api.create(name="an old laptop", description="Given back in May.")
api.post(f"/v1/apikeys/{inactive['id']}?action=deactivate")
stopped = api.post("/v1/projects", {"name": "Staging", "description": "What is tried before it is released."})
api.post(f"/v1/projects/{stopped['id']}?action=deactivate")
empty = api.post("/v1/projects", {"name": "An environment with a name that no bar has room for, whatever its width"})
person = api.post("/v1/accounts", {"name": "Grace Hopper", "kind": "user"})
give_password(person["id"], "grace")


def opened(path, status=200):
    return lambda person: person.open(path, status)


def menu(person):
    person.open(LIST)
    row(person, "an old laptop").locator("details.menu summary").click()


def switcher(person):
    person.open(LIST)
    person.page.locator(".switcher summary").click()


def adding(person):
    person.open(LIST)
    person.page.locator("main").get_by_role("link", name="Add Environment API Key").first.click()
    expect(person.page.locator("dialog[open]")).to_be_visible()


def added(person):
    adding(person)
    person.page.get_by_label("Name", exact=True).fill("made for its looks")
    person.page.get_by_role("button", name="Create").click()
    expect(person.page.locator("#secret-key")).to_be_visible()


def wrong(person):
    person.expect_status(422)
    person.open(LIST + "/new")
    person.page.get_by_label("Expires", exact=True).fill("1999-01-01T10:00")
    person.page.get_by_role("button", name="Create").click()
    expect(person.page.locator("[aria-invalid=true]")).to_be_visible()


def conflict(person):
    person.expect_status(409)
    key = api.create(name="shared")
    person.open(f"{LIST}/{key['id']}/edit")
    api.call("PUT", f"/v1/apikeys/{key['id']}", {"name": "theirs"})
    person.page.get_by_label("Name", exact=True).fill("mine")
    person.page.get_by_role("button", name="Save").click()
    expect(person.page.locator("table.compare")).to_be_visible()


def dialog_of(name, what):
    def go(person):
        person.open(LIST)
        choose(person, name, what)
        expect(person.page.locator("dialog[open]")).to_be_visible()

    return go


def selected(person):
    person.open(LIST)
    person.page.get_by_label("Select service 1", exact=True).check()
    person.page.get_by_label("Select an old laptop", exact=True).check()


def foreseen(person):
    selected(person)
    person.page.get_by_role("button", name="Deactivate…").click()
    expect(person.page.locator("dialog[open]")).to_be_visible()


PAGES = {
    "keys": opened(LIST),
    "keys-menu": menu,
    "keys-switcher": switcher,
    "keys-selected": selected,
    "keys-done": opened(LIST + "?done=key-deactivated"),
    "keys-none": opened(LIST + "?search=nobody"),
    "keys-empty": opened(f"/env/{empty['id']}/keys"),
    "keys-own": opened("/account/keys"),
    "key-add": opened(LIST + "/new"),
    "key-wrong": wrong,
    "key-edit": opened(f"{LIST}/{inactive['id']}/edit"),
    "key-conflict": conflict,
    "key-delete": opened(f"{LIST}/{inactive['id']}/delete"),
    "key-history": opened(f"{LIST}/{inactive['id']}/history"),
    "dialog-add": adding,
    "dialog-added": added,
    "dialog-edit": dialog_of("an old laptop", "Edit"),
    "dialog-delete": dialog_of("an old laptop", "Delete…"),
    "dialog-foreseen": foreseen,
    "environments": opened("/environments"),
    "environment-add": opened("/environments/new"),
    "environment-edit": opened("/environments/1a5/edit"),
    "environment-deactivate": opened("/environments/1a5/deactivate"),
    "environment-delete": opened(f"/environments/{stopped['id']}/delete"),
    "environments-removed": opened("/environments/removed"),
    "members": opened("/environments/1a5/members"),
    "member-add": opened("/environments/1a5/members/new"),
    "audit": opened("/audit"),
    "audit-of-environment": opened("/env/1a5/audit"),
    "help": opened("/help/api-keys"),
    "refused": opened("/env/1a999/keys", 403),
    "users": opened("/users"),
    "user-add": opened("/users/new"),
    "user-edit": opened(f"/users/{person['id']}/edit"),
    "user-deactivate": opened(f"/users/{person['id']}/deactivate"),
    "access-control": opened("/access-control"),
    "password": opened("/account/password"),
    "welcome": opened("/welcome"),
    "log-out": opened("/logout"),
}


FOLDER.mkdir(parents=True, exist_ok=True)
with chromium() as browser:
    for theme in ["light", "dark"]:
        with visit(browser, dark=theme == "dark") as person:
            person.open("/login")
            look(person, "web-log-in", theme, FOLDER)
            log_in(person)
            for name, go in PAGES.items():
                person.page.set_viewport_size({"width": 1280, "height": 900})
                go(person)
                look(person, f"web-{name}", theme, FOLDER, full=not name.startswith("dialog"))
    assert PASSWORD not in "".join(url for _, url in person.requests)

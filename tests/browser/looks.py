"""Every kind of page, light and dark, narrow and wide: axe finds nothing, nothing sticks out, nobody calls elsewhere.

The screenshots are written to the folder SCREENSHOTS, to be looked at.
"""

import os
from pathlib import Path

from eyes import WIDTHS, look
from harness import KEYS, Api, chromium, pair, visit

FOLDER = Path(os.environ["SCREENSHOTS"])

api = Api(pair("ADMINISTRATOR"))
api.create_many(
    {"name": f"service {number}", "description": "Builds and deploys." if number % 3 else None}
    for number in range(8)
)
long = api.create(name="x" * 255, description="line one\nline two\n" + "wide " * 180, expiresAt="2199-01-01T00:00:00Z")
inactive = api.create(name="an old laptop", description="Given back in May.")
api.post(f"{KEYS}/{inactive['id']}?action=deactivate")
gone = api.create(name="gone")
api.post(f"{KEYS}/{gone['id']}?action=deactivate")
api.post(f"{KEYS}/{gone['id']}?action=remove")
event = api.get("/v1/auditlogs?sort=id&order=desc&limit=1")["data"][0]


def created(person):
    person.open(KEYS)
    person.unfold("Create")
    person.fill("name", "made for its looks")
    person.press("Create")
    person.heading("made for its looks")


def refused(person):
    person.expect_status(422)
    person.open(KEYS)
    person.unfold("Create")
    person.fill("expiresAt", "1999-01-01T10:00")
    person.fill("name", "ci")
    person.press("Create")
    person.shows("Correct it")


def unfolded(person):
    person.open(f"{KEYS}/{inactive['id']}")
    person.unfold("Edit")
    person.unfold("Delete")


def opened(path, status=200):
    return lambda person: person.open(path, status)


PAGES = {
    "version": opened("/v1"),
    "keys": opened(f"{KEYS}?limit=5&sort=name"),
    "keys-filtered": opened(f"{KEYS}?name_prefix=service&description_notnull"),
    "keys-none": opened(f"{KEYS}?name=nobody"),
    "key": opened(f"{KEYS}/{long['id']}"),
    "key-inactive": unfolded,
    "key-removed": opened(f"{KEYS}/{gone['id']}"),
    "key-created": created,
    "key-refused": refused,
    "environments": opened("/v1/projects"),
    "environment": opened("/v1/projects/1a5"),
    "settings": opened("/v1/settings"),
    "setting": opened("/v1/settings/api.ui.js.url"),
    "events": opened("/v1/auditlogs?sort=id&order=desc&limit=10"),
    "event": opened(f"/v1/auditlogs/{event['id']}"),
    "schemas": opened("/v1/schemas"),
    "schema": opened("/v1/schemas/apikey"),
    "documentation": opened("/v1/typedocumentations/apikey"),
    "members": opened("/v1/projectmembers"),
    "error-404": opened("/v1/apikeys/1c999999", 404),
    "error-422": opened("/v1foo", 422),
}

FOLDER.mkdir(parents=True, exist_ok=True)
with chromium() as browser:
    for theme in ["light", "dark"]:
        with visit(browser, pair("ADMINISTRATOR"), dark=theme == "dark") as person:
            for name, go in PAGES.items():
                person.page.set_viewport_size({"width": WIDTHS[-1], "height": 900})
                go(person)
                look(person, name, theme, FOLDER)
        with visit(browser, ("nobody", "nothing"), dark=theme == "dark") as stranger:
            stranger.open("/v1/apikeys", 401)
            look(stranger, "error-401", theme, FOLDER)

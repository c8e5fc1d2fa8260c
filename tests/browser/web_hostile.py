"""Hostile texts in names and descriptions, on every page of the web page that shows one: shown as they are, and nothing
runs or loads. The policy would stop most of them; it must not even be asked, so a violation counts like a dialog."""

from urllib.parse import quote

from harness import SERVER, chromium, equal, payloads, visit
from web import LIST, api, give_password, log_in

TEXTS = payloads()
assert len(TEXTS) >= 500, len(TEXTS)
give_password()
made = api.create_many({"name": text, "description": text} for text in TEXTS)
environment = api.post("/v1/projects", {"name": TEXTS[0], "description": TEXTS[1]})
# Some of them name environments and people.
SOME = TEXTS[3::15]
for text in SOME:
    place = api.post("/v1/projects", {"name": text, "description": text})
    who = api.post("/v1/accounts", {"name": text, "description": text, "kind": "user"})
    member = {"externalId": who["id"], "externalIdType": "rancher_id", "role": "owner"}
    api.post(f"/v1/projects/{place['id']}?action=setmembers", {"members": [member]})

CELLS = """() => [...document.querySelectorAll("table.list tbody tr")].map((row) => [
    row.querySelector("th.title").textContent, row.querySelector("td[data-label=Description]").textContent])"""


def in_the_table(person):
    """On all pages of the table, by every order that compares texts."""
    for order in ["name", "description"]:
        seen = []
        person.open(f"{LIST}?sort={order}&order=asc")
        while True:
            seen.extend(person.page.evaluate(CELLS))
            following = person.page.locator("a[rel=next]")
            if not following.count():
                break
            person.page.goto(SERVER + following.get_attribute("href"))
        seen = [row for row in seen if row[0] != "of the environment"]
        equal(sorted(name for name, _ in seen), sorted(TEXTS))
        equal(sorted(description for _, description in seen), sorted(TEXTS))


def on_their_own(person):
    """In the form that edits, in the question before it is deleted, in its history, in what is searched for."""
    tags = set()
    for key, text in list(zip(made, TEXTS))[::6]:
        person.open(f"{LIST}/{key['id']}/edit")
        equal(person.page.get_by_label("Name", exact=True).input_value(), text)
        equal(person.page.get_by_label("Description", exact=True).input_value(), text)
        person.open(f"{LIST}/{key['id']}/delete")
        assert text in person.page.locator("main").text_content(), text
        everything = "[...new Set([...document.querySelectorAll('*')].map((one) => one.localName))].sort().join(' ')"
        tags.add(person.page.evaluate(everything))
    equal(len(tags), 1)
    for text in TEXTS[::12]:
        person.open(f"{LIST}?search={quote(text, safe='')}")
        equal(person.page.locator("#search").input_value(), text.strip())
        person.open(f"{LIST}?done={quote(text, safe='')}&sort={quote(text, safe='')}&after={quote(text, safe='')}")
        equal(person.page.locator("main .notice").count(), 0)


def in_every_room(person):
    """Environments, their members, people, and what was done to all of them."""
    for path in ["/environments", "/users", "/audit", "/environments/1a5/members/new"]:
        seen = ""
        while path:
            person.open(path)
            seen += person.page.locator("main").text_content()
            following = person.page.locator("a[rel=next]")
            path = following.get_attribute("href") if following.count() and len(seen) < 200_000 else None
        missing = [text for text in SOME if text not in seen]
        assert not missing, missing
    for each in api.get("/v1/projects?limit=100")["data"][-5:]:
        person.open(f"/environments/{each['id']}/members")
        person.open(f"/environments/{each['id']}/edit")
        equal(person.page.get_by_label("Name", exact=True).input_value(), each["name"] or "")


def round_every_page(person):
    """The name of an environment stands in the frame of every page inside it."""
    own = f"/env/{environment['id']}/keys"
    for path in [own, own + "/new"]:
        person.open(path)
        assert TEXTS[0] in person.page.locator("main").text_content()
        assert TEXTS[0] in person.page.locator(".switcher summary").text_content()


with chromium() as browser:
    for script in [True, False]:
        with visit(browser, script=script) as person:
            log_in(person)
            if script:
                in_the_table(person)
                in_every_room(person)
            on_their_own(person)
            round_every_page(person)

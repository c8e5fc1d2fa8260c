"""A person without a manual: opens `/v1`, is asked for a pair if need be, and goes where the links lead.

With OPEN in the environment the server has no access control, and nobody is asked.
"""

from harness import OPEN, Api, chromium, equal, expect, pair, visit
who = None if OPEN else pair("ADMINISTRATOR")
api = Api(who)
key = api.create(name="for walking")


def walk(person):
    person.open("/v1")
    person.heading("v1")
    expect(person.page).to_have_title("v1 · API keys")
    expect(person.page.locator("header")).to_contain_text("acting as 1a1")
    person.follow("projects")
    person.at("/v1/projects")
    person.follow("1a5")
    person.heading("Default")
    person.follow("apiKeys")
    person.at("/v1/projects/1a5/apikeys")
    expect(person.page.locator("header")).to_contain_text("acting as 1a5")
    person.follow(key["id"])
    person.heading("for walking")

    # The document is all there, and readable.
    for name in ["id", "publicValue", "uuid", "accountId"]:
        expect(person.field(name)).to_have_text(key[name])
    expect(person.field("state")).to_have_text("○ Active")
    expect(person.field("expiresAt")).to_have_text("None")
    expect(person.field("created").locator("time")).to_have_attribute("datetime", key["created"])

    # The way back up is on the page.
    person.follow("1a5", within="nav")
    person.heading("Default")
    person.follow("API", within="nav")
    person.heading("v1")

    # What a type is made of, and what it means.
    person.follow("schemas")
    person.follow("apiKey")
    grid = person.field("resourceFields").locator("table")
    expect(grid.locator("tr", has_text="publicValue")).to_contain_text("string")


def same_from_a_program(person):
    """The curl line names two variables, and the raw JSON is what a program gets."""
    person.open(f"/v1/projects/1a5/apikeys/{key['id']}")
    line = person.page.locator("section.request code").inner_text()
    url = f"{api_url()}/v1/projects/1a5/apikeys/{key['id']}"
    equal(line, f"curl -u \"$ACCESS_KEY:$SECRET_KEY\" '{url}'")
    for half in [key["secretValue"], *(who or ())[1:]]:
        assert half not in person.page.content(), "a page holds a secret"
    address = person.page.get_by_role("link", name="Show as raw JSON").get_attribute("href")
    answer = person.page.goto(address)
    equal(answer.headers["content-type"], "application/json; charset=utf-8")
    equal(answer.json(), api.get(f"/v1/projects/1a5/apikeys/{key['id']}"))


def api_url():
    return api.get("/v1")["links"]["self"].removesuffix("/v1")


with chromium() as browser:
    for script in [True, False]:
        with visit(browser, who, script=script) as person:
            walk(person)
            same_from_a_program(person)
    if not OPEN:
        # An environment's key sees its environment, and nothing to administer.
        with visit(browser, pair("ENVIRONMENT")) as person:
            person.open("/v1")
            expect(person.page.locator("header")).to_contain_text("acting as 1a5")
            person.follow("projects")
            equal(person.page.locator("table.list tbody tr").count(), 1)
            expect(person.page.get_by_text("Create", exact=True)).to_have_count(0)

"""Lists of more than one page: filtered, sorted and paged by what can be clicked."""

from harness import KEYS, SERVER, Api, chromium, equal, expect, pair, visit

api = Api(pair("ADMINISTRATOR"))
api.create_many({"name": f"key {number:03}", "description": "odd" if number % 2 else None} for number in range(120))
everything = [key["name"] for key in api.keys()]


def pages(person):
    """All names, page after page, as the link leads."""
    names = person.column("name")
    while person.page.get_by_role("link", name="Next page").count():
        person.follow("Next page")
        names += person.column("name")
    return names


def paging(person):
    person.open(KEYS)
    equal(len(person.column("name")), 100)
    equal(pages(person), everything)
    person.follow("First page")
    equal(person.column("name"), everything[:100])


def sorting(person):
    person.open(f"{KEYS}?limit=50")
    person.follow("name")
    expect(person.page.locator("th[aria-sort=ascending]")).to_have_text("name ▲")
    names = pages(person)
    equal(names, sorted(everything))
    person.page.locator("th[aria-sort]").get_by_role("link").click()
    expect(person.page.locator("th[aria-sort=descending]")).to_have_text("name ▼")
    equal(person.column("name")[:3], sorted(everything, reverse=True)[:3])


def filtering(person):
    person.open(KEYS)
    apply(person, "name begins with", "key 00")
    equal(sorted(person.column("name")), [f"key 00{number}" for number in range(10)])
    apply(person, "description is empty", "")
    equal(sorted(person.column("name")), [f"key 00{number}" for number in range(0, 10, 2)])
    person.shows("name begins with “key 00”")

    # Each filter has its way out, and a sort keeps them.
    person.follow("name")
    equal(person.column("name"), [f"key 00{number}" for number in range(0, 10, 2)])
    person.follow("Remove the filter description is empty")
    equal(len(person.column("name")), 10)
    person.follow("Remove the filter name begins with “key 00”")
    equal(len(person.column("name")), 100)

    apply(person, "name is like (% any, _ one)", "50% & more")
    person.shows("Nothing to show: no entry passes the filters.")


def apply(person, choice, value):
    person.page.get_by_label("Filter", exact=True).select_option(label=choice)
    person.fill("Value", value)
    person.press("Apply")
    expect(person.page.locator("ul.chips")).to_contain_text(choice)


def acting_in_a_list(person):
    """A button of a row acts on that row, and says so to those who cannot see which it is."""
    person.open(f"{KEYS}?name=key%20007")
    person.press("Deactivate key 007")
    expect(person.page.get_by_role("heading", level=1)).to_have_text("key 007")
    equal([key["name"] for key in api.keys("state=inactive")], ["key 007"])


with chromium() as browser:
    for script in [True, False]:
        with visit(browser, pair("ADMINISTRATOR"), script=script) as person:
            paging(person)
            sorting(person)
            filtering(person)
            if script:
                acting_in_a_list(person)
            assert all(url.startswith(SERVER) for _, url in person.requests)

"""A table of ten thousand keys: every page is as quick as the first, and one finds one's way by search, order and page."""

from harness import chromium, equal, expect, visit
from web import LIST, give_password, log_in, names

give_password()

with chromium() as browser:
    with visit(browser) as person:
        log_in(person)
        equal(len(names(person)), 50)
        # To the end and back, by each of both buttons.
        person.open(f"{LIST}?sort=name&order=desc")
        last = names(person)[0]
        person.open(f"{LIST}?sort=name&order=asc")
        first = names(person)
        for _ in range(3):
            person.page.get_by_role("link", name="Next").click()
            expect(person.page.locator("table.list tbody th.title").first).not_to_have_text(first[0])
            assert names(person)[0] > first[-1]
            first = names(person)
        for _ in range(3):
            before = names(person)
            person.page.get_by_role("link", name="Previous").click()
            expect(person.page.locator("table.list tbody th.title").first).not_to_have_text(before[0])
            assert names(person)[-1] < before[0]
        # What is typed is found while it is typed, and the address says so.
        person.open(f"{LIST}?sort=name&order=desc")
        person.page.get_by_label("Search keys").fill(last)
        expect(person.page.locator("table.list tbody th.title")).to_have_count(1)
        equal(names(person), [last])
        assert "search=" in person.page.url, person.page.url
        person.reload()
        equal(names(person), [last])
        # No page reads more than ten thousand of them: what is behind is looked for by going on, and the page says so.
        person.open(f"{LIST}?sort=name&order=asc&search={last.replace(' ', '+')}")
        person.shows("There are more: look further")
        person.page.get_by_role("link", name="Next").click()
        expect(person.page.locator("table.list tbody th.title")).to_have_count(1)
        equal(names(person), [last])

"""The life of a key on the web page without a pointer: everything is reached with Tab and the arrow keys, and the focus
shows where it is."""

from harness import chromium, equal, expect, visit
from web import LIST, api, give_password, keys, log_in, notice, row

give_password()

FOCUS = """() => {
    const element = document.activeElement;
    const text = element.ariaLabel || element.labels?.[0]?.textContent || element.textContent;
    return {name: text.trim(), tag: element.localName, outline: getComputedStyle(element).outlineStyle};
}"""


class Keys:
    def __init__(self, person):
        self.page = person.page
        self.keyboard = person.page.keyboard

    def tab_to(self, name):
        """Goes on with Tab until what has the focus is called so; whatever is passed shows that it had it."""
        for _ in range(80):
            self.keyboard.press("Tab")
            focus = self.page.evaluate(FOCUS)
            assert focus["tag"] in ("body", "html") or focus["outline"] != "none", f"no focus to be seen on {focus}"
            if focus["name"].startswith(name):
                return
        raise AssertionError(f"{name} cannot be reached")

    def press(self, name, key="Enter"):
        self.tab_to(name)
        self.keyboard.press(key)


def live(person, name):
    hand = Keys(person)
    person.open(LIST)
    hand.press("Skip to the content")
    equal(person.page.evaluate("document.activeElement.id"), "content")
    hand.press("Add Environment API Key")
    expect(person.page.get_by_label("Name", exact=True)).to_be_focused()
    hand.keyboard.type(name)
    hand.press("Create")
    expect(person.page.locator("#secret-key")).to_be_visible()
    hand.press("I have saved it")
    notice(person, "The key was added")

    # A menu by its arrow keys, a dialog by Escape and Enter.
    person.open(LIST)
    hand.press(f"More for {name}", "ArrowDown")
    equal(person.page.evaluate(FOCUS)["name"], "Deactivate")
    hand.keyboard.press("Enter")
    notice(person, "refused from now on")
    equal(keys(f"name={name.replace(' ', '%20')}")[0]["state"], "inactive")
    hand.press(f"More for {name}", "Enter")
    hand.press("Edit")
    expect(person.page.get_by_label("Name", exact=True)).to_be_focused()
    hand.keyboard.press("Escape")
    expect(person.page.locator("dialog[open]")).to_have_count(0)
    expect(row(person, name).locator("details.menu summary")).to_be_focused()
    hand.keyboard.press("ArrowDown")
    hand.keyboard.press("ArrowDown")
    equal(person.page.evaluate(FOCUS)["name"], "Delete…")
    hand.keyboard.press("Enter")
    expect(person.page.locator("dialog[open]")).to_be_visible()
    hand.press("Delete")
    notice(person, "The key was deleted")
    equal(len(keys(f"name={name.replace(' ', '%20')}")), 0)


def find(person):
    """What is searched for is found while it is typed, and a heading sorts."""
    api.create(name="needle")
    hand = Keys(person)
    person.open(LIST)
    hand.tab_to("Search keys")
    hand.keyboard.type("needle")
    expect(person.page.locator("table.list tbody tr")).to_have_count(1)
    hand.press("Created")
    expect(person.page.locator("th[aria-sort=ascending]")).to_contain_text("Created")


with chromium() as browser:
    for dark in [False, True]:
        with visit(browser, dark=dark) as person:
            log_in(person)
            live(person, "by hand, " + ("dark" if dark else "light"))
    with visit(browser) as person:
        log_in(person)
        find(person)

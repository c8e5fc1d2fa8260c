"""The life of a key without a pointer: everything can be reached with Tab, in the order it is read, and the focus shows."""

from harness import KEYS, Api, chromium, equal, expect, pair, visit

api = Api(pair("ADMINISTRATOR"))

FOCUS = """() => {
    const element = document.activeElement;
    const text = element.ariaLabel || element.labels?.[0]?.textContent || element.textContent;
    return {
        name: text.trim(), tag: element.localName,
        outline: getComputedStyle(element).outlineStyle + " " + getComputedStyle(element).outlineWidth,
    };
}"""


class Keys:
    def __init__(self, person):
        self.person = person
        self.keyboard = person.page.keyboard

    def tab_to(self, name, tag=None):
        """Goes on with Tab until what has the focus is called so; whatever is passed shows that it had it."""
        # Before, the stylesheet may not be there, and the focus shows as the browser has it.
        self.person.page.wait_for_load_state()
        for _ in range(80):
            self.keyboard.press("Tab")
            focus = self.person.page.evaluate(FOCUS)
            assert focus["tag"] == "body" or focus["outline"] == "solid 3px", f"no focus to be seen on {focus}"
            if focus["name"] == name and tag in (None, focus["tag"]):
                return
        raise AssertionError(f"{name} cannot be reached")

    def press(self, name, tag=None, key="Enter"):
        self.tab_to(name, tag)
        self.keyboard.press(key)


def live(person):
    keys = Keys(person)
    person.open("/v1")
    # The first thing is the way past what every page begins with.
    keys.press("Skip to the content")
    equal(person.page.evaluate("document.activeElement.id"), "content")
    keys.press("projects", "a")
    person.heading("projects")
    keys.press("1a5", "a")
    person.heading("Default")
    keys.press("apiKeys", "a")
    person.heading("apiKeys")

    keys.press("Create", "summary")
    keys.tab_to("name")
    keys.keyboard.type("by hand")
    keys.tab_to("description")
    keys.keyboard.type("one")
    keys.keyboard.press("Enter")
    keys.keyboard.type("two")
    keys.press("Create", "button", key="Space")
    person.heading("by hand")
    person.shows("It is shown this one time")
    key = api.keys("name=by%20hand")[0]
    equal(key["description"], "one\ntwo")

    person.open(f"{KEYS}/{key['id']}")
    keys.press("Edit", "summary")
    keys.tab_to("name")
    keys.keyboard.press("Control+A")
    keys.keyboard.type("renamed")
    keys.keyboard.press("Enter")
    person.heading("renamed")
    keys.press("Deactivate", "button")
    expect(person.field("state")).to_have_text("● Inactive")
    keys.press("Delete", "summary")
    keys.press("Yes, delete it", "button")
    expect(person.field("state")).to_have_text("✕ Removed")


def filter_list(person):
    keys = Keys(person)
    person.open(KEYS)
    keys.tab_to("Filter", "select")
    keys.keyboard.type("state is not")
    keys.tab_to("Value")
    keys.keyboard.type("inactive")
    keys.keyboard.press("Enter")
    expect(person.page.locator("ul.chips")).to_contain_text("state is not “inactive”")
    keys.press("created", "a")
    expect(person.page.locator("th[aria-sort]")).to_have_text("created ▲")


with chromium() as browser:
    for dark in [False, True]:
        with visit(browser, pair("ADMINISTRATOR"), dark=dark) as person:
            live(person)
            filter_list(person)

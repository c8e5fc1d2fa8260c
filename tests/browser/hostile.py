"""Hostile texts in names and descriptions: shown as they are, in every place that shows them; nothing runs or loads.

The policy of the pages would stop most of them; it must not even be asked. So a violation counts like a dialog.
"""

import re
from urllib.parse import quote

from harness import KEYS, Api, chromium, equal, pair, payloads, visit

api = Api(pair("ADMINISTRATOR"))
TEXTS = payloads()
assert len(TEXTS) >= 500, len(TEXTS)
made = api.create_many({"name": text, "description": text} for text in TEXTS)

# What a table and a page show, read without the collapsing of spaces that looking would do.
CELLS = "(name) => [...document.querySelectorAll(`table.list td.${name}`)].map((cell) => cell.textContent)"
SHOWN = """() => ({
    title: document.title,
    heading: document.querySelector("h1").textContent,
    fields: Object.fromEntries([...document.querySelectorAll("table.fields > tbody > tr")]
        .map((row) => [row.querySelector("th").textContent, row.querySelector("td").textContent])),
    inputs: [...document.querySelectorAll("[name=name], [name=description]")].map((input) => input.value),
    tags: [...new Set([...document.querySelectorAll("*")].map((element) => element.localName))].sort().join(" "),
})"""


def spaced(text):
    """As HTML writes a title: its own spaces become one."""
    return re.sub("[ \t\n\f\r]+", " ", text).strip(" ")


def in_lists(person):
    for query in ["limit=10000", "limit=10000&sort=description&order=desc"]:
        person.open(f"{KEYS}?{query}&description_notnull")
        for name in ["name", "description"]:
            equal(sorted(person.page.evaluate(CELLS, name)), sorted(TEXTS))
        # A button is named after its row.
        labels = person.page.locator("td.actions button").evaluate_all("(all) => all.map((each) => each.ariaLabel)")
        equal(sorted(labels), sorted(f"Deactivate {text}" for text in TEXTS))


def on_their_own(person):
    """Pages of their own, with title, fields and the form that edits."""
    tags = set()
    for key, text in list(zip(made, TEXTS))[::3]:
        person.open(f"{KEYS}/{key['id']}")
        shown = person.page.evaluate(SHOWN)
        equal((shown["heading"], shown["fields"]["name"], shown["fields"]["description"]), (text, text, text))
        equal(shown["inputs"], [text, text])
        equal(shown["title"], spaced(f"{text} · API keys"))
        tags.add(shown["tags"])
    # Whatever the text, the page is made of the same elements.
    equal(len(tags), 1)


def sent_back(person):
    """What a request says of itself: in a filter that counts, and in a form that was refused."""
    person.expect_status(422)
    for text in TEXTS[1::12]:
        person.open(f"{KEYS}?limit=1&name={quote(text, safe='')}")
        equal(spaced(person.page.locator("ul.chips span").text_content()), spaced(f"name is “{text}”"))
        address = person.page.get_by_role("link", name="Show as raw JSON").get_attribute("href")
        assert address.startswith("http://127.0.0.1:"), address
    for text in TEXTS[2::24]:
        person.page.evaluate(
            """([action, text]) => {
                const form = document.createElement("form");
                Object.assign(form, {method: "post", action});
                for (const [name, value] of [["name", text], ["expiresAt", "1999-01-01T10:00:00"]]) {
                    const input = document.createElement("input");
                    Object.assign(input, {name, value});
                    form.append(input);
                }
                document.body.append(form);
                HTMLFormElement.prototype.submit.call(form);
            }""",
            [KEYS, text],
        )
        person.shows("Correct it and send it again")
        equal(person.page.locator("[name=name]").input_value(), text)


with chromium() as browser:
    with visit(browser, pair("ADMINISTRATOR")) as person:
        in_lists(person)
        on_their_own(person)
        sent_back(person)

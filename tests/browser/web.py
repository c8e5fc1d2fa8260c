"""What the drivers of the web page share: a person who logs in, and what they do with the rows of a table."""

from harness import KEYS, SERVER, Api, expect, pair

PASSWORD = "correct horse battery staple"
LIST = "/env/1a5/keys"

api = Api(pair("ADMINISTRATOR"))


def give_password(account="1a1", login="ada"):
    """A way to log in for a person, who has none yet."""
    api.post("/v1/passwords", {"accountId": account, "publicValue": login, "secretValue": PASSWORD})


def log_in(person, path=LIST, login="ada"):
    """Asks for a page, is led to the log-in, and from there to the page."""
    person.page.goto(SERVER + path)
    person.heading("Log in")
    fill_log_in(person, login)
    expect(person.page).to_have_url(SERVER + path)


def fill_log_in(person, login="ada"):
    person.page.get_by_label("Log-in name").fill(login)
    person.page.get_by_label("Password").fill(PASSWORD)
    person.page.locator("main").get_by_role("button", name="Log in").click()


def row(person, name):
    """The row of a thing by its name."""
    return person.page.locator("table.list tbody tr").filter(
        has=person.page.locator("th.title", has_text=name)
    )


def choose(person, name, what):
    """Opens the menu of a row and chooses from it."""
    menu = row(person, name).locator("details.menu")
    menu.locator("summary").click()
    menu.get_by_text(what, exact=True).click()


def names(person):
    """The names in a table, from top to bottom."""
    return person.page.locator("table.list tbody th.title").all_inner_texts()


def notice(person, text):
    expect(person.page.locator("main .notice").first).to_contain_text(text)


def keys(query=""):
    return api.get(f"{KEYS}?limit=10000&{query}")["data"]

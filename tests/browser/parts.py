"""Every part of the web page, in pages made to show them: how they look, with which keys they work, what they do when
something goes wrong, and that a page is whole when its script does not load."""

import contextlib
import os
from pathlib import Path

from eyes import look
from gallery import Gallery
from harness import chromium, equal, expect, visit
from playwright.sync_api import Error

FOLDER = Path(os.environ["SCREENSHOTS"])
SECRET = "s3cr3tS3cr3ts3cr3tS3cr3ts3cr3tS3cr3ts3c"

gallery = Gallery()


@contextlib.contextmanager
def visitor(browser, path="/list", **options):
    """Somebody at a page of the gallery."""
    gallery.sent.clear()
    with visit(browser, origins=(gallery.url,), **options) as person:
        go(person, path)
        yield person


def go(person, path):
    person.page.goto(gallery.url + path)


def at(person, path):
    expect(person.page).to_have_url(gallery.url + path)


def dialog(person):
    return person.page.locator("dialog[open]")


def add(person, name=None):
    """Opens the form in a dialog; with a name, sends it."""
    person.page.get_by_role("link", name="Add Environment API Key").first.click()
    expect(dialog(person)).to_be_visible()
    if name:
        send(person, name)


def send(person, name):
    person.page.get_by_label("Name", exact=True).fill(name)
    person.page.get_by_label("Password").fill("12345678")
    person.page.get_by_role("button", name="Create").click()


def make(person, name="build server"):
    add(person, name)
    expect(person.page.locator("[data-secret]")).to_be_visible()


def focus(person):
    return person.page.evaluate("document.activeElement.ariaLabel || document.activeElement.textContent.trim()")


def said(person):
    return person.page.locator("p.hidden[role=status]")


# How they look.


def wrong(person):
    person.expect_status(422)
    add(person, "wrong")
    expect(person.page.get_by_label("Name", exact=True)).to_have_attribute("aria-invalid", "true")


def lost(person):
    add(person, "lost")
    expect(dialog(person).locator(".told")).to_be_visible()
    # Chromium tells the console so.
    person.noises.clear()


def chosen(person):
    person.page.get_by_label("Select build server").check()


SHOWN = {
    "list": ("/list", lambda person: None),
    "list-none": ("/list?search=nobody", lambda person: None),
    "list-menu": ("/list", lambda person: person.page.locator(".actions summary").nth(2).click()),
    "list-chosen": ("/list", chosen),
    "list-switcher": ("/list", lambda person: person.page.locator(".switcher summary").click()),
    "page-form": ("/add", lambda person: None),
    "page-others": ("/others", lambda person: None),
    "dialog-form": ("/list", add),
    "dialog-wrong": ("/list", wrong),
    "dialog-lost": ("/list", lost),
    "dialog-secret": ("/list", make),
}


def looks(browser):
    FOLDER.mkdir(parents=True, exist_ok=True)
    for theme in ["light", "dark"]:
        for name, (path, prepare) in SHOWN.items():
            with visitor(browser, path, dark=theme == "dark") as person:
                prepare(person)
                look(person, f"parts-{name}", theme, FOLDER, full=not name.startswith("dialog"))


# With which keys they work.


def menus(browser):
    with visitor(browser) as person:
        keyboard = person.page.keyboard
        summary = person.page.locator(".actions summary")
        open_menus = person.page.locator("details.menu[open]")
        summary.nth(2).focus()
        keyboard.press("ArrowDown")
        equal(focus(person), "Activate")
        for key, expected in [
            ("ArrowDown", "Delete…"), ("End", "View in API"), ("ArrowDown", "Activate"), ("ArrowUp", "View in API"),
            ("Home", "Activate"),
        ]:
            keyboard.press(key)
            equal(focus(person), expected)
        keyboard.press("Escape")
        equal(focus(person), "More for this key")
        expect(open_menus).to_have_count(0)
        for key in ["Enter", "Space"]:
            keyboard.press(key)
            expect(open_menus).to_have_count(1)
            keyboard.press("Tab")
            equal(focus(person), "Activate")
            keyboard.press("Escape")
        # One is open at a time, and none when one goes on.
        person.page.locator(".switcher summary").click()
        person.page.locator(".account-menu summary").click()
        expect(open_menus).to_have_count(1)
        person.page.get_by_role("heading", level=1).click()
        expect(open_menus).to_have_count(0)
        person.page.locator(".switcher summary").click()
        person.page.mouse.click(640, 20)
        expect(open_menus).to_have_count(0)
        summary.nth(0).focus()
        keyboard.press("ArrowUp")
        equal(focus(person), "View in API")
        keyboard.press("Tab")
        expect(open_menus).to_have_count(0)


# What a dialog does.


def dialogs(browser):
    with visitor(browser, expected={422, 500}) as person:
        page = person.page
        add(person)
        expect(dialog(person)).to_have_accessible_name("Add Environment API Key")
        expect(page.get_by_label("Name", exact=True)).to_be_focused()
        page.keyboard.press("Escape")
        expect(dialog(person)).to_have_count(0)
        equal(focus(person), "Add Environment API Key")
        add(person)
        page.mouse.click(5, 450)
        expect(dialog(person)).to_be_visible()
        page.get_by_role("link", name="Cancel").click()
        expect(dialog(person)).to_have_count(0)
        at(person, "/list")

        # From a menu, which is closed by then.
        page.locator(".actions summary").nth(0).click()
        page.get_by_role("link", name="Edit").click()
        expect(dialog(person)).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator(".actions summary").nth(0)).to_be_focused()

        # What was wrong stands beside its field, in the dialog.
        wrong(person)
        name = page.get_by_label("Name", exact=True)
        expect(name).to_have_value('kept "in" <quotes>')
        expect(name).to_be_focused()
        expect(name).to_have_accessible_description("It is too long. Say what will use it: “build server”.")

        # What the server cannot do is told, and what was typed stays.
        send(person, "broken")
        expect(dialog(person).locator(".told")).to_have_text("The disk is full.")
        expect(name).to_have_value("broken")
        send(person, "lost")
        expect(dialog(person).locator(".told")).to_contain_text("could not be reached. Nothing you typed is lost")
        expect(name).to_have_value("lost")
        person.noises.clear()

        # Done: the page that the server leads to.
        send(person, "moved")
        at(person, "/others")
        person.heading("Everything else")
        expect(dialog(person)).to_have_count(0)
        equal(page.evaluate("getComputedStyle(document.body).overflow"), "visible")
        person.back()
        at(person, "/list")
        person.heading("API & Keys")


def session_ends(browser):
    """What was typed is sent to the server without the script, which knows how to keep it."""
    with visitor(browser) as person:
        add(person, "session")
        at(person, "/login")
        equal([form["name"] for path, form in gallery.sent if path == "/add"], [["session"], ["session"]])


# The one time a secret is shown.


def gone(person):
    """From the document, from the way back and from what the browser keeps."""
    at(person, "/list?done=close")
    person.heading("API & Keys")
    assert SECRET not in person.page.content()
    person.back()
    person.page.wait_for_load_state()
    assert SECRET not in person.page.content()
    person.page.go_forward()
    person.page.wait_for_load_state()
    assert SECRET not in person.page.content()


def secrets(browser):
    with visitor(browser, permissions=["clipboard-read", "clipboard-write"]) as person:
        make(person)
        for _ in range(3):
            person.page.keyboard.press("Escape")
            person.page.mouse.click(5, 450)
        expect(dialog(person)).to_contain_text(SECRET)
        dialog(person).get_by_role("button", name="Copy the secret key").click()
        expect(said(person)).to_have_text("Copied")
        equal(person.page.evaluate("navigator.clipboard.readText()"), SECRET)
        person.press("I have saved it: close", within="dialog")
        expect(dialog(person)).to_have_count(0)
        gone(person)
        equal(gallery.sent[-1], ("/close", {"_idempotencyKey": ["once"]}))

    for script in [True, False]:
        with visitor(browser, "/list", script=script) as person:
            # On a page of its own.
            go(person, "/add")
            send(person, "build server")
            expect(person.page.locator(".secret")).to_contain_text(SECRET)
            person.press("I have saved it: close")
            at(person, "/list?done=close")
            assert SECRET not in person.page.content()
            equal(gallery.sent[-1][0], "/close")

    with visitor(browser, "/add") as person:
        # Who goes away without Close finds nothing: what the browser keeps of the page has no secret, and is left at once.
        send(person, "build server")
        expect(person.page.locator(".secret")).to_contain_text(SECRET)
        person.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
        assert SECRET not in person.page.content()
        person.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
        at(person, "/list")

    with visitor(browser, "/add") as person:
        send(person, "build server")
        expect(person.page.locator(".secret")).to_contain_text(SECRET)
        person.page.get_by_role("link", name="Users").click()
        at(person, "/users")
        # The browser would have to send the form again, and asks first.
        with contextlib.suppress(Error):
            person.back()
        expect(person.page.get_by_role("heading", name="Elsewhere")).to_have_count(0)
        person.page.wait_for_load_state()
        assert SECRET not in person.page.content()


# Lists.


def lists(browser):
    with visitor(browser) as person:
        page = person.page
        search = page.get_by_role("searchbox")
        search.press_sequentially("nobody")
        expect(page.locator("#list")).to_contain_text("No key matches")
        at(person, "/list?sort=name&search=nobody")
        expect(search).to_be_focused()
        expect(said(person)).to_have_text("No key matches")
        search.fill("")
        expect(page.locator("table.list")).to_be_visible()
        page.get_by_role("link", name="Created").click()
        at(person, "/list?sort=created")
        expect(page.get_by_role("link", name="Created")).to_be_focused()
        person.back()
        at(person, "/list?sort=name&search=")
        expect(page.locator("table.list")).to_be_visible()
        equal(page.evaluate("Object.keys(localStorage).length"), 0)
        equal(page.evaluate("sessionStorage.getItem('htmx-history-cache')"), None)
        # Whoever has no session any more is led to where there is one.
        page.get_by_role("searchbox").fill("session")
        at(person, "/login")
        person.heading("Elsewhere")

    with visitor(browser) as person:
        page = person.page
        bar = page.locator(".selection")
        expect(bar).to_be_hidden()
        page.get_by_label("Select build server").check()
        expect(bar).to_contain_text("1 selected")
        every = page.get_by_label("Select all of this page")
        equal(every.evaluate("box => box.indeterminate"), True)
        every.check()
        expect(bar).to_contain_text("7 selected")
        page.get_by_label("Select gone").uncheck()
        expect(bar).to_contain_text("6 selected")
        page.get_by_role("button", name="Deactivate…").click()
        expect(dialog(person)).to_contain_text("Everything else")
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Deactivate…").click()
        expect(dialog(person)).to_contain_text("Everything else")
        path, form = gallery.sent[-1]
        chosen_keys = [name for name in form if name.startswith("id.")]
        equal((path, len(chosen_keys), form["_csrf"]), ("/selected?deactivate", 6, ["0123456789ABCDEF"]))


def sent_once(browser):
    with visitor(browser) as person:
        add(person)
        person.page.get_by_label("Password").fill("12345678")
        person.page.locator("dialog form").evaluate("form => { form.requestSubmit(); form.requestSubmit(); }")
        expect(person.page.locator("[data-secret]")).to_be_visible()
        equal(len(gallery.sent), 1)
    with visitor(browser, "/add") as person:
        button = person.page.get_by_role("button", name="Create")
        # What the script does when a form is sent, without the sending.
        button.evaluate("""submitter => submitter.form.dispatchEvent(
            new SubmitEvent("submit", { submitter, bubbles: true, cancelable: true }))""")
        busy = person.page.get_by_role("button", name="Saving…")
        expect(busy).to_have_attribute("aria-disabled", "true")
        person.page.get_by_label("Password").fill("12345678")
        busy.click(force=True)
        person.page.get_by_label("Name", exact=True).press("Enter")
        equal(gallery.sent, [])
        # Whoever comes back can press it again.
        person.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
        button.click()
        expect(person.page.locator(".secret")).to_be_visible()
        equal(len(gallery.sent), 1)


def times(browser):
    with visitor(browser, timezone_id="Asia/Tokyo") as person:
        time = person.page.locator("time").first
        expect(time).to_have_text("1 Mar 2026, 19:00")
        expect(time).to_have_attribute("title", "2026-03-01 10:00 UTC")
        go(person, "/add")
        person.page.get_by_label("Expires", exact=True).fill("2026-03-01T10:00")
        expect(person.page.locator("#expiresAt-local")).to_have_text("1 Mar 2026, 19:00 in Asia/Tokyo")
        person.page.get_by_role("button", name="Never").click()
        expect(person.page.get_by_label("Expires", exact=True)).to_have_value("")
        person.page.get_by_role("button", name="1 year").click()
        expect(person.page.locator("#expiresAt-local")).to_contain_text("in Asia/Tokyo")


# What holds whatever happens.


def without_script(browser):
    """Whether it is switched off or does not load."""
    for script in [True, False]:
        gallery.missing = {"/assets/pages.js", "/assets/htmx.js"}
        with visitor(browser, script=script, expected={404}) as person:
            page = person.page
            expect(page.locator("time").first).to_have_text("2026-03-01 10:00 UTC")
            equal(page.get_by_role("button", name="Copy").count(), 0)
            page.locator(".actions summary").nth(0).click()
            page.get_by_role("link", name="Edit").click()
            at(person, "/add")
            expect(page.get_by_role("button", name="30 days")).to_have_count(0)
            page.get_by_role("link", name="Cancel").click()
            at(person, "/list")
            page.get_by_label("Select build server").check()
            page.get_by_role("button", name="Deactivate…").click()
            at(person, "/selected?deactivate")
            go(person, "/list")
            page.get_by_role("searchbox").fill("nobody")
            page.get_by_role("searchbox").press("Enter")
            at(person, "/list?sort=name&search=nobody")
        gallery.missing = set()


# Later than the driver's own call, which the policy does not bind.
REFUSED = """() => new Promise((done) => setTimeout(() => {
    const script = document.createElement("script");
    const tries = {
        address: () => { script.src = "/list"; }, text: () => { script.text = "1"; },
        eval: () => eval("1"), function: () => new Function("1"),
    };
    done(Object.keys(tries).filter((name) => {
        try { tries[name](); return false; } catch { return true; }
    }));
}, 0))"""


def policy(browser):
    """No text becomes a script, nor the address of one."""
    with visitor(browser) as person:
        equal(person.page.evaluate(REFUSED), ["address", "text", "eval", "function"])
        # The console was told of each.
        person.noises.clear()


with gallery, chromium() as browser:
    for test in [menus, dialogs, session_ends, secrets, lists, sent_once, times, without_script, policy, looks]:
        test(browser)

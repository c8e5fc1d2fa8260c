"""The life of a key on the web page, with script and without: its secret is seen once and nowhere again, nothing is done
twice, and nobody loses what they typed."""

from playwright.sync_api import Error

from harness import SERVER, Api, Refused, chromium, equal, expect, visit
from web import LIST, api, choose, fill_log_in, give_password, keys, log_in, names, notice, row

give_password()


def add(person, name, description):
    person.page.locator("main").get_by_role("link", name="Add Environment API Key").first.click()
    person.page.get_by_label("Name", exact=True).fill(name)
    person.page.get_by_label("Description", exact=True).fill(description)
    person.page.get_by_role("button", name="Create").click()
    expect(person.page.locator("#secret-key")).to_be_visible()
    access = person.page.locator("#access-key").inner_text()
    secret = person.page.locator("#secret-key").inner_text()
    equal((len(access), len(secret)), (20, 40))
    equal(Api((access, secret)).get("/v1/projects/1a5")["id"], "1a5")
    shown = person.page.locator("[data-secret]").inner_text()
    for words in ["It is shown this one time", "curl -u", ".netrc"]:
        assert words in shown, shown
    return access, secret


def stays_open(person):
    """What is shown once is not closed by accident."""
    person.page.keyboard.press("Escape")
    person.page.mouse.click(5, 450)
    expect(person.page.locator("#secret-key")).to_be_visible()


def close(person, secret):
    """Closed, it is nowhere: not in the page, not behind the back button, not in an answer that is asked for again."""
    person.page.get_by_role("button", name="close").click()
    notice(person, "The key was added")
    person.expect_status(409)
    for go in [lambda: None, person.reload, person.back, person.back, person.page.go_forward]:
        try:
            go()
        except Error as error:
            # The browser kept no copy of the answer, and sends no form again without asking.
            assert "ERR_CACHE_MISS" in error.message, error
            person.page.wait_for_url("chrome-error://**")
        assert secret not in person.page.content(), go
    assert all(secret not in url for _, url in person.requests)


def refused(credential):
    try:
        Api(credential).get("/v1/projects/1a5")
    except Refused as refusal:
        equal(refusal.status, 401)
    else:
        raise AssertionError("a key that is not Active was accepted")


def live(person, name, script):
    before = len(keys())
    person.open(LIST)
    credential = add(person, name, "one\ntwo & <three>")
    if script:
        stays_open(person)
    close(person, credential[1])
    equal(len(keys()), before + 1)
    key = keys(f"publicValue={credential[0]}")[0]
    equal((key["name"], key["description"]), (name, "one\ntwo & <three>"))

    person.open(LIST)
    choose(person, name, "Edit")
    expect(person.page.locator("main, dialog").get_by_text(credential[0]).last).to_be_visible()
    person.page.get_by_label("Name", exact=True).fill(name + ", renamed")
    person.page.get_by_label("Description", exact=True).fill("")
    person.page.get_by_role("button", name="Save").click()
    notice(person, "The key was saved")
    name += ", renamed"

    # An Active key offers no Delete.
    row(person, name).locator("details.menu summary").click()
    equal(row(person, name).get_by_text("Delete…").count(), 0)
    row(person, name).get_by_text("Deactivate", exact=True).click()
    notice(person, "refused from now on")
    expect(row(person, name).locator("td.state")).to_contain_text("Inactive")
    refused(credential)
    choose(person, name, "Activate")
    notice(person, "accepted again")
    equal(Api(credential).get("/v1/projects/1a5")["id"], "1a5")
    choose(person, name, "Deactivate")
    notice(person, "refused from now on")
    choose(person, name, "Delete…")
    expect(person.page.get_by_text(f"Delete the key {name}?")).to_be_visible()
    person.page.get_by_role("button", name="Delete").click()
    notice(person, "The key was deleted")
    assert name not in names(person)
    refused(credential)
    # Under its address it can still be looked up, and is removed.
    equal(api.get(f"/v1/apikeys/{key['id']}")["state"], "removed")


def wrong(person):
    """What is wrong stands beside its field, and what was typed stays."""
    person.expect_status(422)
    person.open(LIST + "/new")
    person.page.get_by_label("Name", exact=True).fill("kept")
    person.page.get_by_label("Expires", exact=True).fill("1999-01-01T10:00")
    person.page.get_by_role("button", name="Create").click()
    expires = person.page.get_by_label("Expires", exact=True)
    expect(expires).to_have_attribute("aria-invalid", "true")
    expect(person.page.get_by_label("Name", exact=True)).to_have_value("kept")
    equal(len(keys("name=kept")), 0)


def conflict(person, name):
    """Two edit one key: the second sees both versions before anything of the first is lost."""
    person.expect_status(409)
    key = api.create(name=name)
    person.open(f"{LIST}/{key['id']}/edit")
    api.call("PUT", f"/v1/apikeys/{key['id']}", {"name": "theirs"})
    person.page.get_by_label("Name", exact=True).fill("mine")
    person.page.get_by_role("button", name="Save").click()
    expect(person.page.locator("table.compare")).to_contain_text("theirs")
    equal(api.get(f"/v1/apikeys/{key['id']}")["name"], "theirs")
    person.page.get_by_role("button", name="Save").click()
    notice(person, "The key was saved")
    equal(api.get(f"/v1/apikeys/{key['id']}")["name"], "mine")


def ends_in_mid_form(person, name):
    """A session that ends while a form is filled in: the person logs in, and finds the form as it was."""
    person.expect_status(403)
    person.open(LIST + "/new")
    person.page.get_by_label("Name", exact=True).fill(name)
    person.page.get_by_label("Description", exact=True).fill("line one\nline two")
    cookies = [cookie for cookie in person.context.cookies() if "session" not in cookie["name"]]
    person.context.clear_cookies()
    person.context.add_cookies(cookies)
    person.page.get_by_role("button", name="Create").click()
    expect(person.page.get_by_text("Nothing of what you typed is lost")).to_be_visible()
    fill_log_in(person)
    person.page.get_by_role("button", name="Go on with the form").click()
    expect(person.page.get_by_label("Name", exact=True)).to_have_value(name)
    expect(person.page.get_by_label("Description", exact=True)).to_have_value("line one\nline two")
    equal(len(keys("name=" + name.replace(" ", "%20"))), 0)
    person.page.get_by_role("button", name="Create").click()
    expect(person.page.locator("#secret-key")).to_be_visible()


def selected(person, tag):
    """Rows are ticked, what will happen is told, and happens."""
    for number in range(3):
        api.create(name=f"{tag} {number}")
    person.open(f"{LIST}?search={tag.replace(' ', '+')}")
    for number in range(3):
        person.page.get_by_label(f"Select {tag} {number}", exact=True).check()
    person.page.get_by_role("button", name="Deactivate…").click()
    expect(person.page.get_by_text("All 3 of the keys become Inactive")).to_be_visible()
    person.page.get_by_role("button", name="Deactivate", exact=True).click()
    notice(person, "The keys are Inactive")
    equal({key["state"] for key in keys() if key["name"] and key["name"].startswith(tag)}, {"inactive"})


with chromium() as browser:
    for script in [True, False]:
        words = "with script" if script else "without script"
        with visit(browser, script=script) as person:
            log_in(person)
            live(person, words, script)
            wrong(person)
            conflict(person, words + ", shared")
            selected(person, words + ", many")
            ends_in_mid_form(person, words + ", interrupted")
    # Who is in no session is led to the log-in, and asked for no pair.
    with visit(browser) as stranger:
        stranger.open("/")
        stranger.heading("Log in")
        assert SERVER + "/login" in stranger.page.url, stranger.page.url

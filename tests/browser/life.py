"""The life of a key in forms, with script and without: the secret is seen once, and nothing is done twice."""

import re

from harness import KEYS, SERVER, Api, Refused, chromium, equal, expect, pair, visit

api = Api(pair("ADMINISTRATOR"))


def create(person, name, description):
    person.open(KEYS)
    person.unfold("Create")
    person.fill("name", name)
    person.fill("description", description)
    person.press("Create")
    person.heading(name)
    person.shows("It is shown this one time")
    access = person.page.locator("#access-key").inner_text()
    secret = person.page.locator("#secret-key").inner_text()
    equal((len(access), len(secret)), (20, 40))
    equal(Api((access, secret)).get("/v1/projects/1a5")["id"], "1a5")
    return access, secret


def secret_is_gone(person, secret, own):
    """No address has it, whichever way one comes there, and the list neither."""
    person.follow("self")
    person.at(own)
    person.lacks(secret)
    other = person.context.new_page()
    for address in [own, KEYS, f"{own}?_format=json"]:
        other.goto(SERVER + address)
        assert secret not in other.content(), address
    other.close()


def sent_again(person):
    """Who loads the answer again, or goes back to it, sends the form again, if the browser is let: it is answered as
    before, for as long as a lost answer can be had again, and nothing more is made of it."""
    made = create(person, "sent again", "")
    created = count()
    person.reload()
    person.heading("sent again")
    equal(person.page.locator("#access-key").inner_text(), made[0])
    equal(count(), created)
    person.open("/v1")
    person.back()
    person.heading("sent again")
    equal(count(), created)
    # A form that is opened anew makes a new one.
    assert create(person, "sent again", "") != made
    equal(count(), created + 1)


def count():
    return len(api.keys("state_notnull"))


def live(person, name):
    before = count()
    pair_made = create(person, name, "one\ntwo & <three>")
    access, secret = pair_made
    equal(count(), before + 1)
    key = api.keys(f"publicValue={access}")[0]
    equal((key["name"], key["description"]), (name, "one\ntwo & <three>"))
    own = f"{KEYS}/{key['id']}"
    secret_is_gone(person, secret, own)
    equal(count(), before + 1)

    person.open(own)
    assert secret not in person.page.content()
    person.unfold("Edit")
    expect(person.page.get_by_label("name", exact=True)).to_have_value(name)
    person.fill("name", "renamed")
    person.fill("description", "")
    person.press("Save")
    person.at(own)
    person.heading("renamed")
    expect(person.field("description")).to_have_text("None")

    # An Active key can be deactivated, and not deleted.
    equal(person.page.locator("summary", has_text="Delete").count(), 0)
    person.press("Deactivate")
    expect(person.field("state")).to_have_text("● Inactive")
    refused(pair_made)
    person.reload()
    expect(person.field("state")).to_have_text("● Inactive")
    person.press("Activate")
    expect(person.field("state")).to_have_text("○ Active")
    equal(Api(pair_made).get("/v1/projects/1a5")["id"], "1a5")

    person.press("Deactivate")
    person.unfold("Delete")
    person.shows("Delete renamed? This cannot be undone.")
    person.press("Yes, delete it")
    expect(person.field("state")).to_have_text("✕ Removed")
    equal(person.page.locator("main form").count(), 0)
    refused(pair_made)
    assert access not in [each["publicValue"] for each in api.keys()]


def refused(credential):
    try:
        Api(credential).get("/v1/projects/1a5")
    except Refused as refusal:
        equal(refusal.status, 401)
    else:
        raise AssertionError("a key that is not Active was accepted")


def typed_is_kept(person):
    """A refused form says beside its field what is wrong, and holds what was typed."""
    person.expect_status(422)
    before = count()
    person.open(KEYS)
    person.unfold("Create")
    person.fill("name", 'kept "in" <quotes>')
    person.fill("description", "kept too\nin two lines")
    person.fill("expiresAt", "1999-01-01T10:00:00")
    person.press("Create")
    person.heading("MinLimitExceeded")
    expires = person.page.get_by_label("expiresAt", exact=True)
    expect(expires).to_have_attribute("aria-invalid", "true")
    expect(expires).to_have_accessible_description(re.compile("the expiry is not in the future"))
    expect(person.page.get_by_label("name", exact=True)).to_have_value('kept "in" <quotes>')
    expect(person.page.get_by_label("description", exact=True)).to_have_value("kept too\nin two lines")
    equal(count(), before)
    person.fill("expiresAt", "2199-01-01T10:00")
    person.press("Create")
    person.heading('kept "in" <quotes>')
    equal(api.keys("sort=id&order=desc")[0]["expiresAt"], "2199-01-01T10:00:00Z")


def conflict(person):
    """Who presses a button on a page that has become old is told, and nothing happens."""
    key = api.create(name="shared")
    person.expect_status(422)
    person.open(f"{KEYS}/{key['id']}")
    api.post(f"{KEYS}/{key['id']}?action=deactivate")
    person.press("Deactivate")
    person.heading("ActionNotAvailable")
    equal(api.get(f"{KEYS}/{key['id']}")["state"], "inactive")


with chromium() as browser:
    for script in [True, False]:
        with visit(browser, pair("ADMINISTRATOR"), script=script) as person:
            live(person, "with script" if script else "without script")
            typed_is_kept(person)
            conflict(person)
            sent_again(person)

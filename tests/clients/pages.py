"""Pages: more than a thousand keys, each shown once, in every order, by following next()."""

from support import client, environment_pair, equal, everything

environment = client(environment_pair())
expected = 1001  # a thousand, and the key that asks


def ids(items):
    return sorted(int(item.id[2:]) for item in items)


whole, pages = everything(environment.list_api_key(limit=10000))
equal((len(whole), pages), (expected, 1))
for parameters in (
    {},
    {"limit": 7},
    {"limit": 333, "sort": "name"},
    {"limit": 250, "sort": "name", "order": "desc"},
    {"limit": 400, "sort": "created"},
    {"limit": 400, "sort": "publicValue", "order": "desc"},
    {"limit": 90, "name_like": "key-%"},
):
    items, pages = everything(environment.list_api_key(**parameters))
    found = expected - 1 if "name_like" in parameters else expected
    limit = parameters.get("limit", 100)
    equal((len(items), pages), (found, -(-found // limit)))
    equal(len(set(ids(items))), found)
    if parameters.get("sort") == "name":
        shown = [item.name for item in items]
        equal(shown, sorted(shown, reverse=parameters.get("order") == "desc"))
    if "sort" not in parameters:
        equal([int(item.id[2:]) for item in items], ids(items))

# Keys that come and go while one reads do not make others appear twice or not at all.
page = environment.list_api_key(limit=100, sort="name")
seen = [item.id for item in page]
environment.delete(page.data[1].deactivate())  # the first is the key that asks
environment.create_api_key(name="!first")
while page.pagination.next is not None:
    page = page.next()
    seen.extend(item.id for item in page)
equal((len(seen), len(set(seen))), (expected, expected))

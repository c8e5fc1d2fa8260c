"""Lists: filters, repeated and with modifiers, sorting, limits, and parameters nobody knows."""

from support import client, environment_pair, equal, names

environment = client(environment_pair())
for number, name in enumerate(["delta", "alpha", "charlie", "bravo", "alpine"]):
    key = environment.create_api_key(name=name, description="number %d" % number)
    if name in ("charlie", "delta"):
        key.deactivate()


def listed(**parameters):
    """The names of what is listed, without the key that asks."""
    return [name for name in names(environment.list_api_key(**parameters)) if name != "client"]


made = ["delta", "alpha", "charlie", "bravo", "alpine"]
equal(listed(), made)
equal(listed(name="bravo"), ["bravo"])
equal(listed(name_like="al%"), ["alpha", "alpine"])
equal(listed(name_prefix="al"), ["alpha", "alpine"])
equal(listed(name_notlike="al%"), ["delta", "charlie", "bravo"])
equal(listed(state="inactive"), ["delta", "charlie"])
equal(listed(state_ne="inactive"), ["alpha", "bravo", "alpine"])
equal(listed(name_null=""), [])
equal(listed(removed_null=1, state="active", name_prefix="al"), ["alpha", "alpine"])
equal(listed(kind="apiKey", accountId="1a5"), made)
equal(listed(accountId="1a1"), [])
equal(listed(uuid="no such thing"), [])

# The same parameter twice: both must hold.
equal(listed(name_ne=["alpha", "bravo"]), ["delta", "charlie", "alpine"])
equal(listed(state=["active", "inactive"]), [])

# Everything is a list with one member, looked up by id.
one = environment.list_api_key(name="bravo").data[0]
equal(listed(id=one.id), ["bravo"])
equal(listed(id_gt=one.id), ["alpine"])

equal(listed(sort="name"), sorted(made))
equal(listed(sort="name", order="desc"), sorted(made, reverse=True))
equal(listed(sort="description", order="asc"), made)
equal(listed(sort="created"), made)
equal(listed(sort="nothing"), made)

ordered = environment.list_api_key(sort="name")
equal((ordered.sort.name, ordered.sort.order), ("name", "asc"))
equal(names(environment._get(ordered.sort.reverse)), names(environment.list_api_key(sort="name", order="desc")))
equal(names(environment._get(ordered.sortLinks.name)), names(ordered))

limited = environment.list_api_key(limit=2)
equal((len(limited.data), limited.pagination.limit, limited.pagination.partial), (2, 2, True))
equal(environment.list_api_key(limit=-1).pagination, None)
equal(listed(limit="many"), made)

# The command line of these clients leaks its own flags into the query.
equal(listed(_format="json", _cache=False, _trim=True), made)
equal(listed(nothing="at all", name_nothing="x"), made)

# Strict: the client itself refuses what the schema does not list as a filter.
strict = type(environment)(
    url=environment._url, access_key=environment._access_key, secret_key=environment._secret_key, strict=True
)
equal(names(strict.list_api_key(name="bravo")), ["bravo"])

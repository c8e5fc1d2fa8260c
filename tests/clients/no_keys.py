"""A server without access control: these clients send `None:None` when they have no key."""

import cattle
import gdapi

from support import SERVER, equal

for factory in (gdapi.Client, cattle.Client):
    anybody = factory(url=SERVER + "/v1")
    key = anybody.create_api_key(name="first")
    equal(key.accountId, "1a1")
    assert callable(anybody.create_project)
    equal(anybody.delete(key.deactivate()).state, "removed")

# Without a version the client has no schemas to bind from, and finds them by the header all the same.
assert gdapi.Client(url=SERVER + "/").valid()
assert gdapi.Client(url=SERVER + "/v1/schemas").valid()

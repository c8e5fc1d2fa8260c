"""The life of a key: created, used, edited, deactivated, activated, deleted."""

import gdapi

from support import client, environment_pair, equal, pair_of, refused

environment = client(environment_pair())

key = environment.create_apiKey(name="ci", description="build box")
equal((key.type, key.name, key.description, key.accountId), ("apiKey", "ci", "build box", "1a5"))
assert key.state in ("registering", "active"), key.state
equal((len(key.publicValue), len(key.secretValue)), (20, 40))
equal(environment.create_api_key().name, None)

# The secret is not shown again.
again = environment.reload(key)
equal((again.id, again.publicValue, again.secretValue), (key.id, key.publicValue, None))
equal(environment.by_id_api_key(key.id).state, "active")
equal(environment.by_id_apiKey("1c999999"), None)

# The new key acts like the one that made it.
equal([project.id for project in client(pair_of(key)).list_project()], ["1a5"])

# Edit: what is not named stays.
edited = environment.update(key, name="continuous")
equal((edited.name, edited.description, edited.secretValue), ("continuous", "build box", None))
edited = environment.update_by_id_api_key(key.id, description=None)
equal((edited.name, edited.description), ("continuous", None))
edited = environment.update(key, publicValue="mine", secretValue="mine", state="inactive", accountId="1a1")
equal((edited.publicValue, edited.state, edited.accountId), (key.publicValue, "active", "1a5"))

# Actions are methods of what was read, as its state allows.
active = environment.reload(key)
assert callable(active.deactivate) and "remove" not in vars(active)
assert callable(active.update_action)
error = refused(405, "Method not allowed", environment.delete, active)
assert "deactivate" in error.detail, error.detail

inactive = active.deactivate()
equal((inactive.state, inactive.secretValue), ("inactive", None))
refused(401, "Unauthorized", client, pair_of(key))
refused(422, "ActionNotAvailable", environment.action, active, "deactivate")

inactive = environment.reload(key)
active = inactive.activate()
equal(active.state, "active")
assert client(pair_of(key)).valid()

inactive = environment.action(active, "deactivate")
deleted = environment.delete(inactive)
equal(deleted.state, "removed")
refused(401, "Unauthorized", client, pair_of(key))
equal(environment.reload(key).state, "removed")
equal([each.id for each in environment.list_api_key(id=key.id)], [])

# The action of that name deletes as well.
other = environment.create_api_key(name="other").deactivate()
equal(environment.reload(other).remove().state, "removed")

# Links are methods too: this one leads to the same key.
equal(environment.create_api_key(name="linked").self().name, "linked")
assert issubclass(gdapi.ApiError, Exception)

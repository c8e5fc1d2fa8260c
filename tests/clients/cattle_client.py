"""cattle: its client from the environment's variables, and its waiting."""

import cattle

from support import administrator_pair, client, equal, pair_of, refused

# CATTLE_URL, CATTLE_ACCESS_KEY and CATTLE_SECRET_KEY.
environment = cattle.from_env()
assert isinstance(environment, cattle.Client)

# As the suites written for Rancher do: create, wait, use, deactivate, activate, delete.
key = environment.create_api_key(name="suite")
assert key.secretValue is not None
ready = environment.wait_success(key)
equal((ready.state, ready.secretValue, ready.transitioning), ("active", None, "no"))
equal(environment.wait_transitioning(key).id, key.id)
used = client(pair_of(key), factory=cattle.Client)
equal(used.list_api_key(id=key.id).data[0].name, "suite")

equal(environment.wait_success(ready.deactivate()).state, "inactive")
refused(401, "Unauthorized", used.list_api_key)
equal(environment.wait_success(environment.reload(key).activate()).state, "active")
equal(used.list_api_key(id=key.id).data[0].state, "active")
inactive = environment.wait_success(environment.reload(key).deactivate())
equal(environment.wait_success(environment.delete(inactive)).state, "removed")
refused(401, "Unauthorized", used.list_api_key)

# What is given beats what stands in the environment.
access_key, secret_key = administrator_pair()
administrator = cattle.from_env(access_key=access_key, secret_key=secret_key)
assert callable(administrator.create_project)

"""Environments: made and run by the administrator, and what a key of one sees of them."""

from support import SERVER, administrator_pair, client, environment_pair, equal, names, pair_of, refused

administrator = client(administrator_pair())
environment = client(environment_pair())

# A key of an environment sees its own and may do nothing to it.
own = environment.list_project()
equal([project.id for project in own], ["1a5"])
equal(vars(own.data[0].actions), {})
refused(422, "InvalidAction", environment._post, SERVER + "/v1/projects/1a5/?action=deactivate", {})

production = administrator.create_project(name="production", description="the real one")
equal((production.type, production.name, production.description), ("project", "production", "the real one"))
assert production.state in ("registering", "activating", "active"), production.state
equal(names(administrator.list_project(name="production")), ["production"])
equal(names(administrator.list_project(name="nothing")), [])
equal(names(administrator.list_project(all="true", state="active", name_ne="Default")), ["production"])
equal(administrator.update(production, name="prod").name, "prod")
# Lists of environments are sorted and paged like those of keys.
equal(names(administrator.list_project(sort="name", order="desc")), ["prod", "Default"])
first = administrator.list_project(sort="created", order="desc", limit=1)
equal(names(first) + names(first.next()), ["prod", "Default"])

# Three ways into an environment: its schemas, the header, its links. Its address alone is the environment itself, and
# for the administrator leads nowhere else.
inside = client(administrator_pair(), "/v1/projects/%s/schemas" % production.id)
key = inside.create_api_key(name="deploy")
equal(key.accountId, production.id)
assert key.links.self.startswith("%s/v1/projects/%s/apikeys/" % (SERVER, production.id)), key.links.self
equal(names(inside.list_api_key()), ["deploy"])
equal(names(administrator.reload(production).apiKeys()), ["deploy"])
headers = {"Accept": "application/json", "X-API-Project-Id": production.id}
entered = type(administrator)(
    url=SERVER + "/v1", access_key=administrator._access_key, secret_key=administrator._secret_key, headers=headers
)
equal(names(entered.list_api_key()), ["deploy"])
equal(inside.by_id_project(production.id).name, "prod")

# As the clients of this dialect begin: the environment itself is the address.
deploy = client(pair_of(key), "/v1/projects/" + production.id)
equal(names(deploy.list_api_key()), ["deploy"])
deploy.update(key, description="from inside")
for path in ("/schemas", "/schemas/schemas", "/schemas/apikey", "/projects", "/projects/" + production.id, "/apikeys"):
    deploy._get(SERVER + "/v1/projects/" + production.id + path)

# Its state decides for its keys, and touches none.
stopped = administrator.reload(production).deactivate()
equal(stopped.state, "inactive")
refused(401, "Unauthorized", client, pair_of(key))
refused(403, "Forbidden", client, administrator_pair(), "/v1/projects/%s/apikeys" % production.id)
equal(administrator.by_id_api_key(key.id).state, "active")
equal(administrator.reload(production).activate().state, "active")
assert client(pair_of(key)).valid()

removed = administrator.delete(administrator.reload(production))
equal(removed.state, "removed")
refused(401, "Unauthorized", client, pair_of(key))
restored = administrator.reload(production).restore()
equal(restored.state, "inactive")
equal(administrator.reload(production).activate().state, "active")
assert client(pair_of(key)).valid()

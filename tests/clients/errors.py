"""Errors as this client shows them: status, code, field and message."""

import gdapi

from support import SERVER, administrator_pair, client, environment_pair, equal, refused

environment = client(environment_pair())
administrator = client(administrator_pair())
key = environment.create_api_key(name="a key")

error = refused(422, "MaxLengthExceeded", environment.create_api_key, name="x" * 256)
equal(error.fieldName, "name")
error = refused(422, "MaxLengthExceeded", environment.update, key, description="x" * 1025)
equal(error.fieldName, "description")
error = refused(422, "InvalidCharacters", environment.create_api_key, name="line\nbreak")
equal(error.fieldName, "name")
error = refused(422, "InvalidFormat", environment.create_api_key, name=["a list"])
equal(error.fieldName, "name")

error = refused(422, "InvalidAction", environment._post, key.links.self + "/?action=explode", {})
equal(error.fieldName, "action")

for path in ("/v1/nothing", "/v1/apikeys/1c999999", "/v1/apikeys/abc", "/v1/schemas/nothing"):
    error = refused(404, "Not Found", environment._get, SERVER + path)
    equal(error.message, "Not Found")
refused(405, "Method not allowed", environment._post, SERVER + "/v1/projects", {"name": "mine"})
refused(405, "Method not allowed", environment._delete, SERVER + "/v1/apikeys")
refused(422, "UnsupportedVersion", environment._get, SERVER + "/v1foo")

# Without a pair, with a wrong one, with halves of two keys.
access_key, secret_key = environment_pair()
for pair in ((None, None), ("", ""), (access_key, "wrong"), (access_key, administrator_pair()[1]), ("x", secret_key)):
    error = refused(401, "Unauthorized", client, pair)
    equal(error.message, "Unauthorized")

# Another environment's key is not there, and another environment cannot be entered.
other = administrator.create_project(name="other")
foreign = client(administrator_pair(), "/v1/projects/%s/schemas" % other.id).create_api_key(name="foreign")
equal(environment.by_id_api_key(foreign.id), None)
refused(404, "Not Found", environment._put, SERVER + "/v1/apikeys/" + foreign.id, {"name": "mine"})
refused(404, "Not Found", environment._delete, SERVER + "/v1/apikeys/" + foreign.id)
refused(403, "Forbidden", client, environment_pair(), "/v1/projects/%s/apikeys" % other.id)

# An error is printed whole, as scripts do.
try:
    environment.create_api_key(name="x" * 256)
except gdapi.ApiError as refusal:
    assert "MaxLengthExceeded" in str(refusal), str(refusal)

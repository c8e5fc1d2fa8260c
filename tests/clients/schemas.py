"""Schemas: what gdapi-python binds its methods from."""

from support import administrator_pair, client, environment_pair, equal

environment = client(environment_pair())
administrator = client(administrator_pair())

for each in (environment, administrator):
    assert each.valid()
    api_key = each.schema.types["apiKey"]
    assert api_key.listable and api_key.creatable and api_key.updatable and api_key.deletable
    for method in ("list", "by_id", "update_by_id", "create"):
        for name in ("apiKey", "api_key"):
            assert callable(getattr(each, "%s_%s" % (method, name)))
    for action in ("activate", "deactivate", "remove"):
        assert hasattr(api_key.resourceActions, action), action
    for name in ("name", "state", "id", "created", "publicValue"):
        assert len(getattr(api_key.collectionFilters, name).modifiers) > 0, name
    assert not hasattr(api_key.collectionFilters, "secretValue")
    assert callable(each.list_project) and callable(each.list_setting)

# Only who administers may make environments, and the client knows it from the schemas.
assert callable(administrator.create_project)
assert not hasattr(environment, "create_project")

# Every type that says it can be listed, can.
for each in (environment, administrator):
    for name, schema in each.schema.types.items():
        equal(schema.id, name)
        if schema.listable:
            equal(each.list(name).resourceType, name)

environment.reload_schema()
assert environment.valid()

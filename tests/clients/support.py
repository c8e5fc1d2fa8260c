"""What the drivers share. They use the clients as published; nothing here changes what the clients do."""

import os

import gdapi

SERVER = os.environ["SERVER_URL"]


def client(pair, path="/v1", factory=gdapi.Client):
    """A client of the server at `path` that presents a pair."""
    access_key, secret_key = pair
    return factory(url=SERVER + path, access_key=access_key, secret_key=secret_key)


def environment_pair():
    """The pair of a key of the environment 1a5."""
    return os.environ["CATTLE_ACCESS_KEY"], os.environ["CATTLE_SECRET_KEY"]


def administrator_pair():
    """The pair of a key of the administrator."""
    return os.environ["ADMINISTRATOR_ACCESS_KEY"], os.environ["ADMINISTRATOR_SECRET_KEY"]


def pair_of(key):
    """The pair of a key that was just created."""
    return key.publicValue, key.secretValue


def equal(actual, expected):
    assert actual == expected, "got %r instead of %r" % (actual, expected)


def refused(status, code, call, *args, **fields):
    """Calls what must be refused; the error as the client shows it."""
    try:
        call(*args, **fields)
    except gdapi.ApiError as refusal:
        error = refusal.error
        equal((error.type, error.status, error.code), ("error", status, code))
        return error
    raise AssertionError("%s was not refused" % call)


def names(found):
    """The names in a list, which this client can only be asked for by walking it."""
    return [item.name for item in found]


def everything(page):
    """All members of a list, page after page, as `next()` leads."""
    items = list(page)
    pages = 1
    while page.pagination is not None and page.pagination.next is not None:
        page = page.next()
        items.extend(page)
        pages += 1
    return items, pages

-- Version 1. What the columns mean and what is checked on reading: see the documentation of the module `sqlite`.
-- Applied in one transaction, and never edited once released: a change is the next file.

CREATE TABLE head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    revision INTEGER NOT NULL CHECK (revision >= 0),
    latest INTEGER CHECK (latest BETWEEN 0 AND 253402300799999)
) STRICT;
INSERT INTO head (one, revision, latest) VALUES (1, 0, NULL);

CREATE TABLE counters (
    family TEXT PRIMARY KEY,
    last INTEGER NOT NULL CHECK (last >= 0)
) STRICT, WITHOUT ROWID;
INSERT INTO counters (family, last) VALUES ('account', 0), ('credential', 0);

CREATE TABLE accounts (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    uuid TEXT NOT NULL UNIQUE CHECK (length(uuid) BETWEEN 1 AND 128),
    kind TEXT NOT NULL CHECK (kind IN ('admin', 'system', 'superadmin', 'token', 'user')),
    state TEXT NOT NULL CHECK (state IN ('active', 'inactive')),
    name TEXT CHECK (length(name) <= 255),
    created INTEGER NOT NULL CHECK (created BETWEEN 0 AND 253402300799999),
    revision INTEGER NOT NULL CHECK (revision > 0),
    seal INTEGER NOT NULL
) STRICT;

CREATE TABLE environments (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    uuid TEXT NOT NULL UNIQUE CHECK (length(uuid) BETWEEN 1 AND 128),
    name TEXT CHECK (length(name) <= 255),
    description TEXT CHECK (length(description) <= 1024),
    state TEXT NOT NULL CHECK (state IN ('active', 'inactive', 'removed')),
    removed INTEGER CHECK (removed BETWEEN 0 AND 253402300799999),
    creator TEXT NOT NULL,
    created INTEGER NOT NULL CHECK (created BETWEEN 0 AND 253402300799999),
    updated INTEGER NOT NULL CHECK (updated BETWEEN created AND 253402300799999),
    revision INTEGER NOT NULL CHECK (revision > 0),
    seal INTEGER NOT NULL,
    CHECK ((state = 'removed') = (removed IS NOT NULL))
) STRICT;
CREATE INDEX environments_present ON environments (id) WHERE state <> 'removed';

CREATE TABLE keys (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    owner TEXT NOT NULL,
    access_key TEXT NOT NULL UNIQUE CHECK (length(access_key) = 20),
    state TEXT NOT NULL CHECK (state IN ('active', 'inactive', 'deleted')),
    digest TEXT,
    tag BLOB CHECK (length(tag) = 32),
    pepper TEXT CHECK (length(pepper) = 16),
    deleted INTEGER CHECK (deleted BETWEEN 0 AND 253402300799999),
    name TEXT CHECK (length(name) <= 255),
    description TEXT CHECK (length(description) <= 1024),
    creator TEXT NOT NULL,
    created INTEGER NOT NULL CHECK (created BETWEEN 0 AND 253402300799999),
    updated INTEGER NOT NULL CHECK (updated BETWEEN created AND 253402300799999),
    expires INTEGER CHECK (expires BETWEEN 0 AND 253402300799999),
    revision INTEGER NOT NULL CHECK (revision > 0),
    seal INTEGER NOT NULL,
    name_order TEXT NOT NULL AS (ifnull(name, '')) VIRTUAL,
    description_order TEXT NOT NULL AS (ifnull(description, '')) VIRTUAL,
    state_order INTEGER NOT NULL AS (CASE state WHEN 'active' THEN 0 WHEN 'inactive' THEN 1 ELSE 2 END) VIRTUAL,
    CHECK ((state = 'deleted') = (deleted IS NOT NULL)),
    CHECK ((state = 'deleted') = (digest IS NULL)),
    CHECK ((state = 'deleted') = (tag IS NULL)),
    CHECK ((state = 'deleted') = (pepper IS NULL))
) STRICT;

-- Every order of a list is an index of its own, for one owner and for all. The deleted ones, which are kept for more
-- than a year and hardly ever listed, have theirs apart, so that they do not stand in the way of the others.
CREATE INDEX keys_present_owner_id ON keys (owner, id) WHERE state <> 'deleted';
CREATE INDEX keys_present_owner_name ON keys (owner, name_order) WHERE state <> 'deleted';
CREATE INDEX keys_present_owner_description ON keys (owner, description_order) WHERE state <> 'deleted';
CREATE INDEX keys_present_owner_access_key ON keys (owner, access_key) WHERE state <> 'deleted';
CREATE INDEX keys_present_owner_created ON keys (owner, created) WHERE state <> 'deleted';
CREATE INDEX keys_present_owner_state ON keys (owner, state_order) WHERE state <> 'deleted';
CREATE INDEX keys_present_all_id ON keys (id) WHERE state <> 'deleted';
CREATE INDEX keys_present_all_name ON keys (name_order) WHERE state <> 'deleted';
CREATE INDEX keys_present_all_description ON keys (description_order) WHERE state <> 'deleted';
CREATE INDEX keys_present_all_access_key ON keys (access_key) WHERE state <> 'deleted';
CREATE INDEX keys_present_all_created ON keys (created) WHERE state <> 'deleted';
CREATE INDEX keys_present_all_state ON keys (state_order) WHERE state <> 'deleted';
CREATE INDEX keys_deleted_owner_id ON keys (owner, id) WHERE state = 'deleted';
CREATE INDEX keys_deleted_owner_name ON keys (owner, name_order) WHERE state = 'deleted';
CREATE INDEX keys_deleted_owner_description ON keys (owner, description_order) WHERE state = 'deleted';
CREATE INDEX keys_deleted_owner_access_key ON keys (owner, access_key) WHERE state = 'deleted';
CREATE INDEX keys_deleted_owner_created ON keys (owner, created) WHERE state = 'deleted';
CREATE INDEX keys_deleted_all_id ON keys (id) WHERE state = 'deleted';
CREATE INDEX keys_deleted_all_name ON keys (name_order) WHERE state = 'deleted';
CREATE INDEX keys_deleted_all_description ON keys (description_order) WHERE state = 'deleted';
CREATE INDEX keys_deleted_all_access_key ON keys (access_key) WHERE state = 'deleted';
CREATE INDEX keys_deleted_all_created ON keys (created) WHERE state = 'deleted';

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT,
    revision INTEGER NOT NULL CHECK (revision >= 0),
    seal INTEGER NOT NULL,
    CHECK ((value IS NULL) = (revision = 0))
) STRICT, WITHOUT ROWID;
INSERT INTO settings (name, value, revision, seal) VALUES ('api.security.enabled', NULL, 0, -5238673253618425982);

CREATE TABLE peppers (
    pepper TEXT PRIMARY KEY CHECK (length(pepper) = 16),
    revision INTEGER NOT NULL UNIQUE CHECK (revision > 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    at INTEGER NOT NULL CHECK (at BETWEEN 0 AND 253402300799999),
    principal TEXT NOT NULL,
    via TEXT NOT NULL,
    client_address TEXT,
    request_id TEXT NOT NULL,
    owner TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    before INTEGER CHECK (before > 0),
    after INTEGER NOT NULL CHECK (after > 0),
    link BLOB NOT NULL CHECK (length(link) = 32)
) STRICT;

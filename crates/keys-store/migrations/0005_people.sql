-- Version 5: accounts have a life, environments have members, and keys are found by who made them.

-- A table cannot be given another CHECK, so the accounts move to a new one: see `upgrade.rs`, which also seals them anew.
ALTER TABLE accounts RENAME TO accounts_of_version_1;

CREATE TABLE accounts (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    uuid TEXT NOT NULL UNIQUE CHECK (length(uuid) BETWEEN 1 AND 128),
    kind TEXT NOT NULL CHECK (kind IN ('admin', 'system', 'superadmin', 'token', 'user')),
    state TEXT NOT NULL CHECK (state IN ('active', 'inactive', 'removed')),
    removed INTEGER CHECK (removed BETWEEN 0 AND 253402300799999),
    name TEXT CHECK (length(name) <= 255),
    description TEXT CHECK (length(description) <= 1024),
    default_environment INTEGER CHECK (default_environment > 0),
    created INTEGER NOT NULL CHECK (created BETWEEN 0 AND 253402300799999),
    updated INTEGER NOT NULL CHECK (updated BETWEEN created AND 253402300799999),
    revision INTEGER NOT NULL CHECK (revision > 0),
    seal INTEGER NOT NULL,
    CHECK ((state = 'removed') = (removed IS NOT NULL))
) STRICT;
-- Whether anybody can administer is asked before somebody stops to.
CREATE INDEX accounts_administering ON accounts (id) WHERE kind = 'admin' AND state = 'active';

INSERT INTO counters (family, last) VALUES ('member', 0);

CREATE TABLE members (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    environment INTEGER NOT NULL CHECK (environment > 0),
    account INTEGER NOT NULL CHECK (account > 0),
    role TEXT NOT NULL CHECK (role IN ('owner', 'member', 'restricted', 'readonly')),
    creator TEXT NOT NULL,
    created INTEGER NOT NULL CHECK (created BETWEEN 0 AND 253402300799999),
    revision INTEGER NOT NULL CHECK (revision > 0),
    seal INTEGER NOT NULL,
    UNIQUE (account, environment)
) STRICT;
CREATE INDEX members_of_environment ON members (environment);

-- Who made a key, with and without the key it was made by. Deleted ones too: what they made may live.
ALTER TABLE keys ADD COLUMN creator_principal TEXT NOT NULL
    AS (CASE instr(creator, '#') WHEN 0 THEN creator ELSE substr(creator, 1, instr(creator, '#') - 1) END) VIRTUAL;
CREATE INDEX keys_creator ON keys (creator_principal);
CREATE INDEX keys_creator_key ON keys (creator);

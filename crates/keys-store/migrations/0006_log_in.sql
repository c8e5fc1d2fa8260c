-- Version 5: people log in. Passwords, the sessions they begin, and the browsers they were begun in.

INSERT INTO counters (family, last) VALUES ('session', 0);

CREATE TABLE passwords (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    account INTEGER NOT NULL CHECK (account > 0),
    login TEXT NOT NULL CHECK (length(login) BETWEEN 1 AND 255),
    folded TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'removed')),
    digest TEXT,
    removed INTEGER CHECK (removed BETWEEN 0 AND 253402300799999),
    created INTEGER NOT NULL CHECK (created BETWEEN 0 AND 253402300799999),
    updated INTEGER NOT NULL CHECK (updated BETWEEN created AND 253402300799999),
    revision INTEGER NOT NULL CHECK (revision > 0),
    seal INTEGER NOT NULL,
    CHECK ((state = 'removed') = (removed IS NOT NULL)),
    CHECK ((state = 'removed') = (digest IS NULL))
) STRICT;
-- A log-in name leads to one account, and an account has one password; the removed ones do not count.
CREATE UNIQUE INDEX passwords_active_folded ON passwords (folded) WHERE state = 'active';
CREATE UNIQUE INDEX passwords_active_account ON passwords (account) WHERE state = 'active';
CREATE INDEX passwords_active_id ON passwords (id) WHERE state = 'active';
CREATE INDEX passwords_account ON passwords (account, id);

-- A session that has ended has no row.
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    account INTEGER NOT NULL CHECK (account > 0),
    kind TEXT NOT NULL CHECK (kind IN ('cookie', 'bearer')),
    created INTEGER NOT NULL CHECK (created BETWEEN 0 AND 253402300799999),
    last_seen INTEGER NOT NULL CHECK (last_seen BETWEEN created AND 253402300799999),
    revision INTEGER NOT NULL CHECK (revision > 0),
    seal INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_account ON sessions (account, id);
CREATE INDEX sessions_created ON sessions (created, id);
CREATE INDEX sessions_seen ON sessions (last_seen, id) WHERE kind = 'cookie';

CREATE TABLE devices (
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    account INTEGER NOT NULL CHECK (account > 0),
    last_seen INTEGER NOT NULL CHECK (last_seen BETWEEN 0 AND 253402300799999),
    seal INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX devices_account ON devices (account, last_seen, hash);
CREATE INDEX devices_seen ON devices (last_seen, hash);

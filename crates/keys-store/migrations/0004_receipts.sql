-- Receipts: what is kept of a create that was asked for under an idempotency key.

-- The secret is behind the seal and not under it: it has an authenticator of its own, and it is erased while the rest of
-- the row stays as it is.
CREATE TABLE receipts (
    principal TEXT NOT NULL,
    owner TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    made TEXT NOT NULL,
    at INTEGER NOT NULL CHECK (at BETWEEN 0 AND 253402300799999),
    seal INTEGER NOT NULL,
    secret TEXT CHECK (length(secret) = 186),
    PRIMARY KEY (principal, owner, hash)
) STRICT, WITHOUT ROWID;

CREATE INDEX receipts_at ON receipts (at);
CREATE INDEX receipts_with_secret_at ON receipts (at) WHERE secret IS NOT NULL;
CREATE INDEX receipts_with_secret_made ON receipts (made) WHERE secret IS NOT NULL;

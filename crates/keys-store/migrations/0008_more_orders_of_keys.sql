-- Keys can be listed by expiry and by who made them. As with the other orders: an index for one owner and one for all, and
-- the deleted ones have theirs apart.

-- What never expires comes behind all that does: one millisecond behind the last instant there is.
ALTER TABLE keys ADD COLUMN expires_order INTEGER NOT NULL AS (ifnull(expires, 253402300800000)) VIRTUAL;

-- The numbers in `account/1a1#1c7`. Each stands behind a letter that says how many digits it has, so that the bytes of the
-- whole sort as the numbers do, and a creator without a key before one with: a1`, a1a7, b10`.
ALTER TABLE keys ADD COLUMN creator_number TEXT NOT NULL
    AS (substr(creator_principal, instr(creator_principal, '/') + 3)) VIRTUAL;
ALTER TABLE keys ADD COLUMN creator_key_number TEXT NOT NULL
    AS (CASE instr(creator, '#') WHEN 0 THEN '' ELSE substr(creator, instr(creator, '#') + 3) END) VIRTUAL;
ALTER TABLE keys ADD COLUMN creator_order TEXT NOT NULL
    AS (char(96 + length(creator_number)) || creator_number
        || char(96 + length(creator_key_number)) || creator_key_number) VIRTUAL;

CREATE INDEX keys_present_owner_expires ON keys (owner, expires_order) WHERE state <> 'deleted';
CREATE INDEX keys_present_owner_creator ON keys (owner, creator_order) WHERE state <> 'deleted';
CREATE INDEX keys_present_all_expires ON keys (expires_order) WHERE state <> 'deleted';
CREATE INDEX keys_present_all_creator ON keys (creator_order) WHERE state <> 'deleted';
CREATE INDEX keys_deleted_owner_expires ON keys (owner, expires_order) WHERE state = 'deleted';
CREATE INDEX keys_deleted_owner_creator ON keys (owner, creator_order) WHERE state = 'deleted';
CREATE INDEX keys_deleted_all_expires ON keys (expires_order) WHERE state = 'deleted';
CREATE INDEX keys_deleted_all_creator ON keys (creator_order) WHERE state = 'deleted';

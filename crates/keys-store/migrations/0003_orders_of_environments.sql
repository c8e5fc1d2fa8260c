-- Environments can be listed in more orders than by id. As with keys: every order is an index of its own, and the removed
-- ones have theirs apart.

ALTER TABLE environments ADD COLUMN name_order TEXT NOT NULL AS (ifnull(name, '')) VIRTUAL;
ALTER TABLE environments ADD COLUMN description_order TEXT NOT NULL AS (ifnull(description, '')) VIRTUAL;
ALTER TABLE environments ADD COLUMN state_order INTEGER NOT NULL
    AS (CASE state WHEN 'active' THEN 0 WHEN 'inactive' THEN 1 ELSE 2 END) VIRTUAL;

DROP INDEX environments_present;
CREATE INDEX environments_present_all_id ON environments (id) WHERE state <> 'removed';
CREATE INDEX environments_present_all_name ON environments (name_order) WHERE state <> 'removed';
CREATE INDEX environments_present_all_description ON environments (description_order) WHERE state <> 'removed';
CREATE INDEX environments_present_all_created ON environments (created) WHERE state <> 'removed';
CREATE INDEX environments_present_all_state ON environments (state_order) WHERE state <> 'removed';
CREATE INDEX environments_removed_all_id ON environments (id) WHERE state = 'removed';
CREATE INDEX environments_removed_all_name ON environments (name_order) WHERE state = 'removed';
CREATE INDEX environments_removed_all_description ON environments (description_order) WHERE state = 'removed';
CREATE INDEX environments_removed_all_created ON environments (created) WHERE state = 'removed';

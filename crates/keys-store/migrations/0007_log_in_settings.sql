-- Version 7: which people may log in, who checks them, and what a challenge asks for. As every setting, each has its row
-- before it is first put.

INSERT INTO settings (name, value, revision, seal) VALUES
    ('api.auth.local.access.mode', NULL, 0, 7951947312994074063),
    ('api.auth.local.allowed.identities', NULL, 0, -2527058492415730703),
    ('api.auth.provider.configured', NULL, 0, -5529753118053066054),
    ('api.auth.realm', NULL, 0, 1791636145298873402);

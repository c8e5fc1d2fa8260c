-- Version 2: where the script and the stylesheet of another API page are. A setting has its row before it is first put,
-- so that a row that is lost is not taken for a setting that was never put.

INSERT INTO settings (name, value, revision, seal) VALUES
    ('api.ui.js.url', NULL, 0, -358274071995772794),
    ('api.ui.css.url', NULL, 0, -4814097799489885659);

-- How each person of the team likes to work. Accounts that are there already get the defaults.
ALTER TABLE users ADD COLUMN undo_seconds BIGINT NOT NULL DEFAULT 10
    CHECK (undo_seconds IN (0, 5, 10, 20, 30));
ALTER TABLE users ADD COLUMN density TEXT NOT NULL DEFAULT 'compact'
    CHECK (density IN ('compact', 'roomy'));
ALTER TABLE users ADD COLUMN theme TEXT NOT NULL DEFAULT 'system'
    CHECK (theme IN ('system', 'light', 'dark'));
ALTER TABLE users ADD COLUMN use_keys BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE users ADD COLUMN after_closing TEXT NOT NULL DEFAULT 'next'
    CHECK (after_closing IN ('next', 'stay', 'list'));

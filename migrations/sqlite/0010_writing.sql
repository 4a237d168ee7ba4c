-- What every post adds a row to, and finds by its key alone, is one tree instead of two: the rows are
-- kept in the order of their key.
CREATE TABLE new_reads (
    participant_id BLOB NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    read_at INTEGER NOT NULL,
    PRIMARY KEY (participant_id, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO new_reads SELECT participant_id, seq, read_at FROM reads;
DROP TABLE reads;
ALTER TABLE new_reads RENAME TO reads;

CREATE TABLE new_links (
    token_hash BLOB NOT NULL PRIMARY KEY,
    participant_id BLOB NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    handed_out TEXT NOT NULL CHECK (handed_out IN ('shown', 'mailed')),
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO new_links
    SELECT token_hash, participant_id, handed_out, created_at, revoked_at FROM links;
DROP TABLE links;
ALTER TABLE new_links RENAME TO links;
CREATE INDEX links_of_participant ON links (participant_id);
CREATE INDEX links_by_age ON links (created_at);

-- Its participant goes only with its thread, and that takes it along.
CREATE TABLE new_post_keys (
    hash BLOB NOT NULL PRIMARY KEY,
    thread_id BLOB NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    participant_id BLOB,
    seq INTEGER NOT NULL,               -- of the message that it made
    cookie_hash BLOB,                   -- the form cookie that came along
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO new_post_keys
    SELECT hash, thread_id, participant_id, seq, cookie_hash, expires_at FROM post_keys;
DROP TABLE post_keys;
ALTER TABLE new_post_keys RENAME TO post_keys;
CREATE INDEX post_keys_by_expiry ON post_keys (expires_at);
CREATE INDEX post_keys_of_thread ON post_keys (thread_id);

CREATE TABLE new_limits (
    bucket TEXT NOT NULL PRIMARY KEY,
    count INTEGER NOT NULL,
    resets_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO new_limits SELECT bucket, count, resets_at FROM limits;
DROP TABLE limits;
ALTER TABLE new_limits RENAME TO limits;
CREATE INDEX limits_by_age ON limits (resets_at);

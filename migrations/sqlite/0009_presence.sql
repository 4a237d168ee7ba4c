-- Who of the team has a conversation open, and what they do there. It tells of the moment: a row
-- that nothing has renewed for a while counts no more.
CREATE TABLE presence (
    thread_id BLOB NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    doing TEXT NOT NULL CHECK (doing IN ('here', 'reply', 'note')),
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (thread_id, user_id)
) STRICT;
CREATE INDEX presence_by_age ON presence (seen_at);
CREATE INDEX presence_of_user ON presence (user_id);

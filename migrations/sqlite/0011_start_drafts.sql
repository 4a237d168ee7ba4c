-- What staff have written to begin a conversation with, and not sent. One that is held for some
-- seconds after it was sent is one, too, with a time at which it leaves; its conversation gets its id.
CREATE TABLE start_drafts (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    assignee_id BLOB,                  -- whoever is gone when it leaves is not left out silently
    leave_at INTEGER,                   -- while it is held
    key_hash BLOB,                      -- the post that it is
    key_expires_at INTEGER,             -- and until when
    returned TEXT CHECK (returned IN ('refused', 'late', 'unassigned')), -- why it did not leave
    updated_at INTEGER NOT NULL,
    CHECK (leave_at IS NULL OR (key_hash IS NOT NULL AND key_expires_at IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX start_drafts_once ON start_drafts (key_hash) WHERE leave_at IS NOT NULL;
CREATE INDEX start_drafts_of_user ON start_drafts (user_id, id);
CREATE INDEX start_drafts_leaving ON start_drafts (leave_at) WHERE leave_at IS NOT NULL;

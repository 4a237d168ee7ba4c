-- What somebody of the team has written and not sent: one for each conversation and kind. A message
-- that is held for some seconds after it was sent is one, too, with a time at which it leaves.
CREATE TABLE drafts (
    id UUID NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    thread_id UUID NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('reply', 'note')),
    body TEXT NOT NULL,
    leave_at BIGINT,                   -- while it is held
    status TEXT CHECK (status IN ('open', 'pending', 'closed')), -- set when it leaves
    seen_seq BIGINT,                   -- the last entry that its writer's page had shown
    key_hash BYTEA,                      -- its entry in post_keys, which goes if it does not leave
    returned TEXT CHECK (returned IN ('trashed', 'refused', 'late')), -- why it did not leave
    updated_at BIGINT NOT NULL,
    CHECK (leave_at IS NULL OR (kind = 'reply' AND seen_seq IS NOT NULL AND key_hash IS NOT NULL))
);
CREATE UNIQUE INDEX drafts_one_each ON drafts (user_id, thread_id, kind) WHERE leave_at IS NULL;
CREATE INDEX drafts_of_thread ON drafts (thread_id, user_id, leave_at, id);
CREATE INDEX drafts_leaving ON drafts (leave_at) WHERE leave_at IS NOT NULL;
-- What every page tells its writer of.
CREATE INDEX drafts_to_tell ON drafts (user_id, id) WHERE leave_at IS NOT NULL OR returned IS NOT NULL;

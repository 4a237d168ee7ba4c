-- What somebody did to conversations at one stroke, and can take back for a day.
CREATE TABLE undos (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    deed TEXT NOT NULL,                 -- JSON: what was done
    threads INTEGER NOT NULL,           -- how many were changed
    restored INTEGER                    -- how many it was taken back for; absent: it was not
) STRICT;
CREATE INDEX undos_of_user ON undos (user_id);

-- What each of them was before.
CREATE TABLE undo_items (
    undo_id BLOB NOT NULL REFERENCES undos (id) ON DELETE CASCADE,
    thread_id BLOB NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,               -- of the entry that tells of it; a read mark: where it was put
    was TEXT NOT NULL,                  -- JSON: what it was before
    PRIMARY KEY (undo_id, thread_id)
) STRICT;
CREATE INDEX undo_items_of_thread ON undo_items (thread_id);

-- What is in the trash, the first to be purged first. Its time is 0 once it is deleted for good:
-- nobody finds it any more, and its rows go soon.
CREATE INDEX threads_in_trash ON threads (trashed_at, id) WHERE trashed_at IS NOT NULL;

-- Whatever goes with a conversation that is purged is found by these.
CREATE INDEX messages_of_author ON messages (author_id) WHERE author_id IS NOT NULL;
CREATE INDEX post_keys_of_thread ON post_keys (thread_id);
CREATE INDEX post_keys_of_participant ON post_keys (participant_id) WHERE participant_id IS NOT NULL;

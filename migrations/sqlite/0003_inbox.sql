-- What the inbox can be sorted by beside the last activity: how long somebody waits, and the
-- subject without case and accents, as the program folds it.
ALTER TABLE threads ADD COLUMN subject_key TEXT NOT NULL DEFAULT '';
ALTER TABLE threads ADD COLUMN waits_since INTEGER GENERATED ALWAYS AS
    (CASE WHEN status = 'pending' THEN coalesce(waiting_since, last_message_at) END) VIRTUAL;
UPDATE threads SET subject_key = lower(substr(subject, 1, 100));

-- One index for each order of each list: everybody's, one assignee's, nobody's, and the trash. A
-- list is read a status at a time. The columns of the filter follow where a count reads the index
-- alone.
DROP INDEX inbox_all;
DROP INDEX inbox_by_status;
DROP INDEX inbox_by_assignee;
DROP INDEX inbox_needs_reply;
CREATE INDEX inbox_by_activity
    ON threads (status, last_message_at DESC, id DESC, kind, trashed_at)
    WHERE kind = 'support' AND trashed_at IS NULL;
CREATE INDEX inbox_by_wait ON threads (status, waits_since, id)
    WHERE kind = 'support' AND trashed_at IS NULL AND status = 'pending';
CREATE INDEX inbox_by_creation ON threads (status, created_at DESC, id DESC)
    WHERE kind = 'support' AND trashed_at IS NULL;
CREATE INDEX inbox_by_subject ON threads (status, subject_key, id)
    WHERE kind = 'support' AND trashed_at IS NULL;

CREATE INDEX assigned_by_activity
    ON threads (assignee_id, status, last_message_at DESC, id DESC, kind, trashed_at)
    WHERE kind = 'support' AND trashed_at IS NULL AND assignee_id IS NOT NULL;
CREATE INDEX assigned_by_wait ON threads (assignee_id, status, waits_since, id)
    WHERE kind = 'support' AND trashed_at IS NULL AND assignee_id IS NOT NULL AND status = 'pending';
CREATE INDEX assigned_by_creation ON threads (assignee_id, status, created_at DESC, id DESC)
    WHERE kind = 'support' AND trashed_at IS NULL AND assignee_id IS NOT NULL;
CREATE INDEX assigned_by_subject ON threads (assignee_id, status, subject_key, id)
    WHERE kind = 'support' AND trashed_at IS NULL AND assignee_id IS NOT NULL;

CREATE INDEX unassigned_by_activity
    ON threads (status, last_message_at DESC, id DESC, kind, trashed_at, assignee_id)
    WHERE kind = 'support' AND trashed_at IS NULL AND assignee_id IS NULL;
CREATE INDEX unassigned_by_wait ON threads (status, waits_since, id)
    WHERE kind = 'support' AND trashed_at IS NULL AND assignee_id IS NULL AND status = 'pending';
CREATE INDEX unassigned_by_creation ON threads (status, created_at DESC, id DESC)
    WHERE kind = 'support' AND trashed_at IS NULL AND assignee_id IS NULL;
CREATE INDEX unassigned_by_subject ON threads (status, subject_key, id)
    WHERE kind = 'support' AND trashed_at IS NULL AND assignee_id IS NULL;

CREATE INDEX trash_by_age ON threads (trashed_at DESC, id DESC, kind)
    WHERE kind = 'support' AND trashed_at IS NOT NULL;
CREATE INDEX trash_by_creation ON threads (created_at DESC, id DESC)
    WHERE kind = 'support' AND trashed_at IS NOT NULL;
CREATE INDEX trash_by_subject ON threads (subject_key, id)
    WHERE kind = 'support' AND trashed_at IS NOT NULL;

-- Somebody's own direct threads: staff on a support thread have another role.
CREATE INDEX participants_direct ON participants (user_id, thread_id)
    WHERE user_id IS NOT NULL AND left_at IS NULL AND role IN ('owner', 'participant');
CREATE INDEX threads_direct ON threads (id, status)
    WHERE kind = 'direct' AND trashed_at IS NULL;
CREATE INDEX messages_noted ON messages (thread_id) WHERE kind = 'note';

-- Entries get terms for the customer, the subject and notes: the index is built anew, by the worker.
DROP TRIGGER search_entries_forget;
INSERT INTO search_index (search_index) VALUES ('delete-all');
DELETE FROM search_entries;
CREATE TRIGGER search_entries_forget AFTER DELETE ON search_entries BEGIN
    DELETE FROM search_index WHERE rowid = old.num;
END;
INSERT OR IGNORE INTO search_todo (message_id) SELECT id FROM messages;

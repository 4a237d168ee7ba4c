-- Jobs know what they are about, and a mail that has grown too old waits for somebody's decision.
ALTER TABLE jobs ADD COLUMN about UUID;             -- the entry of a thread that a mail is about
ALTER TABLE jobs ADD COLUMN stale BOOLEAN NOT NULL DEFAULT FALSE;   -- parked, because it is too old
ALTER TABLE jobs ADD COLUMN released_at BIGINT;    -- when somebody last said that it is to be done
CREATE INDEX jobs_about ON jobs (about) WHERE about IS NOT NULL;
DROP INDEX jobs_parked;
CREATE INDEX jobs_failed ON jobs (parked_at, id) WHERE parked_at IS NOT NULL AND NOT stale;
CREATE INDEX jobs_stale ON jobs (parked_at, id) WHERE parked_at IS NOT NULL AND stale;

-- What became of the mails about an entry. A row is written when a mail is handed over; while its
-- job is still there, the job says how it stands.
CREATE TABLE deliveries (
    job_id UUID NOT NULL PRIMARY KEY,
    message_id UUID NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('sent', 'caught', 'discarded')),
    participant_id UUID,                -- whom it went to: one of the three
    user_id UUID,
    address TEXT,
    at BIGINT NOT NULL
);
CREATE INDEX deliveries_of_message ON deliveries (message_id);

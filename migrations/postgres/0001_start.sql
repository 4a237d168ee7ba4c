-- Ids are UUID v7, times are microseconds since 1970 as BIGINT.

-- What this installation is: its secret key (PostgreSQL), whether it was set up.
CREATE TABLE installation (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- Settings that staff changed; what is absent has its default.
CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE users (
    id UUID NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,     -- the canonical form that addresses are compared in
    username TEXT,
    username_key TEXT UNIQUE,           -- likewise, lower-cased
    name TEXT NOT NULL,
    password_hash TEXT,
    admin BOOLEAN NOT NULL,
    disabled_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE TABLE user_permissions (
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    permission TEXT NOT NULL,
    PRIMARY KEY (user_id, permission)
);

CREATE TABLE sessions (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_of_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Links to choose a new password: one use, an hour.
CREATE TABLE password_links (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL
);
CREATE INDEX password_links_of_user ON password_links (user_id);
CREATE INDEX password_links_by_age ON password_links (created_at);

CREATE TABLE threads (
    id UUID NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('support', 'direct')),
    status TEXT NOT NULL CHECK (status IN ('open', 'pending', 'closed')),
    subject TEXT NOT NULL,
    starter_name TEXT NOT NULL,         -- the customer, as the inbox shows them
    starter_email TEXT,
    assignee_id UUID REFERENCES users (id),
    last_seq BIGINT NOT NULL,          -- of any entry; entries are numbered 1, 2, 3 …
    last_team_seq BIGINT NOT NULL,     -- of the last message or note: what is unread for staff
    last_visible_seq BIGINT NOT NULL,  -- of the last message: what is unread for everybody else
    message_count BIGINT NOT NULL,
    preview TEXT NOT NULL,              -- the beginning of the last message
    preview_by TEXT NOT NULL,           -- its author's name
    preview_by_staff BOOLEAN NOT NULL,
    last_message_at BIGINT NOT NULL,
    waiting_since BIGINT,              -- the oldest customer message without an answer
    created_at BIGINT NOT NULL,
    closed_at BIGINT,
    trashed_at BIGINT
);
-- One index for each source of the inbox: its filter in the WHERE, its order in the columns. The
-- columns of the filter follow, so that a count reads the index alone.
CREATE INDEX inbox_all ON threads (last_message_at DESC, id DESC, kind, trashed_at)
    WHERE kind = 'support' AND trashed_at IS NULL;
CREATE INDEX inbox_by_status
    ON threads (status, last_message_at DESC, id DESC, kind, trashed_at)
    WHERE kind = 'support' AND trashed_at IS NULL;
CREATE INDEX inbox_by_assignee
    ON threads (assignee_id, last_message_at DESC, id DESC, kind, trashed_at, status)
    WHERE kind = 'support' AND trashed_at IS NULL AND status <> 'closed';
CREATE INDEX inbox_needs_reply
    ON threads (assignee_id, last_message_at DESC, id DESC, kind, trashed_at, status)
    WHERE kind = 'support' AND trashed_at IS NULL AND status = 'pending';

CREATE TABLE participants (
    id UUID NOT NULL PRIMARY KEY,
    thread_id UUID NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    user_id UUID REFERENCES users (id),
    email TEXT,                         -- a guest's, as typed: mail goes only there
    email_key TEXT,                     -- its canonical form
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'guest', 'participant')),
    mail_subject TEXT NOT NULL,         -- stays the same, so that mail programs keep one thread
    read_seq BIGINT NOT NULL,
    notify TEXT NOT NULL CHECK (notify IN ('on', 'off', 'muted')),
    proved_at BIGINT,                  -- when a guest's address proved itself
    left_at BIGINT,
    created_at BIGINT NOT NULL,
    CHECK ((user_id IS NULL) <> (email IS NULL)),
    CHECK ((email IS NULL) = (email_key IS NULL)),
    UNIQUE (thread_id, user_id),
    UNIQUE (thread_id, email_key)
);
CREATE INDEX participants_by_email ON participants (email_key, thread_id) WHERE email_key IS NOT NULL;
CREATE INDEX participants_of_user ON participants (user_id, thread_id) WHERE user_id IS NOT NULL;

CREATE TABLE messages (
    id UUID NOT NULL PRIMARY KEY,
    thread_id UUID NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('message', 'note', 'event')),
    visibility TEXT NOT NULL CHECK (visibility IN ('everyone', 'staff')),
    author_id UUID REFERENCES participants (id),
    author_name TEXT NOT NULL,
    by_staff BOOLEAN NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('signed_in', 'link', 'form', 'api', 'email', 'sso', 'system')),
    proved BOOLEAN NOT NULL,            -- whether the author's address had proved itself by then
    body TEXT NOT NULL,                 -- an event's is its JSON
    created_at BIGINT NOT NULL,
    UNIQUE (thread_id, seq),
    CHECK (kind <> 'note' OR visibility = 'staff')
);

-- One row each time a read mark moves; receipts come from it.
CREATE TABLE reads (
    participant_id UUID NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL,
    read_at BIGINT NOT NULL,
    PRIMARY KEY (participant_id, seq)
);

-- Guests' private links: only the hash of the token is kept.
CREATE TABLE links (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    participant_id UUID NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    handed_out TEXT NOT NULL CHECK (handed_out IN ('shown', 'mailed')),
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX links_of_participant ON links (participant_id);
CREATE INDEX links_by_age ON links (created_at);

-- What was posted with a one-time key, or lately without one: posting it again posts nothing.
CREATE TABLE post_keys (
    hash BYTEA NOT NULL PRIMARY KEY,
    thread_id UUID NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    participant_id UUID REFERENCES participants (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL,               -- of the message that it made
    cookie_hash BYTEA,                   -- the form cookie that came along
    expires_at BIGINT NOT NULL
);
CREATE INDEX post_keys_by_expiry ON post_keys (expires_at);

-- Fixed windows: how often something happened since its window opened.
CREATE TABLE limits (
    bucket TEXT NOT NULL PRIMARY KEY,
    count BIGINT NOT NULL,
    resets_at BIGINT NOT NULL
);
CREATE INDEX limits_by_age ON limits (resets_at);

-- Addresses that asked for no more mail.
CREATE TABLE mail_refusals (
    email_key TEXT NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL
);

-- Support recipients who are no users, and want no mail about a thread.
CREATE TABLE mutes (
    thread_id UUID NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    email_key TEXT NOT NULL,
    PRIMARY KEY (thread_id, email_key)
);

-- The mail catcher's: encrypted, the newest 200, at most 7 days.
CREATE TABLE caught_mails (
    id UUID NOT NULL PRIMARY KEY,
    sealed BYTEA NOT NULL,
    caught_at BIGINT NOT NULL
);
CREATE INDEX caught_mails_by_age ON caught_mails (caught_at);

-- Queued work.
CREATE TABLE jobs (
    id UUID NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    lane TEXT COLLATE "C" NOT NULL,     -- jobs of one lane may hold each other up, other lanes' never
    payload TEXT NOT NULL,
    run_at BIGINT NOT NULL,             -- when it is due; while it runs, when its lease ends
    attempt BIGINT NOT NULL,            -- the fence: whoever holds the lease knows its number
    running BOOLEAN NOT NULL,
    failures BIGINT NOT NULL,           -- temporary ones: the more, the longer the next try waits
    crashes BIGINT NOT NULL,            -- tries that panicked or never came back
    copies BIGINT NOT NULL,             -- tries that may have done their work, though nobody heard of it
    failing_since BIGINT,               -- its first temporary failure: a day later it is given up
    last_error TEXT,
    parked_at BIGINT,                   -- when it failed for good
    created_at BIGINT NOT NULL
);
CREATE INDEX jobs_by_lane ON jobs (lane, run_at, id) WHERE parked_at IS NULL;
CREATE INDEX jobs_by_time ON jobs (run_at, id, parked_at) WHERE parked_at IS NULL;
CREATE INDEX jobs_failing ON jobs (failing_since) WHERE parked_at IS NULL AND failing_since IS NOT NULL;
CREATE INDEX jobs_parked ON jobs (parked_at, id) WHERE parked_at IS NOT NULL;

-- When each scheduled job runs next.
CREATE TABLE schedules (
    name TEXT NOT NULL PRIMARY KEY,
    next_at BIGINT NOT NULL
);

-- Answers that the team keeps for everybody of it.
CREATE TABLE saved_replies (
    id UUID NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    title_key TEXT NOT NULL UNIQUE,     -- lower-cased: no two look the same in the list
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Who of the team is named in a note.
CREATE TABLE mentions (
    message_id UUID NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    user_id UUID NOT NULL REFERENCES users (id),
    PRIMARY KEY (message_id, user_id)
);

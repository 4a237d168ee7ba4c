-- Messages that the index has not taken in yet: a search reads them one by one.
CREATE TABLE search_todo (
    message_id UUID NOT NULL PRIMARY KEY
);

-- The number that the next entry of the index gets; whoever indexes holds this row.
CREATE TABLE search_state (
    only_row BIGINT NOT NULL PRIMARY KEY CHECK (only_row = 1),
    next_num BIGINT NOT NULL
);
INSERT INTO search_state (only_row, next_num) VALUES (1, 1);

-- One entry for each message, numbered in the order of posting: results are paged by `num`.
CREATE TABLE search_entries (
    num BIGINT NOT NULL PRIMARY KEY,
    message_id UUID NOT NULL,
    thread_id UUID NOT NULL REFERENCES threads (id) ON DELETE CASCADE
);
CREATE INDEX search_entries_of_thread ON search_entries (thread_id, num);

-- The terms of an entry, as the program's own tokenizer made them.
CREATE TABLE search_index (
    num BIGINT NOT NULL PRIMARY KEY REFERENCES search_entries (num) ON DELETE CASCADE,
    terms TSVECTOR NOT NULL
);
CREATE INDEX search_index_terms ON search_index USING gin (terms) WITH (gin_pending_list_limit = 512);

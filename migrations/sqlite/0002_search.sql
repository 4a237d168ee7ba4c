-- Messages that the index has not taken in yet: a search reads them one by one.
CREATE TABLE search_todo (
    message_id BLOB NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- The number that the next entry of the index gets; whoever indexes holds this row.
CREATE TABLE search_state (
    only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
    next_num INTEGER NOT NULL
) STRICT;
INSERT INTO search_state (only_row, next_num) VALUES (1, 1);

-- One entry for each message, numbered in the order of posting: results are paged by `num`.
CREATE TABLE search_entries (
    num INTEGER NOT NULL PRIMARY KEY,
    message_id BLOB NOT NULL,
    thread_id BLOB NOT NULL REFERENCES threads (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX search_entries_of_thread ON search_entries (thread_id, num);

-- The terms of an entry, separated by spaces; its rowid is `num`. The words come ready from the
-- program's own tokenizer, so this one only splits at spaces.
CREATE VIRTUAL TABLE search_index USING fts5 (
    terms,
    content = '',
    contentless_delete = 1,
    detail = none,
    tokenize = "ascii tokenchars '#@._%+-'"
);
CREATE TRIGGER search_entries_forget AFTER DELETE ON search_entries BEGIN
    DELETE FROM search_index WHERE rowid = old.num;
END;

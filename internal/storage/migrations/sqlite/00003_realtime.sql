-- +goose Up
-- changes with every change of who is joined, and of whether a member shares their readings
ALTER TABLE rooms ADD COLUMN members_rev INTEGER NOT NULL DEFAULT 0;
-- up to this seq its messages are in message_blocks; those after it are searched where they are
ALTER TABLE rooms ADD COLUMN indexed_seq INTEGER NOT NULL DEFAULT 0;

-- The words of consecutive messages of one room, for the search.
CREATE TABLE message_blocks (
    id        INTEGER PRIMARY KEY,
    room_id   INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    first_seq INTEGER NOT NULL,
    last_seq  INTEGER NOT NULL,
    UNIQUE (room_id, first_seq)
);

-- Its rowid is the id of the block.
CREATE VIRTUAL TABLE message_block_words USING fts5 (words, tokenize = 'unicode61');

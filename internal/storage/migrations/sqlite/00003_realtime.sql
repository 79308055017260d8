-- +goose Up
-- grows when somebody comes or goes, shares their readings otherwise, or the room opens or closes
ALTER TABLE rooms ADD COLUMN members_rev INTEGER NOT NULL DEFAULT 0;
-- up to this seq its messages are in message_chunks; those after it are searched where they are
ALTER TABLE rooms ADD COLUMN indexed_seq INTEGER NOT NULL DEFAULT 0;

-- 256 consecutive messages of a room, or fewer at its end, for the search.
CREATE TABLE message_chunks (
    room_id   INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    first_seq INTEGER NOT NULL,
    -- when the oldest and the newest of them were sent, in microseconds since 1970
    first_at  INTEGER NOT NULL,
    last_at   INTEGER NOT NULL,
    -- NULL while the chunk can grow, 0 while its words are not filed
    words_id  INTEGER NULL,
    -- 30 bytes for each message: bits of its words
    imprints  BLOB    NOT NULL,
    PRIMARY KEY (room_id, first_seq)
);
CREATE INDEX message_chunks_list ON message_chunks (room_id, last_at, first_at, first_seq, words_id);
CREATE INDEX message_chunks_unfiled ON message_chunks (words_id, last_at);

-- The words of full chunks, as hashes. What is deleted leaves its segments at once.
CREATE VIRTUAL TABLE message_chunk_words USING fts5 (words, detail = none, tokenize = 'ascii');
INSERT INTO message_chunk_words (message_chunk_words, rank) VALUES ('secure-delete', 1);
-- +goose StatementBegin
CREATE TRIGGER message_chunks_gone AFTER DELETE ON message_chunks WHEN old.words_id > 0 BEGIN
    DELETE FROM message_chunk_words WHERE rowid = old.words_id;
END;
-- +goose StatementEnd

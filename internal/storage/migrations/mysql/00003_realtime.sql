-- +goose Up
ALTER TABLE rooms
    -- grows when somebody comes or goes, shares their readings otherwise, or the room opens or closes
    ADD COLUMN members_rev BIGINT NOT NULL DEFAULT 0,
    -- up to this seq its messages are in message_chunks; those after it are searched where they are
    ADD COLUMN indexed_seq BIGINT NOT NULL DEFAULT 0;

-- 256 consecutive messages of a room, or fewer at its end, for the search.
CREATE TABLE message_chunks (
    room_id   BIGINT NOT NULL,
    first_seq BIGINT NOT NULL,
    -- when the oldest and the newest of them were sent, in microseconds since 1970
    first_at  BIGINT NOT NULL,
    last_at   BIGINT NOT NULL,
    -- NULL while the chunk can grow, 0 while its words are not filed
    words_id  BIGINT NULL,
    -- 30 bytes for each message: bits of its words
    imprints  VARBINARY(7680) NOT NULL,
    PRIMARY KEY (room_id, first_seq),
    KEY message_chunks_list (room_id, last_at, first_at, words_id),
    KEY message_chunks_unfiled (words_id, last_at),
    CONSTRAINT message_chunks_room_fk FOREIGN KEY (room_id) REFERENCES rooms (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- The words of full chunks, as hashes.
CREATE TABLE message_chunk_words (
    id        BIGINT NOT NULL AUTO_INCREMENT,
    room_id   BIGINT NOT NULL,
    first_seq BIGINT NOT NULL,
    words     MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY message_chunk_words_chunk (room_id, first_seq),
    FULLTEXT KEY message_chunk_words_words (words),
    CONSTRAINT message_chunk_words_chunk_fk FOREIGN KEY (room_id, first_seq) REFERENCES message_chunks (room_id, first_seq) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- Who writes a message holds the lock of its room and has seen that the sender is a member there, and readings are written
-- with their messages: a key that says so again costs a tenth of what sending takes of the database.
ALTER TABLE messages DROP FOREIGN KEY messages_room_fk, DROP FOREIGN KEY messages_sender_fk, DROP KEY messages_sender_fk;
ALTER TABLE readings DROP FOREIGN KEY readings_message_fk;

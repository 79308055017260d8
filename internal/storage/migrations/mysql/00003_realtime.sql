-- +goose Up
ALTER TABLE rooms
    -- changes with every change of who is joined, and of whether a member shares their readings
    ADD COLUMN members_rev BIGINT NOT NULL DEFAULT 0,
    -- up to this seq its messages are in message_blocks; those after it are searched where they are
    ADD COLUMN indexed_seq BIGINT NOT NULL DEFAULT 0;

-- The words of consecutive messages of one room, for the search.
CREATE TABLE message_blocks (
    room_id   BIGINT NOT NULL,
    first_seq BIGINT NOT NULL,
    last_seq  BIGINT NOT NULL,
    words     MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    PRIMARY KEY (room_id, first_seq),
    FULLTEXT KEY message_blocks_words (words),
    CONSTRAINT message_blocks_room_fk FOREIGN KEY (room_id) REFERENCES rooms (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

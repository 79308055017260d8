-- +goose Up
ALTER TABLE rooms
    -- up to this seq its messages are in mood_chunks
    ADD COLUMN mood_seq BIGINT NOT NULL DEFAULT 0;

-- What moods need of the readings of 2000 consecutive messages of a room.
CREATE TABLE mood_chunks (
    room_id   BIGINT NOT NULL,
    first_seq BIGINT NOT NULL,
    -- see chunk.go of package mood
    marks     BLOB   NOT NULL,
    PRIMARY KEY (room_id, first_seq),
    CONSTRAINT mood_chunks_room_fk FOREIGN KEY (room_id) REFERENCES rooms (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

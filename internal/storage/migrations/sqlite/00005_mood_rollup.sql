-- +goose Up
-- up to this seq its messages are in mood_chunks
ALTER TABLE rooms ADD COLUMN mood_seq INTEGER NOT NULL DEFAULT 0;

-- What moods need of the readings of 2000 consecutive messages of a room.
CREATE TABLE mood_chunks (
    room_id   INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    first_seq INTEGER NOT NULL,
    -- see chunk.go of package mood
    marks     BLOB    NOT NULL,
    PRIMARY KEY (room_id, first_seq)
);

-- +goose Up
-- Whose readings are being erased. Meanwhile they share none; this is what they go back to.
CREATE TABLE forgettings (
    user_id        INTEGER NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    share_readings TEXT    NOT NULL
);

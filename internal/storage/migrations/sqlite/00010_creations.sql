-- +goose Up
-- What somebody had made under an Idempotency-Key, of what has no columns of its own for it: a repeat makes nothing.
CREATE TABLE creations (
    user_id      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- what it is, and where
    what         TEXT    NOT NULL,
    creation_key TEXT    NOT NULL,
    -- JSON: its id, or the answer itself
    made         TEXT    NOT NULL,
    PRIMARY KEY (user_id, what, creation_key)
) WITHOUT ROWID;

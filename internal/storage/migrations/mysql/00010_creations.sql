-- +goose Up
-- What somebody had made under an Idempotency-Key, of what has no columns of its own for it: a repeat makes nothing.
CREATE TABLE creations (
    user_id      BIGINT      NOT NULL,
    -- what it is, and where
    what         VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    creation_key VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- JSON: its id, or the answer itself
    made         TEXT        NOT NULL,
    PRIMARY KEY (user_id, what, creation_key),
    CONSTRAINT creations_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

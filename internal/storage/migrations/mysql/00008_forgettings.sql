-- +goose Up
-- Whose readings are being erased. Meanwhile they share none; this is what they go back to.
CREATE TABLE forgettings (
    user_id        BIGINT      NOT NULL,
    share_readings VARCHAR(10) NOT NULL,
    PRIMARY KEY (user_id),
    CONSTRAINT forgettings_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

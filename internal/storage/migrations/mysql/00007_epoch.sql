-- +goose Up
-- Which history the database holds: one row. A backup that is restored begins another, so that what was said after it is not mistaken
-- for what is said from then on.
CREATE TABLE epoch (
    id    TINYINT     NOT NULL,
    epoch VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT epoch_one_row CHECK (id = 1)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
INSERT INTO epoch (id, epoch) VALUES (1, LOWER(HEX(RANDOM_BYTES(8))));

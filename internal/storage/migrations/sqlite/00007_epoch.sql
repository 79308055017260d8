-- +goose Up
-- Which history the database holds: one row. A backup that is restored begins another, so that what was said after it is not mistaken
-- for what is said from then on.
CREATE TABLE epoch (
    id    INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    epoch TEXT NOT NULL
);
INSERT INTO epoch (id, epoch) VALUES (1, lower(hex(randomblob(8))));

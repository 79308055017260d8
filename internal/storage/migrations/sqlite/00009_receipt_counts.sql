-- +goose Up
-- How many receipts an announcement has, and of how many who read it: the sums over its parts. There are several, so that those who
-- read it at the same moment seldom wait for each other.
CREATE TABLE announcement_counts (
    announcement_id INTEGER NOT NULL REFERENCES announcements (id) ON DELETE CASCADE,
    part            INTEGER NOT NULL,
    delivered       INTEGER NOT NULL,
    seen            INTEGER NOT NULL,
    PRIMARY KEY (announcement_id, part)
);
INSERT INTO announcement_counts (announcement_id, part, delivered, seen)
SELECT announcement_id, 0, COUNT(*), COUNT(read_at) FROM announcement_receipts GROUP BY announcement_id;

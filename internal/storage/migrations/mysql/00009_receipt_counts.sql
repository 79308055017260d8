-- +goose Up
-- How many receipts an announcement has, and of how many who read it: the sums over its parts. There are several, so that those who
-- read it at the same moment seldom wait for each other.
CREATE TABLE announcement_counts (
    announcement_id BIGINT NOT NULL,
    part            INT    NOT NULL,
    delivered       BIGINT NOT NULL,
    seen            BIGINT NOT NULL,
    PRIMARY KEY (announcement_id, part),
    CONSTRAINT announcement_counts_announcement_fk FOREIGN KEY (announcement_id) REFERENCES announcements (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
INSERT INTO announcement_counts (announcement_id, part, delivered, seen)
SELECT announcement_id, 0, COUNT(*), COUNT(read_at) FROM announcement_receipts GROUP BY announcement_id;

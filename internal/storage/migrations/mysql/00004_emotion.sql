-- +goose Up
ALTER TABLE users
    ADD COLUMN calibrate_readings BOOLEAN NOT NULL DEFAULT FALSE;

ALTER TABLE rooms
    ADD COLUMN readings VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'on',
    -- grows when the room or somebody in it switches what may be shown of readings
    ADD COLUMN readings_rev BIGINT NOT NULL DEFAULT 0,
    -- the seq up to which no message may be sent away to be read: it was written before the room allowed that
    ADD COLUMN remote_after BIGINT NOT NULL DEFAULT 0,
    ADD CONSTRAINT rooms_readings CHECK (readings IN ('on', 'local', 'off'));

ALTER TABLE room_users
    -- how far a reading went of which the member was told and put that notice away: 0 = of none, 1 = inside this server, 2 = to a remote service
    ADD COLUMN readings_noticed SMALLINT NOT NULL DEFAULT 0;

-- What made readings, and what for.
CREATE TABLE reading_sources (
    -- the first 32 bits of SHA-256 of engine, version and purpose
    id      BIGINT      NOT NULL,
    engine  VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    version VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    purpose VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- A reading costs the database as much as its message does, so its row is kept short. Those of before are not carried over: any can be made again.
DROP TABLE readings;
CREATE TABLE readings (
    room_id    BIGINT      NOT NULL,
    seq        BIGINT      NOT NULL,
    source_id  BIGINT      NOT NULL,
    label      VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- in 1/10000
    confidence SMALLINT    NOT NULL,
    intensity  SMALLINT    NOT NULL,
    valence    SMALLINT    NOT NULL,
    unclear    BOOLEAN     NOT NULL,
    love       BOOLEAN     NOT NULL,
    -- labels, fine labels, scores, evidence and sentences; see ledger.go of package emotion
    detail     BLOB        NOT NULL,
    created_at DATETIME(6) NOT NULL,
    PRIMARY KEY (room_id, seq)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- What authors said themselves about how they meant a message.
CREATE TABLE corrections (
    room_id    BIGINT      NOT NULL,
    seq        BIGINT      NOT NULL,
    user_id    BIGINT      NOT NULL,
    label      VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    fine       VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NULL,
    -- with the author's consent it has a part in their calibration
    teaches    BOOLEAN     NOT NULL,
    created_at DATETIME(6) NOT NULL,
    PRIMARY KEY (room_id, seq),
    KEY corrections_user (user_id),
    CONSTRAINT corrections_message_fk FOREIGN KEY (room_id, seq) REFERENCES messages (room_id, seq) ON DELETE CASCADE,
    CONSTRAINT corrections_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- What corrections taught about how somebody writes.
CREATE TABLE calibrations (
    user_id     BIGINT       NOT NULL,
    -- JSON: what is added to the log-odds of each label, in the order of the labels
    bias        VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    corrections INT          NOT NULL,
    updated_at  DATETIME(6)  NOT NULL,
    PRIMARY KEY (user_id),
    CONSTRAINT calibrations_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

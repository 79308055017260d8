-- +goose Up
ALTER TABLE users ADD COLUMN calibrate_readings BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE rooms ADD COLUMN readings TEXT NOT NULL DEFAULT 'on' CHECK (readings IN ('on', 'local', 'off'));
-- grows when the room or somebody in it switches what may be shown of readings
ALTER TABLE rooms ADD COLUMN readings_rev INTEGER NOT NULL DEFAULT 0;
-- the seq up to which no message may be sent away to be read: it was written before the room allowed that
ALTER TABLE rooms ADD COLUMN remote_after INTEGER NOT NULL DEFAULT 0;
-- how far a reading went of which the member was told and put that notice away: 0 = of none, 1 = inside this server, 2 = to a remote service
ALTER TABLE room_users ADD COLUMN readings_noticed INTEGER NOT NULL DEFAULT 0;

-- What made readings, and what for.
CREATE TABLE reading_sources (
    -- the first 32 bits of SHA-256 of engine, version and purpose
    id      INTEGER NOT NULL PRIMARY KEY,
    engine  TEXT    NOT NULL,
    version TEXT    NOT NULL,
    purpose TEXT    NOT NULL
);

-- Readings are kept short. Those of before are not carried over: any can be made again.
DROP TABLE readings;
CREATE TABLE readings (
    room_id    INTEGER  NOT NULL,
    seq        INTEGER  NOT NULL,
    source_id  INTEGER  NOT NULL,
    label      TEXT     NOT NULL,
    -- in 1/10000
    confidence INTEGER  NOT NULL,
    intensity  INTEGER  NOT NULL,
    valence    INTEGER  NOT NULL,
    unclear    BOOLEAN  NOT NULL,
    love       BOOLEAN  NOT NULL,
    -- labels, fine labels, scores, evidence and sentences; see ledger.go of package emotion
    detail     BLOB     NOT NULL,
    created_at DATETIME NOT NULL,
    PRIMARY KEY (room_id, seq)
) WITHOUT ROWID;

-- What authors said themselves about how they meant a message.
CREATE TABLE corrections (
    room_id    INTEGER  NOT NULL,
    seq        INTEGER  NOT NULL,
    user_id    INTEGER  NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    label      TEXT     NOT NULL,
    fine       TEXT     NULL,
    -- with the author's consent it has a part in their calibration
    teaches    BOOLEAN  NOT NULL,
    created_at DATETIME NOT NULL,
    PRIMARY KEY (room_id, seq),
    FOREIGN KEY (room_id, seq) REFERENCES messages (room_id, seq) ON DELETE CASCADE
);
CREATE INDEX corrections_user ON corrections (user_id);

-- What corrections taught about how somebody writes.
CREATE TABLE calibrations (
    user_id     INTEGER  NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    -- JSON: what is added to the log-odds of each label, in the order of the labels
    bias        TEXT     NOT NULL,
    corrections INTEGER  NOT NULL,
    updated_at  DATETIME NOT NULL
);

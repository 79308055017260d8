-- +goose Up
CREATE TABLE users (
    id             INTEGER  PRIMARY KEY AUTOINCREMENT,
    email          TEXT     NOT NULL,
    -- lower case, NFC: the one form in which an e-mail is compared
    email_key      TEXT     NOT NULL UNIQUE,
    nickname       TEXT     NOT NULL,
    -- case folded, NFKC: what a search by nickname compares
    nickname_key   TEXT     NOT NULL,
    password_hash  TEXT     NOT NULL,
    locale         TEXT     NOT NULL,
    share_readings TEXT     NOT NULL CHECK (share_readings IN ('everyone', 'self', 'off')),
    show_readings  BOOLEAN  NOT NULL,
    created_at     DATETIME NOT NULL,
    updated_at     DATETIME NOT NULL
);
CREATE INDEX users_nickname_key ON users (nickname_key);

CREATE TABLE sessions (
    id           INTEGER  PRIMARY KEY AUTOINCREMENT,
    user_id      INTEGER  NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    user_agent   TEXT     NOT NULL,
    address      TEXT     NOT NULL,
    created_at   DATETIME NOT NULL,
    last_seen_at DATETIME NOT NULL,
    expires_at   DATETIME NOT NULL,
    revoked_at   DATETIME NULL
);
CREATE INDEX sessions_user ON sessions (user_id, revoked_at);

CREATE TABLE refresh_tokens (
    -- SHA-256 of the token in hex: the token itself is never stored
    token_hash TEXT     NOT NULL PRIMARY KEY,
    session_id INTEGER  NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    created_at DATETIME NOT NULL,
    used_at    DATETIME NULL
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);

CREATE TABLE friendships (
    low_id       INTEGER  NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    high_id      INTEGER  NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    requester_id INTEGER  NOT NULL,
    state        TEXT     NOT NULL CHECK (state IN ('requested', 'accepted')),
    created_at   DATETIME NOT NULL,
    accepted_at  DATETIME NULL,
    PRIMARY KEY (low_id, high_id),
    CHECK (low_id < high_id)
) WITHOUT ROWID;
CREATE INDEX friendships_high ON friendships (high_id);

CREATE TABLE blocks (
    user_id    INTEGER  NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    blocked_id INTEGER  NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at DATETIME NOT NULL,
    PRIMARY KEY (user_id, blocked_id)
) WITHOUT ROWID;
CREATE INDEX blocks_blocked ON blocks (blocked_id);

CREATE TABLE rooms (
    id          INTEGER  PRIMARY KEY AUTOINCREMENT,
    kind        TEXT     NOT NULL CHECK (kind IN ('direct', 'group')),
    state       TEXT     NOT NULL CHECK (state IN ('open', 'read_only', 'closed')),
    title       TEXT     NULL,
    -- the two people of a direct room, the smaller id first; NULL in other rooms
    direct_low  INTEGER  NULL,
    direct_high INTEGER  NULL,
    last_seq    INTEGER  NOT NULL,
    last_rev    INTEGER  NOT NULL,
    created_at  DATETIME NOT NULL,
    UNIQUE (direct_low, direct_high),
    CHECK (direct_low < direct_high)
);

CREATE TABLE room_users (
    room_id       INTEGER  NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    user_id       INTEGER  NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    state         TEXT     NOT NULL CHECK (state IN ('joined', 'left', 'kicked')),
    -- the room's last_seq at the time of joining
    joined_seq    INTEGER  NOT NULL,
    last_read_seq INTEGER  NOT NULL,
    joined_at     DATETIME NOT NULL,
    PRIMARY KEY (room_id, user_id)
) WITHOUT ROWID;
CREATE INDEX room_users_user ON room_users (user_id, state);

CREATE TABLE messages (
    room_id    INTEGER  NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    seq        INTEGER  NOT NULL,
    rev        INTEGER  NOT NULL,
    kind       TEXT     NOT NULL CHECK (kind IN ('text', 'system')),
    sender_id  INTEGER  NOT NULL REFERENCES users (id),
    client_id  TEXT     NOT NULL,
    body       TEXT     NOT NULL,
    reply_to   INTEGER  NULL,
    created_at DATETIME NOT NULL,
    edited_at  DATETIME NULL,
    deleted_at DATETIME NULL,
    PRIMARY KEY (room_id, seq)
) WITHOUT ROWID;
CREATE UNIQUE INDEX messages_client ON messages (room_id, sender_id, client_id);
CREATE UNIQUE INDEX messages_rev ON messages (room_id, rev);
CREATE INDEX messages_sender ON messages (sender_id);

CREATE TABLE readings (
    room_id    INTEGER  NOT NULL,
    seq        INTEGER  NOT NULL,
    label      TEXT     NOT NULL,
    confidence REAL     NOT NULL,
    intensity  REAL     NOT NULL,
    unclear    BOOLEAN  NOT NULL,
    -- JSON: labels, fine labels, scores, evidence
    detail     TEXT     NOT NULL,
    engine     TEXT     NOT NULL,
    version    TEXT     NOT NULL,
    created_at DATETIME NOT NULL,
    PRIMARY KEY (room_id, seq),
    FOREIGN KEY (room_id, seq) REFERENCES messages (room_id, seq) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE reactions (
    room_id    INTEGER  NOT NULL,
    seq        INTEGER  NOT NULL,
    user_id    INTEGER  NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    emoji      TEXT     NOT NULL,
    created_at DATETIME NOT NULL,
    PRIMARY KEY (room_id, seq, emoji, user_id),
    FOREIGN KEY (room_id, seq) REFERENCES messages (room_id, seq) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX reactions_user ON reactions (user_id);

-- +goose Up
CREATE TABLE users (
    id               BIGINT       NOT NULL AUTO_INCREMENT,
    email            VARCHAR(254) NOT NULL,
    -- lower case, NFC: the one form in which an e-mail is compared
    email_key        VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    nickname         VARCHAR(120) NOT NULL,
    -- case folded, NFKC: what a search by nickname compares
    nickname_key     VARCHAR(240) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    password_hash    VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    locale           VARCHAR(8)   NOT NULL,
    share_readings   VARCHAR(10)  NOT NULL,
    show_readings    BOOLEAN      NOT NULL,
    created_at       DATETIME(6)  NOT NULL,
    updated_at       DATETIME(6)  NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY users_email_key (email_key),
    KEY users_nickname_key (nickname_key),
    CONSTRAINT users_share_readings CHECK (share_readings IN ('everyone', 'self', 'off'))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE sessions (
    id           BIGINT       NOT NULL AUTO_INCREMENT,
    user_id      BIGINT       NOT NULL,
    user_agent   VARCHAR(400) NOT NULL,
    address      VARCHAR(64)  NOT NULL,
    created_at   DATETIME(6)  NOT NULL,
    last_seen_at DATETIME(6)  NOT NULL,
    expires_at   DATETIME(6)  NOT NULL,
    revoked_at   DATETIME(6)  NULL,
    PRIMARY KEY (id),
    KEY sessions_user (user_id, revoked_at),
    CONSTRAINT sessions_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE refresh_tokens (
    -- SHA-256 of the token in hex: the token itself is never stored
    token_hash CHAR(64)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    session_id BIGINT      NOT NULL,
    created_at DATETIME(6) NOT NULL,
    used_at    DATETIME(6) NULL,
    PRIMARY KEY (token_hash),
    KEY refresh_tokens_session (session_id),
    CONSTRAINT refresh_tokens_session_fk FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE friendships (
    low_id       BIGINT      NOT NULL,
    high_id      BIGINT      NOT NULL,
    requester_id BIGINT      NOT NULL,
    state        VARCHAR(10) NOT NULL,
    created_at   DATETIME(6) NOT NULL,
    accepted_at  DATETIME(6) NULL,
    PRIMARY KEY (low_id, high_id),
    KEY friendships_high (high_id),
    CONSTRAINT friendships_order CHECK (low_id < high_id),
    CONSTRAINT friendships_state CHECK (state IN ('requested', 'accepted')),
    CONSTRAINT friendships_low_fk FOREIGN KEY (low_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT friendships_high_fk FOREIGN KEY (high_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE blocks (
    user_id    BIGINT      NOT NULL,
    blocked_id BIGINT      NOT NULL,
    created_at DATETIME(6) NOT NULL,
    PRIMARY KEY (user_id, blocked_id),
    KEY blocks_blocked (blocked_id),
    CONSTRAINT blocks_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT blocks_blocked_fk FOREIGN KEY (blocked_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE rooms (
    id          BIGINT       NOT NULL AUTO_INCREMENT,
    kind        VARCHAR(10)  NOT NULL,
    state       VARCHAR(10)  NOT NULL,
    title       VARCHAR(400) NULL,
    -- the two people of a direct room, the smaller id first; NULL in other rooms
    direct_low  BIGINT       NULL,
    direct_high BIGINT       NULL,
    last_seq    BIGINT       NOT NULL,
    last_rev    BIGINT       NOT NULL,
    created_at  DATETIME(6)  NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY rooms_direct (direct_low, direct_high),
    CONSTRAINT rooms_kind CHECK (kind IN ('direct', 'group')),
    CONSTRAINT rooms_state CHECK (state IN ('open', 'read_only', 'closed')),
    CONSTRAINT rooms_direct_order CHECK (direct_low < direct_high)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE room_users (
    room_id       BIGINT      NOT NULL,
    user_id       BIGINT      NOT NULL,
    state         VARCHAR(10) NOT NULL,
    -- the room's last_seq at the time of joining
    joined_seq    BIGINT      NOT NULL,
    last_read_seq BIGINT      NOT NULL,
    joined_at     DATETIME(6) NOT NULL,
    PRIMARY KEY (room_id, user_id),
    KEY room_users_user (user_id, state),
    CONSTRAINT room_users_state CHECK (state IN ('joined', 'left', 'kicked')),
    CONSTRAINT room_users_room_fk FOREIGN KEY (room_id) REFERENCES rooms (id) ON DELETE CASCADE,
    CONSTRAINT room_users_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE messages (
    room_id    BIGINT      NOT NULL,
    seq        BIGINT      NOT NULL,
    rev        BIGINT      NOT NULL,
    kind       VARCHAR(10) NOT NULL,
    sender_id  BIGINT      NOT NULL,
    client_id  CHAR(36)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    body       TEXT        NOT NULL,
    reply_to   BIGINT      NULL,
    created_at DATETIME(6) NOT NULL,
    edited_at  DATETIME(6) NULL,
    deleted_at DATETIME(6) NULL,
    PRIMARY KEY (room_id, seq),
    UNIQUE KEY messages_client (room_id, sender_id, client_id),
    UNIQUE KEY messages_rev (room_id, rev),
    CONSTRAINT messages_kind CHECK (kind IN ('text', 'system')),
    CONSTRAINT messages_room_fk FOREIGN KEY (room_id) REFERENCES rooms (id) ON DELETE CASCADE,
    CONSTRAINT messages_sender_fk FOREIGN KEY (sender_id) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE readings (
    room_id    BIGINT       NOT NULL,
    seq        BIGINT       NOT NULL,
    label      VARCHAR(10)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    confidence DOUBLE       NOT NULL,
    intensity  DOUBLE       NOT NULL,
    unclear    BOOLEAN      NOT NULL,
    -- JSON: labels, fine labels, scores, evidence
    detail     TEXT         CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    engine     VARCHAR(20)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    version    VARCHAR(60)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    created_at DATETIME(6)  NOT NULL,
    PRIMARY KEY (room_id, seq),
    CONSTRAINT readings_message_fk FOREIGN KEY (room_id, seq) REFERENCES messages (room_id, seq) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE reactions (
    room_id    BIGINT      NOT NULL,
    seq        BIGINT      NOT NULL,
    user_id    BIGINT      NOT NULL,
    emoji      VARCHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    created_at DATETIME(6) NOT NULL,
    PRIMARY KEY (room_id, seq, emoji, user_id),
    CONSTRAINT reactions_message_fk FOREIGN KEY (room_id, seq) REFERENCES messages (room_id, seq) ON DELETE CASCADE,
    CONSTRAINT reactions_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

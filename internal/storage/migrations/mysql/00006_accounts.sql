-- +goose Up
ALTER TABLE users
    -- must_reset: restored, and has to set a new password first; deactivated: closed, see restore_points
    ADD COLUMN state             VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'active',
    ADD COLUMN email_verified_at DATETIME(6) NULL,
    -- when a session of theirs last began or renewed its tokens
    ADD COLUMN last_seen_at      DATETIME(6) NULL,
    -- when what is left of a closed account goes
    ADD COLUMN purge_after       DATETIME(6) NULL,
    -- nickname_key as admins look for it: a closed account keeps it here
    ADD COLUMN directory_key     VARCHAR(240) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
    ADD CONSTRAINT users_state CHECK (state IN ('active', 'must_reset', 'deactivated')),
    ADD KEY users_purge (purge_after),
    -- each order of the admins' directory, of all accounts and of those in one state; a search reads nothing else
    ADD KEY users_created (created_at, id),
    ADD KEY users_seen (last_seen_at, id),
    ADD KEY users_directory (directory_key, id),
    ADD KEY users_state_created (state, created_at, id, role, directory_key, email_key),
    ADD KEY users_state_seen (state, last_seen_at, id, role, directory_key, email_key),
    ADD KEY users_state_directory (state, directory_key, id, role, email_key, created_at),
    ADD KEY users_state_email (state, email_key, id, role, directory_key, created_at),
    ADD KEY users_role (role, state, id);
UPDATE users SET directory_key = nickname_key;

-- What a closed account had before, which its users row does not show any more.
CREATE TABLE restore_points (
    user_id   BIGINT       NOT NULL,
    nickname  VARCHAR(120) NOT NULL,
    closed_at DATETIME(6)  NOT NULL,
    -- who closed it: its owner or an admin
    closed_by VARCHAR(5)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- why an admin did, for other admins
    reason    VARCHAR(1200) NULL,
    -- what becomes of their messages when they are purged
    messages  VARCHAR(6)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- what is being done: closing and restoring are finished by any node after a crash, of what is purged nothing comes back
    step      VARCHAR(10)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'closed',
    PRIMARY KEY (user_id),
    KEY restore_points_step (step),
    CONSTRAINT restore_points_step CHECK (step IN ('closing', 'closed', 'restoring', 'purging')),
    CONSTRAINT restore_points_closed_by CHECK (closed_by IN ('self', 'admin')),
    CONSTRAINT restore_points_messages CHECK (messages IN ('keep', 'delete')),
    CONSTRAINT restore_points_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

ALTER TABLE room_users
    -- left because the account was closed: a restoration brings them back
    ADD COLUMN suspended BOOLEAN NOT NULL DEFAULT FALSE;

ALTER TABLE sessions
    -- when the password was last proven again in it
    ADD COLUMN proven_at DATETIME(6) NULL;

-- Links that were mailed and work once.
CREATE TABLE links (
    -- SHA-256 of the token in hex: the token itself is never stored
    token_hash CHAR(64)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    user_id    BIGINT      NOT NULL,
    purpose    VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    created_at DATETIME(6) NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    PRIMARY KEY (token_hash),
    KEY links_user (user_id, purpose),
    KEY links_expires (expires_at),
    CONSTRAINT links_purpose CHECK (purpose IN ('verify', 'reset', 'restore')),
    CONSTRAINT links_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- Mails that wait for being sent. Their text is made then, so that nothing secret lies here.
CREATE TABLE mails (
    id         BIGINT      NOT NULL AUTO_INCREMENT,
    -- whose e-mail a stranger named; looked up within seconds, and replaced by user_id or gone with the mail
    email_key  VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    user_id    BIGINT      NULL,
    purpose    VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    created_at DATETIME(6) NOT NULL,
    attempts   INT         NOT NULL,
    next_at    DATETIME(6) NOT NULL,
    PRIMARY KEY (id),
    KEY mails_next (next_at),
    CONSTRAINT mails_purpose CHECK (purpose IN ('verify', 'reset', 'restore')),
    CONSTRAINT mails_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- What admins did; rows are only ever added. People are ids here, which outlive them.
CREATE TABLE audit (
    id          BIGINT      NOT NULL AUTO_INCREMENT,
    created_at  DATETIME(6) NOT NULL,
    -- NULL: the server itself, or a command of its operator
    actor_id    BIGINT      NULL,
    action      VARCHAR(30) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    target_type VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    target_id   BIGINT      NOT NULL,
    -- JSON: what changed
    changes     TEXT        NOT NULL,
    address     VARCHAR(64) NULL,
    PRIMARY KEY (id),
    KEY audit_time (created_at, id),
    KEY audit_actor (actor_id, created_at, id),
    KEY audit_action (action, created_at, id),
    KEY audit_target (target_type, target_id, created_at, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- How the server was used on a calendar day of its zone.
CREATE TABLE daily_counts (
    day   CHAR(10)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- visitors, new_users, messages, readings:<engine>, cost (in billionths)
    name  VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    total BIGINT      NOT NULL,
    PRIMARY KEY (day, name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE announcements (
    id           BIGINT       NOT NULL AUTO_INCREMENT,
    title        VARCHAR(400) NOT NULL,
    body         TEXT         NOT NULL,
    -- whom it is for; NULL: everybody
    role         VARCHAR(10)  CHARACTER SET ascii COLLATE ascii_bin NULL,
    locale       VARCHAR(8)   CHARACTER SET ascii COLLATE ascii_bin NULL,
    state        VARCHAR(10)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    publish_at   DATETIME(6)  NOT NULL,
    created_at   DATETIME(6)  NOT NULL,
    created_by   BIGINT       NULL,
    creation_key VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NULL,
    PRIMARY KEY (id),
    UNIQUE KEY announcements_creation (created_by, creation_key),
    KEY announcements_state (state, publish_at, id),
    KEY announcements_publish (publish_at, id),
    CONSTRAINT announcements_state CHECK (state IN ('scheduled', 'published', 'withdrawn')),
    CONSTRAINT announcements_creator_fk FOREIGN KEY (created_by) REFERENCES users (id) ON DELETE SET NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- To whom an announcement was sent, and who read it.
CREATE TABLE announcement_receipts (
    user_id         BIGINT      NOT NULL,
    announcement_id BIGINT      NOT NULL,
    delivered_at    DATETIME(6) NOT NULL,
    read_at         DATETIME(6) NULL,
    PRIMARY KEY (user_id, announcement_id),
    KEY announcement_receipts_announcement (announcement_id, read_at),
    CONSTRAINT announcement_receipts_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT announcement_receipts_announcement_fk FOREIGN KEY (announcement_id) REFERENCES announcements (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

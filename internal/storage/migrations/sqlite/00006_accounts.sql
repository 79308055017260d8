-- +goose Up
-- Messages outlive who wrote them. This is how SQLite says to take a foreign key away: building the table anew would delete what hangs on it.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'sender_id  INTEGER  NOT NULL REFERENCES users (id)', 'sender_id  INTEGER  NOT NULL')
WHERE type = 'table' AND name = 'messages';
PRAGMA writable_schema = RESET;

-- must_reset: restored, and has to set a new password first; deactivated: closed, see restore_points
ALTER TABLE users ADD COLUMN state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'must_reset', 'deactivated'));
ALTER TABLE users ADD COLUMN email_verified_at DATETIME NULL;
-- when a session of theirs last began or renewed its tokens
ALTER TABLE users ADD COLUMN last_seen_at DATETIME NULL;
-- when what is left of a closed account goes
ALTER TABLE users ADD COLUMN purge_after DATETIME NULL;
-- nickname_key as admins look for it: a closed account keeps it here
ALTER TABLE users ADD COLUMN directory_key TEXT NOT NULL DEFAULT '';
UPDATE users SET directory_key = nickname_key;
CREATE INDEX users_purge ON users (purge_after);
-- each order of the admins' directory, of all accounts and of those in one state; a search reads nothing else
CREATE INDEX users_created ON users (created_at, id);
CREATE INDEX users_seen ON users (last_seen_at, id);
CREATE INDEX users_directory ON users (directory_key, id);
CREATE INDEX users_state_created ON users (state, created_at, id, role, directory_key, email_key);
CREATE INDEX users_state_seen ON users (state, last_seen_at, id, role, directory_key, email_key);
CREATE INDEX users_state_directory ON users (state, directory_key, id, role, email_key, created_at);
CREATE INDEX users_state_email ON users (state, email_key, id, role, directory_key, created_at);
CREATE INDEX users_role ON users (role, state, id);

-- What a closed account had before, which its users row does not show any more.
CREATE TABLE restore_points (
    user_id   INTEGER NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    nickname  TEXT NOT NULL,
    closed_at DATETIME NOT NULL,
    -- who closed it: its owner or an admin
    closed_by TEXT NOT NULL CHECK (closed_by IN ('self', 'admin')),
    -- why an admin did, for other admins
    reason    TEXT NULL,
    -- what becomes of their messages when they are purged
    messages  TEXT NOT NULL CHECK (messages IN ('keep', 'delete')),
    -- what is being done: closing and restoring are finished by any node after a crash, of what is purged nothing comes back
    step      TEXT NOT NULL DEFAULT 'closed' CHECK (step IN ('closing', 'closed', 'restoring', 'purging'))
);
CREATE INDEX restore_points_step ON restore_points (step);

-- left because the account was closed: a restoration brings them back
ALTER TABLE room_users ADD COLUMN suspended BOOLEAN NOT NULL DEFAULT FALSE;

-- when the password was last proven again in it
ALTER TABLE sessions ADD COLUMN proven_at DATETIME NULL;

-- Links that were mailed and work once.
CREATE TABLE links (
    -- SHA-256 of the token in hex: the token itself is never stored
    token_hash TEXT NOT NULL PRIMARY KEY,
    user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose    TEXT NOT NULL CHECK (purpose IN ('verify', 'reset', 'restore')),
    created_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL
);
CREATE INDEX links_user ON links (user_id, purpose);
CREATE INDEX links_expires ON links (expires_at);

-- Mails that wait for being sent. Their text is made then, so that nothing secret lies here.
CREATE TABLE mails (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    -- whose e-mail a stranger named; looked up within seconds, and replaced by user_id or gone with the mail
    email_key  TEXT NULL,
    user_id    INTEGER NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose    TEXT NOT NULL CHECK (purpose IN ('verify', 'reset', 'restore')),
    created_at DATETIME NOT NULL,
    attempts   INTEGER NOT NULL,
    next_at    DATETIME NOT NULL
);
CREATE INDEX mails_next ON mails (next_at);

-- What admins did; rows are only ever added. People are ids here, which outlive them.
CREATE TABLE audit (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    created_at  DATETIME NOT NULL,
    -- NULL: the server itself, or a command of its operator
    actor_id    INTEGER NULL,
    action      TEXT NOT NULL,
    target_type TEXT NOT NULL,
    target_id   INTEGER NOT NULL,
    -- JSON: what changed
    changes     TEXT NOT NULL,
    address     TEXT NULL
);
CREATE INDEX audit_time ON audit (created_at, id);
CREATE INDEX audit_actor ON audit (actor_id, created_at, id);
CREATE INDEX audit_action ON audit (action, created_at, id);
CREATE INDEX audit_target ON audit (target_type, target_id, created_at, id);

-- How the server was used on a calendar day of its zone.
CREATE TABLE daily_counts (
    day   TEXT NOT NULL,
    -- visitors, new_users, messages, readings:<engine>, cost (in billionths)
    name  TEXT NOT NULL,
    total INTEGER NOT NULL,
    PRIMARY KEY (day, name)
) WITHOUT ROWID;

CREATE TABLE announcements (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    title        TEXT NOT NULL,
    body         TEXT NOT NULL,
    -- whom it is for; NULL: everybody
    role         TEXT NULL,
    locale       TEXT NULL,
    state        TEXT NOT NULL CHECK (state IN ('scheduled', 'published', 'withdrawn')),
    publish_at   DATETIME NOT NULL,
    created_at   DATETIME NOT NULL,
    created_by   INTEGER NULL REFERENCES users (id) ON DELETE SET NULL,
    creation_key TEXT NULL,
    UNIQUE (created_by, creation_key)
);
CREATE INDEX announcements_state ON announcements (state, publish_at, id);
CREATE INDEX announcements_publish ON announcements (publish_at, id);

-- To whom an announcement was sent, and who read it.
CREATE TABLE announcement_receipts (
    user_id         INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    announcement_id INTEGER NOT NULL REFERENCES announcements (id) ON DELETE CASCADE,
    delivered_at    DATETIME NOT NULL,
    read_at         DATETIME NULL,
    PRIMARY KEY (user_id, announcement_id)
) WITHOUT ROWID;
CREATE INDEX announcement_receipts_announcement ON announcement_receipts (announcement_id, read_at);

-- +goose Up
ALTER TABLE users ADD COLUMN role TEXT NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'admin'));

CREATE TABLE stores (
    id           INTEGER  PRIMARY KEY AUTOINCREMENT,
    category     TEXT     NOT NULL,
    name         TEXT     NOT NULL,
    -- case folded, NFKC: what a search compares
    name_key     TEXT     NOT NULL,
    address      TEXT     NOT NULL,
    lat          REAL     NOT NULL,
    lng          REAL     NOT NULL,
    -- won
    min_order    INTEGER  NOT NULL CHECK (min_order >= 0),
    delivery_fee INTEGER  NOT NULL CHECK (delivery_fee >= 0),
    active       BOOLEAN  NOT NULL,
    created_at   DATETIME NOT NULL
);
CREATE INDEX stores_place ON stores (lat, lng);

CREATE TABLE menu_items (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    store_id INTEGER NOT NULL REFERENCES stores (id) ON DELETE CASCADE,
    section  TEXT    NOT NULL,
    name     TEXT    NOT NULL,
    -- won
    price    INTEGER NOT NULL CHECK (price >= 0),
    active   BOOLEAN NOT NULL
);
CREATE INDEX menu_items_store ON menu_items (store_id);

-- Which neighbourhoods have which zip codes; both may have several of the other.
CREATE TABLE areas (
    zip           TEXT NOT NULL,
    province      TEXT NOT NULL,
    district      TEXT NOT NULL,
    neighbourhood TEXT NOT NULL,
    PRIMARY KEY (zip, province, district, neighbourhood)
) WITHOUT ROWID;
CREATE INDEX areas_neighbourhood ON areas (neighbourhood, district, province);

CREATE TABLE boxes (
    id          INTEGER  PRIMARY KEY AUTOINCREMENT,
    name        TEXT     NOT NULL,
    name_key    TEXT     NOT NULL,
    zip         TEXT     NOT NULL,
    address     TEXT     NOT NULL,
    lat         REAL     NOT NULL,
    lng         REAL     NOT NULL,
    `condition` TEXT     NOT NULL CHECK (`condition` IN ('ok', 'broken', 'repair')),
    active      BOOLEAN  NOT NULL,
    -- SHA-256 of the box's credential in hex; NULL before the first one
    key_hash    TEXT     NULL,
    created_at  DATETIME NOT NULL
);
CREATE INDEX boxes_zip ON boxes (zip);

ALTER TABLE rooms ADD COLUMN host_id INTEGER NULL REFERENCES users (id);
ALTER TABLE rooms ADD COLUMN capacity INTEGER NULL CHECK (capacity >= 1);
ALTER TABLE rooms ADD COLUMN password_hash TEXT NULL;
-- the title as uniqueness compares it (case folded, NFKC); NULL unless the room is an open group room
ALTER TABLE rooms ADD COLUMN open_title TEXT NULL;
ALTER TABLE rooms ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rooms ADD COLUMN phase TEXT NULL CHECK (phase IN ('CREATED', 'ORDER_STARTED', 'ORDER_COMPLETED', 'DELIVERY_IN_PROGRESS', 'DELIVERED'));
ALTER TABLE rooms ADD COLUMN store_id INTEGER NULL REFERENCES stores (id);
ALTER TABLE rooms ADD COLUMN box_id INTEGER NULL REFERENCES boxes (id);
ALTER TABLE rooms ADD COLUMN closes_at DATETIME NULL;
ALTER TABLE rooms ADD COLUMN extensions INTEGER NOT NULL DEFAULT 0 CHECK (extensions BETWEEN 0 AND 3);
-- minutes of the latest warning that was given before closes_at; 0 before the first one
ALTER TABLE rooms ADD COLUMN warned INTEGER NOT NULL DEFAULT 0;
-- grows when invites are revoked: an invite carries the number it was made with
ALTER TABLE rooms ADD COLUMN invite_epoch INTEGER NOT NULL DEFAULT 0;
-- who created it and under which Idempotency-Key
ALTER TABLE rooms ADD COLUMN creator_id INTEGER NULL REFERENCES users (id);
ALTER TABLE rooms ADD COLUMN creation_key TEXT NULL;
CREATE UNIQUE INDEX rooms_open_title ON rooms (open_title);
CREATE UNIQUE INDEX rooms_creation ON rooms (creator_id, creation_key);
CREATE INDEX rooms_open ON rooms (state, kind);
CREATE INDEX rooms_open_phase ON rooms (state, kind, phase);
CREATE INDEX rooms_closing ON rooms (state, closes_at);

-- A box held by a room. live_box_id is the box while the booking lasts: its unique key allows one at a time.
CREATE TABLE bookings (
    id          INTEGER  PRIMARY KEY AUTOINCREMENT,
    box_id      INTEGER  NOT NULL REFERENCES boxes (id),
    live_box_id INTEGER  NULL UNIQUE,
    room_id     INTEGER  NOT NULL UNIQUE REFERENCES rooms (id) ON DELETE CASCADE,
    created_at  DATETIME NOT NULL,
    released_at DATETIME NULL,
    CHECK (live_box_id IS NULL OR live_box_id = box_id AND released_at IS NULL)
);
CREATE INDEX bookings_box ON bookings (box_id);

-- The one code of a member that opens the booked box once.
CREATE TABLE box_codes (
    booking_id INTEGER  NOT NULL REFERENCES bookings (id) ON DELETE CASCADE,
    user_id    INTEGER  NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- HMAC-SHA-256 of booking and code under a key of the server, in hex
    code_hash  TEXT     NOT NULL,
    created_at DATETIME NOT NULL,
    PRIMARY KEY (booking_id, user_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX box_codes_hash ON box_codes (booking_id, code_hash);

-- The order of a pickup room from its confirmation on.
CREATE TABLE orders (
    room_id      INTEGER  PRIMARY KEY REFERENCES rooms (id) ON DELETE CASCADE,
    -- won
    delivery_fee INTEGER  NOT NULL,
    confirmed_at DATETIME NOT NULL
);

-- What a member of a pickup room chose.
CREATE TABLE selections (
    room_id        INTEGER  NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    user_id        INTEGER  NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    done           BOOLEAN  NOT NULL,
    -- won; NULL until the order is confirmed
    delivery_share INTEGER  NULL,
    received_at    DATETIME NULL,
    PRIMARY KEY (room_id, user_id)
) WITHOUT ROWID;

CREATE TABLE selection_items (
    room_id  INTEGER NOT NULL,
    user_id  INTEGER NOT NULL,
    item_id  INTEGER NOT NULL REFERENCES menu_items (id),
    quantity INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 99),
    -- as they were when the order was confirmed; NULL until then
    name     TEXT    NULL,
    price    INTEGER NULL,
    PRIMARY KEY (room_id, user_id, item_id),
    FOREIGN KEY (room_id, user_id) REFERENCES selections (room_id, user_id) ON DELETE CASCADE
) WITHOUT ROWID;

-- JSON: what a system line says; NULL in other messages
ALTER TABLE messages ADD COLUMN line TEXT NULL;

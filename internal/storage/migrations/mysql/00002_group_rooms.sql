-- +goose Up
ALTER TABLE users
    ADD COLUMN role VARCHAR(10) NOT NULL DEFAULT 'user',
    ADD CONSTRAINT users_role CHECK (role IN ('user', 'admin'));

CREATE TABLE stores (
    id           BIGINT       NOT NULL AUTO_INCREMENT,
    category     VARCHAR(20)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    name         VARCHAR(320) NOT NULL,
    -- case folded, NFKC: what a search compares
    name_key     VARCHAR(640) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    address      VARCHAR(800) NOT NULL,
    lat          DOUBLE       NOT NULL,
    lng          DOUBLE       NOT NULL,
    -- won
    min_order    BIGINT       NOT NULL,
    delivery_fee BIGINT       NOT NULL,
    active       BOOLEAN      NOT NULL,
    created_at   DATETIME(6)  NOT NULL,
    PRIMARY KEY (id),
    KEY stores_place (lat, lng),
    CONSTRAINT stores_won CHECK (min_order >= 0 AND delivery_fee >= 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE menu_items (
    id       BIGINT       NOT NULL AUTO_INCREMENT,
    store_id BIGINT       NOT NULL,
    section  VARCHAR(320) NOT NULL,
    name     VARCHAR(320) NOT NULL,
    -- won
    price    BIGINT       NOT NULL,
    active   BOOLEAN      NOT NULL,
    PRIMARY KEY (id),
    KEY menu_items_store (store_id),
    CONSTRAINT menu_items_price CHECK (price >= 0),
    CONSTRAINT menu_items_store_fk FOREIGN KEY (store_id) REFERENCES stores (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- Which neighbourhoods have which zip codes; both may have several of the other.
CREATE TABLE areas (
    zip           CHAR(5)      CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    province      VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    district      VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    neighbourhood VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    PRIMARY KEY (zip, province, district, neighbourhood),
    KEY areas_neighbourhood (neighbourhood, district, province)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE boxes (
    id         BIGINT       NOT NULL AUTO_INCREMENT,
    name       VARCHAR(320) NOT NULL,
    name_key   VARCHAR(640) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    zip        CHAR(5)      CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    address    VARCHAR(800) NOT NULL,
    lat        DOUBLE       NOT NULL,
    lng        DOUBLE       NOT NULL,
    `condition` VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    active     BOOLEAN      NOT NULL,
    -- SHA-256 of the box's credential in hex; NULL before the first one
    key_hash   CHAR(64)     CHARACTER SET ascii COLLATE ascii_bin NULL,
    created_at DATETIME(6)  NOT NULL,
    PRIMARY KEY (id),
    KEY boxes_zip (zip),
    CONSTRAINT boxes_condition CHECK (`condition` IN ('ok', 'broken', 'repair'))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

ALTER TABLE rooms
    ADD COLUMN host_id       BIGINT       NULL,
    ADD COLUMN capacity      INT          NULL,
    ADD COLUMN password_hash VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin NULL,
    -- the title as uniqueness compares it (case folded, NFKC); NULL unless the room is an open group room
    ADD COLUMN open_title    VARCHAR(480) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    ADD COLUMN version       BIGINT       NOT NULL DEFAULT 0,
    ADD COLUMN phase         VARCHAR(24)  CHARACTER SET ascii COLLATE ascii_bin NULL,
    ADD COLUMN store_id      BIGINT       NULL,
    ADD COLUMN box_id        BIGINT       NULL,
    ADD COLUMN closes_at     DATETIME(6)  NULL,
    ADD COLUMN extensions    INT          NOT NULL DEFAULT 0,
    -- minutes of the latest warning that was given before closes_at; 0 before the first one
    ADD COLUMN warned        INT          NOT NULL DEFAULT 0,
    -- grows when invites are revoked: an invite carries the number it was made with
    ADD COLUMN invite_epoch  BIGINT       NOT NULL DEFAULT 0,
    -- who created it and under which Idempotency-Key
    ADD COLUMN creator_id    BIGINT       NULL,
    ADD COLUMN creation_key  VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NULL,
    ADD UNIQUE KEY rooms_open_title (open_title),
    ADD UNIQUE KEY rooms_creation (creator_id, creation_key),
    ADD KEY rooms_open (state, kind),
    ADD KEY rooms_open_phase (state, kind, phase),
    ADD KEY rooms_closing (state, closes_at),
    ADD CONSTRAINT rooms_phase CHECK (phase IN ('CREATED', 'ORDER_STARTED', 'ORDER_COMPLETED', 'DELIVERY_IN_PROGRESS', 'DELIVERED')),
    ADD CONSTRAINT rooms_capacity CHECK (capacity >= 1),
    ADD CONSTRAINT rooms_extensions CHECK (extensions BETWEEN 0 AND 3),
    ADD CONSTRAINT rooms_host_fk FOREIGN KEY (host_id) REFERENCES users (id),
    ADD CONSTRAINT rooms_creator_fk FOREIGN KEY (creator_id) REFERENCES users (id),
    ADD CONSTRAINT rooms_store_fk FOREIGN KEY (store_id) REFERENCES stores (id),
    ADD CONSTRAINT rooms_box_fk FOREIGN KEY (box_id) REFERENCES boxes (id);

-- A box held by a room. live_box_id is the box while the booking lasts: its unique key allows one at a time.
CREATE TABLE bookings (
    id          BIGINT      NOT NULL AUTO_INCREMENT,
    box_id      BIGINT      NOT NULL,
    live_box_id BIGINT      NULL,
    room_id     BIGINT      NOT NULL,
    created_at  DATETIME(6) NOT NULL,
    released_at DATETIME(6) NULL,
    PRIMARY KEY (id),
    UNIQUE KEY bookings_live_box (live_box_id),
    UNIQUE KEY bookings_room (room_id),
    KEY bookings_box (box_id),
    CONSTRAINT bookings_live CHECK (live_box_id IS NULL OR live_box_id = box_id AND released_at IS NULL),
    CONSTRAINT bookings_box_fk FOREIGN KEY (box_id) REFERENCES boxes (id),
    CONSTRAINT bookings_room_fk FOREIGN KEY (room_id) REFERENCES rooms (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- The one code of a member that opens the booked box once.
CREATE TABLE box_codes (
    booking_id BIGINT      NOT NULL,
    user_id    BIGINT      NOT NULL,
    -- HMAC-SHA-256 of booking and code under a key of the server, in hex
    code_hash  CHAR(64)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    created_at DATETIME(6) NOT NULL,
    PRIMARY KEY (booking_id, user_id),
    UNIQUE KEY box_codes_hash (booking_id, code_hash),
    CONSTRAINT box_codes_booking_fk FOREIGN KEY (booking_id) REFERENCES bookings (id) ON DELETE CASCADE,
    CONSTRAINT box_codes_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- The order of a pickup room from its confirmation on.
CREATE TABLE orders (
    room_id      BIGINT      NOT NULL,
    -- won
    delivery_fee BIGINT      NOT NULL,
    confirmed_at DATETIME(6) NOT NULL,
    PRIMARY KEY (room_id),
    CONSTRAINT orders_room_fk FOREIGN KEY (room_id) REFERENCES rooms (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- What a member of a pickup room chose.
CREATE TABLE selections (
    room_id        BIGINT      NOT NULL,
    user_id        BIGINT      NOT NULL,
    done           BOOLEAN     NOT NULL,
    -- won; NULL until the order is confirmed
    delivery_share BIGINT      NULL,
    received_at    DATETIME(6) NULL,
    PRIMARY KEY (room_id, user_id),
    CONSTRAINT selections_room_fk FOREIGN KEY (room_id) REFERENCES rooms (id) ON DELETE CASCADE,
    CONSTRAINT selections_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE selection_items (
    room_id  BIGINT       NOT NULL,
    user_id  BIGINT       NOT NULL,
    item_id  BIGINT       NOT NULL,
    quantity INT          NOT NULL,
    -- as they were when the order was confirmed; NULL until then
    name     VARCHAR(320) NULL,
    price    BIGINT       NULL,
    PRIMARY KEY (room_id, user_id, item_id),
    CONSTRAINT selection_items_quantity CHECK (quantity BETWEEN 1 AND 99),
    CONSTRAINT selection_items_selection_fk FOREIGN KEY (room_id, user_id) REFERENCES selections (room_id, user_id) ON DELETE CASCADE,
    CONSTRAINT selection_items_item_fk FOREIGN KEY (item_id) REFERENCES menu_items (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

ALTER TABLE messages
    -- JSON: what a system line says; NULL in other messages
    ADD COLUMN line TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL;

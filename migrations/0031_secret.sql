-- migrate:up

-- Cursors are sealed by a key that every service of one database has, and that a restart does not change.

CREATE TABLE secret (
    purpose text PRIMARY KEY CHECK (purpose = 'cursor'),
    key bytea NOT NULL CHECK (octet_length(key) = 32)
);
COMMENT ON TABLE secret IS 'Keys that the services of this database share. They are no data: no answer and no export has them.';
COMMENT ON COLUMN secret.key IS 'Random. Whoever replaces it makes all cursors given out so far void.';

-- Three random UUIDs have 366 bits by the system's own source of randomness.
INSERT INTO secret
SELECT 'cursor', sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

SELECT make_past();

-- migrate:down
DROP TABLE secret;

SELECT make_past();

-- Sign-in: what is still to be done before a session counts, second factors, forms that came too
-- late. Times are milliseconds UTC, of the wall clock.

ALTER TABLE staff ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0;  -- a first password, made by somebody else

ALTER TABLE sessions ADD COLUMN ended INTEGER NOT NULL DEFAULT 0;  -- stays a day: whose a late form is
ALTER TABLE sessions ADD COLUMN needs TEXT NOT NULL DEFAULT '';    -- what its owner must do first
ALTER TABLE sessions ADD COLUMN proven INTEGER NOT NULL DEFAULT 0; -- by a second factor
CREATE INDEX sessions_csrf ON sessions (csrf);

CREATE TABLE second_factors (
  staff TEXT PRIMARY KEY,
  secret BLOB NOT NULL,            -- of RFC 6238, under this node's data key
  counter INTEGER NOT NULL,        -- of the last code that was taken: none is good twice
  set_at INTEGER NOT NULL,         -- when its first code came; 0 until then
  drawn_at INTEGER NOT NULL
) STRICT;

CREATE TABLE recovery_codes (
  serial INTEGER PRIMARY KEY,
  staff TEXT NOT NULL,
  digest BLOB NOT NULL,            -- SHA-256; the code itself is on his paper alone
  used_at INTEGER NOT NULL         -- 0 until then
) STRICT;
CREATE INDEX recovery_codes_staff ON recovery_codes (staff);

CREATE TABLE kept_forms (
  serial INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,         -- random
  staff TEXT NOT NULL,             -- who typed it; nobody else sees it
  sealed BLOB NOT NULL,            -- under this node's data key
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX kept_forms_staff ON kept_forms (staff, at);
CREATE INDEX kept_forms_at ON kept_forms (at);

CREATE TABLE unknown_logins (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  tries INTEGER NOT NULL           -- not yet in the audit trail: what was typed is kept nowhere
) STRICT;
INSERT INTO unknown_logins VALUES (1, 0);

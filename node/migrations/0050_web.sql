-- Sessions and remembered answers. Times are milliseconds UTC.

CREATE TABLE sessions (
  serial INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE,     -- SHA-256 of the token; the token itself is nowhere
  staff TEXT NOT NULL,
  actor BLOB NOT NULL,             -- JSON: what the account allowed when the session began
  csrf TEXT NOT NULL,
  began_at INTEGER NOT NULL,       -- wall time, like seen_at
  seen_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_staff ON sessions (staff);
CREATE INDEX sessions_seen ON sessions (seen_at);

CREATE TABLE answers (
  serial INTEGER PRIMARY KEY,
  staff TEXT NOT NULL,
  key TEXT NOT NULL,               -- the Idempotency-Key
  request BLOB NOT NULL,           -- SHA-256 of path and body
  status INTEGER NOT NULL,
  body BLOB NOT NULL,
  at INTEGER NOT NULL,
  UNIQUE (staff, key)
) STRICT;
CREATE INDEX answers_at ON answers (at);

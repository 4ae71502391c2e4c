-- Scans that were uploaded and that no event names yet. Digests are 32 bytes; times milliseconds UTC.

CREATE TABLE uploads (
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE,
  staff TEXT NOT NULL,             -- who uploaded it, and alone may use it
  media TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  file TEXT NOT NULL,              -- of the prepared part; the rest too
  wrapped BLOB NOT NULL,
  chunks INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX uploads_staff ON uploads (staff, at);
CREATE INDEX uploads_at ON uploads (at);

-- 断点续传: files that arrive piece by piece over a line that breaks. Times are milliseconds UTC.

CREATE TABLE arriving (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,       -- random: its address
  staff TEXT NOT NULL,             -- who sends it, and alone may go on
  key BLOB NOT NULL,               -- SHA-256 of what the sender's browser tells the file by
  bytes INTEGER NOT NULL,          -- how many there will be
  got INTEGER NOT NULL,            -- how many are here, without gaps
  crc INTEGER NOT NULL,            -- CRC-32 of these: whether the sender goes on with the same file
  answer BLOB,                     -- JSON: the scan it became; null until it is whole
  at INTEGER NOT NULL,
  UNIQUE (staff, key)
) STRICT;
CREATE INDEX arriving_at ON arriving (at);

CREATE TABLE arriving_pieces (
  id INTEGER PRIMARY KEY,
  arriving INTEGER NOT NULL REFERENCES arriving (id),
  start INTEGER NOT NULL,
  sealed BLOB NOT NULL,            -- under this node's data key
  UNIQUE (arriving, start)
) STRICT;

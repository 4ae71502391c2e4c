-- What nodes ask of the holders of their records (rotation of keys).
CREATE TABLE wishes (
  id INTEGER PRIMARY KEY,
  event BLOB NOT NULL UNIQUE,
  stream TEXT NOT NULL,
  node TEXT NOT NULL,
  wish BLOB NOT NULL,
  granted INTEGER NOT NULL
) STRICT;
CREATE INDEX wishes_pending ON wishes (id) WHERE granted = 0;
CREATE INDEX wishes_stream ON wishes (stream);

-- One-time codes that this node gave out: the MAC key, wrapped with the data key.
CREATE TABLE invitations (
  node TEXT PRIMARY KEY,
  mac_key BLOB NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

-- Parts at rest, parts asked for, parts served. Digests are 32 bytes; times are milliseconds UTC.

CREATE TABLE part_keys (
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE,
  file TEXT NOT NULL UNIQUE,       -- below the folder `parts`
  wrapped BLOB NOT NULL,           -- the part's own key under the node's data key
  chunks INTEGER NOT NULL,
  stream TEXT NOT NULL             -- the stream that names it; empty until an event does
) STRICT;
CREATE INDEX part_keys_stream ON part_keys (stream);

CREATE TABLE part_erasures (
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE,     -- never asked for, kept or served again
  at INTEGER NOT NULL
) STRICT;

CREATE TABLE part_wants (
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE,
  stream TEXT NOT NULL,
  owner TEXT NOT NULL,             -- whom to ask
  state INTEGER NOT NULL,          -- 1 wanted, 2 gathered, 3 kept and not yet noted
  sealed_key BLOB NOT NULL,        -- of the answer being gathered; empty before the first chunk
  chunks INTEGER NOT NULL,         -- how many it has; 0 before the first chunk
  next_chunk INTEGER NOT NULL,
  asked_chunk INTEGER NOT NULL,    -- where the last ask began
  attempts INTEGER NOT NULL,       -- asks since the last progress
  due_at INTEGER NOT NULL
) STRICT;
CREATE INDEX part_wants_due ON part_wants (state, due_at);

CREATE TABLE part_chunks (
  id INTEGER PRIMARY KEY,
  want INTEGER NOT NULL REFERENCES part_wants (id),
  number INTEGER NOT NULL,
  ciphertext BLOB NOT NULL,
  UNIQUE (want, number)
) STRICT;

CREATE TABLE part_served (
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL,
  recipient TEXT NOT NULL,
  stream TEXT NOT NULL,
  sealed_to BLOB NOT NULL,         -- SHA-256 of the recipient's sealing key
  sealed_key BLOB NOT NULL,
  wrapped BLOB NOT NULL,           -- the same content key under the node's data key
  UNIQUE (digest, recipient)
) STRICT;

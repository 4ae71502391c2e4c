-- 申请人: who applied, sealed with this node's data key; only where the applicant's part is held.

CREATE TABLE applicants (
  part TEXT PRIMARY KEY,           -- digest of the part that this was read from
  stream TEXT NOT NULL,            -- the case
  sealed BLOB NOT NULL,
  name BLOB NOT NULL,              -- keyed hashes of the full values, for exact search
  id_number BLOB NOT NULL,
  phone BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX applicants_stream ON applicants (stream);
CREATE INDEX applicants_name ON applicants (name);
CREATE INDEX applicants_id_number ON applicants (id_number);
CREATE INDEX applicants_phone ON applicants (phone);

CREATE TABLE applicants_secret (   -- the hash key, wrapped with the data key; not a projection
  id INTEGER PRIMARY KEY CHECK (id = 1),
  wrapped BLOB NOT NULL
) STRICT;

-- 下级人员: accounts that a node above makes for one below it. Times are milliseconds UTC.

CREATE TABLE roster (              -- derived from `staff/…` streams
  stream TEXT PRIMARY KEY,
  id TEXT NOT NULL,                -- of the account: the random end of the stream's name
  subject TEXT NOT NULL,           -- the node whose account it is
  keeper TEXT NOT NULL,            -- who holds the stream
  roles TEXT NOT NULL,             -- separated by spaces
  active INTEGER NOT NULL,
  reason TEXT,
  part TEXT NOT NULL,              -- login, name and the password's hash, sealed to the subject
  author TEXT NOT NULL,            -- who has that part
  granted_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  seq INTEGER NOT NULL             -- of the last event that had an effect
) STRICT;
CREATE INDEX roster_subject ON roster (subject);
CREATE INDEX roster_id ON roster (id);

CREATE TABLE roster_arrivals (     -- derived from notes about them: what their nodes say
  note TEXT PRIMARY KEY,
  about TEXT NOT NULL,
  node TEXT NOT NULL,
  seq INTEGER NOT NULL,
  state TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX roster_arrivals_about ON roster_arrivals (about);

CREATE TABLE roster_applied (      -- kept: what was done here with each account that came from above
  stream TEXT PRIMARY KEY,
  seq INTEGER NOT NULL,
  part TEXT NOT NULL,              -- the last that was used: a password chosen since then stays
  opened INTEGER NOT NULL,         -- whether the account in `staff` is the one that it made
  state TEXT NOT NULL
) STRICT;

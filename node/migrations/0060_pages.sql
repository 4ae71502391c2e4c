-- What the pages keep: unfinished intakes, and who looked at whom. Times are milliseconds UTC.

CREATE TABLE drafts (
  serial INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,         -- random: the draft's address
  staff TEXT NOT NULL,             -- whose it is; nobody else sees it
  item TEXT NOT NULL,              -- its stream
  sealed BLOB NOT NULL,            -- what was typed, under this node's data key; empty once taken in
  number TEXT NOT NULL,            -- the case that it became; empty until then
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX drafts_staff ON drafts (staff, at);
CREATE INDEX drafts_at ON drafts (at);

CREATE TABLE person_views (
  serial INTEGER PRIMARY KEY,
  stream TEXT NOT NULL,            -- the case
  staff TEXT NOT NULL,
  why TEXT NOT NULL,               -- as he typed it, or `@` and the page that showed it
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX person_views_stream ON person_views (stream, serial);

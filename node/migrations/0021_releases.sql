-- 发布: releases of catalogues and calendars. Projections of `release/…` streams.

CREATE TABLE releases (
  stream TEXT NOT NULL,            -- one per publisher
  number INTEGER NOT NULL,
  title TEXT NOT NULL,
  document TEXT NOT NULL,
  published_at INTEGER NOT NULL,   -- milliseconds UTC, the publisher's claim
  changed INTEGER NOT NULL,        -- streams that this release lists
  total INTEGER NOT NULL,
  digest TEXT NOT NULL,
  effective_from TEXT NOT NULL,    -- the first local day of what it changes; empty: at once
  PRIMARY KEY (stream, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE release_entries (     -- every stream that a release lists, at that head
  stream TEXT NOT NULL,            -- of the releases
  listed TEXT NOT NULL,            -- the stream that is listed
  number INTEGER NOT NULL,         -- the release that lists it so
  head BLOB NOT NULL,
  depth INTEGER NOT NULL,          -- the lowest tier that must hold it: 0 the city, 3 a village
  PRIMARY KEY (stream, listed, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX release_entries_number ON release_entries (stream, number);
CREATE INDEX release_entries_head ON release_entries (head);

CREATE TABLE release_held (        -- the newest release that this node holds whole; not a projection
  stream TEXT NOT NULL,
  number INTEGER NOT NULL,
  missing INTEGER NOT NULL,        -- of the newest release; 0 is looked at once more before it counts
  PRIMARY KEY (stream)
) STRICT, WITHOUT ROWID;

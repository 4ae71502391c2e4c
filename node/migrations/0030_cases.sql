-- 办件: projections of `case/…` streams and of the notes about them. Times are milliseconds UTC.
-- Lists run along an index that holds what the reader may see, so none reads the table through.

CREATE TABLE cases (
  id INTEGER PRIMARY KEY,          -- arrival number of the first event
  stream TEXT NOT NULL,
  number TEXT NOT NULL,            -- data, not identity: two lives of a node may have given it twice
  item TEXT NOT NULL,
  item_version INTEGER NOT NULL,
  origin TEXT NOT NULL,
  place TEXT NOT NULL,
  state TEXT NOT NULL,
  stage INTEGER NOT NULL,
  holder TEXT NOT NULL,
  duty TEXT,                       -- what it waits for at this node; null if it waits elsewhere
  mine INTEGER NOT NULL,           -- 1 if this node takes, works on, or has held it
  department TEXT,
  department_at TEXT,
  received_at INTEGER NOT NULL,
  since INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  accepted_at INTEGER,
  decided_at INTEGER,
  delivered_at INTEGER,
  closed_at INTEGER,
  outcome TEXT,
  decided_by TEXT,
  asked_by TEXT,
  asked_for TEXT NOT NULL,         -- codes of materials, space between
  proposed TEXT,
  reason TEXT,
  reclaimed INTEGER NOT NULL,
  unjudged INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX cases_stream ON cases (stream);
CREATE INDEX cases_number ON cases (number);
CREATE INDEX cases_all ON cases (received_at, id);
CREATE INDEX cases_mine ON cases (received_at, id) WHERE mine = 1;
CREATE INDEX cases_department ON cases (department_at, department, received_at, id)
  WHERE department IS NOT NULL;
CREATE INDEX cases_department_item ON cases (department_at, department, item, received_at, id)
  WHERE department IS NOT NULL;
CREATE INDEX cases_item ON cases (item, received_at, id);
CREATE INDEX cases_duty ON cases (duty, since, id) WHERE duty IS NOT NULL;
CREATE INDEX cases_desk ON cases (duty, department, since, id)
  WHERE duty IS NOT NULL AND department IS NOT NULL;

CREATE TABLE case_routes (         -- the stages of an item's version, for an origin and a place
  item TEXT NOT NULL,
  version INTEGER NOT NULL,
  origin TEXT NOT NULL,
  place TEXT NOT NULL,
  item_name TEXT NOT NULL,
  stages BLOB NOT NULL,            -- JSON [[stage, node]…]
  PRIMARY KEY (item, version, origin, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE case_counts (         -- how many cases of each origin stand where
  origin TEXT NOT NULL,
  state TEXT NOT NULL,
  cases INTEGER NOT NULL,
  PRIMARY KEY (origin, state)
) STRICT, WITHOUT ROWID;

CREATE TABLE case_serials (        -- last serial given out here; not a projection
  day TEXT NOT NULL,               -- local date and series letter
  last INTEGER NOT NULL,
  PRIMARY KEY (day)
) STRICT, WITHOUT ROWID;

CREATE TABLE case_findings (       -- events without effect
  stream TEXT NOT NULL,
  seq INTEGER NOT NULL,
  event TEXT NOT NULL,
  kind TEXT NOT NULL,
  node TEXT NOT NULL,
  fault TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (stream, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE case_notes (
  stream TEXT NOT NULL,            -- the note's own stream
  seq INTEGER NOT NULL,
  about TEXT NOT NULL,             -- the case
  kind TEXT NOT NULL,
  node TEXT NOT NULL,
  at INTEGER NOT NULL,
  reason TEXT,
  PRIMARY KEY (stream, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_notes_about ON case_notes (about);

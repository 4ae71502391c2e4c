-- 通报、评比、考核: projections of `report/…` streams and of the notes that object to them. What a
-- report says is read from its events. Times are milliseconds UTC, days are local.

CREATE TABLE reports (
  stream TEXT PRIMARY KEY,
  publisher TEXT NOT NULL,
  kind TEXT NOT NULL,              -- day, month, quarter, year
  period TEXT NOT NULL,            -- 2026-11-26, 2026-11, 2026-Q4, 2026
  state TEXT NOT NULL,
  figures INTEGER NOT NULL,        -- listed so far
  scores INTEGER NOT NULL,
  issued_at INTEGER,               -- null while its figures are being listed
  issued_by TEXT NOT NULL,
  objections_until TEXT NOT NULL,  -- yyyy-mm-dd; empty: published at once
  published_at INTEGER,
  corrected_at INTEGER
) STRICT;
CREATE INDEX reports_of ON reports (publisher, kind, period);
CREATE INDEX reports_open ON reports (publisher, state) WHERE published_at IS NULL;
CREATE INDEX reports_latest ON reports (kind, period, publisher);

CREATE TABLE report_objections (
  note TEXT PRIMARY KEY,
  stream TEXT NOT NULL,            -- the report's
  node TEXT NOT NULL,
  staff TEXT NOT NULL,
  at INTEGER NOT NULL,
  said BLOB NOT NULL               -- the note as JSON
) STRICT;
CREATE INDEX report_objections_to ON report_objections (stream, at);

CREATE TABLE report_decisions (    -- 异议处理
  stream TEXT NOT NULL,
  note TEXT NOT NULL,
  upheld INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (stream, note)
) STRICT, WITHOUT ROWID;

CREATE TABLE report_marks (        -- 两条线: what a department makes of its people; this node's alone
  kind TEXT NOT NULL,
  period TEXT NOT NULL,
  staff TEXT NOT NULL,
  points INTEGER NOT NULL,         -- of a hundred
  by TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (kind, period, staff)
) STRICT, WITHOUT ROWID;

-- 变更单: how items come into the catalogue. Projections of `revision/…` streams, and working copies.

CREATE TABLE revisions (
  stream TEXT NOT NULL,
  title TEXT NOT NULL,
  department TEXT,                 -- null: of the service centre
  state TEXT NOT NULL,
  begun_by TEXT NOT NULL,          -- staff id
  submitted_by TEXT NOT NULL,      -- staff id; empty before
  lines TEXT NOT NULL,             -- JSON: numbers of the lines submitted last
  passed TEXT NOT NULL,            -- JSON: offices that have passed this round
  authors TEXT NOT NULL,           -- JSON: staff ids of those who began, wrote or submitted it
  reviewers TEXT NOT NULL,         -- JSON: staff ids of those who spoke for an office this round
  document TEXT NOT NULL,
  notice_from TEXT NOT NULL,       -- local days
  notice_until TEXT NOT NULL,
  release INTEGER NOT NULL,
  begun_at INTEGER NOT NULL,       -- milliseconds UTC, the authors' claims
  since INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (stream)
) STRICT, WITHOUT ROWID;
CREATE INDEX revisions_state ON revisions (state, since);

CREATE TABLE revision_lines (      -- as last stated in the stream
  stream TEXT NOT NULL,
  line INTEGER NOT NULL,
  change BLOB NOT NULL,            -- JSON of schemas.revisions.ItemChange
  PRIMARY KEY (stream, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE revision_opinions (
  stream TEXT NOT NULL,
  seq INTEGER NOT NULL,
  office TEXT NOT NULL,
  passes INTEGER NOT NULL,
  text TEXT NOT NULL,
  by TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (stream, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE revision_drafts (     -- what editors work on before they submit; not a projection
  stream TEXT NOT NULL,
  line INTEGER NOT NULL,
  dropped INTEGER NOT NULL,        -- 1: taken out; its number is never given again
  code TEXT NOT NULL,
  base INTEGER NOT NULL,           -- the version it was drafted against
  errors INTEGER NOT NULL,         -- fields of it that were wrong when it was written
  warnings INTEGER NOT NULL,
  edited INTEGER NOT NULL,         -- grows with each edit
  authors TEXT NOT NULL,           -- JSON: staff ids of all who edited it
  at INTEGER NOT NULL,
  change BLOB NOT NULL,            -- last: it is long, and what is counted comes before it
  PRIMARY KEY (stream, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX revision_drafts_code ON revision_drafts
  (stream, dropped, code, base, errors, warnings);  -- all that is counted, without the long texts

-- 差评整改、投诉、咨询: a projection of `redress/…` streams; serials and who read are this node's own.

CREATE TABLE redress (
  stream TEXT PRIMARY KEY,
  id TEXT NOT NULL,              -- the random end of the stream's name: its address here
  number TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  holder TEXT NOT NULL,
  taken_by TEXT NOT NULL,
  subject TEXT NOT NULL,
  department TEXT NOT NULL,      -- of the subject; empty: its hall, or all of it
  staff TEXT NOT NULL,           -- whom it is about; empty: nobody in particular
  about TEXT,                    -- the case's stream
  evaluation TEXT,               -- the note of the bad rating
  opened_at INTEGER NOT NULL,    -- milliseconds UTC
  due TEXT NOT NULL,             -- last day of what is to be done next, as events say; may be empty
  known TEXT NOT NULL            -- all that its events say, as JSON
) STRICT;

CREATE INDEX redress_id ON redress (id);
CREATE INDEX redress_number ON redress (number);
CREATE INDEX redress_about ON redress (about) WHERE about IS NOT NULL;
CREATE INDEX redress_evaluation ON redress (evaluation) WHERE evaluation IS NOT NULL;
CREATE INDEX redress_waiting ON redress (holder, due, opened_at) WHERE state <> 'closed';
CREATE INDEX redress_newest ON redress (opened_at, stream);
CREATE INDEX redress_of_subject ON redress (subject, department, opened_at, stream);
CREATE INDEX redress_taken ON redress (taken_by, opened_at, stream);

CREATE TABLE redress_serials (
  series TEXT NOT NULL,          -- the character of its kind, and the letter of this node's life
  year INTEGER NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (series, year)
) STRICT, WITHOUT ROWID;

CREATE TABLE redress_views (     -- who read whose papers, once a local day; kept
  stream TEXT NOT NULL,
  staff TEXT NOT NULL,
  day TEXT NOT NULL,
  PRIMARY KEY (stream, staff, day)
) STRICT, WITHOUT ROWID;

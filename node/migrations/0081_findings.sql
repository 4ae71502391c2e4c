-- 监察: what rules found, what became of it, the books of rules, and what the rules of a day look at. Times are
-- milliseconds UTC, days `yyyy-mm-dd` in China.

CREATE TABLE findings (            -- kept by the follower `supervision`: found again from the streams at any time
  id TEXT PRIMARY KEY,
  subject TEXT NOT NULL,           -- the stream, or the day at a node, that was looked at
  rule TEXT NOT NULL,
  class TEXT NOT NULL,
  level TEXT NOT NULL,             -- red or yellow
  state TEXT NOT NULL,             -- open and withdrawn are the follower's, others come from `finding_marks`
  at INTEGER NOT NULL,             -- the instant that caused it
  found_at INTEGER NOT NULL,       -- when this node found it
  node TEXT NOT NULL,              -- whose doing it is
  department TEXT,
  staff TEXT,
  about TEXT,                      -- the case
  number TEXT,
  item TEXT NOT NULL,
  item_name TEXT NOT NULL,
  said TEXT NOT NULL               -- what its sentence names: a JSON list
) STRICT, WITHOUT ROWID;
CREATE INDEX findings_subject ON findings (subject);
CREATE INDEX findings_about ON findings (about) WHERE about IS NOT NULL;
CREATE INDEX findings_at ON findings (at, id);
CREATE INDEX findings_state ON findings (state, level, at, id);
CREATE INDEX findings_rule ON findings (rule, at, id);
CREATE INDEX findings_desk ON findings (node, department, at, id);
CREATE INDEX findings_waiting ON findings (at, id) WHERE state IN ('open', 'ordered');
CREATE INDEX findings_waiting_desk ON findings (node, department, staff, state)
  WHERE state IN ('open', 'ordered');

CREATE TABLE finding_marks (       -- what people did about a finding, here or by an order: no run forgets it
  id TEXT PRIMARY KEY,
  state TEXT NOT NULL,
  order_stream TEXT,
  by_staff TEXT NOT NULL,
  at INTEGER NOT NULL,
  why TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE finding_faults (      -- rules that failed at a subject: the others were kept
  subject TEXT NOT NULL,
  rule TEXT NOT NULL,
  error TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (subject, rule)
) STRICT, WITHOUT ROWID;

CREATE TABLE rulebooks (           -- derived from `rulebook/…` streams
  stream TEXT NOT NULL,
  number INTEGER NOT NULL,
  publisher TEXT NOT NULL,
  from_at INTEGER NOT NULL,
  set_at INTEGER NOT NULL,
  set_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (stream, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX rulebooks_publisher ON rulebooks (publisher, from_at);

CREATE TABLE watched_cases (       -- of each case that was taken or decided here: what the rules of a day look at
  stream TEXT PRIMARY KEY,
  item TEXT NOT NULL,
  taken_by TEXT,                   -- staff, if it was taken here
  received_at INTEGER NOT NULL,    -- as the case says
  entered_at INTEGER NOT NULL,     -- when it was typed in
  ended_at INTEGER,
  agent TEXT NOT NULL,
  decided_by TEXT,                 -- staff, if it was decided here
  department TEXT,
  waits_from INTEGER,              -- when it came to the desk that decides
  decided_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX watched_cases_entered ON watched_cases (entered_at) WHERE taken_by IS NOT NULL;
CREATE INDEX watched_cases_decided ON watched_cases (decided_at) WHERE decided_by IS NOT NULL;
CREATE INDEX watched_cases_waits ON watched_cases (waits_from) WHERE waits_from IS NOT NULL;

CREATE TABLE watched_days (        -- days of this node that were looked at
  day TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE watched_books (       -- how many books of each stream the rules have gone by
  stream TEXT PRIMARY KEY,
  number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX person_views_at ON person_views (at);

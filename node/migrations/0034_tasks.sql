-- 协办: a projection of `task/…` streams. Times are milliseconds UTC, days are local.

CREATE TABLE case_tasks (
  stream TEXT PRIMARY KEY,
  id TEXT NOT NULL,                -- the random end of the stream's name: its address here
  about TEXT NOT NULL,             -- the case's stream
  number TEXT NOT NULL,            -- the case's
  item_name TEXT NOT NULL,
  errand TEXT NOT NULL,
  asker TEXT NOT NULL,
  assistant TEXT NOT NULL,
  holder TEXT NOT NULL,
  state TEXT NOT NULL,
  due TEXT NOT NULL,               -- yyyy-mm-dd
  asked_at INTEGER NOT NULL,
  answered_at INTEGER,             -- or declined, cancelled; null while it is open
  result TEXT,
  reason TEXT,
  brief TEXT NOT NULL,             -- digests of parts; photos with a space between
  report TEXT,
  photos TEXT NOT NULL,
  note TEXT
) STRICT;
CREATE INDEX case_tasks_id ON case_tasks (id);
CREATE INDEX case_tasks_about ON case_tasks (about);
CREATE INDEX case_tasks_todo ON case_tasks (assistant, state, due);
CREATE INDEX case_tasks_asked ON case_tasks (asker, state, due);
CREATE INDEX case_tasks_did ON case_tasks (assistant, answered_at) WHERE answered_at IS NOT NULL;
CREATE INDEX case_tasks_had ON case_tasks (asker, answered_at) WHERE answered_at IS NOT NULL;

CREATE TABLE task_views (          -- who read the papers of which task, once a local day; kept
  stream TEXT NOT NULL,
  staff TEXT NOT NULL,
  day TEXT NOT NULL,
  PRIMARY KEY (stream, staff, day)
) STRICT, WITHOUT ROWID;

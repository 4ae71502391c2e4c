-- 监察: the open cases and their limits, as boards count them. Kept by the follower `lights`; a case that ends goes.
-- No colour is stored: only the instants at which a clock changes its light. Times are milliseconds UTC.

CREATE TABLE open_cases (
  id INTEGER PRIMARY KEY,
  stream TEXT NOT NULL,
  number TEXT NOT NULL,
  item TEXT NOT NULL,              -- its code; empty while the item is not known here
  item_name TEXT NOT NULL,
  origin TEXT NOT NULL,            -- where it was taken
  holder TEXT NOT NULL,            -- who has it
  department TEXT,                 -- of the holder, if the next step is a department's
  window TEXT NOT NULL,            -- of this hall, where whoever took it sits; empty: none
  staff TEXT,                      -- who signed it in
  state TEXT NOT NULL,
  stage TEXT NOT NULL,
  clock TEXT,                      -- the limit that is spoken of; null: none runs
  amount INTEGER NOT NULL,
  unit TEXT NOT NULL,
  place TEXT NOT NULL,             -- whose working days count
  start_day TEXT,
  due_day TEXT,                    -- null while the clock stands still
  due_at INTEGER NOT NULL,         -- the end of that day; the year 9999: none
  warn_at INTEGER NOT NULL,        -- yellow from then on
  missing_at INTEGER NOT NULL,     -- when a year begins whose calendar is not published
  statutory_at INTEGER NOT NULL,   -- when the statutory limit ends, if that is certain
  provisional INTEGER NOT NULL,
  still INTEGER NOT NULL,          -- the clock stands still
  received_at INTEGER NOT NULL,
  accepted_at INTEGER,
  since INTEGER NOT NULL           -- since when the holder has it
) STRICT;
CREATE UNIQUE INDEX open_cases_stream ON open_cases (stream);

CREATE TABLE open_subjects (       -- under which heads a case is counted, and in which order it is listed there
  head TEXT NOT NULL,              -- all, department, place, origin, window, item
  subject TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  case_id INTEGER NOT NULL,        -- open_cases.id
  warn_at INTEGER NOT NULL,
  missing_at INTEGER NOT NULL,
  provisional INTEGER NOT NULL,
  still INTEGER NOT NULL,
  PRIMARY KEY (head, subject, due_at, case_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE light_changes (       -- how many cases change to or from a light at an instant: sums up to now are counts
  head TEXT NOT NULL,
  subject TEXT NOT NULL,
  at INTEGER NOT NULL,             -- 0: from the beginning
  green INTEGER NOT NULL,
  yellow INTEGER NOT NULL,
  red INTEGER NOT NULL,
  dark INTEGER NOT NULL,           -- of these: late by the statutory limit too
  still INTEGER NOT NULL,
  unsure INTEGER NOT NULL,
  missing INTEGER NOT NULL,
  free INTEGER NOT NULL,           -- no limit runs
  PRIMARY KEY (head, subject, at)
) STRICT, WITHOUT ROWID;

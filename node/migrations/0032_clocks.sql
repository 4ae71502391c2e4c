-- 时限: when the clocks of each case end, and what changed when a calendar came. Days are local days.

CREATE TABLE case_clocks (         -- a projection of `case/…` streams, by the calendar
  case_id INTEGER NOT NULL,        -- cases.id: new rows lie together, however many there are
  clock TEXT NOT NULL,             -- promised, statutory
  amount INTEGER NOT NULL,
  unit TEXT NOT NULL,
  starts TEXT NOT NULL,            -- the event that starts it
  place TEXT NOT NULL,             -- whose working days count: the node that decides
  state TEXT NOT NULL,             -- waiting, running, paused, ended
  start_day TEXT,
  pauses TEXT NOT NULL,            -- since/until, space between; an open one ends in /
  due_day TEXT,
  due_at INTEGER,                  -- the end of that day, milliseconds UTC
  provisional INTEGER NOT NULL,
  ended_day TEXT,
  mark INTEGER NOT NULL,           -- calendar_marks.serial: what the due day was reckoned by
  PRIMARY KEY (case_id, clock)
) STRICT, WITHOUT ROWID;

CREATE TABLE calendar_marks (      -- which calendars this node has reckoned by, one after another
  serial INTEGER PRIMARY KEY,
  mark TEXT NOT NULL,              -- node.calendar.actions.mark
  done INTEGER NOT NULL            -- 1 once every due day that it may move was reckoned by it
) STRICT;

CREATE TABLE calendar_changes (    -- the record of due days that a calendar moved
  serial INTEGER PRIMARY KEY,
  stream TEXT NOT NULL,            -- the case
  clock TEXT NOT NULL,
  old_day TEXT NOT NULL,
  new_day TEXT NOT NULL,
  old_provisional INTEGER NOT NULL,
  new_provisional INTEGER NOT NULL,
  old_mark INTEGER NOT NULL,       -- calendar_marks.serial
  new_mark INTEGER NOT NULL,
  at INTEGER NOT NULL              -- milliseconds UTC
) STRICT;
CREATE INDEX calendar_changes_stream ON calendar_changes (stream, serial);

-- 跟随: how far each follower of the streams has come, and what it looks at again, and when.

CREATE TABLE followers (
  name TEXT PRIMARY KEY,
  arrival INTEGER NOT NULL,        -- events.arrival: everything up to there has been looked at
  change INTEGER NOT NULL          -- calendar_changes.serial, likewise
) STRICT, WITHOUT ROWID;

CREATE TABLE follow_next (         -- streams to be looked at again although no event came
  follower TEXT NOT NULL,
  stream TEXT NOT NULL,
  at INTEGER NOT NULL,             -- milliseconds UTC; 0: at once
  PRIMARY KEY (follower, stream)
) STRICT, WITHOUT ROWID;
CREATE INDEX follow_next_due ON follow_next (follower, at);

CREATE TABLE follow_faults (       -- streams at which a follower failed: they stop nothing else
  follower TEXT NOT NULL,
  stream TEXT NOT NULL,
  error TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (follower, stream)
) STRICT, WITHOUT ROWID;

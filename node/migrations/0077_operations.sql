-- 恢复演练: each drill, of this node alone.

CREATE TABLE drills (
  id INTEGER PRIMARY KEY,
  backup TEXT NOT NULL,            -- the folder that was restored, below `backups`
  began_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  clean INTEGER NOT NULL,
  events INTEGER NOT NULL,
  streams INTEGER NOT NULL,
  parts INTEGER NOT NULL,
  faults INTEGER NOT NULL,
  said TEXT NOT NULL               -- the first fault, or why nothing was restored
) STRICT;

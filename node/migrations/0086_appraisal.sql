-- 考评: what each case, evaluation, complaint and order adds to the counts, and the counts. Kept by the follower
-- `appraisal`: counted again from the streams at any time. Days are local days.

CREATE TABLE measured (            -- one row for each stream that is counted at all
  id INTEGER PRIMARY KEY,
  stream TEXT NOT NULL UNIQUE,
  counted TEXT NOT NULL,           -- case, evaluation, redress, order
  number TEXT NOT NULL,            -- as people name it
  item_name TEXT NOT NULL,
  shares BLOB NOT NULL             -- what it adds: MessagePack of [day, [subject …], [measure, n, …]] …
) STRICT;

CREATE TABLE measured_subjects (   -- whom something was counted for, by a number of this node's own
  id INTEGER PRIMARY KEY,
  grain TEXT NOT NULL,
  subject TEXT NOT NULL,
  UNIQUE (grain, subject)
) STRICT;

CREATE TABLE measured_months (     -- which rows make up a number: the drill
  subject INTEGER NOT NULL,        -- measured_subjects.id
  month INTEGER NOT NULL,          -- yyyymm
  row INTEGER NOT NULL,            -- measured.id
  measures INTEGER NOT NULL,       -- bit n: it adds to the n-th measure of that subject in that month
  PRIMARY KEY (subject, month, row)
) STRICT, WITHOUT ROWID;

CREATE TABLE counts (
  period INTEGER NOT NULL,         -- yyyymmdd, yyyymm, or 0 for ever
  subject INTEGER NOT NULL,        -- measured_subjects.id
  measure INTEGER NOT NULL,        -- its place in schemas.appraisal.Measure, which only grows at its end
  n INTEGER NOT NULL,
  PRIMARY KEY (period, subject, measure)
) STRICT, WITHOUT ROWID;

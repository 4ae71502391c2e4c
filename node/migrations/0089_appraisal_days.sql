-- The way from the number of one day to its cases, and to what was in process on a day, however many there are.

-- Bit n: the row adds to that subject on the n-th of that month; all bits: not told, the row itself is asked.
ALTER TABLE measured_months ADD COLUMN days INTEGER NOT NULL DEFAULT -1;

-- What stocks are made of (accepted, ended_accepted, overdue, overdue_ended) is also asked for from a day on.
CREATE INDEX IF NOT EXISTS counts_stock ON counts (subject, measure, period) WHERE measure IN (1, 9, 10, 11);

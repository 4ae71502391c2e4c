-- 工作日历: the tables of days in force that this node knows. A projection of `calendar/…` streams.

CREATE TABLE calendar_tables (
  stream TEXT NOT NULL,
  year INTEGER NOT NULL,
  kind TEXT NOT NULL,              -- council, override
  publisher TEXT NOT NULL,
  published_at INTEGER NOT NULL,   -- milliseconds UTC, the publisher's claim
  event TEXT NOT NULL,             -- hash of the event that published it
  body BLOB NOT NULL,              -- JSON of schemas.calendar.YearTable
  PRIMARY KEY (stream, year, kind)
) STRICT;
CREATE INDEX calendar_tables_publisher ON calendar_tables (publisher, year);

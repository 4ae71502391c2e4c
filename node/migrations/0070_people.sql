-- Windows, posts with their A and B persons, absences, and filings with the HR bureau. Times are milliseconds
-- UTC, days `yyyy-mm-dd` in China.

ALTER TABLE departments ADD COLUMN kind TEXT NOT NULL DEFAULT 'own';  -- 本级, 双管 or 垂管

CREATE TABLE windows (
  serial INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,         -- as it stands above the counter
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  department TEXT REFERENCES departments (id),
  open INTEGER NOT NULL
) STRICT;

CREATE TABLE posts (
  serial INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  roles TEXT NOT NULL,             -- separated by spaces
  department TEXT REFERENCES departments (id),
  window TEXT REFERENCES windows (id)
) STRICT;

CREATE TABLE post_people (         -- never deleted: who was whose B on any day follows from it
  serial INTEGER PRIMARY KEY,
  post TEXT NOT NULL REFERENCES posts (id),
  part TEXT NOT NULL,              -- a or b
  staff TEXT NOT NULL,
  from_at INTEGER NOT NULL,
  put_by TEXT NOT NULL,
  until_at INTEGER                 -- empty: still
) STRICT;
CREATE UNIQUE INDEX post_people_now ON post_people (post, part) WHERE until_at IS NULL;

CREATE TABLE absences (            -- taken back by being ended, never deleted
  serial INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  staff TEXT NOT NULL,
  kind TEXT NOT NULL,
  first TEXT NOT NULL,
  last TEXT NOT NULL,
  noted_by TEXT NOT NULL,
  noted_at INTEGER NOT NULL,
  ended_by TEXT,
  ended_at INTEGER NOT NULL
) STRICT;
CREATE INDEX absences_staff ON absences (staff, last);
CREATE INDEX absences_last ON absences (last);

CREATE TABLE filings (             -- judged once, never changed: another one follows
  serial INTEGER PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,     -- 备2026-0001
  year INTEGER NOT NULL,
  staff TEXT NOT NULL,
  name TEXT NOT NULL,              -- as it was said, like the post's and the window's
  department TEXT,
  post TEXT NOT NULL,
  window TEXT,
  from_day TEXT NOT NULL,
  filed_by TEXT NOT NULL,
  filed_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  judged_by TEXT,
  judged_at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  follows TEXT NOT NULL
) STRICT;
CREATE INDEX filings_staff ON filings (staff, serial);
CREATE INDEX filings_year ON filings (year);
CREATE INDEX filings_filed ON filings (serial) WHERE state = 'filed';

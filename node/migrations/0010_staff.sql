-- People who work here, and the departments behind the windows. Times are milliseconds UTC.

CREATE TABLE departments (
  serial INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  name_en TEXT NOT NULL
) STRICT;

CREATE TABLE staff (
  serial INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,         -- random: the only name that events carry
  login TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  roles TEXT NOT NULL,             -- separated by spaces
  department TEXT REFERENCES departments (id),
  active INTEGER NOT NULL,
  password TEXT NOT NULL,          -- Argon2id, with its salt and costs; empty: cannot sign in yet
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX staff_department ON staff (department) WHERE department IS NOT NULL;

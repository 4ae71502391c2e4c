-- 名单收件, 补录, 代办台账. Times are milliseconds UTC.

CREATE TABLE paper_numbers (       -- numbered paper forms that were typed in here: each once
  number TEXT NOT NULL,            -- upper case
  stream TEXT NOT NULL,            -- the case that it became
  PRIMARY KEY (number)
) STRICT, WITHOUT ROWID;

CREATE TABLE intake_lists (        -- many persons taken in at once (家庭和批量收件): one person's
  id TEXT PRIMARY KEY,
  staff TEXT NOT NULL,
  item TEXT NOT NULL,              -- the item's code
  sealed BLOB NOT NULL,            -- what the rows share, wrapped with the data key
  at INTEGER NOT NULL              -- last touched
) STRICT, WITHOUT ROWID;
CREATE INDEX intake_lists_staff ON intake_lists (staff, at);
CREATE INDEX intake_lists_at ON intake_lists (at);

CREATE TABLE intake_list_rows (
  list TEXT NOT NULL,
  row INTEGER NOT NULL,            -- the order in which they were typed
  sealed BLOB NOT NULL,            -- the person, wrapped; empty once it is a case
  number TEXT NOT NULL,            -- the case that it became; empty until then
  fault TEXT NOT NULL,             -- why it was not taken the last time; empty: not tried, or taken
  PRIMARY KEY (list, row)
) STRICT, WITHOUT ROWID;

-- 代办台账: the few cases in which somebody acts for the applicant, latest first.
CREATE INDEX cases_agency ON cases (received_at, id)
  WHERE law IS NOT NULL AND json_extract(law, '$.agency.kind') IS NOT NULL;

-- The audit trail (安全审计, 网络安全法 第二十一条第三项). Rows are added and never touched again: each
-- digest covers the row before it, and the head tells where the trail ends, so that a row which
-- is changed, taken away or put in shows. Times are milliseconds UTC.

CREATE TABLE audit_entries (
  serial INTEGER PRIMARY KEY,      -- 1, 2, 3 …
  at INTEGER NOT NULL,
  staff TEXT NOT NULL,             -- who; empty if nobody was known
  name TEXT NOT NULL,              -- as he was called then
  act TEXT NOT NULL,
  subject TEXT NOT NULL,           -- what it was done to
  detail TEXT NOT NULL,            -- JSON, texts by name
  digest BLOB NOT NULL             -- SHA-256 of the digest before and of this row
) STRICT;
CREATE INDEX audit_entries_at ON audit_entries (at);
CREATE INDEX audit_entries_act ON audit_entries (act, serial);
CREATE INDEX audit_entries_staff ON audit_entries (staff, serial);
CREATE INDEX audit_entries_name ON audit_entries (name, serial);
CREATE INDEX audit_entries_subject ON audit_entries (subject, serial);

CREATE TABLE audit_head (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  serial INTEGER NOT NULL,         -- of the last row
  digest BLOB NOT NULL             -- its digest
) STRICT;
INSERT INTO audit_head VALUES (1, 0, zeroblob(32));

CREATE TRIGGER audit_entries_stay BEFORE DELETE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'the audit trail is never deleted'); END;
CREATE TRIGGER audit_entries_same BEFORE UPDATE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'the audit trail is never changed'); END;
CREATE TRIGGER audit_entries_next BEFORE INSERT ON audit_entries
WHEN NEW.serial IS NOT (SELECT serial + 1 FROM audit_head)
BEGIN SELECT RAISE(ABORT, 'the audit trail only grows at its end'); END;
CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head
BEGIN SELECT RAISE(ABORT, 'the audit trail is never deleted'); END;
CREATE TRIGGER audit_head_next BEFORE UPDATE ON audit_head
WHEN NEW.serial IS NOT OLD.serial + 1
BEGIN SELECT RAISE(ABORT, 'the audit trail only grows at its end'); END;

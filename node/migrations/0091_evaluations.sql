-- 好差评: which of two evaluations counts follows from their events' own instants, not from what they say of themselves.

ALTER TABLE evaluations ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
UPDATE evaluations SET at = given_at;  -- so far each was given at the instant of its event
DROP INDEX evaluations_of;
CREATE INDEX evaluations_of ON evaluations (subject, at, note, seq);

-- 依法办理: what the law adds to a case. `law` is JSON of `node.cases.lawview`, null for most.

ALTER TABLE cases ADD COLUMN law TEXT;
ALTER TABLE cases ADD COLUMN stage_at INTEGER;  -- when it came to its stage, milliseconds UTC
ALTER TABLE cases ADD COLUMN expires_on TEXT;   -- of a renewal: the last day of the licence, yyyy-mm-dd
CREATE INDEX cases_expiring ON cases (expires_on) WHERE expires_on IS NOT NULL AND outcome IS NULL;

CREATE TABLE case_joint (          -- departments that take part in a joint review
  stream TEXT NOT NULL,
  node TEXT NOT NULL,              -- where the review is done
  department TEXT NOT NULL,
  given INTEGER NOT NULL,          -- 1 once its opinion is there
  since INTEGER NOT NULL,
  PRIMARY KEY (stream, node, department)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_joint_waiting ON case_joint (node, department, since) WHERE given = 0;

ALTER TABLE case_clocks ADD COLUMN extension INTEGER NOT NULL DEFAULT 0;  -- in the limit's unit
ALTER TABLE case_clocks ADD COLUMN deems INTEGER NOT NULL DEFAULT 0;  -- 1: its end brings something about
CREATE INDEX clocks_deeming ON case_clocks (due_at) WHERE deems = 1 AND state = 'running';

ALTER TABLE case_notes ADD COLUMN codes TEXT;   -- of pending papers that the note brings, space between

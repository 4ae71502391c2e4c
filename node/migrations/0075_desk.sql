-- 工作台: what waits is listed by the day on which its limit ends. Times are milliseconds UTC.

ALTER TABLE cases ADD COLUMN due_at INTEGER NOT NULL DEFAULT 253402300799000;  -- the first limit to end; far away if none runs
UPDATE cases SET due_at = coalesce(
  CASE state WHEN 'correcting'
    THEN strftime('%s', json_extract(law, '$.correct_by'), '+1 day', '-8 hours') * 1000
    ELSE (SELECT min(t.due_at) FROM case_clocks t
          WHERE t.case_id = cases.id AND t.state = 'running')
  END, 253402300799000);
DROP INDEX cases_duty;
DROP INDEX cases_desk;
CREATE INDEX cases_duty ON cases (duty, due_at, id) WHERE duty IS NOT NULL;
CREATE INDEX cases_desk ON cases (duty, department, due_at, id)
  WHERE duty IS NOT NULL AND department IS NOT NULL;
CREATE INDEX cases_running ON cases (due_at, id) WHERE due_at < 253402300799000;
CREATE INDEX cases_pending ON cases (json_extract(law, '$.pending_by'), id)
  WHERE json_extract(law, '$.pending_by') IS NOT NULL AND outcome IS NULL;

-- A number told by its end: the serial of its day, which `-`, eight digits and `-` stand before.
CREATE INDEX cases_serial ON cases (substr(number, instr(number, '-') + 10), received_at, id);

CREATE TABLE phrases (             -- 常用语: what people write again and again in their opinions
  id INTEGER PRIMARY KEY,
  owner TEXT NOT NULL,             -- `staff:` or `department:`, and whose
  action TEXT NOT NULL,            -- the step that it is for; empty: any
  text TEXT NOT NULL,
  at INTEGER NOT NULL,
  UNIQUE (owner, action, text)
) STRICT;

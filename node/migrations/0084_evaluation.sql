-- 好差评: what was evaluated (a projection of notes), and this node's own tablets and invitations.

CREATE TABLE evaluations (
  note TEXT NOT NULL,
  seq INTEGER NOT NULL,
  node TEXT NOT NULL,              -- who took it
  subject TEXT NOT NULL,           -- what is evaluated once: a case's stream, or visit/<node>/<visit>
  about TEXT,                      -- the case's stream; null: a visit
  visit TEXT NOT NULL,
  given_at INTEGER NOT NULL,
  channel TEXT NOT NULL,
  grade INTEGER NOT NULL,          -- 5 非常满意 … 1 非常不满意
  dimension_table INTEGER NOT NULL,
  dimensions TEXT NOT NULL,        -- JSON
  tags TEXT NOT NULL,              -- JSON
  window TEXT NOT NULL,
  staff TEXT,
  department TEXT,
  department_at TEXT,
  comment BLOB,                    -- digest of the part
  named INTEGER NOT NULL,
  device TEXT NOT NULL,
  of_staff INTEGER NOT NULL,
  PRIMARY KEY (note, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX evaluations_of ON evaluations (subject, given_at, note, seq);
CREATE INDEX evaluations_at ON evaluations (given_at, note, seq);

CREATE TABLE tablets (             -- 窗口评价器
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  window TEXT NOT NULL,            -- id of the window; empty: the place has none
  secret BLOB NOT NULL UNIQUE,     -- SHA-256 of what its address holds
  made_by TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  ended_at INTEGER                 -- 停用
) STRICT, WITHOUT ROWID;

CREATE TABLE rating_invitations (         -- 邀请评价: somebody stands before the tablet
  id TEXT NOT NULL PRIMARY KEY,    -- random; of a visit also its name
  tablet TEXT NOT NULL,
  about TEXT,                      -- the case's stream; null: a visit
  staff TEXT NOT NULL,             -- who served him, and invites
  made_at INTEGER NOT NULL,
  until INTEGER NOT NULL,
  used_at INTEGER,
  ended INTEGER NOT NULL DEFAULT 0 -- another one came after it
) STRICT, WITHOUT ROWID;
CREATE INDEX rating_invitations_open ON rating_invitations (tablet, made_at) WHERE used_at IS NULL AND ended = 0;
CREATE INDEX rating_invitations_of ON rating_invitations (staff, made_at);

CREATE TABLE device_days (         -- by which devices of one day are told apart; forgotten after it
  day TEXT NOT NULL PRIMARY KEY,
  key BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE staff_devices (       -- with which somebody of the staff was signed in that day
  day TEXT NOT NULL,
  device TEXT NOT NULL,
  PRIMARY KEY (day, device)
) STRICT, WITHOUT ROWID;
CREATE TABLE rating_signs (        -- 工作人员自评被拒: who tried to evaluate with his own sign-in
  serial INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  staff TEXT NOT NULL,
  channel TEXT NOT NULL,
  number TEXT NOT NULL,            -- of the case, as it was shown; empty: a visit
  device TEXT NOT NULL
) STRICT;

CREATE INDEX cases_answered ON cases (decided_at) WHERE decided_at IS NOT NULL;

-- 督办: a projection of `order/…` streams. Times are milliseconds UTC, days are local.

CREATE TABLE orders (
  stream TEXT PRIMARY KEY,
  id TEXT NOT NULL,                -- the random end of the stream's name: its address here
  number TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  holder TEXT NOT NULL,
  seq INTEGER NOT NULL,
  issuer TEXT NOT NULL,
  issued_by TEXT NOT NULL,
  issued_at INTEGER NOT NULL,
  subject TEXT NOT NULL,
  department TEXT,
  staff TEXT,
  about TEXT,                      -- the case's stream
  case_number TEXT,
  findings TEXT NOT NULL,          -- their ids, with a space between
  rule TEXT,
  level TEXT NOT NULL,
  caused_at INTEGER NOT NULL,
  reply_by TEXT NOT NULL,          -- yyyy-mm-dd
  note TEXT,                       -- digest of a part, as all that end so
  acknowledged_at INTEGER,
  replied_at INTEGER,
  replied_late INTEGER NOT NULL,
  cause TEXT,
  correction TEXT,
  verdict TEXT,
  ground TEXT,
  judged_at INTEGER,
  judged_by TEXT,
  accountability TEXT,             -- JSON
  appeal_by TEXT NOT NULL,
  appealed_at INTEGER,
  closed_at INTEGER,
  acknowledged_by TEXT,
  replied_by TEXT,
  reply_note TEXT,
  sent_back INTEGER NOT NULL,
  back_note TEXT,
  judge_note TEXT,
  judged_first TEXT,
  appealed_by TEXT,
  appeal_ground TEXT,
  appeal_note TEXT,
  decided_at INTEGER,
  decided_by TEXT,
  decide_note TEXT
) STRICT;
CREATE INDEX orders_id ON orders (id);
CREATE INDEX orders_number ON orders (number);
CREATE INDEX orders_about ON orders (about) WHERE about IS NOT NULL;
CREATE INDEX orders_subject ON orders (subject, state, reply_by);
CREATE INDEX orders_issuer ON orders (issuer, state, reply_by);
CREATE INDEX orders_open ON orders (reply_by) WHERE state <> 'closed';
CREATE INDEX orders_closed ON orders (closed_at, stream) WHERE closed_at IS NOT NULL;

CREATE TABLE order_findings (      -- which order is about which finding; derived as well
  finding TEXT NOT NULL,
  stream TEXT NOT NULL,
  PRIMARY KEY (finding, stream)
) STRICT, WITHOUT ROWID;
CREATE INDEX order_findings_stream ON order_findings (stream);

CREATE TABLE order_serials (       -- the last number given out; kept
  series TEXT NOT NULL,
  year INTEGER NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (series, year)
) STRICT, WITHOUT ROWID;

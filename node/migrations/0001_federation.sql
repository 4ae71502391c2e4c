-- Streams and their events, node records, links. Times are milliseconds UTC; hashes are 32 bytes.

CREATE TABLE streams (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  head BLOB NOT NULL,              -- last event that counts; the stream's name's zeros if none does
  head_seq INTEGER NOT NULL,       -- -1 if none counts
  holder TEXT NOT NULL,            -- named by the head
  tip BLOB NOT NULL,               -- last event of the chosen path, waiting ones included
  tip_seq INTEGER NOT NULL,
  parties TEXT NOT NULL,           -- authors and holders of every known event
  peers TEXT NOT NULL,             -- neighbours that get each event
  about INTEGER REFERENCES streams (id),  -- the stream that these notes speak of
  forked INTEGER NOT NULL DEFAULT 0,
  dispute INTEGER NOT NULL DEFAULT 0,
  unjudged INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX streams_about ON streams (about) WHERE about IS NOT NULL;
CREATE INDEX streams_holder ON streams (holder, kind);
CREATE INDEX streams_unjudged ON streams (id) WHERE unjudged = 1;

CREATE TABLE events (
  arrival INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL REFERENCES streams (id),
  seq INTEGER NOT NULL,
  hash BLOB NOT NULL UNIQUE,
  prev BLOB NOT NULL,
  node TEXT NOT NULL,
  key TEXT NOT NULL,
  kind TEXT NOT NULL,
  holder TEXT NOT NULL,
  verdict INTEGER NOT NULL,        -- 0 does not count, 1 effective, 2 inert, 3 not judged yet
  peer TEXT NOT NULL,              -- the neighbour it came from; empty if written here
  received_at INTEGER NOT NULL,
  payload BLOB NOT NULL,
  signature BLOB NOT NULL
) STRICT;
CREATE INDEX events_stream ON events (stream, seq);

CREATE TABLE parked (
  hash BLOB PRIMARY KEY,
  wants TEXT NOT NULL,             -- event:<hash>, key:<id>, stream:<name> or root:<id>
  stream TEXT NOT NULL,
  peer TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  raw BLOB NOT NULL
) STRICT;
CREATE INDEX parked_wants ON parked (wants);
CREATE INDEX parked_peer ON parked (peer);

CREATE TABLE node_records (
  node TEXT PRIMARY KEY,
  zh TEXT NOT NULL,
  en TEXT NOT NULL,
  state TEXT NOT NULL,
  key TEXT NOT NULL,               -- the signing key it should use now; empty while only invited
  temporary_user TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE node_keys (
  key TEXT NOT NULL,
  node TEXT NOT NULL,
  public BLOB NOT NULL,
  sealing TEXT NOT NULL,
  nats TEXT NOT NULL,
  state TEXT NOT NULL,             -- current, added, ended
  PRIMARY KEY (key, node)
) STRICT;
CREATE INDEX node_keys_node ON node_keys (node);

CREATE TABLE signers (             -- every key that any event of a record states, on any branch
  key TEXT NOT NULL,
  node TEXT NOT NULL,
  public BLOB NOT NULL,
  own INTEGER NOT NULL,            -- stated by the node itself: a root
  good INTEGER NOT NULL,           -- given by an event that counts, and not revoked
  PRIMARY KEY (key, node)
) STRICT, WITHOUT ROWID;

CREATE TABLE revocations (
  event BLOB NOT NULL,             -- hash of the node.revoked event
  node TEXT NOT NULL,
  key TEXT NOT NULL,
  author TEXT NOT NULL,
  author_key TEXT NOT NULL,
  effective INTEGER NOT NULL,
  PRIMARY KEY (event, key)
) STRICT;
CREATE INDEX revocations_key ON revocations (key);

CREATE TABLE links (
  id INTEGER PRIMARY KEY,
  peer TEXT NOT NULL UNIQUE,
  open INTEGER NOT NULL,           -- 0 suspended or revoked: nothing is sent or taken
  nonce BLOB NOT NULL,
  peer_nonce BLOB NOT NULL,        -- empty until the peer echoed ours
  retired BLOB NOT NULL,           -- nonces of the peer that may not come back, 16 bytes each
  epoch BLOB NOT NULL,             -- empty until both nonces are known
  settled INTEGER NOT NULL,        -- our entries up to here are held by the peer
  settled_head BLOB NOT NULL,
  seen_serial INTEGER NOT NULL,    -- last receipt of the peer that we processed
  taken INTEGER NOT NULL,          -- its entries up to here are held by us
  taken_head BLOB NOT NULL,
  serial INTEGER NOT NULL,         -- our last receipt
  refused BLOB NOT NULL,           -- MessagePack [(number, reason, serial)] not yet settled
  answered INTEGER NOT NULL,       -- the peer has sent everything our survey lacked
  waived INTEGER NOT NULL,         -- a person decided not to wait for its answer
  last_contact INTEGER NOT NULL,
  drift INTEGER NOT NULL           -- its clock minus ours at the last contact, milliseconds
) STRICT;

CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,  -- positions of the sender outlive an empty outbox
  link INTEGER NOT NULL REFERENCES links (id),
  event INTEGER REFERENCES events (arrival),
  entry BLOB,                      -- hello, survey, refusal, answered
  queued_at INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_link ON outbox (link, id);
CREATE INDEX outbox_event ON outbox (event) WHERE event IS NOT NULL;

CREATE TABLE surveyed (            -- streams that a neighbour's running survey has named
  link INTEGER NOT NULL REFERENCES links (id),
  stream TEXT NOT NULL,
  PRIMARY KEY (link, stream)
) STRICT, WITHOUT ROWID;

CREATE TABLE refusals (
  event BLOB NOT NULL,
  author TEXT NOT NULL,
  by_node TEXT NOT NULL,           -- the neighbour that told us
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  settled INTEGER NOT NULL,        -- a person resent or dismissed it
  PRIMARY KEY (event, by_node)
) STRICT;

CREATE TABLE network_findings (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL,
  at INTEGER NOT NULL,
  UNIQUE (kind, subject, detail)
) STRICT;

CREATE TABLE local_facts (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

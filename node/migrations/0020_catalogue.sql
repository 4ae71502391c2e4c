-- 事项: every published version of every item that this node knows. A projection of `item/…` streams.

CREATE TABLE items (
  stream TEXT NOT NULL,
  version INTEGER NOT NULL,
  creator TEXT NOT NULL,           -- whose catalogue it is in
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  current INTEGER NOT NULL,        -- 1 for the version in force
  published_at INTEGER NOT NULL,   -- milliseconds UTC, the publisher's claim
  search TEXT NOT NULL,            -- folded names, aliases, code: one to a line
  summary BLOB NOT NULL,           -- JSON of schemas.items.ItemSummary
  body BLOB NOT NULL,              -- JSON of schemas.items.Item
  PRIMARY KEY (stream, version)
) STRICT;
CREATE INDEX items_current ON items (creator, code) WHERE current = 1;

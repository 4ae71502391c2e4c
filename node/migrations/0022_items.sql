-- 事项: every version and every end of every item that this node knows. A projection of `item/…`
-- streams. What is in force is asked for by the instant and by the releases held, and never stored.

DROP INDEX items_current;
ALTER TABLE items RENAME TO items_before;
CREATE TABLE items (
  stream TEXT NOT NULL,
  ord INTEGER NOT NULL,            -- order of versions and ends in the stream
  version INTEGER NOT NULL,        -- of an end: the version that ends
  ends TEXT,                       -- why it ends; null for a version
  creator TEXT NOT NULL,           -- whose catalogue it is in
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  effective_at INTEGER NOT NULL,   -- milliseconds UTC; 0: at once
  catalogue TEXT,                  -- the publisher's stream of releases
  release INTEGER NOT NULL,        -- the release that brings it; 0: none
  revision TEXT,                   -- the stream of the revision that was approved
  depth INTEGER NOT NULL,          -- the lowest tier that ever had a part in it: 0 the city
  successors TEXT NOT NULL,        -- codes, space between
  published_at INTEGER NOT NULL,   -- milliseconds UTC, the publisher's claim
  search TEXT NOT NULL,            -- folded names, aliases, code: one to a line
  summary BLOB NOT NULL,           -- JSON of schemas.items.ItemSummary
  body BLOB NOT NULL,              -- JSON of schemas.items.Item
  PRIMARY KEY (stream, ord)
) STRICT;
INSERT INTO items SELECT stream, version, version, NULL, creator, code, name, 0, NULL, 0, NULL, 3,
  '', published_at, search, summary, body FROM items_before;
DROP TABLE items_before;
CREATE INDEX items_code ON items (creator, code);
CREATE INDEX items_version ON items (stream, version) WHERE ends IS NULL;

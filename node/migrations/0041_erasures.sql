-- 销毁: which parts may never come back. By stream, so that no case destroys another's papers: a
-- part belongs to one case, whoever else may name it. Digests are 32 bytes; times milliseconds UTC.

DROP TABLE part_erasures;            -- of 0040, by digest alone; nothing ever wrote to it
CREATE TABLE part_erasures (
  id INTEGER PRIMARY KEY,
  stream TEXT NOT NULL,            -- the stream that names the part
  digest BLOB NOT NULL,
  held INTEGER NOT NULL,           -- 1 if the part was here when its erasure came
  file TEXT NOT NULL,              -- still to be removed; empty if there is none
  answered INTEGER NOT NULL,       -- 1 once this node's note says so, or if there is nothing to say
  at INTEGER NOT NULL,
  UNIQUE (stream, digest)
) STRICT;
CREATE INDEX part_erasures_file ON part_erasures (id) WHERE file <> '';
CREATE INDEX part_erasures_unanswered ON part_erasures (id) WHERE answered = 0;

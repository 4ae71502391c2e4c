-- 文书: what the notes say was issued; the serials, texts and PDFs are this node's own.

CREATE TABLE notices (
  stream TEXT NOT NULL,          -- of the note
  seq INTEGER NOT NULL,          -- of the event in it
  about TEXT NOT NULL,           -- the case's stream
  notice TEXT NOT NULL,
  number TEXT NOT NULL,
  code TEXT NOT NULL,
  case_seq INTEGER NOT NULL,     -- the event of the case that it tells of
  page BLOB NOT NULL,            -- digest of the page, a part of the case
  issuer TEXT NOT NULL,
  issued_at INTEGER NOT NULL,
  PRIMARY KEY (stream, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX notices_about ON notices (about, issued_at);
CREATE INDEX notices_code ON notices (code);

CREATE TABLE notice_serials (
  series TEXT NOT NULL,          -- the letter of this node's life, and the kind
  year INTEGER NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (series, year)
) STRICT, WITHOUT ROWID;

CREATE TABLE notice_texts (      -- kinds that have no row keep to the program's own text
  notice TEXT PRIMARY KEY,
  text TEXT NOT NULL,
  staff TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE notice_pdfs (       -- made once from a page, and kept: a reprint is the same bytes
  page BLOB PRIMARY KEY,
  pdf BLOB NOT NULL              -- digest of a part that no event names
) STRICT, WITHOUT ROWID;

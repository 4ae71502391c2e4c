-- 廉政提醒: which integrity risk was shown to whom, once for each person, case and step.
CREATE TABLE risk_showings (
    serial  INTEGER PRIMARY KEY,
    stream  TEXT NOT NULL,      -- the case
    seq     INTEGER NOT NULL,   -- of the case's last event then: at which step it stood
    staff   TEXT NOT NULL,
    item    TEXT NOT NULL,      -- the item's stream
    version INTEGER NOT NULL,
    stage   TEXT NOT NULL,
    risk    TEXT NOT NULL,      -- digest of what was shown
    at      INTEGER NOT NULL,
    UNIQUE (stream, seq, staff, risk)
) STRICT;

CREATE INDEX risk_showings_by_time ON risk_showings (at, serial);

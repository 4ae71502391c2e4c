-- 督办: what an order makes of a finding follows from the orders themselves; a mark is a note of a supervisor here.

DELETE FROM finding_marks WHERE order_stream IS NOT NULL;
ALTER TABLE finding_marks DROP COLUMN order_stream;

ALTER TABLE orders ADD COLUMN hands TEXT NOT NULL DEFAULT '';         -- who signed, replied or appealed, with a space between
ALTER TABLE orders ADD COLUMN said_at INTEGER NOT NULL DEFAULT 0;     -- when the issuer spoke last
ALTER TABLE orders ADD COLUMN delivered INTEGER NOT NULL DEFAULT 0;   -- whether that is known to have arrived
ALTER TABLE orders ADD COLUMN late_after TEXT NOT NULL DEFAULT '';    -- yyyy-mm-dd; empty: answered in time so far

-- What the new columns say of orders that were here before: as a fold of their events has it.
CREATE TEMP TABLE told AS
  SELECT s.name AS stream, e.seq, e.kind, e.node,
    json_extract(CAST(e.payload AS TEXT), '$.actor') AS actor,
    json_extract(CAST(e.payload AS TEXT), '$.at') AS at,
    date(json_extract(CAST(e.payload AS TEXT), '$.at') / 1000 + 28800, 'unixepoch') AS day,
    json_extract(CAST(e.payload AS TEXT), '$.data.reply_by') AS reply_by
  FROM events e JOIN streams s ON s.id = e.stream
  WHERE s.kind = 'order' AND e.verdict = 1;
UPDATE orders SET
  hands = (SELECT coalesce(group_concat(actor, ' '), '') FROM (
    SELECT actor FROM told t WHERE t.stream = orders.stream
      AND t.kind IN ('order.acknowledged', 'order.replied', 'order.appealed')
    GROUP BY actor ORDER BY min(seq))),
  said_at = (SELECT at FROM told t WHERE t.stream = orders.stream
    AND t.kind IN ('order.issued', 'order.sent_back', 'order.judged') ORDER BY seq DESC LIMIT 1),
  delivered = issuer = subject OR state NOT IN ('issued', 'sent_back', 'judged'),
  late_after = coalesce((
    SELECT until FROM (
      SELECT t.seq, t.kind, t.day,
        (SELECT d.reply_by FROM told d WHERE d.stream = t.stream AND d.seq < t.seq
          AND d.reply_by IS NOT NULL ORDER BY d.seq DESC LIMIT 1) AS until,
        (SELECT b.kind FROM told b WHERE b.stream = t.stream AND b.seq < t.seq
          AND b.kind LIKE 'order.%' ORDER BY b.seq DESC LIMIT 1) AS before
      FROM told t WHERE t.stream = orders.stream AND t.kind IN ('order.replied', 'order.judged'))
    WHERE (kind = 'order.replied' AND day > until)
      OR (kind = 'order.judged' AND before <> 'order.replied')
    ORDER BY seq LIMIT 1), '');
DROP TABLE told;

-- What orders made of findings, and what they add to the counts, is told anew.
INSERT OR REPLACE INTO follow_next (follower, stream, at)
  SELECT f.name, o.stream, 0 FROM followers f, orders o WHERE f.name IN ('orders', 'appraisal');

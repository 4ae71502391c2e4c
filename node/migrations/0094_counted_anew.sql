-- 考评: visits, opinions, ratings of voided cases, days of an unpublished calendar and cards are counted otherwise than before.

ALTER TABLE orders ADD COLUMN yellow INTEGER NOT NULL DEFAULT 0;  -- of its findings; the others have the order's own level

INSERT INTO follow_next            -- whatever is counted is looked at once more, behind everything else
  SELECT 'appraisal', s.name, 0 FROM streams s WHERE s.kind IN ('case', 'note', 'redress', 'order')
  AND EXISTS (SELECT 1 FROM followers f WHERE f.name = 'appraisal')
  ON CONFLICT (follower, stream) DO UPDATE SET at = min(at, 0);

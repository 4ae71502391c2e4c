-- 亮灯: by the book of rules of the place that a matter is of, as findings are, and where posts stood at any time.

ALTER TABLE open_cases ADD COLUMN matter_place TEXT NOT NULL DEFAULT '';  -- whose book of rules counts
UPDATE open_cases SET matter_place =
  coalesce((SELECT c.place FROM cases c WHERE c.stream = open_cases.stream), origin);

INSERT INTO follow_next            -- thresholds of items are looked up anew
  SELECT 'lights', s.name, 0 FROM streams s WHERE s.kind = 'rulebook'
  AND EXISTS (SELECT 1 FROM followers f WHERE f.name = 'lights')
  ON CONFLICT (follower, stream) DO UPDATE SET at = min(at, 0);

CREATE TABLE post_windows (        -- never deleted: at which window a post was on any day follows from it
  serial INTEGER PRIMARY KEY,
  post TEXT NOT NULL REFERENCES posts (id),
  window TEXT REFERENCES windows (id),
  from_at INTEGER NOT NULL         -- until the next of the same post
) STRICT;
CREATE INDEX post_windows_post ON post_windows (post);
INSERT INTO post_windows (post, window, from_at) SELECT id, window, 0 FROM posts;

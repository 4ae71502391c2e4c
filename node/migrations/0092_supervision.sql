-- 监察: what somebody was when he looked at an applicant's data, so that a later change of his post makes nothing of it.

ALTER TABLE person_views ADD COLUMN department TEXT;
ALTER TABLE person_views ADD COLUMN roles TEXT;  -- separated by spaces; null: his account was gone before this was kept
UPDATE person_views SET
  department = (SELECT s.department FROM staff s WHERE s.id = person_views.staff),
  roles = (SELECT s.roles FROM staff s WHERE s.id = person_views.staff);

ALTER TABLE applicants ADD COLUMN agent BLOB;    -- keyed hash of the agent's ID number; null: nobody acts for him, or unknown

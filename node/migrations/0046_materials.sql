-- 共享材料: an upload may be a copy of a paper that was verified in an earlier case.

ALTER TABLE uploads ADD COLUMN shared BLOB;  -- what it is a copy of, MessagePack; null for a scan

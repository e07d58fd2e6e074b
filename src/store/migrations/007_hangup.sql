-- Somebody in another shell wants this call ended: the process that makes it looks here.

ALTER TABLE attempts ADD COLUMN hangup_at INTEGER;
CREATE INDEX attempts_hangup ON attempts (run) WHERE hangup_at IS NOT NULL AND ended_at IS NULL;

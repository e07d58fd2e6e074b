-- How often a caller id has rung today is counted before each call.

CREATE INDEX attempts_caller_id ON attempts (caller_id, created_at);

-- A rehearsal that begins anew forgets, for the limits, what was rung before.

ALTER TABLE ledger ADD COLUMN afresh_at INTEGER;

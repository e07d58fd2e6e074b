-- What the provider charged, by its own ids: reading it again changes nothing.

CREATE TABLE charges (
    id         TEXT PRIMARY KEY,                -- the provider's id of the leg
    session    TEXT,                            -- the provider's id of the call
    at         INTEGER NOT NULL,                -- when the leg began
    calling    TEXT NOT NULL,
    called     TEXT NOT NULL,
    talked     INTEGER,                         -- seconds
    charged    INTEGER,                         -- seconds that were charged for
    direction  TEXT,                            -- the provider's word: mobile, local, national …
    per_minute INTEGER,                         -- in ten-thousandths, as `amount`
    amount     INTEGER,
    finish     TEXT,                            -- why it ended, in the provider's word
    attempt    INTEGER REFERENCES attempts (id) ON DELETE SET NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX charges_attempt ON charges (attempt) WHERE attempt IS NOT NULL;
CREATE INDEX charges_at ON charges (at);

-- The ledger of novodial. Times ending in _at are milliseconds since 1970 (UTC), times ending in
-- _ms count from the originate of the call or are lengths. Numbers are E.164.

PRAGMA application_id = 0x4E564F44; -- "NVOD"

-- One row: tells two ledgers on one Asterisk apart (application names must not collide).
CREATE TABLE ledger (tag TEXT NOT NULL);
INSERT INTO ledger (tag) VALUES (lower(hex(randomblob(3))));

-- One run of the program that may ring people; it owns an ARI application name.
CREATE TABLE runs (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    app        TEXT UNIQUE,
    pid        INTEGER NOT NULL,
    host       TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER
) STRICT;

CREATE TABLE campaigns (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL UNIQUE,
    source     TEXT NOT NULL,
    scenario   TEXT,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE leads (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    campaign   INTEGER NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
    number     TEXT NOT NULL,
    name       TEXT,
    fields     TEXT NOT NULL,
    line       INTEGER NOT NULL,
    state      TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'in_call', 'done', 'retry')),
    claimed_by INTEGER REFERENCES runs (id), -- the run that claimed it last
    tried_at   INTEGER,                      -- when its last dialled attempt ended
    UNIQUE (campaign, number)
) STRICT;
CREATE INDEX leads_waiting ON leads (campaign, line, id) WHERE state IN ('new', 'retry');
CREATE INDEX leads_in_call ON leads (number) WHERE state = 'in_call';

CREATE TABLE attempts (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    run         INTEGER NOT NULL REFERENCES runs (id),
    campaign    INTEGER REFERENCES campaigns (id) ON DELETE SET NULL,
    lead        INTEGER REFERENCES leads (id) ON DELETE SET NULL,
    ordinal     INTEGER NOT NULL,            -- the lead's first, second … attempt
    channel_id  TEXT NOT NULL UNIQUE,
    number      TEXT NOT NULL,
    caller_id   TEXT,
    trunk       TEXT,
    scenario    TEXT,
    created_at  INTEGER NOT NULL,
    dialled_at  INTEGER,
    ringing_at  INTEGER,
    answered_at INTEGER,
    ended_at    INTEGER,
    disposition TEXT,
    outcome     TEXT,
    cause       INTEGER,
    sip         INTEGER,
    hung_up_by  TEXT,
    error       TEXT,
    deleted_at  INTEGER,                     -- what was said has been deleted; the fact remains
    CHECK ((ended_at IS NULL) = (disposition IS NULL))
) STRICT;
-- Nobody is rung twice at once, whatever the campaign or the process.
CREATE UNIQUE INDEX attempts_open ON attempts (number) WHERE ended_at IS NULL;
CREATE INDEX attempts_number ON attempts (number, run);
CREATE INDEX attempts_run ON attempts (run);
CREATE INDEX attempts_lead ON attempts (lead);
CREATE INDEX attempts_campaign ON attempts (campaign);
CREATE INDEX attempts_created ON attempts (created_at);

-- What a finished attempt left behind.
CREATE TABLE calls (
    attempt   INTEGER PRIMARY KEY REFERENCES attempts (id) ON DELETE CASCADE,
    ring_ms   INTEGER,
    talk_ms   INTEGER,
    recording TEXT,
    data      TEXT
) STRICT;

CREATE TABLE turns (
    attempt     INTEGER NOT NULL REFERENCES attempts (id) ON DELETE CASCADE,
    seq         INTEGER NOT NULL,
    speaker     TEXT NOT NULL CHECK (speaker IN ('bot', 'callee')),
    text        TEXT NOT NULL,
    state       TEXT,
    intent      TEXT,
    at_ms       INTEGER NOT NULL,
    duration_ms INTEGER,
    latency_ms  INTEGER,
    cut_at_ms   INTEGER,
    PRIMARY KEY (attempt, seq)
) STRICT, WITHOUT ROWID;

-- The event log of a call: replays through the machine of a call.
CREATE TABLE events (
    id      INTEGER PRIMARY KEY,
    attempt INTEGER NOT NULL REFERENCES attempts (id) ON DELETE CASCADE,
    at_ms   INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    detail  TEXT
) STRICT;
CREATE INDEX events_attempt ON events (attempt);

CREATE TABLE do_not_call (
    number   TEXT PRIMARY KEY,
    reason   TEXT NOT NULL,
    attempt  INTEGER REFERENCES attempts (id) ON DELETE SET NULL,
    added_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

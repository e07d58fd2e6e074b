-- What the policy needs: leads with several numbers, terms of their own and a due time; campaigns
-- that are paused; where numbers live; what was decided.

ALTER TABLE campaigns ADD COLUMN state TEXT NOT NULL DEFAULT 'open'
    CHECK (state IN ('open', 'paused', 'cancelled'));
ALTER TABLE campaigns ADD COLUMN titles TEXT;   -- the columns of its list, a JSON array
ALTER TABLE campaigns ADD COLUMN settings TEXT; -- settings of its own, a JSON object
ALTER TABLE campaigns ADD COLUMN planned TEXT;  -- what `area`, `rank` and `due_at` were made with
ALTER TABLE campaigns ADD COLUMN imports INTEGER NOT NULL DEFAULT 0;

-- Leads that share their zones share their calling window; 0 stands for the default zone.
CREATE TABLE areas (
    id    INTEGER PRIMARY KEY,
    zones TEXT NOT NULL UNIQUE                  -- names separated by spaces
) STRICT;
INSERT INTO areas (id, zones) VALUES (0, '');

CREATE TABLE leads_with_terms (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    campaign       INTEGER NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
    number         TEXT NOT NULL,
    extension      TEXT NOT NULL DEFAULT '',    -- two desks behind one number are two leads
    alternates     TEXT,                        -- a JSON array of numbers with extensions
    name           TEXT,
    fields         TEXT NOT NULL,
    terms          TEXT NOT NULL DEFAULT '{}',  -- the reserved columns
    line           INTEGER NOT NULL,
    import         INTEGER NOT NULL DEFAULT 0,  -- the import that saw it last
    added_at       INTEGER NOT NULL,
    state          TEXT NOT NULL DEFAULT 'new'
        CHECK (state IN ('new', 'in_call', 'done', 'retry')),
    claimed_by     INTEGER REFERENCES runs (id), -- the run that claimed it last
    claimed_number TEXT,                        -- which of its numbers that run rings
    tried_at       INTEGER,                     -- when its last dialled attempt ended
    area           INTEGER NOT NULL DEFAULT 0 REFERENCES areas (id),
    rank           INTEGER NOT NULL DEFAULT 0,  -- its place in the queue, the lowest first
    due_at         INTEGER,                     -- not before; NULL: as soon as its window is open
    why            TEXT,                        -- what `due_at` waits for, or why it is done
    promised_at    INTEGER,                     -- the hour that the callee was promised
    UNIQUE (campaign, number, extension)
) STRICT;
INSERT INTO leads_with_terms (id, campaign, number, name, fields, line, added_at, state, claimed_by,
                              claimed_number, tried_at, rank)
    SELECT l.id, l.campaign, l.number, l.name, l.fields, l.line, c.created_at, l.state, l.claimed_by,
           iif(l.state = 'in_call', l.number, NULL), l.tried_at, c.created_at
    FROM leads l JOIN campaigns c ON c.id = l.campaign;
DROP TABLE leads;
ALTER TABLE leads_with_terms RENAME TO leads;
CREATE INDEX leads_ready ON leads (campaign, area, rank, line)
    WHERE state IN ('new', 'retry') AND due_at IS NULL;
CREATE INDEX leads_due ON leads (campaign, due_at, rank)
    WHERE state IN ('new', 'retry') AND due_at IS NOT NULL;
CREATE INDEX leads_promised ON leads (campaign, due_at)
    WHERE state IN ('new', 'retry') AND promised_at IS NOT NULL;
CREATE INDEX leads_in_call ON leads (claimed_number) WHERE state = 'in_call';

ALTER TABLE attempts ADD COLUMN extension TEXT;
ALTER TABLE attempts ADD COLUMN call_back_at INTEGER; -- what the dialogue promised
ALTER TABLE attempts ADD COLUMN cost INTEGER;         -- in ten-thousandths of the tariff's currency
DROP INDEX attempts_number;
CREATE INDEX attempts_number ON attempts (number, created_at);

-- Ranges of the numbering plan, ten digits each, from the regulator's register.
CREATE TABLE numbering (
    first  INTEGER PRIMARY KEY,
    last   INTEGER NOT NULL,
    region TEXT NOT NULL
) STRICT;
CREATE TABLE numbering_files (
    name        TEXT PRIMARY KEY,
    imported_at INTEGER NOT NULL,
    ranges      INTEGER NOT NULL
) STRICT;

-- What a person did to a campaign: made, imported, paused, resumed, cancelled, a rule overridden.
CREATE TABLE campaign_events (
    id       INTEGER PRIMARY KEY,
    campaign INTEGER NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
    at       INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    detail   TEXT
) STRICT;
CREATE INDEX campaign_events_campaign ON campaign_events (campaign);

-- The numbers of one lead need not live in one place: the window must hold for the one that is rung.
-- A JSON object of areas by number; NULL: all of them live in `area`, which from now on is the area
-- of the number that comes next.

ALTER TABLE leads ADD COLUMN areas TEXT;
-- Lists that were planned without it are planned anew by their next run.
UPDATE campaigns SET planned = NULL;

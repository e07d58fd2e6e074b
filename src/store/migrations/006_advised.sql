-- Who understood a turn of the callee: 1 where a model did, since the rules found nothing.

ALTER TABLE turns ADD COLUMN advised INTEGER NOT NULL DEFAULT 0;

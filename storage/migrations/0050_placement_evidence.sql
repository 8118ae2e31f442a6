-- The entries with a placement's beginning and end, so that its digest can be worked out again.
ALTER TABLE placement ADD COLUMN evidence INTEGER;
ALTER TABLE placement ADD COLUMN ended_by INTEGER;
CREATE INDEX placement_evidence ON placement(evidence);
CREATE INDEX placement_ended_by ON placement(ended_by);

CREATE TRIGGER placement_begins AFTER INSERT ON placement
WHEN NEW.until IS NOT NULL OR NEW.ended_by IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a placement is on record before it ends'); END;
CREATE TRIGGER placement_ends BEFORE UPDATE ON placement
WHEN OLD.until IS NOT NULL OR NEW.until IS NULL OR NEW.ended_by IS NULL
  OR NEW.source IS NOT OLD.source OR NEW.since IS NOT OLD.since OR NEW.tenant IS NOT OLD.tenant
  OR NEW.observer IS NOT OLD.observer OR NEW.node IS NOT OLD.node
  OR NEW.evidence IS NOT OLD.evidence
BEGIN SELECT RAISE(ABORT, 'a placement on record is only ended'); END;
CREATE TRIGGER placement_no_delete BEFORE DELETE ON placement
BEGIN SELECT RAISE(ABORT, 'a placement on record is never deleted'); END;

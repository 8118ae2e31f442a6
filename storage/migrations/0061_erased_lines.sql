-- A line of an incident's timeline may be emptied when its time is over, and nothing else of it.
DROP TRIGGER incident_entry_no_update;
CREATE TRIGGER incident_entry_no_update BEFORE UPDATE ON incident_entry
WHEN NEW.text <> '' OR NEW.words <> '[]'
  OR NEW.id IS NOT OLD.id OR NEW.incident IS NOT OLD.incident OR NEW.at IS NOT OLD.at
  OR NEW.kind IS NOT OLD.kind OR NEW.account IS NOT OLD.account
  OR NEW.corrects IS NOT OLD.corrects OR NEW.evidence IS NOT OLD.evidence
BEGIN SELECT RAISE(ABORT, 'a timeline entry is corrected by another, never changed'); END;

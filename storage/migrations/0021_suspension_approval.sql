-- Whose agreement a case waits for, and whose case it is: each console asks at every change.
ALTER TABLE suspension ADD COLUMN awaits TEXT NOT NULL DEFAULT '';
ALTER TABLE suspension ADD COLUMN opened_by TEXT NOT NULL DEFAULT '';
CREATE INDEX suspension_awaits ON suspension(awaits) WHERE awaits <> '';

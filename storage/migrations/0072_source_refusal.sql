-- Why a source gives nothing although somebody answers: its token, or its certificate.
ALTER TABLE source ADD COLUMN refusal TEXT NOT NULL DEFAULT '';

-- How a means on a guest is known to work: `asked` of the client, `configured` and not seen to work,
-- `read-back` at every level it depends on, or seen by a `probe`; and what keeps it from being seen.
ALTER TABLE suspension_step ADD COLUMN proof TEXT;
ALTER TABLE suspension_step ADD COLUMN doubt TEXT;

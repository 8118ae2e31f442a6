-- The client's address by post, in one line; NULL where the register has none.
ALTER TABLE tenant ADD COLUMN postal_address TEXT;

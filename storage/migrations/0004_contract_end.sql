-- R28: the letter that ends a contract, and the client's word that it has its data.
ALTER TABLE tenant ADD COLUMN notice_given TEXT;
ALTER TABLE tenant ADD COLUMN data_confirmed TEXT;

-- How a doubt of the contract is read: of a contract of adhesion for the client, of one that was
-- negotiated for the hoster. `excluded` is the excluded time of a month's base in microseconds; NULL
-- in figures from before it was kept, which are worked out anew.
ALTER TABLE tenant ADD COLUMN negotiated INTEGER;
ALTER TABLE month_figure ADD COLUMN excluded INTEGER;
ALTER TABLE month_figure ADD COLUMN negotiated INTEGER NOT NULL DEFAULT 0;

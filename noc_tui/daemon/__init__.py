"""`nocd`: the only holder of tokens, the only writer of the database."""

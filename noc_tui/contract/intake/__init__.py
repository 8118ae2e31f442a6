"""What a desk receives: mails and reports, read down to the matter and what they say of it."""

"""The backup server's API: its own credentials, and its own way to say no."""

"""The program: what it opens, which services it runs, from start to stop."""

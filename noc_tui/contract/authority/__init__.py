"""Orders and reports of authorities (R37): kinds, deadlines, secrecy, and their events."""

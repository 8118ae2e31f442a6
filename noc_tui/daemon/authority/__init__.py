"""Orders of authorities, and the sealed part of the daemon: what is secret, and who sees it.

The services of suspensions run twice: over the database, and, sealed, over the file that `nocd`
alone reads. An order that is secret and its suspensions live in the second until a lead publishes
them. Nothing of the second is told, mailed, logged or counted where others read.
"""

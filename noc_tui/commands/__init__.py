"""One module a command of `noc-tui`, imported only when it is the one that was called."""

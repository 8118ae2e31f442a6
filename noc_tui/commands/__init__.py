"""One module per command of `noc-tui`, imported when the command is called."""

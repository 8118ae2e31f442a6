"""The checks of `noc-tui doctor` that only the holder of the tokens can make."""

"""The legal registers."""

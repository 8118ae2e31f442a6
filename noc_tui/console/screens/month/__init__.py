"""The end of a month: what is open, closing it, its papers."""

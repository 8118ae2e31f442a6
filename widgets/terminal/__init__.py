"""A terminal's picture, and the least bytes that change one picture into the next."""

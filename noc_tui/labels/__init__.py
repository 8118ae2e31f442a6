"""Words, glyphs and tones for states and values, in French and English."""

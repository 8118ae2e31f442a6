"""The frame of every screen: header, footer, palette, help, themes."""

"""What frames every screen: header, footer, palette, help, themes."""

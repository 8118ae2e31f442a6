"""Modal dialogs: each is awaited and returns a typed answer."""

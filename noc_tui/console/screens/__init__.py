"""One module a screen, its style beside it; opened through `noc_tui.console.modes`."""

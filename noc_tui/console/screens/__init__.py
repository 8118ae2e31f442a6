"""One package per subject, with its style; opened through `noc_tui.console.modes`."""

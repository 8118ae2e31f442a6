"""The alert rules, a module each; `noc_tui.alerts.rules` lists them."""

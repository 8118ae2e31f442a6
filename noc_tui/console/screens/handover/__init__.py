"""The shift handover, its notes and rota, and earlier handovers."""

"""What accounting knows of an invoice, and what follows from it. Pure."""

"""Evidence that leaves the machine: packs of a case with their own verifier."""

"""What one shift hands to the next: read, built and compared."""

"""Pages on which everything in the knowledge can be read."""

"""Dates of what is owed, worked out from the numbers of the knowledge. Pure."""

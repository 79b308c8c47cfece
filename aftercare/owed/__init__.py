"""Promises to a person, worked out from one value of their state. Pure."""

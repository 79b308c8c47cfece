"""Bringing in records from outside."""

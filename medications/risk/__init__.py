"""Overdose risk, and what cannot wait."""

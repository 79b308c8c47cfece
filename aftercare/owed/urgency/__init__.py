"""Urgency: the factors of one person in the order of danger, and what they say. Pure."""

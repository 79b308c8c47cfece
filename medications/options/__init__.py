"""Options weighed for one person: where each stands, why, and what would change it."""

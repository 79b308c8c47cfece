"""Events of people in care: which are in force, what they open, what the record tells."""

"""History of one person, from the rows of every app, newest first and in words."""

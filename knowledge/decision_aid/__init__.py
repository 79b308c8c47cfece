"""The decision aid: words, numbers and columns that a person reads."""

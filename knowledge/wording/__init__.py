"""Words for days, amounts and lists, the same on every surface. Pure."""

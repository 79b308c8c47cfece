"""Settings of a clinic: its panels, what a change moves, its days, its certificates."""

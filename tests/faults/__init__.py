"""The catalogue of faults: what proves each case, and a live site to kill and race."""

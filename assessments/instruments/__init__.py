"""Instruments: declared once each, scored by one machine, free of Django."""

"""Instruments: items, bands and wording as data, and how answers are read and scored."""

"""Speed of the pages and the engine, beside a bare view and the SQL alone.

Everything is measured in one run on one machine, so that the ratios hold anywhere.
"""

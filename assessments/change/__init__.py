"""Change that counts: what is compared, with what, and how much is enough (A19).

Pure: no Django, no clock. Every figure stands in knowledge/change.toml with its source.
"""

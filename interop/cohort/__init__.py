"""People of three trials (CTN-0094 public data) as people in care.

The trials give days relative to consent, never dates: every date here is a nominal
one, `NOMINAL_CONSENT` plus the day. Nobody is given a name; each has a pseudonym.
"""

"""Rehearsal of aftercare: invented people go through invented years, week by week, and
what they are owed is reckoned by the code that reckons it in the clinic.

Nothing is stored: the promises (`aftercare.owed`) and the reckoning of rows
(`aftercare.actions.reconcile`) work on values, which is what is rehearsed here. What the
database and the workers add is played in `tests/faults` and measured in `devtools.bench`.
"""

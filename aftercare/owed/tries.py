"""Days of the next try after a try that reached nobody. Pure.

The rungs are those of a missed visit (reference J5), counted from the day that was
owed: that day is day 1.
"""

from datetime import date, timedelta

from knowledge.schedule.standing import referral_steps
from knowledge.schedule.steps import rungs

# In the key of what is owed from the call to the first dose.
OF_REFERRAL = ":referral:"


def ladder_day(owed_on: date, on: date) -> int:
    """Day 1 is the day that was owed; never less."""
    return max((on - owed_on).days + 1, 1)


def rung_on(owed_on: date, on: date) -> int:
    """The place of the rung that stands for this day."""
    day = ladder_day(owed_on, on)
    return max(place for place, rung in enumerate(rungs()) if rung.day <= day)


def next_try(owed_on: date, tried_on: date) -> date:
    """The day of the rung after a try; after the last one, each day until it is closed."""
    tomorrow = tried_on + timedelta(days=1)
    later = [owed_on + timedelta(days=rung.day - 1) for rung in rungs()]
    return next((day for day in later if day >= tomorrow), tomorrow)


def next_try_after_referral(referred_on: date, tried_on: date) -> date:
    """The next of the days on which somebody who was referred is tried (reference J0)."""
    days = (referred_on + timedelta(days=day) for day in referral_steps().tries.all())
    return next(day for day in days if day > tried_on)

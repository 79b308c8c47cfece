"""Rows of a file: one person's standings, medication by medication. No Django.

Other processes do this work, and start without the site's settings.
"""

from collections.abc import Iterator
from typing import NamedTuple

from assessments.picture import Picture
from knowledge.medicines import medicines
from knowledge.policy import Policy
from medications.options.evaluate import evaluate
from medications.options.headline import first_reason
from medications.options.model import Option

MISSING_NAMED = 3


class BatchRow(NamedTuple):
    """One medication for one person, ready for a file."""

    person: int
    mrn: str
    medication: str
    standing: str
    if_answers_are_clear: str
    rank: str
    reason: str
    rule: str
    missing: str
    before_first_dose: str
    earliest: str


class BatchPerson(NamedTuple):
    """One person to weigh, in a form that another process can take."""

    pk: int
    mrn: str
    picture: Picture
    policy: Policy


def weighed(people: list[BatchPerson]) -> list[list[BatchRow]]:
    """The lines of each of several people."""
    return [list(lines_of(person)) for person in people]


def lines_of(person: BatchPerson) -> Iterator[BatchRow]:
    """One line for each main medication."""
    options = evaluate(person.picture, policy=person.policy)
    for key in medicines().weighed:
        yield _line(person, options.option(key))


def _line(person: BatchPerson, option: Option) -> BatchRow:
    reason, rule = first_reason(option)
    asked = [item.label for item in option.missing if item.holds]
    return BatchRow(
        person=person.pk,
        mrn=person.mrn,
        medication=medicines().titles[option.medication],
        standing=option.standing.value,
        if_answers_are_clear=option.otherwise.value,
        rank=str(option.rank or ""),
        reason=reason,
        rule=rule,
        missing="; ".join(asked[:MISSING_NAMED]),
        before_first_dose="; ".join(a.text for a in option.actions if a.blocking),
        earliest=option.earliest.isoformat() if option.earliest else "",
    )

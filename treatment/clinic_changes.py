"""People whose medicine a change of their clinic's settings touches."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.db.models import Q

from accounts.clinic_settings.consequences import SettingsChange, counted, register
from accounts.models import Clinic
from knowledge.medicines import Form, medicines
from knowledge.wording.dates import day_named
from treatment.actions.programs import PROGRAM_ONLY
from treatment.models import Regimen

# Depots of buprenorphine stand under a REMS.
UNDER_REMS = "buprenorphine"
# Closed days ahead for which take-home doses are counted.
NAMED = 5


def foretell(change: SettingsChange) -> Iterator[str]:
    """How many people take what the clinic would no longer give, or need it to take home."""
    clinic, on = change.clinic, change.on
    if change.becomes("is_otp") is False:
        yield "Nobody orders, starts or gives methadone here any more."
        yield from counted(
            _taking(clinic, on, _methadone()),
            "person takes methadone here and has to be received by a program first.",
            "people take methadone here and have to be received by a program first.",
        )
    if change.becomes("is_otp") is True:
        yield "Methadone may be ordered and given here."
    if change.becomes("is_rems_certified") is False:
        yield from counted(
            _taking(clinic, on, _depots()),
            "person has a depot injection here that is not given any more.",
            "people have depot injections here that are not given any more.",
        )
    if change.moves_days:
        yield from _take_home(change)


def _take_home(change: SettingsChange) -> Iterator[str]:
    """Doses for days that were open: the next of them, each with its own number."""
    if not change.clinic.is_otp:
        return
    last = date(change.on.year + 1, change.on.month, 1)
    closed = [
        day
        for day in change.days_after.closed_between(change.on, last)
        if change.days_before.is_open(day)
    ]
    for day in closed[:NAMED]:
        said = day_named(day, change.on)
        yield from counted(
            _taking(change.clinic, day, _methadone()),
            f"take-home dose to prepare for {said}.",
            f"take-home doses to prepare for {said}.",
        )


def _methadone() -> list[str]:
    return [one.key for one in medicines() if one.ingredient == PROGRAM_ONLY]


def _depots() -> list[str]:
    return [
        one.key
        for one in medicines()
        if one.form is Form.DEPOT and one.ingredient == UNDER_REMS
    ]


def _taking(clinic: Clinic, on: date, keys: Iterable[str]) -> int:
    taken = Regimen.objects.filter(
        Q(stopped_on=None) | Q(stopped_on__gt=on),
        clinic=clinic,
        medication__in=list(keys),
        started_on__lte=on,
    )
    return taken.values("patient").distinct().count()


def register_consequences() -> None:
    register("treatment", foretell=foretell)

"""Dose log and toxicology of one person as read by pages that show a course."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from knowledge.medicines import medicines
from treatment.models import DoseEvent, ToxicologyResult
from treatment.queries import TAKEN

KINDS = dict(DoseEvent.Kind.choices)
MISSED = DoseEvent.Kind.MISSED


class LoggedDose(NamedTuple):
    """One entry of the dose log."""

    medication: str
    kind: str
    on: date
    at: datetime | None
    amount_mg: Decimal | None

    @property
    def is_taken(self) -> bool:
        """Whether the medicine was given or handed out; an order alone is neither."""
        return self.kind in TAKEN

    @property
    def name(self) -> str:
        return medicines()[self.medication].full

    @property
    def kind_words(self) -> str:
        return str(KINDS[self.kind]).lower()


def doses_until(patient_id: int, day: date, *, most: int) -> list[LoggedDose]:
    """The last entries up to a day, the latest first; orders for later are left out."""
    rows = DoseEvent.objects.filter(patient=patient_id, on__lte=day)
    rows = rows.order_by("-on", "-pk")[:most]
    return [LoggedDose(*row) for row in rows.values_list(*LoggedDose._fields)]


def last_taken_on(doses: Sequence[LoggedDose], medication: str) -> date | None:
    """The last day on which a medicine was taken, by entries with the latest first."""
    taken = (d.on for d in doses if d.is_taken and d.medication == medication)
    return next(taken, None)


def last_day_taken(patient_id: int, medication: str, day: date) -> date | None:
    """The last day up to this one on which a medicine was taken; one statement."""
    taken = DoseEvent.objects.filter(
        patient=patient_id, medication=medication, kind__in=TAKEN, on__lte=day
    )
    return taken.order_by("-on").values_list("on", flat=True).first()


def days_given(
    patient_id: int, medicines: Iterable[str], *, since: date, until: date
) -> list[date]:
    """The days on which one of these medicines was given here, the first one first."""
    given = DoseEvent.objects.filter(
        patient=patient_id,
        medication__in=list(medicines),
        kind=DoseEvent.Kind.ADMINISTERED,
        on__range=(since, until),
    )
    return list(given.order_by("on", "pk").values_list("on", flat=True))


class LoggedFinding(NamedTuple):
    """One analyte that a specimen held."""

    collected_at: datetime
    analyte: str


def analytes_found(patient_id: int, *, most: int) -> list[LoggedFinding]:
    """What the last specimens held, the latest first."""
    rows = ToxicologyResult.objects.filter(
        patient=patient_id, result=ToxicologyResult.Result.POSITIVE
    ).order_by("-collected_at", "pk")[:most]
    return [LoggedFinding(*row) for row in rows.values_list(*LoggedFinding._fields)]

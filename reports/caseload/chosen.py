"""People chosen on the caseload: rows that were ticked, or everybody a filter shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from accounts.access import Acting
from accounts.tenancy import clinic_day
from aftercare.record.covers import covers_of
from knowledge.schedule.hands import hand_rules
from patients.models import Patient
from reports.caseload.asked import asked_in
from reports.caseload.rows import chosen_by

DIGITS = 18


@dataclass(frozen=True, slots=True)
class ChosenPeople:
    """Who was chosen, by name; too many at once are nobody."""

    people: tuple[Patient, ...]
    most: int
    is_too_many: bool = False

    @property
    def ids(self) -> list[int]:
        return [one.pk for one in self.people]

    @property
    def field(self) -> str:
        """As a form carries it."""
        return ",".join(map(str, self.ids))

    @property
    def words(self) -> str:
        return people_words(len(self.people))


def people_words(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def chosen_in(acting: Acting, told: QueryDict, *, at: datetime) -> ChosenPeople:
    """By their rows; `all` takes the filter, however many pages it has."""
    most = hand_rules().number("most_at_once")
    if told.get("all"):
        on = clinic_day(acting.clinic, at)
        covers = covers_of(acting.staff.pk, acting.clinic.pk, on=on)
        ids = chosen_by(acting, asked_in(told), at=at, covers=covers, most=most)
    else:
        ids = ids_in(told.getlist("people"))
    if len(ids) > most:
        return ChosenPeople((), most, is_too_many=True)
    return ChosenPeople(tuple(people_of(acting, ids)), most)


def ids_in(told: Iterable[str]) -> list[int]:
    """Numbers of rows, each once; what is none is left out."""
    found = (one for several in told for one in several.split(","))
    return list(
        dict.fromkeys(
            int(one)
            for one in found
            if one.isascii() and one.isdigit() and len(one) <= DIGITS
        )
    )


def people_of(acting: Acting, ids: Iterable[int]) -> Iterable[Patient]:
    """Those of this clinic, by name; nobody else's rows are found."""
    rows = Patient.objects.visible_to(acting).filter(pk__in=list(ids))
    alive = rows.exclude(status=Patient.Status.DECEASED)
    return alive.order_by("sort_name", "pk")

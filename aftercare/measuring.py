"""What is known of a person that says which instruments are due."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from accounts.tenancy import clinic_day
from aftercare.models import FollowUp
from assessments.instruments import occasions
from assessments.instruments.occasions import Due, Event, Known
from assessments.instruments.titles import short_title
from assessments.models import Assessment, Concern, IntakeAnswer
from assessments.used import Answered, told_by_rows
from medications.models import Regimen
from patients.models import Patient

MEASURES = "measures"
PAIN, OPIOID_DAYS = "pain", "opioid_days"
USE = ("opioids_used", "opioid_use")
Occasion = FollowUp.Occasion


@dataclass(frozen=True, slots=True)
class Progress:
    """Of one follow-up's instruments: which were given in its window, which are left."""

    given: tuple[str, ...]
    left: tuple[str, ...]

    @property
    def is_done(self) -> bool:
        return bool(self.given) and not self.left


def known_of(patient: Patient, *, on: date, events: Iterable[Event] = ()) -> Known:
    """In four queries. An instrument counts as given once it is complete."""
    last_given: dict[str, date] = {}
    last_total: dict[str, float] = {}
    rows = Assessment.objects.in_force().filter(patient=patient)
    complete = rows.filter(status=Assessment.Status.COMPLETE).order_by("given_at", "pk")
    for key, at, total in complete.values_list("instrument", "given_at", "total"):
        last_given[key] = clinic_day(patient.clinic, at)
        if total is not None:
            last_total[key] = float(total)
    said = _said(patient)
    return Known(
        last_given=last_given,
        last_total=last_total,
        started_on=_started(patient, on),
        has_pain=_has_pain(said, last_total),
        uses_now=_uses_now(said),
        needs_screen=_needs_screen(patient),
        events=tuple(events),
    )


def _started(patient: Patient, on: date) -> date | None:
    """The first day of the medicine that is taken now."""
    running = Regimen.objects.filter(
        patient=patient, started_on__lte=on, stopped_on=None
    )
    return running.order_by("-started_on").values_list("started_on", flat=True).first()


def _said(patient: Patient) -> dict[str, Answered]:
    """The newest known answers of any intake on pain and use."""
    rows = IntakeAnswer.objects.filter(
        patient=patient, question__in=(PAIN, *USE), is_known=True
    )
    newest = rows.order_by("answered_at", "pk")
    return {
        question: Answered(value, at)
        for question, value, at in newest.values_list(
            "question", "value", "answered_at"
        )
    }


def _has_pain(
    said: Mapping[str, Answered], last_total: Mapping[str, float]
) -> bool | None:
    if last_total.get("peg"):
        return True
    answer = said.get(PAIN)
    return bool(answer.names) if answer is not None else None


def _uses_now(said: Mapping[str, Answered]) -> bool | None:
    """Any opioid in the past 30 days, as the list of substances tells it."""
    told = {fact: value for fact, value, _ in told_by_rows(said)}
    days = told.get(OPIOID_DAYS)
    return days > 0 if isinstance(days, int | float) else None


def _needs_screen(patient: Patient) -> bool:
    return (
        Concern.objects.open()
        .for_safety()
        .filter(patient=patient, level=Concern.Level.UNSCREENED)
        .exists()
    )


def due_of(patient: Patient, *, on: date) -> tuple[Due, ...]:
    """Every instrument that is due for a person on a day."""
    return occasions.measures_due(known_of(patient, on=on), on=on)


def instruments_of(follow_up: FollowUp, known: Known) -> tuple[str, ...]:
    """What a follow-up of measures asks for; nothing where staff chose its words."""
    asked: dict[str, tuple[str, ...]] = {
        Occasion.FIRST_WEEKS: occasions.first_weeks(known),
        Occasion.EVERY_90_DAYS: occasions.every_90_days(known),
        Occasion.YEARLY: occasions.yearly(),
    }
    return asked.get(follow_up.occasion, ())


@dataclass(frozen=True, slots=True)
class Owed:
    """What of one follow-up of measures was given, what is left, and by which keys."""

    given: str
    left: str
    keys: str
    first: str
    then: str


def owed_measures(
    patient: Patient, follow_ups: Iterable[FollowUp], *, on: date
) -> dict[int, Owed]:
    """Of those whose window has opened, by follow-up; no query where there is none."""
    opened = [
        one for one in follow_ups if one.kind == MEASURES and one.earliest_on <= on
    ]
    if not opened:
        return {}
    known = known_of(patient, on=on)
    due = tuple(one.instrument for one in occasions.measures_due(known, on=on))
    return {one.pk: _owed(one, known, due) for one in opened}


def _owed(follow_up: FollowUp, known: Known, due: tuple[str, ...]) -> Owed:
    """Where staff chose the words, whatever is due is left."""
    progress = progress_of(follow_up, known)
    left = progress.left if follow_up.occasion else due
    return Owed(
        given=_listed(progress.given),
        left=_listed(left),
        keys=",".join(left),
        first=left[0] if left else "",
        then=",".join(left[1:]),
    )


def _listed(keys: tuple[str, ...]) -> str:
    return ", ".join(short_title(key) for key in keys)


def progress_of(follow_up: FollowUp, known: Known) -> Progress:
    """What of it was given since its window opened."""
    asked = instruments_of(follow_up, known)
    opens = follow_up.earliest_on
    given = tuple(i for i in asked if known.given_since(i, opens))
    return Progress(given, tuple(i for i in asked if i not in given))

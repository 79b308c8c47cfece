"""Measures due of a person, from what the record knows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from accounts.tenancy import clinic_day
from aftercare.models import FollowUp
from assessments.models import Concern
from assessments.picture import KnownFact
from assessments.picture.assemble import subject_of
from assessments.picture.sources import Subject
from assessments.scores import occasions
from assessments.scores.occasions import Due, Event, Known
from assessments.scores.points import last_complete
from knowledge.instruments.titles import short_title
from patients.models import Patient
from treatment.current import treatment_of

MEASURES = "measures"
PAIN, OPIOID_DAYS = "pain", "opioid_days"
Occasion = FollowUp.Occasion


@dataclass(frozen=True, slots=True)
class MeasuresProgress:
    """Of one follow-up's instruments: which were given in its window, which are left."""

    given: tuple[str, ...]
    left: tuple[str, ...]

    @property
    def is_done(self) -> bool:
        return bool(self.given) and not self.left


def known_of(
    patient: Patient,
    *,
    on: date,
    events: Iterable[Event] = (),
    subject: Subject | None = None,
    concerns: Iterable[Concern] | None = None,
) -> Known:
    """In few queries; `subject` is what was told, `concerns` those that are open, where
    a page has them already.

    An instrument counts as given once it is complete.
    """
    given = last_complete(patient)
    last_total = {key: one.total for key, one in given.items() if one.total is not None}
    facts = subject.facts if subject else _facts(patient, on)
    main = treatment_of(patient.pk, on=on).main
    return Known(
        last_given={
            key: clinic_day(patient.clinic, one.at) for key, one in given.items()
        },
        last_total=last_total,
        started_on=main.started_on if main else None,
        has_pain=True if last_total.get("peg") else _has_pain(facts),
        uses_now=_uses_now(facts),
        needs_screen=_needs_screen(patient) if concerns is None else _asks(concerns),
        events=tuple(events),
    )


def _facts(patient: Patient, on: date) -> Mapping[str, KnownFact]:
    """What the record and answers say at the end of a day."""
    ends = datetime.combine(on, time.max, tzinfo=ZoneInfo(patient.clinic.time_zone))
    return subject_of(patient, at=ends, only=("record", "answers")).facts


def _has_pain(facts: Mapping[str, KnownFact]) -> bool | None:
    known = facts.get(PAIN)
    return None if known is None else bool(known.value)


def _uses_now(facts: Mapping[str, KnownFact]) -> bool | None:
    """Any opioid in the past 30 days."""
    known = facts.get(OPIOID_DAYS)
    return None if known is None else bool(known.value)


def _asks(concerns: Iterable[Concern]) -> bool:
    """Whether one of them waits for the screener."""
    return any(
        one.kind == Concern.Kind.SUICIDE_RISK and one.level == Concern.Level.UNSCREENED
        for one in concerns
    )


def _needs_screen(patient: Patient) -> bool:
    return (
        Concern.objects.open()
        .for_safety()
        .filter(patient=patient, level=Concern.Level.UNSCREENED)
        .exists()
    )


def due_of(
    patient: Patient, *, on: date, subject: Subject | None = None
) -> tuple[Due, ...]:
    """Every instrument that is due for a person on a day."""
    return occasions.measures_due(known_of(patient, on=on, subject=subject), on=on)


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
    patient: Patient,
    follow_ups: Iterable[FollowUp],
    *,
    on: date,
    subject: Subject | None = None,
    concerns: Iterable[Concern] | None = None,
) -> dict[int, Owed]:
    """Of those whose window has opened, by follow-up; no query where there is none."""
    opened = [
        one for one in follow_ups if one.kind == MEASURES and one.earliest_on <= on
    ]
    if not opened:
        return {}
    known = known_of(patient, on=on, subject=subject, concerns=concerns)
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


def progress_of(follow_up: FollowUp, known: Known) -> MeasuresProgress:
    """What of it was given since its window opened."""
    asked = instruments_of(follow_up, known)
    opens = follow_up.earliest_on
    given = tuple(i for i in asked if known.given_since(i, opens))
    return MeasuresProgress(given, tuple(i for i in asked if i not in given))

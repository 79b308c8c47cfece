"""Other places of the demo: a directory, and loops at each stage."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from random import Random

from aftercare.actions.message_wishes import agree_to_messages, may_write_to
from aftercare.actions.referrals import StepTold, keep_place, record_step, refer
from aftercare.models import CarePlace, CareReferral
from devtools.demo.consents import Event
from devtools.demo.content import Stage
from devtools.demo.telling import Telling
from knowledge.schedule.loops import LoopStage
from knowledge.schedule.messages import MessageKind
from patients.actions.health import end_entry, list_entry
from patients.models import ContactPoint, Patient

DAY = timedelta(days=1)
type Loop = tuple[str, str, tuple[tuple[str, int, str], ...]]
# Invented places: name, kind, whether medicine is welcome, languages, wait, usual days.
PLACES = (
    ("Oak Street Housing", "housing", "welcome", "English, Spanish", "3 weeks", 5),
    ("Riverside Rooms", "housing", "welcome", "English", "none", 3),
    ("Clean Start House", "housing", "refused", "English", "none", 2),
    ("County Legal Aid", "legal", "unknown", "English, Spanish", "2 weeks", 7),
    ("Elm Dental", "dental", "welcome", "English", "10 days", 5),
    ("St. Anne Liver Clinic", "liver", "welcome", "English, Vietnamese", "1 week", 5),
    ("Harbor Health for Women", "obstetrics", "welcome", "English, Spanish", "none", 2),
    ("Medication-Friendly Circle", "mutual_help", "welcome", "English", "none", None),
)
# What for, to which place, and how far it has come, with the days since.
LOOPS: tuple[Loop, ...] = (
    ("a room before winter", "Riverside Rooms", (("sent", 6, ""), ("accepted", 4, ""))),
    ("a place of their own", "Oak Street Housing", (("sent", 9, ""),)),
    ("a fine from before", "County Legal Aid", ()),
    (
        "a tooth that hurts",
        "Elm Dental",
        (("sent", 8, ""), ("declined", 6, "no places")),
    ),
    (
        "hepatitis C",
        "St. Anne Liver Clinic",
        (("sent", 20, ""), ("accepted", 15, ""), ("missed", 5, "no ride")),
    ),
    (
        "people who understand",
        "Medication-Friendly Circle",
        (("sent", 40, ""), ("attended", 30, ""), ("heard", 12, "goes each week")),
    ),
)
BEGUN, NOT_SENT_FOR = 45, 8
COLUMNS = ("name", "kind", "medicine", "languages", "wait", "usual_days")


# How many of those in care long enough have a loop, and want messages.
HAVE_A_LOOP, WANT_MESSAGES = 0.3, 0.5
# Of whom it was asked whether writing there is safe.
MAY_TEXT = (True, True, False, None)


def of_others(telling: Telling, patient: Patient) -> Iterator[Event]:
    """Where they are reached; a loop of some people in care, at one of its stages, and who
    wants messages."""
    rng = Random(f"others:{patient.mrn}")  # noqa: S311 - invented people
    if telling.story.stage is not Stage.ACTIVE or telling.story.days < BEGUN:
        return
    may_text = rng.choice(MAY_TEXT)
    at = telling.moment(telling.story.days - 1, 4)
    if may_text is not None:
        yield at, partial(_is_reached, telling, patient, at, may_text=may_text)
    if rng.random() < HAVE_A_LOOP:
        yield from _loop(telling, patient, rng.choice(LOOPS))
    if rng.random() < WANT_MESSAGES:
        at = telling.moment(telling.story.days - 1, 5)
        yield at, partial(_wants_messages, telling, patient, at)


def _loop(telling: Telling, patient: Patient, told: Loop) -> Iterator[Event]:
    wanted, name, steps = told
    first = steps[0][1] + 1 if steps else NOT_SENT_FOR
    at = telling.moment(telling.story.days - first, 5)
    yield at, partial(_refer, telling, patient, name, wanted, at)
    for stage, days, words in steps:
        at = telling.moment(telling.story.days - days, 5)
        on = telling.day(at)
        step = StepTold(
            stage=LoopStage(stage),
            on=on,
            words=words,
            visit_on=on + 5 * DAY if stage == LoopStage.ACCEPTED else None,
            by_themselves=True,
        )
        yield at, partial(_step, telling, patient, name, step, at)


def _refer(
    telling: Telling, patient: Patient, name: str, wanted: str, at: datetime
) -> None:
    team = telling.team
    place = CarePlace.objects.filter(clinic=team.clinic, name=name).first()
    if place is None:
        for told in PLACES:
            keep_place(
                clinic=team.clinic,
                values=dict(zip(COLUMNS, told, strict=True)),
                by=team.care_manager,
                at=at,
            )
        place = CarePlace.objects.get(clinic=team.clinic, name=name)
    refer(patient=patient, place=place, wanted=wanted, by=team.care_manager, at=at)


def _step(
    telling: Telling, patient: Patient, name: str, step: StepTold, at: datetime
) -> None:
    loop = CareReferral.objects.get(patient=patient, place__name=name)
    record_step(referral=loop, told=step, by=telling.team.care_manager, at=at)


def _is_reached(
    telling: Telling, patient: Patient, at: datetime, *, may_text: bool
) -> None:
    """The number of the referral, said anew with what is safe to do with it."""
    known = ContactPoint.objects.filter(patient=patient, is_current=True)
    for point in known.filter(may_text=None):
        told: dict[str, object] = {"kind": point.kind, "value": point.value}
        told |= {"may_voicemail": may_text, "may_text": may_text}
        by = telling.team.care_manager
        end_entry(entry=point, kind="contact", by=by, at=at)
        list_entry(patient=patient, kind="contact", values=told, by=by, at=at)


def _wants_messages(telling: Telling, patient: Patient, at: datetime) -> None:
    points = ContactPoint.objects.filter(patient=patient)
    safe = next((one for one in points if may_write_to(one)), None)
    if safe is None:
        return
    agree_to_messages(
        patient=patient,
        to=safe,
        language=patient.page_language,
        kinds=[MessageKind.CHECK_IN, MessageKind.VISIT],
        weekday=telling.day(at).isoweekday(),
        by=telling.team.care_manager,
        at=at,
    )

"""Other places of the demo: a directory, and loops at each stage."""

from datetime import datetime, timedelta

from accounts.tenancy import clinic_day
from aftercare.actions.message_wishes import agree_to_messages, may_write_to
from aftercare.actions.referrals import StepTold, keep_place, record_step, refer
from aftercare.models import CarePlace
from devtools.demo.clinics import Team
from knowledge.schedule.loops import LoopStage
from knowledge.schedule.messages import MessageKind
from patients.models import ContactPoint, Patient

DAY = timedelta(days=1)
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
LOOPS: tuple[tuple[str, str, tuple[tuple[str, int, str], ...]], ...] = (
    ("a room before winter", "Riverside Rooms", (("sent", 6, ""), ("accepted", 4, ""))),
    ("a place of her own", "Oak Street Housing", (("sent", 9, ""),)),
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
BEGUN = 41


def tell_of_others(team: Team, *, at: datetime) -> None:
    """A directory, loops of some people in care, and two who want messages."""
    people = list(
        Patient.objects.in_care()
        .filter(clinic=team.clinic, status=Patient.Status.ACTIVE)
        .order_by("pk")[: len(LOOPS)]
    )
    places = {told[0]: _place(team, at, told) for told in PLACES}
    for patient, (wanted, name, steps) in zip(people, LOOPS, strict=False):
        _loop(team, patient, places[name], wanted, steps, at)
    points = ContactPoint.objects.filter(patient__in=people).order_by("pk")
    for point in [one for one in points if may_write_to(one)][:2]:
        agree_to_messages(
            patient=point.patient,
            to=point,
            language=point.patient.page_language,
            kinds=[MessageKind.CHECK_IN, MessageKind.VISIT],
            weekday=clinic_day(team.clinic, at).isoweekday() % 7 + 1,
            by=team.care_manager,
            at=at,
        )


def _place(team: Team, at: datetime, told: tuple[object, ...]) -> CarePlace:
    columns = ("name", "kind", "medicine", "languages", "wait", "usual_days")
    return keep_place(
        clinic=team.clinic,
        values=dict(zip(columns, told, strict=True)),
        by=team.care_manager,
        at=at - BEGUN * DAY,
    )


def _loop(
    team: Team,
    patient: Patient,
    place: CarePlace,
    wanted: str,
    steps: tuple[tuple[str, int, str], ...],
    at: datetime,
) -> None:
    first = steps[0][1] + 1 if steps else 8
    by, begun = team.care_manager, at - first * DAY
    if clinic_day(team.clinic, begun) < patient.referred_on:
        return
    loop = refer(patient=patient, place=place, wanted=wanted, by=by, at=begun)
    for stage, days, words in steps:
        on = clinic_day(team.clinic, at) - days * DAY
        told = StepTold(
            stage=LoopStage(stage),
            on=on,
            words=words,
            visit_on=on + 5 * DAY if stage == "accepted" else None,
            by_themselves=True,
        )
        record_step(referral=loop, told=told, by=by, at=at - days * DAY)

"""What happened since the plan was signed: doses, scores, tests, calls, leaving."""

from datetime import datetime, timedelta
from random import Random

from aftercare.actions.follow_ups import close_follow_up
from aftercare.actions.outreach import record_outreach
from aftercare.models import FollowUp
from assessments.actions.measures import record_assessment
from devtools.demo.admission import Telling, dose_on
from devtools.demo.people import Stage
from knowledge.medicines import medicines
from medications.actions.records import record_dose, record_toxicology
from medications.actions.regimens import stop_regimen
from medications.models import Regimen
from patients.actions.registry import change_status
from patients.models import Patient

UNDER_WAY = (Stage.ACTIVE, Stage.AFTERCARE, Stage.ON_HOLD, Stage.DISCHARGED)
# What was promised longer ago than this was kept in the stories; of the rest, most.
SETTLED_DAYS = 9
KEPT_LATELY = 0.75
DAILY_SHOWN = 10


def go_on(telling: Telling, patient: Patient) -> None:
    """Everything after the signature, for those who came that far."""
    if telling.story.stage not in UNDER_WAY:
        return
    regimen = Regimen.objects.filter(patient=patient).first()
    if regimen is not None:
        _doses(telling, patient, regimen)
    _scores(telling, patient)
    _tests(telling, patient, regimen)
    _kept(telling, patient)
    _leave(telling, patient, regimen)


def _doses(telling: Telling, patient: Patient, regimen: Regimen) -> None:
    days = telling.story.days
    step = medicines()[regimen.medication].interval_days
    shown = range(0, days + 1, step)
    if step == 1:
        shown = range(max(0, days - DAILY_SHOWN), days + 1)
    for day in shown:
        _dose(telling, patient, regimen, day, last=day == shown[-1])


def _dose(
    telling: Telling, patient: Patient, regimen: Regimen, day: int, *, last: bool
) -> None:
    at = telling.moment(day, -4 if day else 3.3)
    missed = not last and day > 0 and telling.rng.random() < 0.06
    kind = "missed" if missed else _kind(regimen)
    record_dose(
        patient=patient,
        medication=regimen.medication,
        kind=kind,
        on=at.date(),
        taken_at=None if missed else at,
        amount_mg=None if missed else dose_on(regimen.medication, day),
        by=telling.team.care_manager,
        at=at,
    )


def _kind(regimen: Regimen) -> str:
    return "dispensed" if regimen.medication == "BUP_SL" else "administered"


PHQ9 = [
    "interest",
    "mood",
    "sleep",
    "energy",
    "appetite",
    "worth",
    "concentration",
    "psychomotor",
    "self_harm",
]
WEEKS_4_AND_12, EVERY_DAYS = (28, 84), 90
# Of those under way, how many are off track now, and how many thought of self-harm.
OFF_TRACK, IN_DANGER = 0.12, 0.04


def _scores(telling: Telling, patient: Patient) -> None:
    """BAM and PHQ-9 when they fall due, mostly getting better; some have turned."""
    rng, days = telling.rng, telling.story.days
    due = [
        day for day in (*WEEKS_4_AND_12, *range(174, days, EVERY_DAYS)) if day < days
    ]
    low = 12 if "depression" in telling.story.traits else 6
    has_turned = bool(due) and rng.random() < OFF_TRACK
    for number, day in enumerate(due):
        turned = has_turned and day == due[-1]
        burden = max(0, 2 - number // 2) + (2 if turned else 0)
        mode = rng.choice(["staff", "self"]) if number else "staff"
        _record(telling, patient, "bam", _bam(rng, burden, turned=turned), day, mode)
        total = max(0, low - number + rng.randint(-2, 2)) + (6 if turned else 0)
        _record(telling, patient, "phq9", _phq9(total), day, mode)
    if due and telling.story.stage == Stage.ACTIVE and rng.random() < IN_DANGER:
        _record(telling, patient, "phq9", _phq9(14) | {"self_harm": 1}, days, "staff")


def _bam(rng: Random, burden: int, *, turned: bool) -> dict[str, int]:
    """Troubles rise and help falls with the burden, 0 to 4."""

    def about(value: int) -> int:
        return min(4, max(0, value + rng.randint(-1, 1)))

    troubles = [
        "physical_health",
        "poor_sleep",
        "low_mood",
        "craving",
        "risky_days",
        "conflict",
    ]
    helps = [
        "confidence",
        "mutual_help_days",
        "faith_support",
        "work_days",
        "support_days",
    ]
    return {
        **{name: about(burden) for name in troubles},
        **{name: about(4 - burden) for name in helps},
        "enough_income": rng.choice([0, 4]),
        "alcohol_days": 0,
        "heavy_alcohol_days": 0,
        "drug_days": 2 if turned else 0,
        "satisfied": about(4 - burden),
    }


def _phq9(total: int) -> dict[str, int]:
    """Answers that come to about this total, without any thought of self-harm."""
    answers = {
        name: min(3, max(0, total // 8 + (place < total % 8)))
        for place, name in enumerate(PHQ9[:-1])
    }
    return {**answers, "self_harm": 0}


def _record(
    telling: Telling,
    patient: Patient,
    instrument: str,
    answers: dict[str, int],
    day: int,
    mode: str,
) -> None:
    at = telling.moment(day, 1)
    record_assessment(
        patient=patient,
        instrument=instrument,
        answers=answers,
        mode=mode,
        by=telling.team.clinician,
        at=at,
    )


def _tests(telling: Telling, patient: Patient, regimen: Regimen | None) -> None:
    """A urine test about every six weeks."""
    taken = regimen.medication if regimen else ""
    for day in range(42, telling.story.days, 45):
        at = telling.moment(day, 1)
        used = telling.rng.random() < 0.22
        results = {
            "fentanyl": "positive" if used else "negative",
            "cocaine": "positive"
            if "stimulants" in telling.story.traits and telling.rng.random() < 0.4
            else "negative",
            "methadone": "positive" if taken == "MTD" else "negative",
            "buprenorphine": "positive"
            if taken in ("BUP_SL", "SUBLOCADE", "BRIXADI_W")
            else "negative",
        }
        record_toxicology(
            patient=patient,
            collected_at=at,
            results=results,
            by=telling.team.care_manager,
            at=at,
        )


def _kept(telling: Telling, patient: Patient) -> None:
    """Most of what was promised was kept; the rest is what the caseload shows."""
    today = telling.now.date()
    owed = FollowUp.objects.open().filter(patient=patient, due_on__lt=today)
    for follow_up in owed.order_by("due_on", "pk"):
        is_fresh = (today - follow_up.due_on).days <= SETTLED_DAYS
        if is_fresh and telling.rng.random() > KEPT_LATELY:
            continue
        at = _that_day(telling, follow_up)
        close_follow_up(
            follow_up=follow_up,
            status=FollowUp.Status.DONE,
            words="Came as agreed",
            by=telling.team.care_manager,
            at=at,
        )
    if telling.rng.random() < 0.5:
        record_outreach(
            patient=patient,
            outcome=telling.rng.choice(["reached_coming", "no_answer", "left_message"]),
            by=telling.team.care_manager,
            at=telling.moment(
                max(0, telling.story.days - telling.rng.randint(1, 20)), 2
            ),
        )


def _that_day(telling: Telling, follow_up: FollowUp) -> datetime:
    days = (
        follow_up.due_on - (telling.now - timedelta(days=telling.story.days)).date()
    ).days
    return telling.moment(days, 1)


LEAVING = {
    Stage.AFTERCARE: ("aftercare", "", "Chose a slow taper, finished it"),
    Stage.ON_HOLD: ("on_hold", "", "Working on a ship until spring"),
    Stage.DISCHARGED: ("discharged", "moved", "Moved to another state"),
}


def _leave(telling: Telling, patient: Patient, regimen: Regimen | None) -> None:
    if telling.story.stage not in LEAVING:
        return
    status, discharge_class, reason = LEAVING[telling.story.stage]
    at = telling.moment(telling.story.days * 0.8, 1)
    if regimen is not None and status != "on_hold":
        stop_regimen(
            regimen=regimen,
            stopped_on=at.date(),
            reason=reason,
            by=telling.team.prescriber,
            at=at,
        )
    change_status(
        patient=patient,
        status=status,
        discharge_class=discharge_class,
        reason=reason,
        by=telling.team.clinician,
        at=at,
    )

"""Events since the plan was signed: doses, scores, tests, calls, leaving."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from random import Random

from aftercare.actions.concerns import duties_of, resolve
from aftercare.actions.follow_ups import OF_LOOP, close_done
from aftercare.actions.outreach import record_outreach
from aftercare.actions.reconcile import reconcile
from aftercare.models import FollowUp
from assessments.actions.measures import record_assessment
from assessments.models import Concern
from devtools.demo.admission import dose_on
from devtools.demo.answers import items_of
from devtools.demo.consents import Event, told
from devtools.demo.content import Stage
from devtools.demo.others import of_others
from devtools.demo.people import DemoStory
from devtools.demo.reaching import of_reaching
from devtools.demo.telling import Telling
from knowledge.formulary.reversal import DEFAULT
from knowledge.medicines import medicines
from knowledge.schedule.kinds import (
    BY_ITS_ACT,
    ClosingRight,
    KeptBy,
    follow_up_kind,
)
from patients.actions.registry import change_status
from patients.models import Patient
from plans.actions.reviewing import record_review
from plans.models import Plan
from plans.reviewing import review_sheet
from treatment.actions.kits import KitAsTold, record_kit_deed
from treatment.actions.records import record_dose, record_toxicology
from treatment.actions.regimens import stop_regimen
from treatment.models import Regimen

UNDER_WAY = (Stage.ACTIVE, Stage.AFTERCARE, Stage.ON_HOLD, Stage.DISCHARGED)
# What was promised longer ago than this was kept in the stories; of the rest, most.
SETTLED_DAYS = 9
KEPT_LATELY = 0.75
SETTLED = timedelta(days=SETTLED_DAYS)
# What only its own answers or a review of the plan close.
SCREENED = ("safety_screen", "plan_review")
DAILY_SHOWN = 10
# What is owed is worked out anew this often as a story goes on.
KEPT_EVERY = timedelta(days=14)
# Who left did so after this part of the time since the referral.
LEFT_AFTER = 0.8


def go_on(telling: Telling, patient: Patient) -> None:
    """Everything after the signature, for those who came that far, in order of time."""
    if telling.story.stage not in UNDER_WAY:
        return
    regimen = Regimen.objects.filter(patient=patient).first()
    events = [*_scores(telling, patient), *_tests(telling, patient, regimen)]
    if regimen is not None:
        events += _doses(telling, patient, regimen)
    events += _calls(telling, patient)
    events += told(telling, patient)
    events += of_others(telling, patient)
    events += of_reaching(telling, patient)
    leaving = list(_leaving(telling, patient, regimen))
    events = [one for one in events if not leaving or one[0] < leaving[0][0]]
    kept_until = telling.moment(0)
    for at, act in sorted([*events, *leaving], key=lambda event: event[0]):
        if at - kept_until >= KEPT_EVERY:
            _keep(telling, patient, until=at)
            kept_until = at
        act()
    if not leaving:
        _keep(telling, patient, until=telling.now)


def _doses(telling: Telling, patient: Patient, regimen: Regimen) -> Iterator[Event]:
    last = _last_day(telling.story)
    step = medicines()[regimen.medication].interval_days
    first = 0 if step > 1 else max(0, last - DAILY_SHOWN)
    shown = range(first, last + 1, step)
    for day in shown:
        at = telling.moment(day, -4 if day else 3.3)
        missed = 0 < day < shown[-1] and telling.rng.random() < 0.06
        yield at, partial(_dose, telling, patient, regimen, day, missed=missed)


def _last_day(story: DemoStory) -> int:
    """Of the last dose: today, or before leaving, or before the days missed."""
    if story.stage in LEAVING:
        return int(story.days * LEFT_AFTER)
    missed = story.person.days_missed
    return story.days - missed - 1 if missed else story.days


def _dose(
    telling: Telling, patient: Patient, regimen: Regimen, day: int, *, missed: bool
) -> None:
    at = telling.moment(day, -4 if day else 3.3)
    record_dose(
        patient=patient,
        medication=regimen.medication,
        kind="missed" if missed else _kind(regimen),
        on=telling.day(at),
        taken_at=None if missed else at,
        amount_mg=None if missed else dose_on(regimen.medication, day),
        by=telling.team.care_manager,
        at=at,
    )
    if medicines()[regimen.medication].is_depot:
        # As the workers do within a minute: an injection moves the next one.
        reconcile(patient=patient, by=None, at=at)


def _kind(regimen: Regimen) -> str:
    return "dispensed" if regimen.medication == "BUP_SL" else "administered"


PHQ9 = items_of("phq9")
TROUBLES = (
    *("physical_health", "poor_sleep", "low_mood"),
    *("craving", "risky_days", "conflict"),
)
HELPS = (
    *("confidence", "mutual_help_days", "faith_support"),
    *("work_days", "support_days"),
)
WEEKS_4_AND_12, EVERY_DAYS = (28, 84), 90
# Of those under way, how many are off track now, and how many thought of self-harm.
OFF_TRACK, IN_DANGER = 0.12, 0.04


def _scores(telling: Telling, patient: Patient) -> Iterator[Event]:
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
        bam = _bam(rng, burden, turned=turned)
        yield _scored(telling, patient, "bam", bam, day, mode)
        total = max(0, low - number + rng.randint(-2, 2)) + (6 if turned else 0)
        yield _scored(telling, patient, "phq9", _phq9(total), day, mode)
    if due and telling.story.stage == Stage.ACTIVE and rng.random() < IN_DANGER:
        in_danger = _phq9(14) | {"self_harm": 1}
        yield _scored(telling, patient, "phq9", in_danger, days, "staff")


def _bam(rng: Random, burden: int, *, turned: bool) -> dict[str, int]:
    """Troubles rise and help falls with the burden, 0 to 4."""

    def about(value: int) -> int:
        return min(4, max(0, value + rng.randint(-1, 1)))

    return {
        **{name: about(burden) for name in TROUBLES},
        **{name: about(4 - burden) for name in HELPS},
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


def _scored(
    telling: Telling,
    patient: Patient,
    instrument: str,
    answers: dict[str, int],
    day: int,
    mode: str,
) -> Event:
    at = telling.moment(day, 1)
    return at, partial(
        record_assessment,
        patient=patient,
        instrument=instrument,
        answers=answers,
        mode=mode,
        by=telling.team.clinician,
        at=at,
    )


def _tests(
    telling: Telling, patient: Patient, regimen: Regimen | None
) -> Iterator[Event]:
    """A urine test about every six weeks."""
    taken = regimen.medication if regimen else ""
    for day in range(42, telling.story.days, 45):
        at = telling.moment(day, 1)
        used = telling.rng.random() < 0.22
        stimulants = "stimulants" in telling.story.traits
        found = {
            "fentanyl": used,
            "cocaine": stimulants and telling.rng.random() < 0.4,
            "methadone": taken == "MTD",
            "buprenorphine": taken in ("BUP_SL", "SUBLOCADE", "BRIXADI_W"),
        }
        yield (
            at,
            partial(
                record_toxicology,
                patient=patient,
                collected_at=at,
                results={a: "positive" if f else "negative" for a, f in found.items()},
                by=telling.team.care_manager,
                at=at,
            ),
        )


def _keep(telling: Telling, patient: Patient, *, until: datetime) -> None:
    """Most of what was promised before then was kept, and nothing by who stayed away;
    the rest is what the caseload shows."""
    today = telling.day(telling.now)
    came_last = today - timedelta(days=telling.story.person.days_missed)
    reconcile(patient=patient, by=None, at=until)
    owed = FollowUp.objects.open().filter(
        patient=patient, due_on__lt=min(telling.day(until), came_last)
    )
    team = telling.team
    rows = Concern.objects.open().filter(patient=patient)
    # The first first: what settles one settles those of its kind before it.
    for concern in rows.order_by("raised_at", "pk"):
        if not rows.filter(pk=concern.pk).exists():
            continue
        if telling.day(until) - telling.day(concern.raised_at) > SETTLED:
            resolve(
                concern=concern,
                words="Seen the same day; answered and agreed with them.",
                done=duties_of(concern).exclude(kind__in=SCREENED),
                by=team.prescriber,
                at=until,
            )
    who = {
        ClosingRight.ANY: team.care_manager,
        ClosingRight.CLINICIAN: team.clinician,
        ClosingRight.PRESCRIBER: team.prescriber,
    }
    kept = [
        (one, who[follow_up_kind(one.kind).needs], telling.day(_that_day(telling, one)))
        for one in owed.order_by("due_on", "pk")
        if follow_up_kind(one.kind).kept_by not in BY_ITS_ACT
        and OF_LOOP not in one.key
        and not follow_up_kind(one.kind).is_safety
        and (
            (today - one.due_on).days > SETTLED_DAYS
            or telling.rng.random() <= KEPT_LATELY
        )
    ]
    _hand_over(telling, patient, owed, until=until)
    _review(telling, patient, owed, until=until)
    close_done(
        patient=patient,
        done=kept,
        words="Came as agreed",
        by=telling.team.care_manager,
        at=until,
    )


def _review(
    telling: Telling, patient: Patient, owed: Iterable[FollowUp], *, until: datetime
) -> None:
    """A plan whose review was owed was looked at, and nothing changed."""
    plan = Plan.objects.in_force().filter(patient=patient).first()
    is_owed = any(
        follow_up_kind(one.kind).kept_by is KeptBy.PLAN_REVIEW for one in owed
    )
    if not is_owed or plan is None or Plan.objects.drafts().filter(patient=patient):
        return
    record_review(
        plan=plan,
        shown=review_sheet(plan, at=until).shown,
        why="What moved is what the plan is for; agreed together.",
        by=telling.team.clinician,
        at=until,
    )


def _hand_over(
    telling: Telling, patient: Patient, owed: Iterable[FollowUp], *, until: datetime
) -> None:
    """A kit to whom one was owed, most of the time; the oldest lots end next year."""
    if not any(follow_up_kind(one.kind).kept_by is KeptBy.KIT for one in owed):
        return
    rng = Random(f"kit:{patient.mrn}:{until}")  # noqa: S311 - invented people
    if rng.random() > KEPT_LATELY:
        return
    on = telling.day(until)
    record_kit_deed(
        patient=patient,
        told=KitAsTold(
            kind="given",
            on=on,
            product=DEFAULT,
            lot=f"N{rng.randint(1000, 9999)}",
            expires_on=on + timedelta(days=rng.randint(300, 900)),
        ),
        by=telling.team.care_manager,
        at=until,
    )


def _calls(telling: Telling, patient: Patient) -> Iterator[Event]:
    if telling.rng.random() < 0.5:
        day = max(0, telling.story.days - telling.rng.randint(1, 20))
        at = telling.moment(day, 4)
        yield (
            at,
            partial(
                record_outreach,
                patient=patient,
                outcome=telling.rng.choice(
                    ["reached_coming", "no_answer", "left_message"]
                ),
                by=telling.team.care_manager,
                at=at,
            ),
        )


def _that_day(telling: Telling, follow_up: FollowUp) -> datetime:
    return telling.moment((follow_up.due_on - telling.begun).days, 4)


LEAVING = {
    Stage.AFTERCARE: ("aftercare", "", "Chose a slow taper, finished it"),
    Stage.ON_HOLD: ("on_hold", "", "Working on a ship until spring"),
    Stage.DISCHARGED: ("discharged", "moved", "Moved to another state"),
}


def _leaving(
    telling: Telling, patient: Patient, regimen: Regimen | None
) -> Iterator[Event]:
    if telling.story.stage not in LEAVING:
        return
    at = telling.moment(telling.story.days * LEFT_AFTER, 4)
    yield at, partial(_leave, telling, patient, regimen, at)


def _leave(
    telling: Telling, patient: Patient, regimen: Regimen | None, at: datetime
) -> None:
    status, discharge_class, reason = LEAVING[telling.story.stage]
    if regimen is not None:
        stop_regimen(
            regimen=regimen,
            stopped_on=telling.day(at),
            reason=reason,
            by=telling.team.prescriber,
            at=at,
        )
        reconcile(patient=patient, by=None, at=at)
    change_status(
        patient=patient,
        status=status,
        discharge_class=discharge_class,
        reason=reason,
        by=telling.team.clinician,
        at=at,
    )

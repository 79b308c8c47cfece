"""Rehearsal of aftercare: invented people go through invented years, day by day, and
what they are owed is reckoned by the code that reckons it in the clinic.

Nothing is stored: the promises (`aftercare.owed`) and the reckoning of rows
(`aftercare.actions.reconcile`) work on values, which is what is rehearsed here. What the
database and the workers add is played in `tests/faults`.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from accounts.models import Clinic
from aftercare.actions.reconcile import reckon_rows, status_on
from aftercare.models import FollowUp
from aftercare.owed.owed import owed
from aftercare.owed.state import (
    CarePhase,
    CareState,
    ClinicState,
    EpisodeState,
    EventState,
    Evidence,
    PlanState,
    TreatmentState,
)
from knowledge.schedule.kinds import KeptBy, follow_up_kind
from knowledge.schedule.open_days import OpenDays
from knowledge.schedule.pathways import EventDay, EventKind, pathways

DAY = timedelta(days=1)
FIRST = date(2026, 1, 5)
MEDICINES = ("MTD", "BUP_SL", "SUBLOCADE", "NTX_XR")
# How often what is due is done, and how likely each turn of a life is in a week.
KEPT = 0.6
TURNS = {
    "stop": 0.006,
    "event": 0.02,
    "leave": 0.004,
    "come_back": 0.05,
    "hold": 0.003,
    "release": 0.2,
    "die": 0.0008,
    "decline": 0.01,
}
EVENTS = tuple(kind for kind in EventKind if pathways()[kind].steps)
WEEK = frozenset({1, 2, 3, 4, 5})
FAULTS = (
    "without a next step",
    "missed without telling",
    "doubled",
    "owed to the dead",
    "withdrawn without a reason",
    "moved out of the window without a reason",
)


@dataclass
class RehearsedPerson:
    """One person with their rows; `rng` is theirs, so that each is the same each time."""

    state: CareState
    rng: Random
    rows: dict[str, FollowUp] = field(default_factory=dict)

    def live(self, today: date) -> None:
        """What happens in the week before this day."""
        rng, state = self.rng, self.state
        turn = {name: rng.random() < chance for name, chance in TURNS.items()}
        if state.phase is CarePhase.DIED:
            return
        self._work(today)
        if turn["die"]:
            self.state = replace(self.state, phase=CarePhase.DIED)
        elif state.phase is CarePhase.REFERRED and rng.random() < KEPT:
            self._begin(today)
        elif state.phase is CarePhase.LEFT:
            self._after_leaving(turn, today)
        elif state.phase is CarePhase.ON_HOLD:
            if turn["release"]:
                self.state = replace(self.state, phase=CarePhase.IN_CARE)
        elif state.phase is CarePhase.IN_CARE:
            self._in_care(turn, today)

    def _begin(self, today: date) -> None:
        medicine = self.rng.choice(MEDICINES)
        depot = medicine not in ("MTD", "BUP_SL")
        number = self.state.episode.number
        self.state = replace(
            self.state,
            phase=CarePhase.IN_CARE,
            episode=replace(self.state.episode, admitted_on=today),
            plan=PlanState(key=f"{number}", version=number, signed_on=today),
            treatment=TreatmentState(
                medication=medicine,
                started_on=today,
                injections=(today,) if depot else (),
            ),
        )

    def _after_leaving(self, turn: dict[str, bool], today: date) -> None:
        episode = self.state.episode
        if turn["come_back"]:
            again = EpisodeState(number=episode.number + 1, referred_on=today)
            self.state = replace(
                self.state, phase=CarePhase.REFERRED, episode=again, plan=None
            )
        elif turn["decline"]:
            self.state = replace(
                self.state, episode=replace(episode, declined_on=today)
            )

    def _in_care(self, turn: dict[str, bool], today: date) -> None:
        state = self.state
        if turn["leave"]:
            left = replace(state.episode, left_on=today)
            state = replace(state, phase=CarePhase.LEFT, episode=left)
        elif turn["hold"]:
            state = replace(state, phase=CarePhase.ON_HOLD)
        elif turn["stop"] and state.treatment.is_taken:
            stopped = TreatmentState(
                stopped=state.treatment.medication,
                stopped_on=today,
                injections=state.treatment.injections,
            )
            state = replace(state, treatment=stopped)
        elif turn["event"]:
            event = EventState(
                key=f"{len(state.events) + 1}",
                kind=self.rng.choice(EVENTS),
                when=EventDay(known_on=today, on=today),
                recorded_at=moment(today),
            )
            state = replace(state, events=(*state.events, event))
        self.state = state

    def _work(self, today: date) -> None:
        """The staff does some of what is due."""
        for row in self.rows.values():
            is_due = row.is_open and row.due_on <= today
            if is_due and self.rng.random() < KEPT:
                self._do(row, today)

    def _do(self, row: FollowUp, today: date) -> None:
        keeps = follow_up_kind(row.kind).kept_by
        found = Evidence(today, moment(today) + timedelta(hours=1))
        keys = {keeps, row.kind}
        if keeps is KeptBy.MEASURES:
            keys = {f"instrument:{key}" for key in ALL_INSTRUMENTS}
        if keeps in (KeptBy.VISIT, KeptBy.INJECTION):
            keys |= {KeptBy.CONTACT, KeptBy.VISIT}
        kept = dict(self.state.kept)
        for key in keys:
            kept[key] = (*kept.get(key, ()), found)
        treatment = self.state.treatment
        if keeps is KeptBy.INJECTION and treatment.is_taken:
            given = (*treatment.injections, today)
            treatment = replace(treatment, injections=given)
        self.state = replace(self.state, kept=kept, treatment=treatment)
        if keeps is KeptBy.BY_HAND:
            row.status, row.closed_at = FollowUp.Status.DONE, moment(today)
            row.closed_by_id, row.kept_on = 1, today

    def reckon(self, clinic: Clinic, today: date) -> None:
        """As the worker does: windows pass, then what is owed is reckoned."""
        for row in self.rows.values():
            if row.is_open:
                row.status = status_on(
                    today, earliest_on=row.earliest_on, latest_on=row.latest_on
                )
        found = reckon_rows(
            self.state,
            owed(self.state, today=today),
            list(self.rows.values()),
            clinic=clinic,
            on=today,
            at=moment(today),
        )
        for row in found.new:
            row.pk = len(self.rows) + 1
            self.rows[row.key] = row

    def faults(self, today: date) -> Iterator[str]:
        """What may never be, each by its name."""
        still = [row for row in self.rows.values() if row.is_open]
        declined = self.state.episode.declined_on is not None
        if self.state.phase is CarePhase.DIED:
            yield from ["owed to the dead" for _ in still]
            return
        if not still and not (self.state.phase is CarePhase.LEFT and declined):
            yield "without a next step"
        yield from self._of_rows(still, today)

    def _of_rows(self, still: list[FollowUp], today: date) -> Iterator[str]:
        for row in still:
            if row.latest_on < today and row.status != FollowUp.Status.MISSED:
                yield "missed without telling"
            if row.due_on > row.latest_on and row.moved_at is None:
                yield "moved out of the window without a reason"
        for row in self.rows.values():
            if row.status == FollowUp.Status.CANCELLED and not row.outcome:
                yield "withdrawn without a reason"
        yield from _doubled(still)


def _doubled(rows: list[FollowUp]) -> Iterator[str]:
    """The same act twice in the same days."""
    for number, one in enumerate(rows):
        for other in rows[number + 1 :]:
            same = (one.kind, one.occasion) == (other.kind, other.occasion)
            together = (
                one.earliest_on <= other.latest_on
                and other.earliest_on <= one.latest_on
            )
            if same and together:
                yield "doubled"


ALL_INSTRUMENTS = (
    *("bam", "tea", "barc10", "peg", "phq9", "gad7", "cows", "cssrs"),
    *("ahc_hrsn", "audit_c", "pc_ptsd5"),
)


def moment(day: date) -> datetime:
    return datetime.combine(day, time(16), UTC)


def new_person(number: int, seed: int) -> RehearsedPerson:
    """Somebody who is referred in the first quarter."""
    rng = Random(f"{seed}:{number}")  # noqa: S311 - invented lives, no secret
    referred = FIRST + rng.randrange(90) * DAY
    after = rng.choice(["", "", "", "overdose", "pregnancy"])
    return RehearsedPerson(
        CareState(
            patient=str(number),
            phase=CarePhase.REFERRED,
            episode=EpisodeState(number=1, referred_on=referred, called_after=after),
            clinic=ClinicState(
                is_otp=rng.random() < KEPT, open_days=OpenDays(weekdays=WEEK)
            ),
        ),
        rng,
    )


@dataclass
class RehearsalResult:
    """Counts of one run; `steps` are reckonings."""

    faults: Counter[str] = field(default_factory=Counter)
    people: int = 0
    steps: int = 0
    rows: int = 0

    def __add__(self, other: "RehearsalResult") -> "RehearsalResult":
        return RehearsalResult(
            self.faults + other.faults,
            self.people + other.people,
            self.steps + other.steps,
            self.rows + other.rows,
        )


def rehearse(people: range, *, days: int, seed: int, step: int) -> RehearsalResult:
    """Each of these people through so many days, reckoned every `step` days."""
    clinic = Clinic(pk=1, time_zone="UTC")
    result = RehearsalResult(people=len(people))
    for number in people:
        person = new_person(number, seed)
        today = person.state.episode.referred_on
        last = FIRST + days * DAY
        person.reckon(clinic, today)
        while today < last:
            today += step * DAY
            person.live(today)
            person.reckon(clinic, today)
            result.steps += 1
            result.faults.update(person.faults(today))
        result.rows += len(person.rows)
    return result

"""Lives of invented people, week by week: what is done, what happens, who comes and goes."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from aftercare.models import FollowUp
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
from knowledge.schedule.open_days import DayException, OpenDays
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
    "move": 0.002,
    "come_back": 0.05,
    "hold": 0.003,
    "release": 0.2,
    "die": 0.0008,
    "decline": 0.01,
}
# How likely staff puts something that is due on another day, or gives it to a colleague.
PUT_OFF, GIVEN = 0.04, 0.04
EVENTS = tuple(kind for kind in EventKind if pathways()[kind].steps)
WEEK = frozenset({1, 2, 3, 4, 5})
# Two clinics: one keeps holidays and closes a week, the other works on Saturdays.
CLOSED = {
    date(year, 8, day): DayException(is_open=False, name="works on the house")
    for year in range(2026, 2036)
    for day in range(3, 10)
}
OPEN_DAYS = (
    OpenDays(weekdays=WEEK, keeps_holidays=True, exceptions=CLOSED),
    OpenDays(weekdays=WEEK | {6}),
)
ALL_INSTRUMENTS = (
    *("bam", "tea", "barc10", "peg", "phq9", "gad7", "cows", "cssrs"),
    *("ahc_hrsn", "audit_c", "pc_ptsd5"),
)


@dataclass
class RehearsedPerson:
    """One record with its rows; `rng` is theirs, so that each is the same each time."""

    state: CareState
    rng: Random
    rows: dict[str, FollowUp] = field(default_factory=dict)
    still: dict[str, FollowUp] = field(default_factory=dict)
    died_at: datetime | None = None
    # Keys of rows whose missed window somebody was told of.
    told: set[str] = field(default_factory=set)

    def add(self, row: FollowUp) -> None:
        row.pk = len(self.rows) + 1
        self.rows[row.key] = row

    def live(self, today: date, colleagues: "Colleagues") -> "RehearsedPerson | None":
        """What happens in the week before this day; whoever moves to another clinic has
        a record there from now on."""
        rng, state = self.rng, self.state
        turn = {name: rng.random() < chance for name, chance in TURNS.items()}
        if state.phase is CarePhase.DIED:
            return None
        self._work(today, colleagues)
        if turn["die"]:
            self.state = replace(self.state, phase=CarePhase.DIED)
            self.died_at = moment(today)
        elif state.phase is CarePhase.REFERRED and rng.random() < KEPT:
            self._begin(today)
        elif state.phase is CarePhase.LEFT:
            self._after_leaving(turn, today)
        elif state.phase is CarePhase.ON_HOLD:
            if turn["release"]:
                self.state = replace(self.state, phase=CarePhase.IN_CARE)
        elif state.phase is CarePhase.IN_CARE:
            return self._in_care(turn, today)
        return None

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

    def _in_care(self, turn: dict[str, bool], today: date) -> "RehearsedPerson | None":
        state, moved = self.state, None
        if turn["leave"] or turn["move"]:
            left = replace(state.episode, left_on=today)
            state = replace(state, phase=CarePhase.LEFT, episode=left)
            moved = self._elsewhere(today) if turn["move"] else None
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
        return moved

    def _elsewhere(self, today: date) -> "RehearsedPerson":
        """Their record at the other clinic: a referral there, owed by its own days."""
        here = self.state.clinic
        days = OPEN_DAYS[here.open_days is OPEN_DAYS[0]]
        return RehearsedPerson(
            CareState(
                patient=f"{self.state.patient}0",
                phase=CarePhase.REFERRED,
                episode=EpisodeState(number=1, referred_on=today),
                clinic=ClinicState(is_otp=not here.is_otp, open_days=days),
            ),
            Random(f"{self.state.patient}:moved:{today}"),  # noqa: S311 - invented
        )

    def _work(self, today: date, colleagues: "Colleagues") -> None:
        """The staff does some of what is due, puts some off, gives some away."""
        rng = self.rng
        for row in list(self.still.values()):
            colleagues.take_over(row)
            if row.due_on > today:
                continue
            if rng.random() < KEPT:
                self._do(row, today)
            elif rng.random() < PUT_OFF:
                row.due_on = today + rng.randrange(1, 8) * DAY
                row.moved_at = moment(today)
            elif rng.random() < GIVEN:
                row.assigned_to_id = colleagues.somebody(rng)
                row.given_at = moment(today)

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


@dataclass
class Colleagues:
    """The staff of a clinic: of seven one leaves each quarter, a new one takes over."""

    first: int = 1
    here: int = 7
    quarter: int = 0

    def come_and_go(self, today: date) -> None:
        gone = (today - FIRST).days // 91
        self.first += max(gone - self.quarter, 0)
        self.quarter = max(gone, self.quarter)

    def somebody(self, rng: Random) -> int:
        return self.first + rng.randrange(self.here)

    def take_over(self, row: FollowUp) -> None:
        """What somebody held who has left goes to whoever came for them."""
        if self.is_gone(row):
            row.assigned_to_id = self.first + self.here - 1

    def is_gone(self, row: FollowUp) -> bool:
        return row.assigned_to_id is not None and not self.is_here(row.assigned_to_id)

    def is_here(self, staff: int) -> bool:
        return staff >= self.first


def moment(day: date) -> datetime:
    return datetime.combine(day, time(16), UTC)


def new_person(number: int, seed: int) -> RehearsedPerson:
    """Somebody who is referred in the first quarter."""
    rng = Random(f"{seed}:{number}")  # noqa: S311 - invented lives, no secret
    referred = FIRST + rng.randrange(90) * DAY
    after = rng.choice(["", "", "", "overdose", "pregnancy"])
    days = OPEN_DAYS[rng.random() < 1 - KEPT]
    return RehearsedPerson(
        CareState(
            patient=str(number),
            phase=CarePhase.REFERRED,
            episode=EpisodeState(number=1, referred_on=referred, called_after=after),
            clinic=ClinicState(is_otp=rng.random() < KEPT, open_days=days),
        ),
        rng,
    )


def doubled(rows: list[FollowUp]) -> Iterator[str]:
    """The same act twice in the same days."""
    by_act: dict[tuple[str, str], list[FollowUp]] = {}
    for one in rows:
        same = by_act.setdefault((one.kind, one.occasion), [])
        for other in same:
            if (
                one.earliest_on <= other.latest_on
                and other.earliest_on <= one.latest_on
            ):
                yield "doubled"
        same.append(one)

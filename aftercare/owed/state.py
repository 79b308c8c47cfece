"""State of one person's care on one day: all that what is owed depends on. No Django."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from knowledge.hard_days.content import HardDayKind
from knowledge.schedule.groups import SessionDay
from knowledge.schedule.loops import LoopStage
from knowledge.schedule.open_days import EVERY_DAY, OpenDays
from knowledge.schedule.pathways import EventDay, EventKind
from knowledge.schedule.repeats import RepeatPattern


class Evidence(NamedTuple):
    """Something done, on which day, and when it was written down."""

    on: date
    at: datetime


class CarePhase(StrEnum):
    """Where a person stands between the call and the years after leaving."""

    REFERRED = "referred"
    IN_CARE = "in_care"
    ON_HOLD = "on_hold"
    LEFT = "left"
    DIED = "died"


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeState:
    """The episode of care that counts now; every clock counts from its days."""

    number: int
    referred_on: date
    # Why the call came: "", "overdose", "pregnancy", "hospital" or "custody".
    called_after: str = ""
    admitted_on: date | None = None
    left_on: date | None = None
    # After leaving: from when on the person wants no contact.
    declined_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanState:
    """The plan in force."""

    key: str
    version: int
    signed_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatmentState:
    """Medicines for OUD: what is taken, what was stopped last, what was given."""

    medication: str | None = None
    started_on: date | None = None
    stopped: str | None = None
    stopped_on: date | None = None
    injections: tuple[date, ...] = ()
    last_taken_on: date | None = None
    # Days in a row without a dose that was owed, up to today.
    missed_days: int = 0

    @property
    def is_taken(self) -> bool:
        return self.medication is not None

    @property
    def has_ended(self) -> bool:
        """Whether a medicine was stopped and none is taken: no program treats them now."""
        return not self.is_taken and self.stopped_on is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventState:
    """Something that happened and opened a pathway; `ended_on` is the day of a later
    event that it was over with."""

    key: str
    kind: EventKind
    when: EventDay
    recorded_at: datetime
    ended_on: date | None = None

    @property
    def on(self) -> date:
        """Its day; where nobody knows it, the day on which it became known."""
        return self.when.day


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernState:
    """An open concern: "suicide_risk", "result" or "off_track", with its level (5 is high);
    of a result, which of those that cannot wait it is."""

    key: str
    kind: str
    level: int
    raised_on: date
    raised_at: datetime
    reason: str
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralState:
    """An open referral: its stage, how many steps led there, the day on which its next act
    is due, and who sees it through."""

    key: str
    kind: str
    stage: LoopStage
    steps: int
    next_on: date
    owner: str = ""


class GroupMark(NamedTuple):
    """What is recorded of one session: "present", "excused" or "missed", and when."""

    kind: str
    on: date
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupState:
    """A group that somebody is on the roster of: its sessions around today, and whether
    they came, by the day of its week."""

    key: str
    name: str
    leader: str
    sessions: tuple[SessionDay, ...]
    marks: Mapping[date, GroupMark] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatState:
    """A follow-up that staff repeat: on which days, with how many around each, by whom."""

    key: str
    kind: str
    title: str
    pattern: RepeatPattern
    before: int
    after: int
    role: str
    reason: str = ""
    link: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KitState:
    """Reversal kits as the deeds tell: good until a day, where it was read; or since when
    there is none ("used", "lost", "expired"); or when somebody wanted none."""

    good_until: date | None = None
    gone_on: date | None = None
    # What is written down after this moment replaces it.
    gone_at: datetime | None = None
    gone_how: str = ""
    declined: Evidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HardDayState:
    """A plan for bad days in force, and the day by which it is looked at again."""

    kind: HardDayKind
    key: str
    agreed_at: datetime
    review_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicState:
    """What of the clinic counts: program or not, its days, the numbers it chose."""

    is_otp: bool = False
    chosen: Mapping[str, int] = field(default_factory=dict)
    open_days: OpenDays = EVERY_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureState:
    """Whether instruments with a condition are asked: `has_pain` None is not known."""

    last_total: Mapping[str, float] = field(default_factory=dict)
    has_pain: bool | None = None


def _day_of(one: Evidence) -> date:
    return one.on


@dataclass(frozen=True, slots=True, kw_only=True)
class CareState:
    """One person, as the record has them at the end of what has been written.

    `kept` holds what was done, the oldest first, by what it keeps ("contact",
    "toxicology", "plan_version", "kit", "instrument:phq9" …): evidence from the record
    and what staff closed by hand. `dropped` holds the due days of what staff cancelled,
    by kind.
    """

    patient: str
    phase: CarePhase
    episode: EpisodeState
    clinic: ClinicState = field(default_factory=ClinicState)
    plan: PlanState | None = None
    treatment: TreatmentState = field(default_factory=TreatmentState)
    events: tuple[EventState, ...] = ()
    concerns: tuple[ConcernState, ...] = ()
    referrals: tuple[ReferralState, ...] = ()
    repeats: tuple[RepeatState, ...] = ()
    groups: tuple[GroupState, ...] = ()
    measures: MeasureState = field(default_factory=MeasureState)
    # Since when an alert climbs that nobody has acknowledged.
    alert_on: date | None = None
    # None where no deed is on record.
    kit: KitState | None = None
    hard_days: tuple[HardDayState, ...] = ()
    # Unknown counts as yes.
    could_be_pregnant: bool = True
    kept: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    dropped: Mapping[str, tuple[date, ...]] = field(default_factory=dict)

    def last(self, *kinds: str, since: date | None = None) -> date | None:
        """The last day on which one of these was done, from a day on."""
        found = (self.kept.get(kind) for kind in kinds)
        days = (done[-1].on for done in found if done)
        return max((day for day in days if since is None or day >= since), default=None)

    def first_kept(self, *kinds: str, since: date) -> date | None:
        """The first day from this one on, on which one of these was done."""
        found = (self.kept_since(kind, since) for kind in kinds)
        return min((done[0].on for done in found if done), default=None)

    def kept_since(self, kind: str, since: date) -> tuple[Evidence, ...]:
        """What was done from a day on; years of it are not gone through one by one."""
        done = self.kept.get(kind, ())
        return done[bisect_left(done, since, key=_day_of) :]

    def last_dropped(self, kind: str) -> date | None:
        """The last day for which staff cancelled something of this kind."""
        return max(self.dropped.get(kind, ()), default=None)

    @property
    def is_kit_gone(self) -> bool:
        """Whether the last one was used, lost or has expired: that alone is owed anew."""
        return self.kit is not None and self.kit.gone_on is not None

    @property
    def prefix(self) -> str:
        """The beginning of every key: the person and their episode."""
        return f"{self.patient}:e{self.episode.number}"

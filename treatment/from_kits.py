"""Reversal kits at hand, worked out from what was done with them. No Django."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from assessments.picture.own_sources import KITS
from assessments.picture.sources import Stated, Subject

FACT, HAS_KIT = "ora", "has_kit"
# Deeds after which a kit is at hand, and those that take one away.
HOUSEHOLD = "household"
BRING = frozenset(("given", "refilled", HOUSEHOLD, "has_one"))
TAKE = frozenset(("used", "lost", "expired"))
DECLINED = "declined"
EXPIRED = "expired"
NEXT_DAY = timedelta(days=1)


class KitEntry(NamedTuple):
    """One deed that stands."""

    kind: str
    on: date
    expires_on: date | None
    kits: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KitsAtHand:
    """What there is on a day: `count` kits, good until a day; or since when there is
    none, and what became of the last one."""

    count: int
    # The last day of the one that lasts longest; None where nobody read it.
    good_until: date | None = None
    gone_on: date | None = None
    gone_how: str = ""
    # The last time that somebody wanted none, if nothing was handed over since.
    declined: KitEntry | None = None
    # When the last deed that tells of it was done.
    known_since: datetime | None = None

    @property
    def is_at_hand(self) -> bool:
        return self.count > 0

    @property
    def is_known(self) -> bool:
        """Whether any deed says that there is one, or is none any more."""
        return self.known_since is not None


@dataclass(slots=True)
class KitCount:
    """What is held as the deeds are gone through, by the last day of each."""

    held: list[date | None] = field(default_factory=list)
    # How many were put away as expired that no deed has told of yet.
    put_away: int = 0
    gone_on: date | None = None
    gone_how: str = ""
    declined: KitEntry | None = None
    known_since: datetime | None = None

    def pass_to(self, on: date) -> None:
        """Put away what has expired by a day."""
        over = _last_expiry(self.held, on)
        if over is not None:
            self.gone_on, self.gone_how = over, EXPIRED
        good = _good(self.held, on)
        self.put_away += len(self.held) - len(good)
        self.held = good

    def bring(self, deed: KitEntry) -> None:
        self.held += [deed.expires_on] * deed.kits
        self.gone_on, self.gone_how, self.declined = None, "", None
        self.known_since = deed.recorded_at

    def take(self, deed: KitEntry) -> None:
        """From what expires first; of what has expired, first those put away."""
        told = min(self.put_away, deed.kits) if deed.kind == EXPIRED else 0
        self.put_away -= told
        self.held = _first_to_expire(self.held)[deed.kits - told :]
        if not self.held and told < deed.kits:
            self.gone_on, self.gone_how = deed.on, deed.kind
        self.known_since = deed.recorded_at

    def go_through(self, deed: KitEntry) -> None:
        self.pass_to(deed.on)
        if deed.kind in BRING:
            self.bring(deed)
        elif deed.kind in TAKE:
            self.take(deed)
        elif deed.kind == DECLINED:
            self.declined = deed


def kits_at_hand(deeds: Iterable[KitEntry], *, on: date) -> KitsAtHand:
    """What the deeds up to a day leave at hand: what is used or lost goes first from
    what expires first, and nothing lasts beyond its expiry."""
    count = KitCount()
    for deed in sorted(deeds, key=_in_order):
        if deed.on <= on:
            count.go_through(deed)
    count.pass_to(on)
    days = [day for day in count.held if day is not None]
    return KitsAtHand(
        count=len(count.held),
        good_until=max(days) if days and None not in count.held else None,
        gone_on=count.gone_on,
        gone_how=count.gone_how,
        declined=count.declined,
        known_since=count.known_since,
    )


def _in_order(deed: KitEntry) -> tuple[date, datetime]:
    return deed.on, deed.recorded_at


def _good(held: Sequence[date | None], on: date) -> list[date | None]:
    return [day for day in held if day is None or day >= on]


def _first_to_expire(held: Sequence[date | None]) -> list[date | None]:
    return sorted(held, key=lambda day: (day is None, day or date.max))


def _last_expiry(held: Sequence[date | None], on: date) -> date | None:
    """The first day without any, where all that was held is over by a day."""
    if not held or _good(held, on):
        return None
    return max(day for day in held if day is not None) + NEXT_DAY


def kit_facts(subject: Subject, deeds: Sequence[KitEntry]) -> Iterator[Stated]:
    """A kit at hand or none, where a deed says so after whatever was answered; what
    somebody asks for stays as they said it."""
    found = kits_at_hand(deeds, on=subject.today)
    if found.known_since is None:
        return
    as_of = _as_of(found, deeds, subject)
    told = subject.facts.get(FACT)
    members: set[str] = set()
    asked: set[str] | None = {HAS_KIT}
    if told is not None:
        if told.as_of > as_of:
            return
        members = set(told.value) if isinstance(told.value, frozenset) else set()
        asked = None if told.asked is None else {HAS_KIT, *told.asked}
    members.discard(HAS_KIT)
    if found.is_at_hand:
        members.add(HAS_KIT)
    yield Stated(
        FACT,
        sorted(members),
        as_of,
        KITS,
        None if asked is None else tuple(sorted(asked)),
    )


def _as_of(found: KitsAtHand, deeds: Sequence[KitEntry], subject: Subject) -> datetime:
    """When it became so: the deed's own day, at the hour it was written down where that
    was the same day; of what expired, the day after its last."""
    last = max((d for d in deeds if d.kind in BRING | TAKE), key=_in_order)
    zone = subject.at.tzinfo
    if found.gone_how == EXPIRED and found.gone_on and found.gone_on > last.on:
        return datetime.combine(found.gone_on, time.min, tzinfo=zone)
    day_ends = datetime.combine(last.on, time.max, tzinfo=zone)
    return min(last.recorded_at, day_ends)

"""What regimens and the dose log say as facts. No Django."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from knowledge.medicines import medicines

BUPRENORPHINE = "buprenorphine"
# A rise of COWS counts within two hours of the dose (reference C19).
RISE_WITHIN = timedelta(hours=2)
DOSE_LOG, REGIMEN = "dose log", "regimen"


class Spell(NamedTuple):
    """One regimen; `stopped_on` None where it goes on."""

    medication: str
    dose_mg: Decimal | None
    started_on: date
    stopped_on: date | None

    def holds_on(self, day: date) -> bool:
        return self.started_on <= day and (
            self.stopped_on is None or self.stopped_on > day
        )


class Dose(NamedTuple):
    """The last day on which a medicine was taken, and how much in all that day."""

    medication: str
    on: date
    at: datetime | None
    amount_mg: Decimal | None

    def moment(self, now: datetime) -> datetime:
        """When it was taken; where only the day is known, the end of that day."""
        if self.at is not None:
            return min(self.at.astimezone(now.tzinfo), now)
        end = datetime.combine(self.on, time(23, 59), tzinfo=now.tzinfo)
        return min(end, now)

    def and_also(self, other: "Dose") -> "Dose":
        """Both doses of one day as one: the later time, the amounts together."""
        times = [at for at in (self.at, other.at) if at is not None]
        amounts = [a for a in (self.amount_mg, other.amount_mg) if a is not None]
        return self._replace(
            at=max(times, default=None),
            amount_mg=sum(amounts, Decimal(0)) if amounts else None,
        )


class Told(NamedTuple):
    """A fact that the treatment record tells."""

    name: str
    raw: object
    as_of: datetime
    source: str


def treatment_facts(
    spells: Sequence[Spell], doses: Sequence[Dose], *, now: datetime
) -> Iterator[Told]:
    """Current doses, day of treatment, last long-acting doses, last stop."""
    yield from _doses(spells, doses, now)
    yield from _last_taken(doses, now)
    yield from _course(spells, now)
    taken = {s.medication for s in spells} | {d.medication for d in doses}
    if taken & medicines().of_ingredient(BUPRENORPHINE):
        yield Told("bup_exposure", "yes", now, REGIMEN)


def ingredients_now(spells: Iterable[Spell], *, now: datetime) -> frozenset[str]:
    """What the person takes for OUD, by ingredient."""
    return frozenset(
        medicines()[s.medication].ingredient for s in spells if s.holds_on(now.date())
    )


def _doses(
    spells: Sequence[Spell], doses: Sequence[Dose], now: datetime
) -> Iterator[Told]:
    for keys in medicines().by_dose_fact.values():
        its = [s for s in spells if s.medication in keys]
        current = next((s for s in its if s.holds_on(now.date())), None)
        if current is not None:
            yield from _dose_now(current, doses, now)
        elif its:
            yield _no_dose(its, now)


def _dose_now(spell: Spell, doses: Sequence[Dose], now: datetime) -> Iterator[Told]:
    """What was last taken under this regimen; before the first dose, what it says."""
    last = next(
        (d for d in doses if d.medication == spell.medication and d.amount_mg), None
    )
    name = medicines()[spell.medication].dose_fact
    if last is not None and last.on >= spell.started_on:
        yield Told(name, str(last.amount_mg), last.moment(now), DOSE_LOG)
    elif spell.dose_mg is not None:
        yield Told(name, str(spell.dose_mg), _start(spell.started_on, now), REGIMEN)


def _no_dose(ended: list[Spell], now: datetime) -> Told:
    last = max(s.stopped_on or s.started_on for s in ended)
    return Told(
        medicines()[ended[0].medication].dose_fact, "none", _start(last, now), REGIMEN
    )


def _last_taken(doses: Sequence[Dose], now: datetime) -> Iterator[Told]:
    long_acting = [d for d in doses if medicines()[d.medication].dose_fact]
    of_buprenorphine = medicines().of_ingredient(BUPRENORPHINE) & medicines().depots
    depots = [d for d in doses if d.medication in of_buprenorphine]
    if long_acting:
        last = max(long_acting, key=lambda d: d.moment(now))
        moment, drug = last.moment(now), medicines()[last.medication].ingredient
        yield Told("last_long_acting_dt", moment, moment, DOSE_LOG)
        yield Told("last_long_acting_drug", drug, moment, DOSE_LOG)
    if depots:
        moment = max(d.moment(now) for d in depots)
        yield Told("last_bup_xr_dt", moment, moment, DOSE_LOG)


def _course(spells: Sequence[Spell], now: datetime) -> Iterator[Told]:
    current = [s for s in spells if s.holds_on(now.date())]
    for spell in current:
        if spell.medication == "MTD":
            day = (now.date() - spell.started_on).days + 1
            yield Told("mtd_day", day, now, REGIMEN)
    stops = [s.stopped_on for s in spells if s.stopped_on is not None]
    if stops and not current:
        last = max(stops)
        yield Told("moud_stop", last, _start(last, now), REGIMEN)


def _start(day: date, now: datetime) -> datetime:
    """A day as a moment on the clinic's clock, never after now."""
    return min(datetime.combine(day, time(), tzinfo=now.tzinfo), now)


def cows_rise(
    cows: Sequence[tuple[datetime, int]], doses: Sequence[Dose]
) -> tuple[int, datetime] | None:
    """The highest COWS within two hours of the last dose, over the one before it."""
    daily = medicines().by_dose_fact["bup_dose"]
    moment = max((d.at for d in doses if d.medication in daily and d.at), default=None)
    if moment is None:
        return None
    before = [(at, total) for at, total in cows if at <= moment]
    after = [(at, total) for at, total in cows if moment < at <= moment + RISE_WITHIN]
    if not before or not after:
        return None
    at, highest = max(after, key=lambda reading: reading[1])
    return highest - max(before)[1], at

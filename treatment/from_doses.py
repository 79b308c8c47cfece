"""Facts from orders and the dose log. No Django."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from assessments.picture.from_scores import Scored, cows_series
from assessments.picture.sources import Stated, Subject
from knowledge.medicines import medicines
from treatment.now import Order

BUPRENORPHINE, NALTREXONE = "buprenorphine", "naltrexone"
# A rise of COWS counts within two hours of the dose (reference C19).
RISE_WITHIN = timedelta(hours=2)
DOSE_LOG, REGIMEN = "dose log", "regimen"


class DayDose(NamedTuple):
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

    def and_also(self, other: "DayDose") -> "DayDose":
        """Both doses of one day as one: the later time, the amounts together."""
        times = [at for at in (self.at, other.at) if at is not None]
        amounts = [a for a in (self.amount_mg, other.amount_mg) if a is not None]
        return self._replace(
            at=max(times, default=None),
            amount_mg=sum(amounts, Decimal(0)) if amounts else None,
        )


def treatment_facts(
    subject: Subject, orders: Sequence[Order], doses: Sequence[DayDose]
) -> Iterator[Stated]:
    """Current doses, day of treatment, last long-acting doses, last stop, and what
    stands on the list of medicines."""
    now, day = subject.at, subject.today
    begun = [o for o in reversed(orders) if o.started_on <= day and not o.is_void]
    yield from _doses(begun, doses, subject)
    yield from _last_taken(doses, now)
    yield from _course(begun, subject)
    yield from _tolerated(doses, now)
    ingredients = sorted(
        {medicines()[o.medication].ingredient for o in begun if o.holds_on(day)}
    )
    yield Stated("med_list", ingredients, now, REGIMEN)


def rise_facts(
    _subject: Subject, scores: list[Scored], doses: Sequence[DayDose]
) -> Iterator[Stated]:
    """How far withdrawal rose after the last dose."""
    rise = cows_rise(cows_series(scores), doses)
    if rise is not None:
        yield Stated("cows_rise", rise[0], rise[1], "COWS and dose log")


def _doses(
    orders: Sequence[Order], doses: Sequence[DayDose], subject: Subject
) -> Iterator[Stated]:
    for keys in medicines().by_dose_fact.values():
        its = [s for s in orders if s.medication in keys]
        current = next((s for s in its if s.holds_on(subject.today)), None)
        if current is not None:
            yield from _dose_now(current, doses, subject.at)
        elif its:
            yield _no_dose(its, subject.at)


def _dose_now(
    order: Order, doses: Sequence[DayDose], now: datetime
) -> Iterator[Stated]:
    """What was last taken under this regimen; before the first dose, what it says."""
    last = next(
        (d for d in doses if d.medication == order.medication and d.amount_mg), None
    )
    name = medicines()[order.medication].dose_fact
    if last is not None and last.on >= order.started_on:
        yield Stated(name, str(last.amount_mg), last.moment(now), DOSE_LOG)
    elif order.dose_mg is not None:
        yield Stated(name, str(order.dose_mg), _start(order.started_on, now), REGIMEN)


def _no_dose(ended: list[Order], now: datetime) -> Stated:
    last = max(s.stopped_on or s.started_on for s in ended)
    name = medicines()[ended[0].medication].dose_fact
    return Stated(name, "none", _start(last, now), REGIMEN)


def _last_taken(doses: Sequence[DayDose], now: datetime) -> Iterator[Stated]:
    long_acting = [d for d in doses if medicines()[d.medication].dose_fact]
    of_buprenorphine = medicines().of_ingredient(BUPRENORPHINE) & medicines().depots
    depots = [d for d in doses if d.medication in of_buprenorphine]
    if long_acting:
        last = max(long_acting, key=lambda d: d.moment(now))
        moment, drug = last.moment(now), medicines()[last.medication].ingredient
        yield Stated("last_long_acting_dt", moment, moment, DOSE_LOG)
        yield Stated("last_long_acting_drug", drug, moment, DOSE_LOG)
    if depots:
        moment = max(d.moment(now) for d in depots)
        yield Stated("last_bup_xr_dt", moment, moment, DOSE_LOG)
        last = max(depots, key=lambda d: d.moment(now))
        if last.medication != medicines().parent_of(last.medication):
            yield Stated("last_bup_xr_drug", last.medication, moment, DOSE_LOG)
    yield from _last_naltrexone(doses, now)


def _last_naltrexone(doses: Sequence[DayDose], now: datetime) -> Iterator[Stated]:
    its = medicines().of_ingredient(NALTREXONE) & medicines().depots
    moments = [d.moment(now) for d in doses if d.medication in its]
    if moments:
        yield Stated("last_ntx_dt", max(moments), max(moments), DOSE_LOG)


def _tolerated(doses: Sequence[DayDose], now: datetime) -> Iterator[Stated]:
    """Buprenorphine under the tongue, as of its last dose in the log."""
    daily = medicines().by_dose_fact["bup_dose"]
    moments = [d.moment(now) for d in doses if d.medication in daily]
    if moments:
        yield Stated("bup_exposure", "yes", max(moments), DOSE_LOG)


def _course(orders: Sequence[Order], subject: Subject) -> Iterator[Stated]:
    now, today = subject.at, subject.today
    current = [s for s in orders if s.holds_on(today)]
    for order in current:
        if order.medication == "MTD":
            yield Stated("mtd_day", order.day_number(today), now, REGIMEN)
        elif order.medication in medicines().depots:
            yield Stated("injection_day", _days_on(order, orders, today), now, REGIMEN)
    if orders and not current:
        last = max(o.stopped_on for o in orders if o.stopped_on is not None)
        yield Stated("moud_stop", last, _start(last, now), REGIMEN)


def _days_on(order: Order, orders: Sequence[Order], today: date) -> int:
    """The day of a course of injections, from the newest order back: another strength or
    product without a gap goes on with it."""
    first = order
    for earlier in orders:
        if earlier.medication in _depots_like(order) and _leads_to(earlier, first):
            first = earlier
    return first.day_number(today)


def _depots_like(order: Order) -> frozenset[str]:
    drug = medicines()[order.medication].ingredient
    return medicines().of_ingredient(drug) & medicines().depots


def _leads_to(earlier: Order, later: Order) -> bool:
    """Whether the other began before the next injection by the earlier one was due."""
    if earlier.started_on >= later.started_on or earlier.stopped_on is None:
        return earlier.started_on < later.started_on
    interval = timedelta(days=medicines()[earlier.medication].interval_days)
    return later.started_on <= earlier.stopped_on + interval


def _start(day: date, now: datetime) -> datetime:
    """A day as a moment on the clinic's clock, never after now."""
    return min(datetime.combine(day, time(), tzinfo=now.tzinfo), now)


def cows_rise(
    cows: Sequence[tuple[datetime, int]], doses: Sequence[DayDose]
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

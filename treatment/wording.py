"""Treatment on a day in words: what is taken, what starts, what ended."""

from datetime import date

from knowledge.medicines import medicines
from knowledge.wording.amounts import listed, milligrams
from knowledge.wording.dates import day_named, day_words
from treatment.now import Order, TreatmentNow


def order_name(order: Order) -> str:
    """The product where it is known, else the medicine."""
    return order.product or medicines()[order.medication].full


def medicine_words(treatment: TreatmentNow) -> tuple[str, str]:
    """The medicine in two lines: what is taken, and since when or what instead."""
    day = treatment.on
    if treatment.taken:
        names = [f"{order_name(o)}{milligrams(o.dose_mg)}" for o in treatment.taken]
        courses = [_course(o, day) for o in treatment.taken]
        courses += [_start(o, day) for o in treatment.ahead]
        return " + ".join(names), "; ".join(courses)
    if treatment.ahead:
        first, *more = treatment.ahead
        name = f"{order_name(first)}{milligrams(first.dose_mg)}"
        words = "; ".join([name, *(_start(o, day) for o in more)])
        return f"Starts {day_words(first.started_on, day)}", words
    if treatment.ended and treatment.ended.stopped_on:
        since = day_words(treatment.ended.stopped_on, day)
        return f"None since {since}", f"before: {order_name(treatment.ended)}"
    return "Not started", ""


def _course(order: Order, day: date) -> str:
    """`daily, day 61`, with the last day where it is known."""
    stops = order.stopped_on
    until = f"stops {day_named(stops, day)}" if stops else ""
    return listed([order.schedule, f"day {order.day_number(day)}", until])


def _start(order: Order, day: date) -> str:
    return f"{order_name(order)} starts {day_words(order.started_on, day)}"

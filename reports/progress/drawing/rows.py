"""Below the scores: doses as steps, and rows of specimens, missed days and visits. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reports.progress.drawing.frame import Block, Frame
from reports.progress.drawing.lanes import around, rungs_between
from reports.progress.drawing.shapes import Box, line, path, text, width_of
from reports.progress.drawing.styles import Symbol
from reports.progress.model import Doses, DoseStep


@dataclass(frozen=True, slots=True)
class Stretch:
    """One amount from one place on the axis to another."""

    x1: float
    x2: float
    y: float
    mg: Decimal


def draw_doses(frame: Frame, block: Block, doses: Doses, today: date) -> None:
    """A medicine under its name: steps where it is taken daily, else single doses."""
    _, top = around([Decimal(0), max(doses.most, Decimal(1))])
    frame.name(f"{doses.title}, {doses.unit}", block.top, block.middle)
    for rung in rungs_between(Decimal(0), top)[:: 2 if block.height < 80 else 1]:
        y = block.y(float(rung.value / top))
        frame.back.append(line(frame.left, y, frame.right, y, "is-grid"))
        frame.front.append(text(frame.left - 6, y + 4, rung.words, "", "end"))
    if doses.is_daily:
        _draw_steps(frame, _stretches(frame, doses.steps, block, top, today), block)
    else:
        _draw_single(frame, doses.steps, block, top)


def _stretches(
    frame: Frame, steps: tuple[DoseStep, ...], block: Block, top: Decimal, today: date
) -> list[Stretch]:
    """Each amount over the days that it held, as far as they are looked at."""
    ends = [*(step.on for step in steps[1:]), max(today, steps[-1].on)]
    found = []
    for step, end in zip(steps, ends, strict=True):
        x1, x2 = frame.inside(frame.x(step.on)), frame.inside(frame.x(end))
        if step.mg is not None and x2 > x1:
            found.append(Stretch(x1, x2, block.y(float(step.mg / top)), step.mg))
    return found


def _draw_steps(frame: Frame, stretches: list[Stretch], block: Block) -> None:
    for run in _runs(stretches):
        d = f"M{run[0].x1:.1f} {run[0].y:.1f}"
        d += "".join(f"V{one.y:.1f}H{one.x2:.1f}" for one in run)
        frame.back.append(path(f"{d}V{block.bottom:.1f}H{run[0].x1:.1f}Z", "is-area"))
        frame.front.append(path(d, "is-step"))
    for one in [*stretches[-1:], *stretches[:-1]]:
        words = f"{one.mg.normalize():f} mg"
        half = width_of(words) / 2
        # Beside a steep rise there is room below the first step only.
        is_long = one.x2 - one.x1 > 2 * half + 6
        above = [(one.x1 + 5 + half, one.y - 5)] if is_long else []
        below = [(one.x1 + 5 + half, one.y + 15)] if one is stretches[0] else []
        frame.front += frame.room.write(words, above + below, "is-strong")


def _runs(stretches: list[Stretch]) -> list[list[Stretch]]:
    """Stretches that follow on each other without a day between."""
    runs: list[list[Stretch]] = []
    for one in stretches:
        if runs and runs[-1][-1].x2 == one.x1:
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _draw_single(
    frame: Frame, steps: tuple[DoseStep, ...], block: Block, top: Decimal
) -> None:
    for step in steps:
        if step.mg is None or not frame.span.holds(step.on):
            continue
        x, y = frame.x(step.on), block.y(float(step.mg / top))
        frame.front.append(line(x, block.bottom, x, y, "is-step"))
        frame.room.take(Box(x - 2, y, x + 2, block.bottom))
        words = f"{step.mg.normalize():f} mg"
        half = width_of(words) / 2
        places = [(x, y - 5), (x + half + 6, y + 12)]
        frame.front += frame.room.write(words, places, "is-strong")


def draw_row(
    frame: Frame, block: Block, name: str, symbols: Iterable[tuple[date, Symbol]]
) -> None:
    """Signs on one line, each on its day."""
    frame.name(name, block.top, block.middle)
    frame.back.append(
        line(frame.left, block.bottom, frame.right, block.bottom, "is-grid")
    )
    for when, symbol in symbols:
        x = frame.x(when)
        if frame.left <= x <= frame.right:
            frame.front.append(symbol(x, block.middle))

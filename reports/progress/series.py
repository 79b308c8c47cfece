"""From points and observations to the series that can be drawn. Pure but for the rows."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo
from decimal import Decimal

from assessments.change.grounds import rank_of
from assessments.change.points import Point
from assessments.models import Observation
from assessments.observations.kinds import BY_CODE, label_of
from assessments.observations.numbers import with_sign
from knowledge.change import change_figures
from knowledge.conditions import tests_of
from knowledge.instruments.declaration import Band
from knowledge.instruments.registry import NoSuchInstrument, find
from knowledge.instruments.titles import part_title
from knowledge.wording.amounts import amount
from reports.progress.drawing.lanes import around
from reports.progress.model import AxisScale, Series, SeriesReading, Stripe

# What is offered first; the rest follows by title.
FIRST = (
    *("bam.risk", "phq9", "bam.protective", "bam.use", "gad7", "peg", "barc10"),
    *("tea", "cows", "sows", "audit_c", "cssrs"),
)
# Highest scores of instruments that have no figures for change (reference, part A).
HIGHEST = {"dast10": 10, "pc_ptsd5": 5, "phq2": 6, "dsm5_oud": 11, "ort_oud": 9}
HIGHEST |= {"rulers": 10, "tea": 40}
# Scores up to these share one axis.
FAMILIES = ((12, "to 12"), (27, "to 27"))
# Their bands depend on more than the score.
BANDS_VARY = ("audit_c", "pc_ptsd5", "cssrs")
MEASURED = "obs"
LEVEL = "level"


def series_of(
    points: Iterable[Point], observations: Iterable[Observation], *, zone: tzinfo
) -> tuple[Series, ...]:
    """Every score and measurement that has a number, what is looked at most first."""
    found = [*_scores(list(points)), *_measurements(observations, zone)]
    places = {key: place for place, key in enumerate(FIRST)}
    last = len(places)
    return tuple(
        sorted(found, key=lambda one: (places.get(one.key, last), one.title, one.key))
    )


def _scores(points: list[Point]) -> Iterator[Series]:
    by_sort: dict[tuple[str, str], list[Point]] = {}
    newest: dict[str, str] = {}
    for point in sorted(points, key=lambda one: one.at):
        by_sort.setdefault((point.instrument, point.version), []).append(point)
        newest[point.instrument] = point.version
    for (instrument, version), its in by_sort.items():
        older = "" if newest[instrument] == version else version
        for part in _parts(its):
            yield from _series(instrument, part, its, older)


def _parts(points: Iterable[Point]) -> list[str]:
    """The total and each part; the parts alone where there is no single total."""
    names = {name for point in points for name in point.subscales}
    has_total = any(point.total is not None for point in points)
    whole = [""] if has_total or any(point.band for point in points) else []
    drawn = () if not names or _is_counted(points) else sorted(names)
    return [*whole, *drawn]


def _is_counted(points: Iterable[Point]) -> bool:
    """Whether the parts only say what the total was counted from."""
    return any(p.instrument in ("dsm5_oud", "pc_ptsd5", "ahc_hrsn") for p in points)


def _series(
    instrument: str, part: str, points: Iterable[Point], older: str
) -> Iterator[Series]:
    readings = tuple(_reading(point, part) for point in points)
    told = tuple(reading for reading in readings if reading is not None)
    if not told:
        return
    key = f"{instrument}.{part}" if part else instrument
    title = part_title(instrument, part)
    yield Series(
        f"{key}~{older.replace(' ', '-')}" if older else key,
        f"{title} ({older})" if older else title,
        scale_of(instrument, part, told),
        told,
        stripes=stripes_of(instrument, part),
    )


def _reading(point: Point, part: str) -> SeriesReading | None:
    value = point.value(part)
    if value is None and not part:
        rank = _rank(point)
        return (
            None if rank is None else SeriesReading(point.at, Decimal(rank), point.band)
        )
    return None if value is None else SeriesReading(point.at, value, amount(value))


def _rank(point: Point) -> int | None:
    """The place of a level that has no number."""
    measures = change_figures().of(point.instrument)
    level = next((measure for measure in measures if measure.is_level), None)
    return rank_of(level.figures[0], point) if level else None


def scale_of(
    instrument: str, part: str, readings: tuple[SeriesReading, ...]
) -> AxisScale:
    """The whole range of a score; where nobody declared it, what was seen."""
    for measure in change_figures().of(instrument):
        if measure.is_level:
            names = tuple(measure.figures[0].ranks)
            return AxisScale(Decimal(0), Decimal(len(names) - 1), LEVEL, names)
        if measure.part == part and measure.highest is not None:
            low = measure.lowest or Decimal(0)
            return AxisScale(low, measure.highest, _family(low, measure.highest))
    most = HIGHEST.get(instrument)
    if most is None:
        _, top = around([Decimal(0), *(reading.value for reading in readings)])
        return AxisScale(Decimal(0), top, _family(Decimal(0), top))
    return AxisScale(Decimal(0), Decimal(most), _family(Decimal(0), Decimal(most)))


def _family(low: Decimal, high: Decimal) -> str:
    if low > 1:
        return ""
    return next((name for most, name in FAMILIES if high <= most), "")


def stripes_of(instrument: str, part: str) -> tuple[Stripe, ...]:
    """The bands of a score from no concern to the most; empty where they vary."""
    if (instrument, part) in PARTS:
        return (PARTS[instrument, part],)
    if part or instrument in BANDS_VARY:
        return ()
    try:
        bands = find(instrument).bands
    except NoSuchInstrument:
        return ()
    measures = change_figures().of(instrument)
    top = measures[0].highest if measures else None
    return _stripes(bands, top, up=any(one.rises_when_better for one in measures))


# BAM: only a line to look closer from; its sums have no bands.
RISK_FROM, PROTECTIVE_TO = (
    Decimal(str(test.operand))
    for name in ("risk", "protective")
    for test in tests_of(find("bam").flags[name].when)
)
PARTS: Mapping[tuple[str, str], Stripe] = {
    ("bam", "risk"): Stripe(
        RISK_FROM, Decimal(24), f"{RISK_FROM} or more: look at the items", 1
    ),
    ("bam", "protective"): Stripe(
        Decimal(0), PROTECTIVE_TO, f"{PROTECTIVE_TO} or fewer: look closer", 1
    ),
}


def _stripes(
    bands: tuple[Band, ...], top: Decimal | None, *, up: bool
) -> tuple[Stripe, ...]:
    if top is None or len(bands) < 2:
        return ()
    edges = [*(Decimal(band.lowest) for band in bands), top]
    last = len(bands) - 1
    return tuple(
        Stripe(
            edges[place],
            edges[place + 1],
            band.words.en.lower(),
            (last - place if up else place) / last,
        )
        for place, band in enumerate(bands)
    )


def _measurements(rows: Iterable[Observation], zone: tzinfo) -> Iterator[Series]:
    by_code: dict[str, list[Observation]] = {}
    for row in sorted(rows, key=lambda one: one.effective_at):
        if row.value is not None and row.error_at is None:
            by_code.setdefault(row.code, []).append(row)
    for code, its in by_code.items():
        yield _measurement(code, its, zone)


def _measurement(code: str, rows: list[Observation], zone: tzinfo) -> Series:
    readings = tuple(
        SeriesReading(
            row.effective_at.astimezone(zone),
            row.value,
            with_sign(row.comparator, amount(row.value)),
        )
        for row in rows
        if row.value is not None
    )
    low, high = around(reading.value for reading in readings)
    measure = BY_CODE.get(code)
    return Series(
        f"{MEASURED}.{code}",
        label_of(code),
        AxisScale(low, high),
        readings,
        measure.unit if measure else rows[-1].unit,
    )

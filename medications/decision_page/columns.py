"""The options laid out side by side: one column a medication, its ways inside.

No Django.
"""

from dataclasses import dataclass
from datetime import datetime

from knowledge.medicines import medicines
from medications.decision_page.reasons import Lines, ReasonLine
from medications.options.evaluate import BEST_FIRST
from medications.options.headline import LOOKS, Look, counted, openness
from medications.options.model import (
    Basis,
    Finding,
    Fit,
    Missing,
    Option,
    Options,
    Path,
    Standing,
)
from medications.rules.effects import Effect

PLACES = ("Ranked first", "Second", "Third", "Fourth", "Fifth")
ORDINALS = ("first", "second", "third", "fourth")
SHOWN_MISSING = 3


@dataclass(frozen=True, slots=True)
class StartingWay:
    """Ways of taking it that stand alike, with what decides it."""

    names: str
    standing: Standing
    because: str
    basis: Basis | None

    @property
    def look(self) -> Look:
        return LOOKS[self.standing]


@dataclass(frozen=True, slots=True)
class Pick:
    """Something that can be chosen, or why it cannot."""

    key: str
    name: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Opening:
    """What would silence one stop, and from when time alone allows it."""

    text: str
    basis: Basis
    earliest: datetime | None
    preferred_from: datetime | None


@dataclass(frozen=True, slots=True)
class DecisionColumn:
    """One medication, ready to be read from top to bottom."""

    key: str
    title: str
    place: str
    standing: Standing
    ways: tuple[StartingWay, ...]
    reasons_for: tuple[ReasonLine, ...]
    reasons_against: tuple[ReasonLine, ...]
    to_know: tuple[ReasonLine, ...]
    first: tuple[ReasonLine, ...]
    later: tuple[ReasonLine, ...]
    missing: tuple[Missing, ...]
    openings: tuple[Opening, ...]
    way_out: Path | None
    fits: tuple[Fit, ...]
    moved: str
    picks: tuple[Pick, ...]

    @property
    def look(self) -> Look:
        return LOOKS[self.standing]

    @property
    def is_folded(self) -> bool:
        return medicines()[self.key].is_folded

    @property
    def asks(self) -> Missing | None:
        """The first answer that holds the standing back."""
        waits = self.standing is Standing.NEEDS_DATA
        return next((m for m in self.missing if m.holds), None) if waits else None

    @property
    def missing_first(self) -> tuple[Missing, ...]:
        """What holds the standing; else the few that could move it most."""
        return self.missing[: self._shown]

    @property
    def missing_more(self) -> tuple[Missing, ...]:
        return self.missing[self._shown :]

    @property
    def _shown(self) -> int:
        return min(max(sum(m.holds for m in self.missing), 1), SHOWN_MISSING)


def arrange(
    options: Options, unasked: Options | None = None
) -> tuple[DecisionColumn, ...]:
    """Every column, in the order of the ranking; what is ruled out stands last.

    `unasked` are the options as they would rank without anything the person wishes:
    where a place differs, the column says so.
    """
    shown = _best_first(options)
    before = _best_first(unasked) if unasked else shown
    places = {key: _place(nth, _ways(key, options)) for nth, key in enumerate(shown)}
    return tuple(
        _column(
            key, places.get(key, "Seldom used"), _moved(key, shown, before), options
        )
        for key in (*shown, *_folded())
    )


def _best_first(options: Options) -> list[str]:
    return sorted(medicines().main, key=lambda key: _order(_ways(key, options)))


def _folded() -> tuple[str, ...]:
    """Columns that stand folded below the others."""
    return tuple(one.key for one in medicines().columns if one.is_folded)


def _moved(key: str, now: list[str], before: list[str]) -> str:
    """How far the person's wishes moved a column; nothing where they did not."""
    if key not in now or now.index(key) == before.index(key):
        return ""
    way = "up" if now.index(key) < before.index(key) else "down"
    return f"Moved {way} from {ORDINALS[before.index(key)]} by what matters to them"


def _ways(key: str, options: Options) -> list[Option]:
    return [options.option(way) for way in medicines().ways(key)]


def _order(ways: list[Option]) -> tuple[bool, int, int]:
    ranks = [way.rank for way in ways if way.rank is not None]
    closest = min(BEST_FIRST.index(way.standing) for way in ways)
    return (not ranks, min(ranks, default=0), closest)


def _place(nth: int, ways: list[Option]) -> str:
    standing = min(ways, key=openness).standing
    if standing.ruled_out:
        closed = standing is Standing.CONTRAINDICATED
        return "Not open now" if closed else "Better avoided now"
    unsure = ", if the answers allow" if standing is Standing.NEEDS_DATA else ""
    return PLACES[nth] + unsure


def _column(key: str, place: str, moved: str, options: Options) -> DecisionColumn:
    ways = _ways(key, options)
    products = [options.option(p) for p in medicines().told_apart(key)]
    apart = products if len({p.standing for p in products}) > 1 else []
    lines = Lines([*ways, *apart], len(ways))
    standing = min(ways, key=openness).standing
    return DecisionColumn(
        key=key,
        title=medicines()[key].name,
        place=place,
        standing=standing,
        ways=_standing_ways([*ways, *apart]),
        reasons_for=lines.of(lambda e: e is Effect.PREFERRED),
        reasons_against=lines.of(lambda e: e >= Effect.CAUTION),
        to_know=lines.of(lambda e: e is Effect.INFO),
        first=lines.tasks(blocking=True),
        later=lines.tasks(blocking=False),
        missing=_missing(ways),
        openings=_openings(ways) if standing.ruled_out else (),
        way_out=_way_out(ways) if standing.ruled_out else None,
        fits=tuple(dict.fromkeys(fit for way in ways for fit in way.fits)),
        moved="" if standing.ruled_out else moved,
        picks=tuple(_pick(way) for way in sorted(ways, key=openness)),
    )


def _pick(way: Option) -> Pick:
    is_open = way.standing is not Standing.CONTRAINDICATED
    return Pick(way.medication, medicines()[way.medication].way, is_open)


def _standing_ways(ways: list[Option]) -> tuple[StartingWay, ...]:
    """Ways that stand alike for the same reason together, the most open first."""
    alike: dict[tuple[Standing, Finding | None], list[Option]] = {}
    for way in sorted(ways, key=openness):
        alike.setdefault((way.standing, _deciding(way)), []).append(way)
    shown: list[StartingWay] = []
    for (standing, finding), group in alike.items():
        names = (
            "; ".join(medicines()[w.medication].way for w in group)
            if len(ways) > 1
            else ""
        )
        because = finding.because if finding and names else _in_short(group[0])
        shown.append(
            StartingWay(
                names, standing, because, finding.basis if finding and names else None
            )
        )
        if standing is Standing.NEEDS_DATA:
            shown.append(
                StartingWay("", group[0].otherwise, "if the answers are clear", None)
            )
    return tuple(shown)


def _deciding(way: Option) -> Finding | None:
    """The first stop; nothing where the column itself says why."""
    return next(iter(way.stops), None)


def _in_short(way: Option) -> str:
    """How many answers or reasons a standing rests on."""
    if way.standing is Standing.NEEDS_DATA:
        return counted(sum(m.holds for m in way.missing), "answer missing")
    if way.standing is Standing.CONTRAINDICATED:
        return f"{counted(len(way.stops), 'reason')}, none can be overridden"
    return counted(len(way.stops), "reason") if way.stops else ""


def _missing(ways: list[Option]) -> tuple[Missing, ...]:
    """Each fact once, as the most open way needs it; what holds a standing first."""
    by_fact: dict[str, Missing] = {}
    for way in sorted(ways, key=openness):
        for item in way.missing:
            if item.fact not in by_fact or item.holds > by_fact[item.fact].holds:
                by_fact[item.fact] = item
    return tuple(sorted(by_fact.values(), key=lambda m: (not m.holds, -m.effect)))


def _openings(ways: list[Option]) -> tuple[Opening, ...]:
    """What would silence each stop, each once."""
    changes = [change for way in ways for change in way.changes]
    return tuple(
        dict.fromkeys(
            Opening(
                f"{change.text}.",
                change.stop.basis,
                change.stop.earliest,
                change.stop.preferred_from,
            )
            for change in changes
            if change.any_of
        )
    )


def _way_out(ways: list[Option]) -> Path | None:
    """The way that needs the fewest steps."""
    found = [way.way_out for way in ways if way.way_out and way.way_out.all_of]
    return min(found, key=lambda way: len(way.all_of), default=None)

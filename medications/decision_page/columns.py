"""The options laid out side by side: one column a medication, its ways inside.

No Django.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from assessments.picture import Picture
from knowledge.editions import Edition
from knowledge.medicines import medicines
from medications.decision_page.reasons import Lines, ReasonLine
from medications.decision_page.verdicts import step_words, verdict
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

ORDINALS = ("first", "second", "third", "fourth")
# So many reasons and tasks stand in sight; the rest is told by its number.
SHOWN = 3
UNRANKED = 99
# What one column alone asks for stands there.
LEAST_SHARED = 2
UNMENTIONED = 1_000_000


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
    """One medication, ready to be read from top to bottom.

    `asks_first`: how many bedside questions its first dose waits for; `would_be`: where
    it would stand at a clinic that can give it; `shared`: lines that are said once above
    the columns and not in sight in this one.
    """

    key: str
    title: str
    standing: Standing
    rank: int | None
    is_tied: bool
    verdict: str
    asks_first: int
    would_be: Standing | None
    is_start_called_for: bool
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
    shared: frozenset[ReasonLine] = frozenset()

    @property
    def look(self) -> Look:
        return LOOKS[self.standing]

    @property
    def is_folded(self) -> bool:
        return medicines()[self.key].is_folded

    @property
    def is_here(self) -> bool:
        return self.standing is not Standing.NOT_HERE

    @property
    def can_be_chosen(self) -> bool:
        """Whether one way of taking it, or more, can be chosen now."""
        return any(pick.is_open for pick in self.picks)

    @property
    def is_choice_of_ways(self) -> bool:
        """Whether there is more than one way of taking it to choose from."""
        return sum(pick.is_open for pick in self.picks) > 1

    @property
    def asks(self) -> Missing | None:
        """The first answer that holds the standing back."""
        waits = self.standing is Standing.NEEDS_DATA
        return next((m for m in self.missing if m.holds), None) if waits else None

    @property
    def plus(self) -> tuple[ReasonLine, ...]:
        """What speaks for it, as far as it stands in sight."""
        return self.reasons_for[: SHOWN - len(self.plus_fits)]

    @property
    def plus_fits(self) -> tuple[Fit, ...]:
        return self.fits[:SHOWN]

    @property
    def minus(self) -> tuple[ReasonLine, ...]:
        own = [line for line in self.reasons_against if line not in self.shared]
        return tuple(own[:SHOWN])

    @property
    def own_first(self) -> tuple[ReasonLine, ...]:
        """What comes before its dose and not before that of every other."""
        return tuple(line for line in self.first if line not in self.shared)

    @property
    def comes_first(self) -> tuple[ReasonLine, ...]:
        return self.own_first[:SHOWN]

    @property
    def is_silent(self) -> bool:
        """Whether nothing known speaks for or against it."""
        return not (self.fits or self.reasons_for or self.reasons_against)

    @property
    def rest(self) -> str:
        """What the fold holds: each reason and task in full, and what is not in sight."""
        hidden = (
            len(self.fits)
            + len(self.reasons_for)
            - len(self.plus_fits)
            - len(self.plus)
        )
        parts = (
            (hidden, "more for"),
            (len(self.reasons_against) - len(self.minus), "more against"),
            (len(self.own_first) - len(self.comes_first), "more to do first"),
            (len(self.later), "to do later"),
            (len(self.to_know), "to know"),
        )
        told = [f"{count} {words}" for count, words in parts if count]
        return f"In full: {', '.join(told)}" if told else "In full"


def arrange(
    options: Options,
    picture: Picture,
    edition: Edition,
    *,
    unasked: Options | None = None,
    mentioned: Mapping[str, int] | None = None,
) -> tuple[DecisionColumn, ...]:
    """Every column, in the order of the ranking; what is ruled out stands last.

    Equals stand in the order in which the person `mentioned` them, else by name.
    `unasked` are the options as they would rank without anything the person wishes:
    where a place differs, the column says so.
    """
    named = mentioned or {}
    shown = _best_first(options, named)
    before = _best_first(unasked, named) if unasked else shown
    columns = [
        _column(key, _moved(key, shown, before, options), options, picture, edition)
        for key in (*shown, *_folded())
    ]
    common = frozenset(for_all(columns))
    return tuple(replace(column, shared=common) for column in columns)


def for_all(columns: Iterable[DecisionColumn]) -> tuple[ReasonLine, ...]:
    """What comes before the dose of every medication that is open here, each once."""
    open_ones = [
        column
        for column in columns
        if column.is_here and not column.is_folded and not column.standing.ruled_out
    ]
    if len(open_ones) < LEAST_SHARED:
        return ()
    first, *others = open_ones
    return tuple(
        line for line in first.first if all(line in other.first for other in others)
    )


def _best_first(options: Options, mentioned: Mapping[str, int]) -> list[str]:
    def order(key: str) -> tuple[int, int, int, str]:
        lead = _lead(_ways(key, options))
        place = lead.rank if lead.rank is not None else UNRANKED
        told = mentioned.get(key, UNMENTIONED)
        return (place, BEST_FIRST.index(lead.standing), told, medicines()[key].name)

    return sorted(medicines().main, key=order)


def _folded() -> tuple[str, ...]:
    """Columns that stand folded below the others."""
    return tuple(one.key for one in medicines().columns if one.is_folded)


def _moved(key: str, now: list[str], before: list[str], options: Options) -> str:
    """How far the person's wishes moved a column; nothing where they did not."""
    if key not in now or now.index(key) == before.index(key):
        return ""
    if _lead(_ways(key, options)).standing.ruled_out:
        return ""
    way = "up" if now.index(key) < before.index(key) else "down"
    return f"Moved {way} from {ORDINALS[before.index(key)]} by what matters to them"


def _ways(key: str, options: Options) -> list[Option]:
    return [options.option(way) for way in medicines().ways(key)]


def _lead(ways: list[Option]) -> Option:
    """The way that speaks for a medication: the one that stands best and is called for."""
    return min(ways, key=lambda way: (way.not_needed, openness(way)))


def _column(
    key: str, moved: str, options: Options, picture: Picture, edition: Edition
) -> DecisionColumn:
    ways = [way for way in _ways(key, options) if not way.not_needed]
    products = [options.option(p) for p in medicines().told_apart(key)]
    apart = products if len({p.standing for p in products}) > 1 else []
    lines = Lines([*ways, *apart], len(ways))
    family = options.option(key)
    lead = _lead([*ways, family] if family.rank is not None else ways)
    closed = lead.standing.ruled_out
    return DecisionColumn(
        key=key,
        title=medicines()[key].name,
        standing=lead.standing,
        rank=lead.rank,
        is_tied=lead.is_tied,
        verdict=verdict(lead, picture, edition),
        asks_first=len(lead.ask_first),
        would_be=lead.medical if lead.standing is Standing.NOT_HERE else None,
        is_start_called_for=len(ways) == len(_ways(key, options)),
        ways=_standing_ways([*ways, *apart]),
        reasons_for=lines.of(lambda e: e is Effect.PREFERRED),
        reasons_against=lines.of(lambda e: e >= Effect.CAUTION),
        to_know=lines.of(lambda e: e is Effect.INFO),
        first=lines.tasks(blocking=True),
        later=lines.tasks(blocking=False),
        missing=_missing(ways),
        openings=_openings(ways) if closed else (),
        way_out=_way_out(ways) if closed else None,
        fits=tuple(dict.fromkeys(fit for way in ways for fit in way.fits)),
        moved=moved,
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
                f"{'; or '.join(step_words(step) for step in change.any_of)}.",
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

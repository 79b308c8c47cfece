"""The options in few words: where each main medication stands, and the first reason.

No Django.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from knowledge.medicines import medicines
from medications.options.evaluate import BEST_FIRST
from medications.options.model import Finding, Option, Options, Standing
from medications.rules.effects import Effect
from medications.rules.words import day


@dataclass(frozen=True, slots=True)
class Look:
    """How a standing is drawn: its word, the class of its style, its symbol."""

    word: str
    css: str
    icon: str


LOOKS: Mapping[Standing, Look] = {
    Standing.PREFERRED: Look("Preferred", "is-preferred", "preferred"),
    Standing.ELIGIBLE: Look("Eligible", "is-eligible", "eligible"),
    Standing.CAUTION: Look("Caution", "is-caution", "caution"),
    Standing.NEEDS_DATA: Look("Needs data", "is-unknown", "unknown"),
    Standing.NOT_HERE: Look("Refer", "is-nothere", "refer"),
    Standing.AVOID: Look("Avoid", "is-avoid", "avoid"),
    Standing.CONTRAINDICATED: Look("Contraindicated", "is-contraindicated", "contra"),
}
EFFECT_OF = {
    Standing.CONTRAINDICATED: Effect.CONTRAINDICATED,
    Standing.AVOID: Effect.AVOID,
    Standing.NOT_HERE: Effect.NOT_HERE,
    Standing.CAUTION: Effect.CAUTION,
    Standing.PREFERRED: Effect.PREFERRED,
}

NAMED = 2


@dataclass(frozen=True, slots=True)
class Headline:
    """One main medication in one line; `option` is what stands for it."""

    medication: str
    option: str
    label: str
    standing: Standing
    rank: int | None
    reason: str
    rule: str
    earliest: datetime | None

    @property
    def look(self) -> Look:
        return LOOKS[self.standing]

    @property
    def word(self) -> str:
        return self.look.word

    @property
    def css(self) -> str:
        return self.look.css

    @property
    def icon(self) -> str:
        return self.look.icon


def headline(options: Options) -> tuple[Headline, ...]:
    """Each main medication with its standing and first reason, the best first."""
    lines = [_headline(key, options) for key in medicines().main]
    return tuple(sorted(lines, key=place))


def place(line: Headline) -> tuple[bool, int, int]:
    """Ranked ones by their rank; then what is ruled out, the less firmly first."""
    return (line.rank is None, line.rank or 0, BEST_FIRST.index(line.standing))


def _headline(medication: str, options: Options) -> Headline:
    option = best(options.option(key) for key in medicines().started(medication))
    reason, rule = first_reason(option)
    return Headline(
        medication=medication,
        option=option.medication,
        label=medicines().titles[option.medication],
        standing=option.standing,
        rank=option.rank,
        reason=reason,
        rule=rule,
        earliest=option.earliest if option.standing.ruled_out else None,
    )


def best(options: Iterable[Option]) -> Option:
    """The most open of several; of equals the better ranked, then the first."""
    return min(options, key=openness)


def openness(option: Option) -> tuple[int, int]:
    return (BEST_FIRST.index(option.standing), option.rank or 0)


def first_reason(option: Option) -> tuple[str, str]:
    """The reason that decides the standing, and its rule."""
    if option.standing is Standing.NEEDS_DATA:
        return _unanswered(option), ""
    finding = _deciding(option)
    if finding is None:
        return "No rule speaks for or against it on what is known.", ""
    return finding.because + _from(option), finding.rule


def _deciding(option: Option) -> Finding | None:
    wanted = EFFECT_OF.get(option.standing)
    return next((f for f in option.findings if f.effect is wanted), None)


def _from(option: Option) -> str:
    """The first day that time allows, unless the reason names it already."""
    if not option.standing.ruled_out or option.earliest is None:
        return ""
    when = day(option.earliest)
    is_said = f"earliest {when}" in option.stops[0].because
    return "" if is_said else f" Earliest {when}."


def _unanswered(option: Option) -> str:
    asked = [m.label for m in option.missing if m.holds]
    more = ", …" if len(asked) > NAMED else ""
    count = counted(len(asked), "answer missing")
    return f"{count}: {', '.join(asked[:NAMED])}{more}."


def counted(count: int, what: str) -> str:
    """`One answer missing`, `2 answers missing`."""
    if count == 1:
        return f"One {what}"
    noun, _, rest = what.partition(" ")
    return f"{count} {noun}s {rest}".strip()

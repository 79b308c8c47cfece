"""Start today: possible or not, from where the person's own options stand."""

from dataclasses import dataclass
from datetime import datetime

from knowledge.decision_aid.content import Aid, AidColumn
from medications.options.evaluate import BEST_FIRST
from medications.options.model import Option, Options, Standing

METHADONE, LOW_DOSE = "MTD", "BUP_LOW"


@dataclass(frozen=True, slots=True)
class Today:
    """One of the answers of the words of the aid, and the first moment it could be."""

    key: str
    earliest: datetime | None = None

    @property
    def is_later(self) -> bool:
        """Whether the option is drawn back, for today."""
        return self.key in ("not_yet", "later_today", "not_advised", "closed")


def today(
    column: AidColumn,
    options: Options,
    *,
    dispenses: bool,
    taken: frozenset[str] = frozenset(),
) -> Today:
    """The answer for one column; `dispenses` where the clinic is an OTP.

    What is `taken` already has nothing to start.
    """
    if not column.ways:
        return Today("no_medicine")
    if taken.intersection((column.key, *column.ways)):
        return Today("taking")
    return _start(column, options, dispenses=dispenses)


def _start(column: AidColumn, options: Options, *, dispenses: bool) -> Today:
    every = [options.option(key) for key in column.ways]
    ways = [way for way in every if not way.not_needed]
    way = min(ways, key=lambda way: _closeness(way, options.as_of))
    if way.standing.ruled_out:
        return _closed(way, options.as_of)
    is_elsewhere = way.medication == METHADONE and not dispenses
    if is_elsewhere or way.standing is Standing.NOT_HERE:
        return Today("elsewhere")
    if way.earliest is not None and way.earliest > options.as_of:
        return Today(_when(way.earliest, options.as_of), way.earliest)
    return Today(_open(way))


def _closeness(way: Option, now: datetime) -> tuple[int, bool, int]:
    """The most open way first; of two that stand alike the one without a wait, then
    the one with fewer steps before it."""
    waits = way.earliest is not None and way.earliest > now
    return BEST_FIRST.index(way.standing), waits, _steps(way)


def _steps(way: Option) -> int:
    """What comes before a first dose: things to do, and questions."""
    return len({a.rule for a in way.before_first_dose}) + len(way.ask_first)


def _closed(way: Option, now: datetime) -> Today:
    if way.earliest is not None and way.earliest > now:
        return Today(_when(way.earliest, now), way.earliest)
    return Today("not_advised" if way.standing is Standing.AVOID else "closed")


def _when(moment: datetime, now: datetime) -> str:
    return "later_today" if moment.date() == now.date() else "not_yet"


def _open(way: Option) -> str:
    if way.standing is Standing.NEEDS_DATA:
        waits = sum(missing.holds for missing in way.missing)
        return "maybe_one" if waits == 1 else "maybe"
    if way.medication == LOW_DOSE:
        return "yes_low"
    return {0: "yes", 1: "one_step"}.get(_steps(way), "yes_after")


def moment_words(answer: Today, aid: Aid, language: str) -> str:
    """The first moment as one says it; the hour where it is today."""
    moment = answer.earliest
    if moment is None:
        return ""
    if answer.key == "later_today":
        return f"{moment:%H:%M}"
    return day_words(moment, aid, language)


def day_words(moment: datetime, aid: Aid, language: str) -> str:
    """`Friday, November 27`, or `viernes 27 de noviembre`."""
    day = aid.say("words", "days", language).split()[moment.weekday()]
    month = aid.say("words", "months", language).split()[moment.month - 1]
    if language == "es":
        return f"{day} {moment.day} de {month}"
    return f"{day}, {month} {moment.day}"


def dated_words(moment: datetime, aid: Aid, language: str) -> str:
    """The same with its year, for what is printed, kept and read later."""
    before = " de" if language == "es" else ","
    return f"{day_words(moment, aid, language)}{before} {moment.year}"

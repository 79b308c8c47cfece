"""Bedside questions of the options that can be given, each asked once. No Django."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from knowledge.bedside import lines_of
from knowledge.holds import PLACES
from knowledge.medicines import medicines
from medications.decision_page.phases import Phase, missed
from medications.decision_page.reasons import ReasonLine
from medications.options.model import Option, Options, Standing

# Behind every place.
LAST = 99
# The line of the list that asks what a task wants recorded.
DIAGNOSIS = "diagnosis"
ASKED_AS = {"C02": DIAGNOSIS}
# What today's dose after missed ones turns on: it stands in sight.
TURNED_ON = frozenset(
    ["dosing_assess", "resp", "last_short_acting_dt", "last_fentanyl_dt", "sedatives"]
)
# Before the name of a question that another medicine than the first alone waits for.
FURTHER = "+"


@dataclass(frozen=True, slots=True)
class BedsideQuestion:
    """One question, and the facts that it is asked for here."""

    place: str
    key: str
    question: str
    facts: tuple[str, ...]
    # The medicine that alone waits for it; empty where the first option does.
    only: str = ""

    @property
    def name(self) -> str:
        """How a form names it; one that another medicine alone waits for is marked."""
        mark = FURTHER if self.only else ""
        return mark + ".".join((self.place, self.key, *self.facts))

    @property
    def id(self) -> str:
        return f"{self.place}-{self.key}"


def bedside(options: Options, phase: Phase) -> tuple[BedsideQuestion, ...]:
    """What the first option waits for, most dangerous first; then what others do."""
    asked: set[str] = set()
    found: list[BedsideQuestion] = []
    for nth, option in enumerate(_given(options, phase)):
        place = _place(option)
        only = medicines()[place].name if nth else ""
        for one in option.ask_first:
            facts = tuple(fact for fact in one.facts if fact not in asked)
            if facts:
                asked.update(facts)
                found.append(BedsideQuestion(place, one.key, one.question, facts, only))
    if phase is Phase.RESTART:
        found.sort(key=_in_restart)
    return tuple(found)


def _in_restart(one: BedsideQuestion) -> int:
    """First what the dose of today turns on, then whether tolerance was kept."""
    if not TURNED_ON.isdisjoint(one.facts):
        return 0
    return 1 if "tolerance" in one.facts else 2


def not_asked(
    lines: Iterable[ReasonLine], asked: Iterable[BedsideQuestion]
) -> tuple[ReasonLine, ...]:
    """The tasks that no question of the page stands for already."""
    keys = {one.key for one in asked}
    return tuple(line for line in lines if ASKED_AS.get(line.rule) not in keys)


def _place(option: Option) -> str:
    known = option.medication in PLACES
    return option.medication if known else medicines().parent_of(option.medication)


def _given(options: Options, phase: Phase) -> Iterable[Option]:
    """The options that can be given here, the first with the fewest questions first; in
    a restart what was missed, whose dose of today the answers decide."""
    open_ones = [option for option in options.options if _is_given(option)]
    if phase is Phase.UNDER_WAY:
        open_ones = [option for option in open_ones if option.is_under_way]
    gone = missed(options) if phase is Phase.RESTART else ()
    return sorted(
        open_ones,
        key=lambda o: (o not in gone, o.rank or LAST, len(o.ask_first), o.name),
    )


def _is_given(option: Option) -> bool:
    column = medicines()[medicines().parent_of(option.medication)]
    return (
        option.has_place
        and not column.is_folded
        and not option.not_needed
        and not option.standing.ruled_out
        and option.standing is not Standing.NOT_HERE
    )


def named(name: str) -> BedsideQuestion | None:
    """The question that a form names; None where there is no such line."""
    place, _, rest = name.removeprefix(FURTHER).partition(".")
    key, *facts = rest.split(".")
    if place not in PLACES:
        return None
    for line in lines_of(place):
        if line.key == key and facts and set(facts) <= set(line.answers):
            only = medicines()[place].name if name.startswith(FURTHER) else ""
            return BedsideQuestion(place, key, line.question, tuple(facts), only)
    return None


def with_answered(
    shown: Iterable[str], still: tuple[BedsideQuestion, ...]
) -> Iterator[BedsideQuestion]:
    """What the page showed, in its places, then what is asked anew.

    A question that was answered meanwhile stays where it is until the page is left.
    """
    by_id = {one.id: one for one in still}
    kept = [one for name in shown if (one := named(name))]
    for one in kept:
        now = by_id.pop(one.id, None)
        facts = dict.fromkeys((*one.facts, *(now.facts if now else ())))
        only = now.only if now else one.only
        yield BedsideQuestion(one.place, one.key, one.question, tuple(facts), only)
    yield from by_id.values()

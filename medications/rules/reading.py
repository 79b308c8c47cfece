"""Reading of a picture by a rule: what still counts, what is asked, what is not known.
No Django."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from assessments.facts import FACTS, NEVER, NEVER_ON, Trial, Value
from assessments.picture import Picture
from assessments.picture.model import KnownFact, is_current, lasts, standing
from knowledge.editions import Edition
from knowledge.names import is_ingredient
from knowledge.wording.dates import clock
from medications.rules.words import ago, day, listed

type Saying = Callable[[], str | None]

# Lists on which a medicine may stand; each adds, and none closes another.
MEDICINE_LISTS = ("med_list", "inducer", "inhibitor", "arv", "serotonergic")


class Unanswered(LookupError):
    """A rule cannot tell without these facts."""

    def __init__(self, *facts: str) -> None:
        super().__init__(*facts)
        self.facts = facts


class FactReader:
    """One rule's look at a picture; notes which facts it met that are out of date.

    What is out of date is not known: it stops nothing and clears nobody. `old` gives
    it where a rule says what it still means.
    """

    __slots__ = ("_once", "_picture", "as_of", "stale")

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._once: dict[object, object] = {}
        self.as_of = picture.as_of
        self.stale: dict[str, datetime] = {}

    def _known(self, name: str) -> KnownFact | None:
        """What is on record; every look at the picture goes through here."""
        return self._picture.known(name)

    def old(self, name: str) -> Value | None:
        """What is on record, however old."""
        known = self._known(name)
        return None if known is None else known.value

    def value(self, name: str) -> Value | None:
        """The same, by the name that conditions and pictures have for it."""
        return self.old(name)

    def age(self, name: str) -> timedelta | None:
        """How long ago it was true; None where nothing is on record."""
        known = self._known(name)
        return None if known is None else self.as_of - known.as_of

    def maybe(self, name: str, *, within: timedelta | None = None) -> Value | None:
        """The value that still counts, or None; older than `within` never counts."""
        known = self._known(name)
        if known is None:
            return None
        age = self.as_of - known.as_of
        if (within is not None and age > within) or not is_current(known, name, self):
            self.stale[name] = known.as_of
            return None
        return known.value

    def get(self, name: str, *, within: timedelta | None = None) -> Value:
        """The value; raises Unanswered where there is none."""
        value = self.maybe(name, within=within)
        if value is None:
            raise Unanswered(name)
        return value

    def is_known(self, name: str) -> bool:
        return self.maybe(name) is not None

    def yes(self, name: str, *, within: timedelta | None = None) -> bool:
        return self.get(name, within=within) is True

    def number(self, name: str, *, within: timedelta | None = None) -> Decimal:
        return Decimal(str(self.get(name, within=within)))

    def maybe_number(self, name: str) -> Decimal | None:
        value = self.maybe(name)
        return None if value is None else Decimal(str(value))

    def word(self, name: str) -> str:
        return str(self.get(name))

    def if_yes(self, name: str, because: str) -> str | None:
        return because if self.yes(name) else None

    def if_word(self, name: str, wanted: str, because: str) -> str | None:
        return because if self.word(name) == wanted else None

    def stated(self, name: str, holds: bool) -> str | None:  # noqa: FBT001
        """The fact by itself as the reason, where something holds of it."""
        return f"{self.said(name)}." if holds else None

    def held(self, name: str, *, within: timedelta | None = None) -> frozenset[str]:
        """What a list is known to hold; says nothing of what it does not hold."""
        known = self._known(name)
        if known is None:
            return frozenset()
        age = self.as_of - known.as_of
        if within is not None and age > within:
            self.stale[name] = known.as_of
            return frozenset()
        return standing(name, cast("frozenset[str]", known.value), age)

    def members(
        self, name: str, *wanted: str, within: timedelta | None = None
    ) -> frozenset[str]:
        """What a list holds; raises Unanswered where it holds none of the wanted and
        was not asked for all of them."""
        found = self.held(name, within=within)
        if found & set(wanted) if wanted else found:
            return found
        known = self._known(name)
        if known is None or not self._is_answered(name, known, wanted, within):
            if known is not None:
                self.stale[name] = known.as_of
            raise Unanswered(name)
        return found

    def _is_answered(
        self,
        name: str,
        known: KnownFact,
        wanted: tuple[str, ...],
        within: timedelta | None,
    ) -> bool:
        age = self.as_of - known.as_of
        if within is not None and age > within:
            return False
        if known.asked is not None and not (wanted and known.asked >= set(wanted)):
            return False
        every = wanted or FACTS[name].choices or ("",)
        return all(lasts(name, "none", age, member=one) for one in every)

    def among(
        self, name: str, *wanted: str, within: timedelta | None = None
    ) -> str | None:
        """Which of these the list holds, in words; None where it holds none."""
        members = self.members(name, *wanted, within=within)
        found = members & set(wanted) if wanted else members
        return (
            f"{FACTS[name].label}: {listed(found)}{self.dated(name)}."
            if found
            else None
        )

    def among_held(self, name: str, *wanted: str) -> str | None:
        """The same, of what is known to stand there, without asking for the rest."""
        found = self.held(name) & set(wanted)
        return (
            f"{FACTS[name].label}: {listed(found)}{self.dated(name)}."
            if found
            else None
        )

    def medicines(self, *also: str) -> frozenset[str]:
        """Every medicine known to be taken, on whatever list it stands."""
        return frozenset().union(*map(self.held, (*MEDICINE_LISTS, *also)))

    def unrecognised_medicines(self) -> frozenset[str]:
        """Entries of the medicine lists that nobody recognised, as they were written."""
        return self.held("med_unknown") | self._strangers(*MEDICINE_LISTS)

    def unrecognised_allergies(self) -> frozenset[str]:
        return self.held("allergy_unknown") | self._strangers("allergy")

    def _strangers(self, *lists: str) -> frozenset[str]:
        every = frozenset().union(*map(self.held, lists))
        return frozenset(one for one in every if not is_ingredient(one))

    def takes(
        self, wanted: Iterable[str], *lists: str, within: timedelta | None = None
    ) -> frozenset[str]:
        """Which of these are taken; raises Unanswered where none is and neither the
        medicines nor one of these lists were asked for within their time."""
        every = ("med_list", *lists)
        found = self.medicines() & frozenset(wanted)
        if found or any(self._is_asked(one, within) for one in every):
            return found
        # Whose medicines are known still is asked the one question of the day.
        still_known = any(self._is_asked(one, None) for one in every)
        raise Unanswered(*(lists if still_known else (*lists, "med_list")))

    def _is_asked(self, name: str, within: timedelta | None) -> bool:
        known = self._known(name)
        if known is None:
            return False
        if self._is_answered(name, known, (), within):
            return True
        self.stale[name] = known.as_of
        return False

    def trials(self) -> tuple[Trial, ...]:
        return cast("tuple[Trial, ...]", self.get("history"))

    def moment(self, name: str) -> datetime:
        """A moment that is on record, however old."""
        return cast("datetime", self.old(name))

    def since(self, name: str, *, within: timedelta | None = None) -> timedelta:
        """How long ago, as said in time to count."""
        return self.as_of - cast("datetime", self.get(name, within=within))

    def used_within(
        self, name: str, span: timedelta, *, told: timedelta | None = None
    ) -> bool:
        """Whether it was taken in the last so long.

        An old report says that the last use was then or later: recent use by it is
        certain, abstinence is not known.
        """
        value = self.old(name)
        if value not in (None, NEVER) and self.as_of - cast("datetime", value) < span:
            return True
        self.get(name, within=told)
        return False

    def days_since(self, name: str) -> int | None:
        """Whole days since a date; None where it never was."""
        value = cast("date", self.get(name))
        return None if value == NEVER_ON else (self.as_of.date() - value).days

    def said(self, name: str) -> str:
        """The fact with its value and, where it is not of now, its time."""
        fact, value = FACTS[name], self.old(name)
        unit = "" if not fact.unit or fact.unit.startswith("of ") else f" {fact.unit}"
        shown = listed(value) if isinstance(value, frozenset) else value
        return f"{fact.label} {shown}{unit}{self.dated(name)}"

    def dated(self, name: str) -> str:
        known = self._known(name)
        if known is None or known.as_of == self.as_of:
            return ""
        if known.as_of.date() == self.as_of.date():
            return f", {clock(known.as_of)}"
        return f", {day(known.as_of)}"

    def last(self, name: str) -> str:
        """When something was last taken, and how long ago."""
        moment = self.moment(name)
        label = FACTS[name].label
        return f"{label} {day(moment)} {clock(moment)}, {ago(self.as_of - moment)} ago"

    def latest(self, *names: str) -> str | None:
        """Which of these moments on record is the latest; None where all are never."""
        known = [n for n in names if self.old(n) not in (None, NEVER)]
        return max(known, key=self.moment, default=None)

    def once[T](
        self, derive: "Callable[[FactReader, Edition], T]", edition: Edition
    ) -> T:
        """What is derived from the picture, worked out once for all rules.

        What it lacked is raised again, with the dates of what was out of date.
        """
        if derive not in self._once:
            self._once[derive] = _kept(derive, self, edition)
        value, stale = cast("tuple[Any, dict[str, datetime]]", self._once[derive])
        self.stale |= stale
        if isinstance(value, Unanswered):
            raise Unanswered(*value.facts)
        return cast("T", value)


def _kept(
    derive: Callable[[FactReader, Edition], Any], facts: FactReader, edition: Edition
) -> tuple[Any, dict[str, datetime]]:
    before, facts.stale = facts.stale, {}
    try:
        value = derive(facts, edition)
    except Unanswered as gap:
        value = gap
    stale, facts.stale = facts.stale, before
    return value, stale


def first(*sayings: Saying) -> str | None:
    """The first that says something; unanswered only where none does."""
    unanswered: list[str] = []
    for say in sayings:
        try:
            said = say()
        except Unanswered as gap:
            unanswered.extend(gap.facts)
        else:
            if said:
                return said
    if unanswered:
        raise Unanswered(*unanswered)
    return None


def named(label: str, found: Iterable[str]) -> str | None:
    """A label with what was found; None where nothing was."""
    words = sorted(found)
    return f"{label}: {listed(words)}." if words else None

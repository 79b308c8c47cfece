"""Turn what was typed or sent into a fact's value, or say why not."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation

from assessments.facts.fact import (
    NEVER,
    NEVER_ON,
    Fact,
    FactKind,
    Reads,
    Value,
    folded,
)
from assessments.facts.trials import NotATrial, read_trials
from knowledge.names import Recognition, entries, recognise, recognise_allergen

YES = frozenset(["yes", "true", "y", "1", "positive", "present", "known"])
NO = frozenset(["no", "false", "n", "0", "negative", "absent", "none"])
NOTHING = NO | {
    *("nothing", "nil", "none_known", "no_known", "nkda", "nka", ""),
    *("no_known_allergies", "no_known_drug_allergies", "no_medications", "no_meds"),
}
RECOGNISES: Mapping[Reads, Callable[[str], Recognition]] = {
    Reads.MEDICINES: recognise,
    Reads.ALLERGENS: recognise_allergen,
}
NEVER_WORDS = frozenset(["never", "none", "no", "false"])
LONGEST_TEXT = 2000


class BadValue(ValueError):
    """A value that this fact cannot have."""


def read_value(fact: Fact, raw: object, *, as_of: datetime) -> Value:
    """The value of a fact in its own type; refuses what cannot be true."""
    try:
        return READERS[fact.kind](fact, raw, as_of)
    except NotATrial as refusal:
        raise BadValue(str(refusal)) from None


def read_asked(
    fact: Fact, raw: object, stated: object, *, as_of: datetime
) -> frozenset[str] | None:
    """Which answers of a list somebody was asked for; None where that is all of them.

    A mapping of answers to yes and no is asked for what it names.
    """
    if fact.kind not in (FactKind.SET, FactKind.INGREDIENTS):
        return None
    if stated is not None:
        value = READERS[fact.kind](fact, stated, as_of)
        return value if isinstance(value, frozenset) else None
    if not isinstance(raw, Mapping):
        return None
    if fact.kind is FactKind.INGREDIENTS:
        return frozenset(map(str, raw))
    return frozenset(_chosen(fact, name) for name in raw)


def _bool(fact: Fact, raw: object, _as_of: datetime) -> bool:
    word = folded(str(raw))
    if word in fact.words:
        return bool(fact.words[word])
    if word in YES:
        return True
    if word in NO:
        return False
    raise BadValue(f"must be yes or no, not {raw!r}")


def _decimal(fact: Fact, raw: object, _as_of: datetime) -> Decimal:
    word = folded(str(raw))
    if word in fact.words:
        return Decimal(fact.words[word])
    number = _number(raw, unit=fact.unit)
    below = fact.low is not None and number < fact.low
    above = fact.high is not None and number > fact.high
    if below or above:
        raise BadValue(f"{raw} is not possible: {_range(fact)}")
    return number


def _number(raw: object, *, unit: str) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str | Decimal):
        raise BadValue(f"must be a number, not {raw!r}")
    text = str(raw).strip()
    if unit and text.endswith(unit):
        text = text.removesuffix(unit).strip()
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise BadValue(f"must be a number, not {raw!r}") from None
    if not number.is_finite():
        raise BadValue(f"must be a number, not {raw!r}")
    return number


def _range(fact: Fact) -> str:
    unit = f" {fact.unit}" if fact.unit and not fact.unit.startswith("of ") else ""
    if fact.high is None:
        return f"at least {fact.low}{unit}"
    return f"{fact.low} to {fact.high}{unit}"


def _int(fact: Fact, raw: object, as_of: datetime) -> int:
    number = _decimal(fact, raw, as_of)
    if number != number.to_integral_value():
        raise BadValue(f"must be a whole number, not {raw}")
    return int(number)


def _moment(_fact: Fact, raw: object, as_of: datetime) -> datetime:
    if raw is False or (isinstance(raw, str) and folded(raw) in NEVER_WORDS):
        return NEVER
    moment = read_moment(raw, zone_of=as_of)
    if moment > as_of:
        raise BadValue(f"{raw} lies after this picture ({as_of.isoformat()})")
    return moment


def read_moment(raw: object, *, zone_of: datetime | None = None) -> datetime:
    """An ISO date or time; one without a zone is in that of the picture."""
    if isinstance(raw, datetime):
        moment = raw
    elif isinstance(raw, date):
        moment = datetime.combine(raw, time())
    else:
        moment = _iso(raw)
    if moment.tzinfo is None:
        zone = zone_of.tzinfo if zone_of else UTC
        moment = moment.replace(tzinfo=zone)
    return moment


def _iso(raw: object) -> datetime:
    try:
        return datetime.fromisoformat(str(raw).strip())
    except ValueError:
        raise BadValue(
            f"must be a date and time such as 2026-11-21T09:00:00Z, not {raw!r}"
        ) from None


def _day(fact: Fact, raw: object, as_of: datetime) -> date:
    moment = _moment(fact, raw, as_of)
    is_never = moment == NEVER
    return NEVER_ON if is_never else moment.astimezone(as_of.tzinfo).date()


def _choice(fact: Fact, raw: object, _as_of: datetime) -> str:
    return _chosen(fact, raw)


def _chosen(fact: Fact, raw: object) -> str:
    word = folded(str(raw))
    for choice in fact.choices:
        if folded(choice) == word:
            return choice
    if word in fact.words:
        return str(fact.words[word])
    raise BadValue(f"must be one of {', '.join(fact.choices)}, not {raw!r}")


def _set(fact: Fact, raw: object, _as_of: datetime) -> frozenset[str]:
    return frozenset(_chosen(fact, item) for item in _items(raw, keep=fact.words))


def _items(raw: object, *, keep: Iterable[str] = ()) -> list[str]:
    """The members named by one word, several, a list, or a mapping of yes and no."""
    if isinstance(raw, str):
        raw = raw.replace(";", ",").split(",")
    return _said(_listed(raw), keep)


def _entries(raw: object) -> list[str]:
    """The same, where a member may be several words with commas of its own."""
    listed = [raw] if isinstance(raw, str) else _listed(raw)
    return _said(entry for item in listed for entry in entries(str(item)))


def _listed(raw: object) -> Iterable[object]:
    if isinstance(raw, Mapping):
        return [name for name, answer in raw.items() if folded(str(answer)) in YES]
    if isinstance(raw, bool):
        return ["yes" if raw else "no"]
    if isinstance(raw, list | tuple | set | frozenset):
        return raw
    raise BadValue(f"must be a list of words, not {raw!r}")


def _said(listed: Iterable[object], keep: Iterable[str] = ()) -> list[str]:
    words = [str(item).strip() for item in listed]
    return [w for w in words if folded(w) in keep or folded(w) not in NOTHING]


def _ingredients(fact: Fact, raw: object, _as_of: datetime) -> frozenset[str]:
    """Ingredients by the names that rules know; what is not recognised, as typed."""
    if raw is True:
        raise BadValue("must name what it is, not only yes")
    if fact.reads is Reads.NOTHING:
        return frozenset(_items(raw))
    recognised = map(RECOGNISES[fact.reads], _entries(raw))
    return frozenset(n for r in recognised for n in r.ingredients or (r.written,))


def _trials(_fact: Fact, raw: object, _as_of: datetime) -> Value:
    return read_trials(raw)


def _text(_fact: Fact, raw: object, _as_of: datetime) -> str:
    if not isinstance(raw, str) or len(raw) > LONGEST_TEXT:
        raise BadValue(f"must be text of at most {LONGEST_TEXT} letters")
    return raw.strip()


READERS: Mapping[FactKind, Callable[[Fact, object, datetime], Value]] = {
    FactKind.BOOL: _bool,
    FactKind.INT: _int,
    FactKind.DECIMAL: _decimal,
    FactKind.DATETIME: _moment,
    FactKind.DATE: _day,
    FactKind.CHOICE: _choice,
    FactKind.SET: _set,
    FactKind.INGREDIENTS: _ingredients,
    FactKind.TRIALS: _trials,
    FactKind.TEXT: _text,
}

"""Joining one fact with what is known of it from other sources. No Django."""

from collections.abc import Callable, Mapping
from datetime import datetime

from assessments.facts import FACTS, NEVER, BadValue, Value, read_asked, read_value
from assessments.picture.model import KnownFact
from assessments.picture.sources import Join, Stated, Subject


def read_fact(stated: Stated, *, at: datetime) -> KnownFact | None:
    """A stated fact on the clinic's clock; None for what cannot be so, as a moment
    after the picture."""
    try:
        fact = FACTS[stated.name]
        value = read_value(fact, stated.raw, as_of=at)
        asked = read_asked(fact, stated.raw, stated.asked, as_of=at)
    except BadValue:
        return None
    if isinstance(value, datetime) and value != NEVER:
        value = value.astimezone(at.tzinfo)
    return KnownFact(value, stated.as_of.astimezone(at.tzinfo), stated.source, asked)


def joined(join: Join, name: str, new: KnownFact, subject: Subject) -> KnownFact | None:
    """What stands once a fact has joined; None where it stays unknown."""
    before = subject.facts.get(name)
    if before is not None:
        return JOINS[join](name, before, new)
    if join is Join.ADDED:
        return None
    if name in subject.emptied:
        return KnownFact(frozenset(), new.as_of, new.source)
    return new


def members(value: Value) -> frozenset[str]:
    """What a list holds."""
    return value if isinstance(value, frozenset) else frozenset()


def _newest(_name: str, before: KnownFact, new: KnownFact) -> KnownFact:
    return new if new.as_of >= before.as_of else before


def _united(_name: str, before: KnownFact, new: KnownFact) -> KnownFact:
    """As old as the newer; where only one was asked of everything, as old as that."""
    both = members(before.value) | members(new.value)
    if before.asked is not None and new.asked is not None:
        as_of, asked = max(before.as_of, new.as_of), before.asked | new.asked
        return KnownFact(both, as_of, new.source, asked)
    whole = [one for one in (before, new) if one.asked is None]
    return KnownFact(both, max(one.as_of for one in whole), new.source)


def _dated(_name: str, before: KnownFact, new: KnownFact) -> KnownFact:
    asked = before.asked if new.asked is not None else None
    as_of = max(before.as_of, new.as_of)
    return KnownFact(before.value, as_of, before.source, asked)


def _added(_name: str, before: KnownFact, new: KnownFact) -> KnownFact:
    both = members(before.value) | members(new.value)
    return KnownFact(both, before.as_of, before.source, before.asked)


def _later(_name: str, before: KnownFact, new: KnownFact) -> KnownFact:
    def moment(known: KnownFact) -> datetime:
        return known.value if isinstance(known.value, datetime) else NEVER

    return before if moment(before) > moment(new) else new


def _found(name: str, before: KnownFact, new: KnownFact) -> KnownFact:
    fresh_for = FACTS[name].fresh_for
    if before.value is False and fresh_for is not None:
        return new if before.as_of - new.as_of <= fresh_for else before
    return _newest(name, before, new)


type Joining = Callable[[str, KnownFact, KnownFact], KnownFact]

JOINS: Mapping[Join, Joining] = {
    Join.NEWEST: _newest,
    Join.UNITED: _united,
    Join.DATED: _dated,
    Join.ADDED: _added,
    Join.LATER: _later,
    Join.FOUND: _found,
}

"""Places of the options, and ties, by the six keys of the reference (C0.9). No Django."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from knowledge.cards import RuleRole
from knowledge.editions import Edition
from medications.options.fits import points
from medications.options.model import Option, Standing
from medications.rules.effects import Effect

METHADONE = "MTD"
BUPRENORPHINE = ("BUP_SL", "BUP_XR")
# Without these an option has no place.
PLACELESS = (Standing.CONTRAINDICATED, Standing.AVOID, Standing.NEEDS_DATA)
# Whose reasons in favour go before others and are not counted again with them.
COUNTED_APART = frozenset([RuleRole.CONTINUE, RuleRole.COMPARED, RuleRole.WISH])
# Whose cautions are about how to begin.
ABOUT_A_START = frozenset([RuleRole.MANNER, RuleRole.UNCOUNTED])

type Key = tuple[int, ...]


def placed(
    options: Iterable[Option], fired: Iterable[str], edition: Edition
) -> Iterator[Option]:
    """The same options, each that is open with its place; equals share one.

    A product has the place of its family. `fired` are the rules that said something.
    """
    listed = list(options)
    apart = COUNTED_APART
    if any(option.is_under_way for option in listed):
        apart |= {RuleRole.START}
    keys = {o.medication: _key(o, edition, apart) for o in listed if _is_placed(o)}
    behind = any(RuleRole.COMPARED in edition.cards[rule].roles for rule in fired)
    places = _numbered(_in_order(keys, methadone_behind=behind))
    for option in listed:
        family = option.medication if option.has_place else str(option.parent)
        place = places.get(family) if option.standing not in PLACELESS else None
        tied = place is not None and list(places.values()).count(place) > 1
        if option.not_needed:
            yield option
        else:
            yield replace(option, rank=place, is_tied=tied)


def _is_placed(option: Option) -> bool:
    return (
        option.has_place and not option.not_needed and option.standing not in PLACELESS
    )


def _key(option: Option, edition: Edition, apart: frozenset[RuleRole]) -> Key:
    """All keys but the comparison of two, the least first.

    Reasons of rules with a role set apart are not counted: what speaks for a start
    says nothing beside a treatment under way.
    """
    roles = {f.rule: frozenset(edition.cards[f.rule].roles) for f in option.findings}
    for_it = {f.rule for f in option.findings if f.effect is Effect.PREFERRED}
    against = {f.rule for f in option.findings if f.effect is Effect.CAUTION}
    return (
        option.standing is Standing.NOT_HERE,
        not any(RuleRole.CONTINUE in roles[rule] for rule in for_it),
        not any(RuleRole.WISH in roles[rule] for rule in for_it),
        -sum(not roles[rule] & apart for rule in for_it) - points(option.fits),
        sum(not roles[rule] & ABOUT_A_START for rule in against),
    )


def _in_order(keys: Mapping[str, Key], *, methadone_behind: bool) -> list[list[str]]:
    """Groups of equals, the first first; methadone behind buprenorphine where a
    comparison of the two says so and nothing before it in order speaks otherwise."""
    groups: dict[Key, list[str]] = {}
    for medication, key in keys.items():
        groups.setdefault(key, []).append(medication)
    ordered = [groups[key] for key in sorted(groups)]
    if not methadone_behind or METHADONE not in keys:
        return ordered
    others = [
        one for one in BUPRENORPHINE if one in keys and _may_pass(keys[one], keys)
    ]
    return _moved(ordered, others) if others else ordered


def _may_pass(key: Key, keys: Mapping[str, Key]) -> bool:
    """Whether what goes before the comparison leaves it to decide."""
    return key[:2] <= keys[METHADONE][:2]


def _moved(ordered: list[list[str]], others: list[str]) -> list[list[str]]:
    """Methadone right behind the last of these, unless it stands there already."""
    at = next(n for n, group in enumerate(ordered) if METHADONE in group)
    last = max(n for n, group in enumerate(ordered) if set(others) & set(group))
    if at > last:
        return ordered
    without = [[one for one in group if one != METHADONE] for group in ordered]
    without.insert(last + 1, [METHADONE])
    return [group for group in without if group]


def _numbered(ordered: list[list[str]]) -> dict[str, int]:
    """Places as in a race: after two first ones comes the third."""
    places: dict[str, int] = {}
    for group in ordered:
        place = len(places) + 1
        places.update(dict.fromkeys(group, place))
    return places

"""Scoring rules by their names in the files: answers in, an outcome out."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from knowledge.instruments.arithmetic import (
    answered,
    band_of,
    bounds,
    half_up,
    outcome,
    prorated,
    total,
)
from knowledge.instruments.declaration import (
    Context,
    Danger,
    Declaration,
    Endangered,
    Outcome,
    Status,
    Values,
    Words,
)
from knowledge.instruments.opioid_use_disorder import assess

type Rule = Callable[[Declaration, Values, Context], Outcome]


def _sum(declared: Declaration, values: Values, context: Context) -> Outcome:
    """The sum of the scored items; as many as may be missing take the mean of the others."""
    keys = declared.scored_keys
    ends = {item.key: item.allowed for item in declared.items}
    points = {
        key: max(ends[key]) + min(ends[key]) - value
        if key in declared.reversed and value is not None
        else value
        for key, value in values.items()
    }
    score = prorated(points, keys, may_miss=declared.numbers.get("may_miss", 0))
    filled = score is not None and len(answered(values, keys)) < len(keys)
    facts = {**values, **context.said, "total": score, "prorated": filled}
    parts = {part: values[part] for part in declared.subscales}
    return replace(
        outcome(score, declared.bands, declared.raised(facts)), subscales=parts
    )


def _mean(declared: Declaration, values: Values, _: Context) -> Outcome:
    """The mean to one decimal; all items are required."""
    keys = declared.scored_keys
    points = total(values, keys)
    if points is None:
        return outcome(None, declared.bands)
    return outcome(half_up(Fraction(points * 10, len(keys))) / 10, declared.bands)


def _subscales(declared: Declaration, values: Values, _: Context) -> Outcome:
    """A sum a group and no total; a sum with a missing item is None."""
    sums = {name: total(values, declared.groups[name]) for name in declared.subscales}
    return Outcome(_status(sums), None, None, sums, declared.raised(sums))


def _status(parts: Mapping[str, object | None]) -> Status:
    return Status.INCOMPLETE if None in parts.values() else Status.COMPLETE


def _alcohol(declared: Declaration, values: Values, context: Context) -> Outcome:
    """The sum of three; four is positive in men, three in everyone else."""
    score = total(values, declared.scored_keys)
    negative, positive, severe = declared.bands
    sex = context.word("sex")
    cut = declared.numbers["cut_men"] if sex == "male" else positive.lowest
    review = score is not None and score >= cut and score == values["frequency"]
    facts = {"total": score, "sex": sex, "from_frequency_alone": review}
    named = [negative, replace(positive, lowest=cut), severe]
    if review:
        says = declared.flags["review"].says
        named = [negative, replace(positive, lowest=cut, name=says)]
    return outcome(score, named, declared.raised(facts))


def _recovery_capital(declared: Declaration, values: Values, _: Context) -> Outcome:
    """The sum; under the upper band each low answer asks for a support goal."""
    score = total(values, declared.scored_keys)
    if score is None or score >= declared.bands[-1].lowest:
        return outcome(score, declared.bands)
    low = [
        key
        for key in declared.scored_keys
        if (values[key] or 0) <= declared.numbers["support_to"]
    ]
    support = declared.flags["support"].says
    return outcome(
        score, declared.bands, tuple(support.format(item=key) for key in low)
    )


def _social_needs(declared: Declaration, values: Values, _: Context) -> Outcome:
    """The count of domains with a need, once every domain is known."""
    *domains, _hits = declared.subscales
    needs = {name: _any_from_one(values, declared.groups[name]) for name in domains}
    hits = declared.groups["safety"]
    needs["safety"] = _safety(declared, values, hits)
    need = declared.flags["need"].says
    met = tuple(need.format(name=name) for name, value in needs.items() if value == 1)
    return Outcome(
        _status(needs),
        total(needs, tuple(needs)),
        None,
        {**needs, "hits": total(values, hits)},
        (*met, *declared.raised({**values, **needs})),
    )


def _any_from_one(values: Values, keys: tuple[str, ...]) -> int | None:
    """1 if any answer is positive, 0 if all are there and none is, else None."""
    there = [values[key] for key in keys]
    if any(value is not None and value >= 1 for value in there):
        return 1
    return None if None in there else 0


def _safety(declared: Declaration, values: Values, hits: tuple[str, ...]) -> int | None:
    """A need from a sum on; known early where missing answers cannot move it."""
    limits = {
        key: (min(allowed), max(allowed))
        for key in hits
        if (allowed := declared.item(key).allowed)
    }
    least, greatest = bounds(values, limits)
    start = declared.numbers["safety_from"]
    if least >= start:
        return 1
    return 0 if greatest < start else None


def _classes(declared: Declaration, values: Values, _: Context) -> Outcome:
    """A sub-score a class, never summed over classes."""
    scores = {name: total(values, declared.groups[name]) for name in declared.subscales}
    known = {name: score for name, score in scores.items() if score is not None}
    whole = len(known) == len(scores)
    opioids = sum(known.get(name, 0) for name in declared.groups["opioid_classes"])
    says = declared.flags["class"].says
    used = [
        says.format(name=name, meaning=_meaning(declared, score))
        for name, score in known.items()
        if score
    ]
    facts = {**scores, "any_opioid": opioids}
    return Outcome(
        _status(scores),
        None,
        _meaning(declared, max(known.values())) if whole else None,
        scores,
        (*used, *declared.raised(facts)),
    )


def _meaning(declared: Declaration, score: int) -> str:
    return declared.levels[min(score, len(declared.levels) - 1)]


def _triage(declared: Declaration, values: Values, _: Context) -> Outcome:
    """No triage below the highest level is given while an answer is missing."""
    level = level_of(declared, values)
    whole = None not in values.values()
    top = level == declared.bands[-1].name
    already = declared.flags["already"].says.format(level=level)
    return Outcome(
        Status.COMPLETE if whole else Status.INCOMPLETE,
        None,
        level if whole or top else None,
        {},
        (*(() if whole or top else (already,)), *declared.raised(values)),
    )


def level_of(declared: Declaration, values: Values) -> str:
    """The highest level of which an item was answered Yes."""
    yes = {key for key, value in values.items() if value == 1}
    lowest, *others = (band.name for band in declared.bands)
    met = [name for name in others if yes & set(declared.groups[name])]
    return met[-1] if met else lowest


def _gated(declared: Declaration, values: Values, context: Context) -> Outcome:
    """Yes answers of the scored items, once the gate was answered."""
    negative, positive = declared.bands
    cut = context.number("cut") or positive.lowest
    scored = declared.groups["scored"]
    gate = values[declared.groups["gate"][0]]
    score = None if gate is None else total(values, scored)
    sensitive = declared.numbers["sensitive_cut"]
    near_miss = score is not None and sensitive <= score < cut
    return Outcome(
        Status.INCOMPLETE if score is None else Status.COMPLETE,
        score,
        band_of((negative, replace(positive, lowest=cut)), score),
        {"gate": gate, "answered": len(answered(values, scored)) if gate else 0},
        declared.raised({**values, "near_miss": near_miss}),
    )


def _focus(declared: Declaration, values: Values, _: Context) -> Outcome:
    """Numbers that are not summed, and the focus of the talk that they suggest."""
    importance, confidence = (values[key] for key in declared.scored_keys)
    focus = None
    if importance is not None and confidence is not None:
        start = declared.numbers["ready_from"]
        steps = 0 if importance < start else 1 + (confidence >= start)
        focus = declared.levels[steps]
    status = Status.INCOMPLETE if focus is None else Status.COMPLETE
    return Outcome(status, None, focus, dict(values), declared.raised(values))


SCORING: Mapping[str, Rule] = {
    "sum": _sum,
    "mean": _mean,
    "subscales": _subscales,
    "alcohol": _alcohol,
    "recovery_capital": _recovery_capital,
    "social_needs": _social_needs,
    "classes": _classes,
    "triage": _triage,
    "gated": _gated,
    "focus": _focus,
    "criteria": assess,
}


def _by_answer(declared: Declaration, values: Values) -> tuple[Danger, Words] | None:
    """Any answer but none to the item of self-harm, whatever the total [P]."""
    item = declared.item(declared.groups["self_harm"][0])
    code = values[item.key]
    if not code:
        return None
    return Danger.UNSCREENED, next(c.words for c in item.choices if c.value == code)


def _by_level(declared: Declaration, values: Values) -> tuple[Danger, Words] | None:
    """The level that the Yes answers reach, also on an unfinished sheet."""
    level = level_of(declared, values)
    words = next(band.words for band in declared.bands if band.name == level)
    return None if level == declared.bands[0].name else (Danger(level), words)


DANGERS: Mapping[str, Callable[[Declaration, Values], tuple[Danger, Words] | None]] = {
    "any_answer": _by_answer,
    "triage": _by_level,
}


def danger_of(declared: Declaration, values: Values) -> Endangered | None:
    """Whether answers point to a danger to life, and in which words."""
    sign = declared.danger
    found = DANGERS[sign.by](declared, values) if sign else None
    if sign is None or found is None:
        return None
    danger, level = found
    return Endangered(
        danger,
        Words(
            sign.words.en.format(level=level.en.lower()),
            sign.words.es.format(level=level.es.lower()),
        ),
    )

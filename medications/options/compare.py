"""Comparison of options under other rules or numbers. No Django."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from assessments.picture import Picture
from knowledge.editions import Knowledge
from knowledge.medicines import medicines
from knowledge.policy import AS_SHIPPED, Policy
from medications.options.evaluate import evaluate
from medications.options.model import Action, Finding, Options
from medications.rules.registry import RULES

type Weigh = Callable[[Picture], Options]
type Stand = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class MovedOption:
    """One medication that would stand otherwise, or for other reasons.

    `gone` and `new` are lines as rule and effect: "C48=ACTION".
    """

    medication: str
    before: str
    after: str
    rank_before: int | None
    rank_after: int | None
    gone: tuple[str, ...]
    new: tuple[str, ...]


def comparable(earlier: Knowledge, now: Knowledge) -> Knowledge:
    """An earlier edition as today's rules can read it.

    A rule that is no more is left out; a number that the earlier edition did not
    have yet counts as it is today, so that it makes no difference.
    """
    return replace(
        earlier,
        parameters={**now.parameters, **earlier.parameters},
        ingredients={**now.ingredients, **earlier.ingredients},
        rules={key: raw for key, raw in earlier.rules.items() if key in RULES},
    )


def weighing(known: Knowledge, policy: Policy = AS_SHIPPED) -> Weigh:
    """How options are weighed by this knowledge at a clinic of this policy."""
    return lambda picture: evaluate(picture, known, policy)


def impact(
    pictures: Iterable[tuple[int, Picture]], *, before: Weigh, after: Weigh
) -> Iterator[tuple[int, tuple[MovedOption, ...]]]:
    """Everybody whose options change, with each medication that moves."""
    for who, picture in pictures:
        moved = tuple(compared(before(picture), after(picture)))
        if moved:
            yield who, moved


def compared(before: Options, after: Options) -> Iterator[MovedOption]:
    """Each medication, adjuncts too, that stands otherwise or for other reasons."""
    for medication in (*medicines().keys, *medicines().adjuncts):
        stood, stands = _stand(before, medication), _stand(after, medication)
        had, has = _lines(before, medication), _lines(after, medication)
        if (stood, had) != (stands, has):
            yield MovedOption(
                medication,
                before=stood[0],
                after=stands[0],
                rank_before=stood[1],
                rank_after=stands[1],
                gone=tuple(sorted(had - has)),
                new=tuple(sorted(has - had)),
            )


def _stand(options: Options, medication: str) -> Stand:
    if medication in medicines().adjuncts:
        return "", None
    option = options.option(medication)
    return option.standing.value, option.rank


def _lines(options: Options, medication: str) -> frozenset[str]:
    lines: Iterable[Finding | Action]
    if medication in medicines().adjuncts:
        lines = (x for x in options.general if x.medication == medication)
    else:
        option = options.option(medication)
        lines = (*option.findings, *option.actions)
    return frozenset(_line(line) for line in lines)


def _line(line: Finding | Action) -> str:
    effect = line.effect.name if isinstance(line, Finding) else "ACTION"
    return f"{line.rule}={effect}"

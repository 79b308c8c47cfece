"""Tasks of a choice: orders, naloxone, hand-out, contacts. No Django."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass

from knowledge.choosing import ChoiceTask, ChoiceTasks
from knowledge.editions import Knowledge
from knowledge.medicines import EVERY
from knowledge.wording.short_lines import NONE, short_lines
from medications.options.model import Action, Option, Options, Standing

REVERSAL = "ORA"
TITLE, REASON = 160, 300


@dataclass(frozen=True, slots=True)
class DecisionTask:
    """One thing that a choice writes: owed from `after` to `within` days from now."""

    key: str
    kind: str
    title: str
    reason: str
    role: str
    within: int
    cite: str
    verified: str
    after: int = 0
    blocking: bool = False

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def follows(
    choice: str, option: Option | None, options: Options, known: Knowledge
) -> tuple[DecisionTask, ...]:
    """Everything that recording this choice writes, what blocks a first dose first."""
    declared = known.choice_tasks
    if option is None:
        written = [*_standing(declared.none, choice), *_open(options, declared)]
    else:
        name = known.medicines[option.medication].name
        name = name[:1].lower() + name[1:]
        written = [*_of_medicine(option, options, declared, name)]
    once = {one.key: one for one in reversed(written)}
    return tuple(sorted(once.values(), key=_order))


def _of_medicine(
    option: Option, options: Options, declared: ChoiceTasks, name: str
) -> Iterator[DecisionTask]:
    """What starts it; where it cannot be given here, what brings the person to it."""
    if option.standing is Standing.NOT_HERE:
        yield from _open(options, declared)
        yield from _standing(declared.refer, option.medication, name=name)
        return
    yield from _tasks(option.actions, declared)
    yield from _tasks(_for_everybody(options), declared)
    yield from _standing(declared.start, option.medication, name=name)


def _order(one: DecisionTask) -> tuple[bool, int, str]:
    return (not one.blocking, one.within, one.key)


def _for_everybody(options: Options) -> list[Action]:
    """Tasks due whatever is chosen, and the offer of naloxone."""
    return [
        line
        for line in options.general
        if isinstance(line, Action) and line.medication in (EVERY, REVERSAL)
    ]


def _open(options: Options, declared: ChoiceTasks) -> Iterator[DecisionTask]:
    """Where nothing is chosen: what is owed to the person all the same."""
    for task in _tasks(_for_everybody(options), declared):
        if not task.blocking:
            yield task


def _tasks(actions: Iterable[Action], declared: ChoiceTasks) -> Iterator[DecisionTask]:
    for action in actions:
        told = declared.day_of(action.rule)
        told_short = short_lines().get(action.rule, NONE).act
        yield DecisionTask(
            key=action.rule,
            kind=told.kind,
            title=_cut(told_short or action.text, TITLE),
            reason=_cut(_reason(action, is_short=bool(told_short)), REASON),
            role=told.role,
            within=0 if action.blocking else told.within,
            cite=action.rule,
            verified=_tags(action, told.tag),
            blocking=action.blocking,
        )


def _reason(action: Action, *, is_short: bool) -> str:
    """What calls for the task; beside a short title, the rule's own text too."""
    return f"{action.because} {action.text}" if is_short else action.because


def _tags(action: Action, day: str) -> str:
    """How the task was checked, and how the day by which it is owed."""
    told = action.basis.verified
    return told if action.blocking else f"{told}; day {day}"


def _standing(
    declared: Mapping[str, ChoiceTask], choice: str, *, name: str = ""
) -> Iterator[DecisionTask]:
    for key, told in declared.items():
        yield DecisionTask(
            key=f"{choice}.{key}",
            kind=told.kind,
            title=_cut(told.title.format(name=name), TITLE),
            reason="Follows from the medication decision.",
            role=told.role,
            within=told.within,
            cite=told.source,
            verified=told.tag,
            after=told.after,
        )


def _cut(text: str, length: int) -> str:
    """As much as fits, ended where a sentence, a clause or at least a word ends: half a
    sentence may say the opposite."""
    if len(text) <= length:
        return text
    room = text[:length]
    ends = [room.rfind(mark) for mark in (". ", "; ")]
    end = max(ends) if max(ends) > 0 else room.rfind(" ")
    return f"{room[: end if end > 0 else length - 1]}…"

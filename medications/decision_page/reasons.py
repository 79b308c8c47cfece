"""Reasons and tasks of the options, each said once and drawn alike. No Django."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from knowledge.medicines import EVERY, medicines
from knowledge.wording.short_lines import act_line, minus_line, plus_line
from medications.options.model import Action, Basis, Finding, Option, Options
from medications.rules.effects import Effect

type Reason = Finding | Action

PREFERENCE = "C23"

CLASS_AND_ICON: Mapping[Effect, tuple[str, str]] = {
    Effect.INFO: ("is-do", "list"),
    Effect.PREFERRED: ("is-for", "plus"),
    Effect.CAUTION: ("is-against", "caution"),
    Effect.NOT_HERE: ("is-against", "refer"),
    Effect.AVOID: ("is-against", "avoid"),
    Effect.CONTRAINDICATED: ("is-stop", "contra"),
}


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """One reason or task; `ways` says to which ways it belongs, if not to all."""

    text: str
    short: str
    then: str
    css: str
    icon: str
    basis: Basis
    ways: str = ""
    blocking: bool = False

    @property
    def rule(self) -> str:
        return self.basis.rule


def general(options: Options) -> tuple[ReasonLine, ...]:
    """What holds whatever is chosen, each line once, tasks first."""
    lines = [line for line in options.general if not _is_in_columns(line)]
    ordered = sorted(lines, key=lambda line: not isinstance(line, Action))
    return tuple(dict.fromkeys(_line(line) for line in ordered))


def _is_in_columns(line: Reason) -> bool:
    if line.medication != EVERY:
        return False
    if isinstance(line, Action):
        return line.blocking
    return line.effect is not Effect.INFO


class Lines:
    """The findings and tasks of several ways, each said once."""

    def __init__(self, ways: list[Option], usual: int) -> None:
        self._all = {way.medication for way in ways[:usual]}
        self._findings = _said_by(ways, lambda way: way.findings)
        self._tasks = _said_by(ways, lambda way: way.actions)

    def of(self, wanted: Callable[[Effect], bool]) -> tuple[ReasonLine, ...]:
        """Lines of these effects, the strongest first."""
        found = [
            (f, ways)
            for f, ways in self._findings.items()
            if isinstance(f, Finding)
            and wanted(f.effect)
            and not (f.effect is Effect.INFO and f.medication == EVERY)
        ]
        ordered = sorted(found, key=lambda pair: self._weight(pair[0]))
        return tuple(_line(f, self._named(ways)) for f, ways in ordered)

    def tasks(self, *, blocking: bool) -> tuple[ReasonLine, ...]:
        return tuple(
            _line(task, self._named(ways))
            for task, ways in self._tasks.items()
            if isinstance(task, Action)
            and task.blocking == blocking
            and (blocking or task.medication != EVERY)
        )

    @staticmethod
    def _weight(finding: Finding) -> tuple[int, bool]:
        """The strongest first; of equals the person's wish."""
        return (-finding.effect, finding.rule != PREFERENCE)

    def _named(self, ways: list[str]) -> str:
        if self._all <= set(ways):
            return ""
        return "; ".join(medicines()[way].way for way in ways)


def _said_by(
    ways: list[Option], lines: Callable[[Option], Iterable[Reason]]
) -> dict[Reason, list[str]]:
    found: dict[Reason, list[str]] = {}
    for way in ways:
        for line in lines(way):
            found.setdefault(line, []).append(way.medication)
    return found


def _line(line: Reason, ways: str = "") -> ReasonLine:
    if isinstance(line, Action):
        short = act_line(line.rule, line.text)
        return ReasonLine(
            line.text,
            short,
            line.because,
            "is-do",
            "todo",
            line.basis,
            ways,
            line.blocking,
        )
    css, icon = CLASS_AND_ICON[line.effect]
    if line.effect is Effect.PREFERRED:
        short = plus_line(line.rule, line.medication, line.because)
    else:
        short = minus_line(line.because)
    return ReasonLine(line.because, short, line.then, css, icon, line.basis, ways)

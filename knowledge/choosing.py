"""Wishes that speak for an option, and tasks that a choice writes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from knowledge.cited import Cited


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Wish(Cited):
    """Something that can matter, and the options that it speaks for."""

    label: str
    options: Annotated[tuple[str, ...], Field(alias="for")]
    because: str
    source: Annotated[str, Field(alias="basis")] = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TaskDay(Cited):
    """Within how many days the task of a rule is owed, and by whom it is done."""

    within: int
    role: str
    kind: str = "medication_task"
    source: Annotated[str, Field(alias="basis")] = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChoiceTask(Cited):
    """One thing that every choice of its sort writes."""

    title: str
    kind: str
    role: str
    within: int
    after: int = 0
    source: Annotated[str, Field(alias="cite")] = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChoiceTasks:
    """The days of the tasks of rules, and what is written beside them."""

    usual: TaskDay | None = None
    tasks: Mapping[str, TaskDay] = field(default_factory=dict)
    start: Mapping[str, ChoiceTask] = field(default_factory=dict)
    # Of a medicine that this clinic cannot give.
    refer: Mapping[str, ChoiceTask] = field(default_factory=dict)
    none: Mapping[str, ChoiceTask] = field(default_factory=dict)

    def day_of(self, rule: str) -> TaskDay:
        """Its own day, else the usual one."""
        found = self.tasks.get(rule, self.usual)
        if found is None:
            raise LookupError(f"no day is kept for the task of {rule}")
        return found

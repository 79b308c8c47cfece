"""The medication decision, as far as a plan is drafted from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge.medicines import NO_MEDICINE, medicines

# Each start brings its own kit into the plan, so this action is not drafted twice.
KIT_RULE = "C96"
# How an option stands that this clinic cannot give.
NOT_HERE = "NOT_HERE"


class NotAnOption(Exception):
    """The chosen medication is not among the options that were shown."""


@dataclass(frozen=True, slots=True)
class RequiredAction:
    """What a rule asks to be done, before the first dose where it blocks."""

    rule: str
    text: str
    is_blocking: bool
    because: str = ""
    verified: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class MedicineChoice:
    """What was chosen together, with the reasons that stood for it."""

    medication: str
    decided_on: date
    dose: str = ""
    who: str = ""
    starts_on: date | None = None
    reasons: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    verified: str = ""
    actions: tuple[RequiredAction, ...] = ()
    # This clinic cannot give it: what was chosen is a referral.
    is_referred: bool = False

    @property
    def is_medicine(self) -> bool:
        return self.medication not in NO_MEDICINE

    @property
    def title(self) -> str:
        name = medicines()[self.medication].full
        return f"{name}: refer to a program" if self.is_referred else name


def chosen_from(
    options: Mapping[str, Any],
    medication: str,
    *,
    decided_on: date,
    dose: str = "",
    who: str = "",
    words: str = "",
    starts_on: date | None = None,
) -> MedicineChoice:
    """The choice with its reasons and required actions, from the options as shown."""
    if medication in NO_MEDICINE:
        return MedicineChoice(medication, decided_on, who=who)
    option = _option(options, medication)
    is_referred = option.get("standing") == NOT_HERE
    speaking = [f for f in option["findings"] if f["effect"] == "PREFERRED"]
    return MedicineChoice(
        medication,
        decided_on,
        dose="" if is_referred else dose,
        who=who,
        starts_on=starts_on,
        reasons=(*([words] if words else []), *(f["because"] for f in speaking)),
        rules=tuple(f["rule"] for f in speaking),
        verified=speaking[0]["verified"] if speaking else "",
        actions=() if is_referred else _actions(option["actions"]),
        is_referred=is_referred,
    )


def _option(options: Mapping[str, Any], medication: str) -> Mapping[str, Any]:
    for option in options["options"]:
        if option["medication"] == medication:
            found: Mapping[str, Any] = option
            return found
    raise NotAnOption(f"{medication} is not among the options shown.")


def _actions(declared: Sequence[Mapping[str, Any]]) -> tuple[RequiredAction, ...]:
    actions = (
        RequiredAction(
            one["rule"],
            one["text"],
            bool(one["blocking"]),
            one.get("because", ""),
            one.get("verified", ""),
            one.get("evidence", ""),
        )
        for one in declared
        if one["rule"] != KIT_RULE
    )
    return tuple(dict.fromkeys(actions))

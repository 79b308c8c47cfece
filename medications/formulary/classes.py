"""What other medicines do to one medication, as a section of its page. No Django."""

from collections.abc import Mapping
from typing import Any

from medications.formulary.lines import Line, Section, kin
from medications.knowledge import Knowledge

BOOK, KEY, TITLE, PART = "interactions", "classes", "Other medicines", "D11"


def interactions_for(medication: str, known: Knowledge) -> Section | None:
    """Each class that touches a medication with its members; None where none does."""
    about = kin(medication)
    lines = tuple(
        _line(key, kept)
        for key, kept in known.ingredients.items()
        if about & set(kept["on"])
    )
    return Section(BOOK, KEY, TITLE, PART, lines) if lines else None


def _line(key: str, kept: Mapping[str, Any]) -> Line:
    rules = ", ".join(kept["rules"])
    names = ", ".join(_name(name, kept) for name in kept["names"])
    return Line(
        key=key,
        text=f"{_headed(kept)} ({rules}): {names}.",
        numbers={},
        medications=tuple(kept["on"]),
        tag=kept["tag"],
        cites=tuple(kept["cites"]),
        checked=kept["checked"],
    )


def _headed(kept: Mapping[str, Any]) -> str:
    head = f"{kept['kind']}, {kept['direction']}"
    return head[:1].upper() + head[1:]


def _name(name: str, kept: Mapping[str, Any]) -> str:
    """A member, with what is particular to it."""
    weaker = "weaker" if name in kept.get("weaker", ()) else ""
    note = kept.get("notes", {}).get(name, weaker)
    return f"{name} ({note})" if note else name

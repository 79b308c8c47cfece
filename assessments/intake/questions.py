"""Questions of the intake, step by step, as the tables of knowledge/intake declare them.

A table names only what is its own: a fact brings its unit and limits, a measurement
its words too, and rows are about what the questions named in `of` list. No Django.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from assessments.facts import FACTS
from assessments.intake.declaration import YES_NO, Ask, Step
from assessments.intake.instrument_panels import InstrumentPanel, panel_of
from assessments.observations.kinds import BY_CODE, limits_of
from knowledge.editions import knowledge
from knowledge.medicines import medicines
from knowledge.tables import HERE, INTAKE, Table, read_file, shaped

ORDER = (
    "safety", "opioids", "substances", "body", "mind", "social", "strengths",
)  # fmt: skip
# What a question is, unless its table says otherwise.
USUALLY: Mapping[str, Table] = {
    Ask.YES_NO: {"choices": YES_NO},
    Ask.SEVERAL: {"none_word": "None of these"},
    Ask.MOMENT: {"none_word": "Never"},
    Ask.TEXT: {"is_extra": True},
    Ask.WORDS: {"is_extra": True, "help": "Their words go into the plan unchanged."},
}


def declared_steps() -> tuple[Step, ...]:
    """Every step in order; refuses a table of another shape."""
    read = _StepReader()
    raw = [read.step(read_file(HERE / INTAKE / f"{key}.toml")) for key in ORDER]
    return shaped(tuple[Step, ...], raw, INTAKE)


class ShownAmiss(ValueError):
    """A question that a page shows as told, without a name there or read as a fact."""


class _StepReader:
    """Completes each table; a later question may lean on an earlier one."""

    def __init__(self) -> None:
        self._known: dict[str, Table] = {}

    def step(self, table: Table) -> Table:
        return {**table, "panels": [self._panel(one) for one in table["panels"]]}

    def _panel(self, table: Table) -> object:
        if "instrument" in table:
            where = f"{INTAKE}: {table['instrument']}"
            return panel_of(shaped(InstrumentPanel, table, where))
        return {**table, "questions": [self._question(q) for q in table["questions"]]}

    def _question(self, table: Table) -> Table:
        own = dict(table)
        if own["kind"] == Ask.ROWS:
            own["kinds"] = own.get("kinds") or self._kinds(own)
            own["columns"] = list(self._columns(own))
        own.pop("besides", None)
        found = _completed(own)
        _refuse_shown_amiss(found)
        self._known[own["key"]] = {**table, "choices": found.get("choices", {})}
        return found

    def _kinds(self, own: dict[str, Any]) -> dict[str, str]:
        """What the questions of `of` list, without those named `besides`."""
        listed = (self._known[key]["choices"] for key in own["of"])
        besides = own.get("besides", ())
        return {k: v for c in listed for k, v in c.items() if k not in besides}

    def _columns(self, own: dict[str, Any]) -> Iterator[Table]:
        """Those of the table, or of another question, each with the rows it is for."""
        other = own.pop("columns_of", None)
        columns = self._known[other]["columns"] if other else own["columns"]
        for column in columns:
            left_out = column.get("not_for")
            if left_out is not None:
                kinds = [kind for kind in own["kinds"] if kind not in left_out]
                column = {**column, "for_kinds": kinds}
            yield _completed({k: v for k, v in column.items() if k != "not_for"})


def _refuse_shown_amiss(own: Table) -> None:
    """A label and a page go together; a fact stands among the facts already."""
    key, is_shown = own["key"], "shown" in own
    if is_shown != ("label" in own) or (is_shown and key in FACTS):
        raise ShownAmiss(key)


def _completed(own: dict[str, Any]) -> dict[str, Any]:
    """A question with what its kind, its fact and lists kept elsewhere bring."""
    shared = _shared_choices(own.pop("choices_from", ""))
    if shared:
        own["choices"] = {**shared, **own.get("choices", {})}
    return {**USUALLY.get(own["kind"], {}), **_limits(own["key"], own["kind"]), **own}


def _limits(key: str, kind: str) -> Table:
    """Unit and limits of a number that is a fact, words too of a measurement."""
    if kind == Ask.MEASURED:
        return {"ask": BY_CODE[key].label, **limits_of(BY_CODE[key])}
    return limits_of(FACTS[key]) if kind == Ask.NUMBER and key in FACTS else {}


def _shared_choices(name: str) -> dict[str, str]:
    """Medicines taken now, medicines to be chosen, or what matters in choosing one."""
    if name == "medicines_now":
        return {one.asked_as: one.full for one in medicines() if one.asked_as}
    if name == "medicines_asked":
        return {one.key: one.name for one in medicines().asked}
    if name == "wishes":
        return {key: wish.label for key, wish in knowledge().wishes.items()}
    return {}

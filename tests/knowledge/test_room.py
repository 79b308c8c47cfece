"""Everything in the room is read by its shape, cited, tagged, dated, and stands once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass

import pytest

from knowledge.bedside import every_line
from knowledge.before_use import signed_before_use
from knowledge.change import change_figures
from knowledge.choosing import ChoiceTasks
from knowledge.cited import Cited
from knowledge.decision_aid.content import aid
from knowledge.directions import directions
from knowledge.editions import knowledge
from knowledge.formulary.lines import sections
from knowledge.freshness import freshness, usual_freshness
from knowledge.hard_days.content import (
    HardDayKind,
    card_words,
    hard_day_form,
    help_lines,
)
from knowledge.holds import held_facts, hold_meanings, holds_of_rules
from knowledge.instruments.registry import instruments
from knowledge.language import language
from knowledge.medicines import medicines
from knowledge.modalities import library
from knowledge.names.vocabulary import name_groups
from knowledge.needs import need_rules
from knowledge.numbers import Number
from knowledge.risk_windows import risk_windows
from knowledge.schedule import steps
from knowledge.schedule.alerts import alert_rules
from knowledge.schedule.groups import group_rules
from knowledge.schedule.hands import hand_rules
from knowledge.schedule.injections import NoWindow, injection_rule, injection_rules
from knowledge.schedule.kinds import follow_up_kinds
from knowledge.schedule.leaving import leaving_rules
from knowledge.schedule.loops import loops
from knowledge.schedule.messages import messages
from knowledge.schedule.pathways import pathways
from knowledge.schedule.reaching import reaching
from knowledge.schedule.repeats import repeat_rules
from knowledge.schedule.standing import referral_steps, standing_duties
from knowledge.schedule.urgency import order_of_danger
from knowledge.severity import grades
from knowledge.tables import HERE, BadTable, room, shaped, shipped
from knowledge.urgent_results import urgent_results
from knowledge.weighing import weighing

# Pictures of rules, questions of the intake, and short words: read by who shows them.
OUTSIDE = ("examples", "intake", "wording", "consents")
TAG = re.compile(r"\[(V\*? \d+|M|P)")
KNOWN = knowledge()
READ = {
    "rules": KNOWN.rules,
    "parameters": KNOWN.parameters,
    "ingredients": KNOWN.ingredients,
    "fits": KNOWN.wishes,
    "follows": KNOWN.choice_tasks,
    "formulary": sections(),
    "decision_aid": aid().rows,
    "severity": grades(),
    "directions": [directions()],
    "freshness": (*freshness(), usual_freshness()),
    "holds": (held_facts(), hold_meanings(), holds_of_rules()),
    "before_use": signed_before_use(),
    "weighing": weighing(),
    "bedside": [line for _, line in every_line()],
    "language": language(),
    "modalities": library(),
    "names": name_groups(),
    "needs": need_rules(),
    "risk_windows": risk_windows(),
    "urgent_results": urgent_results(),
    "injections": injection_rules(),
    "contacts": steps.contact_phases(),
    "plan": steps.plan_steps(),
    "otp": steps.program_steps(),
    "outreach": reaching(),
    "standing": standing_duties(),
    "referral": referral_steps(),
    "leaving": leaving_rules(),
    "hands": hand_rules(),
    "duties": steps.duties(),
    "urgency": order_of_danger(),
    "alerts": alert_rules(),
    "messages": messages(),
    "loops": loops(),
    "kinds": follow_up_kinds(),
    "repeats": repeat_rules(),
    "groups": group_rules(),
    "pathways": pathways(),
    "working_hours": steps.working_hours(),
    "safety": hard_day_form(HardDayKind.SAFETY),
    "use": hard_day_form(HardDayKind.USE),
    "help_lines": help_lines(),
    "card": card_words(),
    "measures": steps.measure_occasions(),
    "instruments": instruments(),
    "change": change_figures(),
}


def statements(thing):
    """Every cited statement in a value, however deep."""
    if isinstance(thing, Cited):
        yield thing
    if is_dataclass(thing):
        inside = [getattr(thing, field.name) for field in fields(thing)]
    elif isinstance(thing, Mapping):
        inside = list(thing.values())
    else:
        inside = list(thing) if isinstance(thing, tuple | list) else []
    for one in inside:
        yield from statements(one)


@pytest.mark.parametrize("name", READ)
class TestEveryStatement:
    def test_is_tagged_and_dated(self, name):
        found = list(statements(READ[name]))

        assert found
        for one in found:
            assert TAG.search(one.tag), one
            if name != "decision_aid" or one.checked:
                assert one.next_check > one.checked, one

    def test_says_what_it_rests_on(self, name):
        for one in statements(READ[name]):
            assert set(one.cites) <= set(KNOWN.sources), one
            told = one.cites or one.source or getattr(one, "basis", "")
            assert told or "[" in one.tag, one


def test_every_file_belongs_to_something_that_is_read():
    files = {p.stem for p in HERE.rglob("*.toml") if p.parent.name not in OUTSIDE}
    books = {section.book for section in sections().values()}
    read = {
        *READ,
        *books,
        *instruments(),
        *shipped()["facts"],
        *name_groups(),
        *(s.lower() for s in ("C1", "C2", "C3", "C4", "C5", "C6", "C8")),
    }

    left = (
        files
        - read
        - {
            "c7",
            "sources",
            "about",
            "medicines",
            "answer_sets",
            "origin",
            "measurements",
            "units",
            "lab_names",
            "diagnoses",
        }
    )
    assert left == {"words", "rows", "figures"}


def test_the_tables_are_those_of_the_files():
    assert room(HERE).keys() == shipped().keys()
    assert not {*OUTSIDE} & {*shipped()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Small:
    days: int
    number: Number | None = None


class TestTheSchema:
    @pytest.mark.parametrize(
        ("raw", "place"),
        [
            ({}, "days"),
            ({"days": "soon"}, "days"),
            ({"days": 1, "hours": 2}, "hours"),
            ({"days": 1, "number": {"value": 2}}, "number.tag"),
        ],
        ids=["lacking", "of another kind", "too much", "deeper"],
    )
    def test_names_what_does_not_fit(self, raw, place):
        with pytest.raises(BadTable, match=rf"small: {re.escape(place)}"):
            shaped(Small, raw, "small")

    def test_gives_what_does(self):
        assert shaped(Small, {"days": 2}, "small") == Small(days=2)


def test_no_file_is_read_by_another_reader():
    root = HERE.parent
    readers = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if "import tomllib" in path.read_text(encoding="utf-8")
        and not {"tests", ".venv"} & set(path.relative_to(root).parts)
    }

    assert readers == {"knowledge/tables.py"}


def test_a_product_with_a_window_is_a_medicine():
    assert set(injection_rules()) <= set(medicines().depots)


def test_a_window_that_nobody_keeps():
    with pytest.raises(NoWindow, match="SUBLOCADE: tenth"):
        injection_rule("SUBLOCADE", "tenth")


def test_an_edition_without_tasks_has_no_day_for_one():
    with pytest.raises(LookupError, match="C38"):
        ChoiceTasks().day_of("C38")

"""Names of the house: a class has one meaning, a word of the glossary stands once."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

from config.local import rooms

ROOT = Path(__file__).resolve().parent.parent
MODULES = [
    path
    for room in rooms.ROOMS
    for path in sorted((ROOT / room).rglob("*.py"))
    if "migrations" not in path.parts
]
# What Django finds by its name.
BY_CONVENTION = {"Command"}


def test_no_class_has_the_name_of_another():
    found = defaultdict(list)
    for path in MODULES:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and node.name not in BY_CONVENTION:
                found[node.name].append(str(path.relative_to(ROOT)))

    assert {name: where for name, where in found.items() if len(where) > 1} == {}


@pytest.mark.parametrize("room", rooms.BARS)
def test_a_room_keeps_its_bars(room):
    modules, arrows = rooms.BARS[room]

    assert len(rooms.modules_in(room)) <= modules
    assert len(rooms.arrows_in(room)) <= arrows


def test_the_rooms_are_printed_beside_their_bars(capsys, monkeypatch):
    assert rooms.main() == 0
    assert "medications" in capsys.readouterr().out

    monkeypatch.setitem(rooms.BARS, "reports", (1, 1))
    assert rooms.main() == 1
    assert "OVER" in capsys.readouterr().out


def words_of_the_glossary():
    """Each word that a line of the glossary defines."""
    text = (ROOT / "docs" / "glossary.md").read_text()
    lines = [line for line in text.splitlines() if re.match(r"\| (?!word|-)", line)]
    for line in lines:
        head = line.split("|")[1]
        yield from (word.strip() for word in re.sub(r"\(.*?\)", "", head).split(","))


def test_the_glossary_defines_a_word_once():
    words = list(words_of_the_glossary())

    assert len(words) > 60
    assert sorted({word for word in words if words.count(word) > 1}) == []


# Openings that leave open what kind of thing stands in a module.
VAGUE = re.compile(r"^(What|Who|Whose|Whether|Where|When|Why|How|Which)\b")


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_docstring_of_a_module_says_what_stands_there(path):
    words = ast.get_docstring(ast.parse(path.read_text())) or ""

    assert not VAGUE.match(words)

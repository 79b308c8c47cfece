"""Names of the house: a class has one meaning, a word of the glossary stands once, and
its words to avoid stand nowhere."""

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


GLOSSARY = [
    line.split("|")[1:4]
    for line in (ROOT / "docs" / "glossary.md").read_text().splitlines()
    if re.match(r"\| (?!word|-)", line)
]
BRACKETS = re.compile(r" *\([^)]*\)")


def test_the_glossary_defines_a_word_once():
    words = [
        word.strip()
        for head, _, _ in GLOSSARY
        for word in BRACKETS.sub("", head).split(",")
    ]

    assert len(words) > 60
    assert sorted({word for word in words if words.count(word) > 1}) == []


def test_the_glossary_gives_a_class_to_one_word():
    named = re.findall(r"`([A-Z]\w+)`", " ".join(means for _, means, _ in GLOSSARY))
    classes = {
        node.name
        for path in MODULES
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef)
    }

    assert sorted({name for name in named if named.count(name) > 1}) == []
    assert sorted(set(named) - classes) == []


def words_to_avoid():
    """Each word of the last column that has no place of its own here."""
    for _, _, avoided in GLOSSARY:
        marked = BRACKETS.sub("()", avoided)
        yield from (
            word.strip().lower()
            for word in marked.split(",")
            if word.strip() and not word.strip().endswith("()")
        )


AVOIDED = re.compile(rf"\b({'|'.join(map(re.escape, words_to_avoid()))})(s|es)?\b")


def in_words(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ").lower()


def said_in_module(path):
    """Its docstrings, and the names that it gives, in words."""
    yield in_words(path.stem)
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Module():
                yield (ast.get_docstring(node) or "").lower()
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield in_words(name)
                yield (ast.get_docstring(node) or "").lower()
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                yield in_words(name)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_name_or_docstring_has_a_word_to_avoid(path):
    assert [said for said in said_in_module(path) if AVOIDED.search(said)] == []


TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
NO_TEXT = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]*>", re.DOTALL)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_page_has_a_word_to_avoid(path):
    text = NO_TEXT.sub(" ", path.read_text()).lower()

    assert [found.group() for found in AVOIDED.finditer(text)] == []


def test_words_to_avoid_are_found_as_they_are_written():
    assert len(AVOIDED.pattern.split("|")) > 50
    for name in ("PayloadReader", "own_rulesets", "is_dismissed"):
        assert AVOIDED.search(in_words(name))


# Openings that leave open what kind of thing stands in a module.
VAGUE = re.compile(r"^(What|Who|Whose|Whether|Where|When|Why|How|Which)\b")


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_docstring_of_a_module_says_what_stands_there(path):
    words = ast.get_docstring(ast.parse(path.read_text())) or ""

    assert not VAGUE.match(words)

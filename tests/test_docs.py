"""What the documents name exists: modules, functions, files."""

import re
from pathlib import Path

import pytest

from config.local.rooms import ROOMS

ROOT = Path(__file__).resolve().parent.parent
# In code marks, or at the head of a box of a drawing.
NAMED = re.compile(r"(?:`|\[\")([a-z_]+(?:[./][A-Za-z_]+)+)(?:`|: )")
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def named_in(path):
    """Dotted names and paths of ours that a document puts in code marks."""
    for name in NAMED.findall(path.read_text()):
        if re.split(r"[./]", name)[0] in ROOMS:
            yield name


def exists(name):
    if "/" in name:
        return (ROOT / name).exists() or (ROOT / f"{name}.py").exists()
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        place, rest = ROOT.joinpath(*parts[:count]), parts[count:]
        file = place.with_suffix(".py")
        if file.exists():
            return not rest or says(file, rest[0])
        if place.is_dir():
            return not rest or any(defines(one, rest[0]) for one in place.rglob("*.py"))
    return False


def defines(file, word):
    pattern = rf"^(?:    )?(?:def|class|type) {word}\b"
    return re.search(pattern, file.read_text(), re.MULTILINE)


def says(file, word):
    named = re.search(rf"^{word}\b", file.read_text(), re.MULTILINE)
    return named or defines(file, word)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.name)
def test_what_a_document_names_exists(path):
    assert [name for name in named_in(path) if not exists(name)] == []


def test_the_documents_name_something():
    assert len([name for path in DOCUMENTS for name in named_in(path)]) > 40
    assert not exists("medications.otherwise.changes")

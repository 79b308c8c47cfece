"""What must hold of every template and its parts, the next one too."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "templates"
OUTSIDE = {".venv", "tests", "templates"}
SOURCES = {
    path: path.read_text()
    for path in [
        *FOLDER.rglob("*.html"),
        *(p for p in ROOT.rglob("*.py") if p.relative_to(ROOT).parts[0] not in OUTSIDE),
    ]
}
MODULES = [text for path, text in SOURCES.items() if path.suffix == ".py"]
TEMPLATES = sorted(str(p.relative_to(FOLDER)) for p in FOLDER.rglob("*.html"))
PARTS = [
    (name, part)
    for name in TEMPLATES
    for part in re.findall(r"{% partialdef (\w+)", SOURCES[FOLDER / name])
]
# Found under their names by Django and by crispy-forms.
FOUND_BY_NAME = re.compile(r"(400|403|404|500)\.html|bootstrap5/.*")


def is_named(name, part=""):
    """Whether a template or a module other than itself names it."""
    quoted = re.compile(rf"[\"',]{re.escape(name + part)}[\"',{{#]")
    return any(
        quoted.search(text)
        for path, text in SOURCES.items()
        if part or path != FOLDER / name
    )


def is_chosen(name):
    """Whether a view puts the name together from one of several words."""
    folder, _, stem = name.removesuffix(".html").rpartition("/")
    return any(
        f"{folder}/{{name}}.html" in text and f'"{stem}"' in text for text in MODULES
    )


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_is_used(name):
    assert FOUND_BY_NAME.fullmatch(name) or is_named(name) or is_chosen(name)


@pytest.mark.parametrize(("name", "part"), PARTS)
def test_every_part_is_used(name, part):
    own = SOURCES[FOLDER / name]
    assert (
        f"{{% partialdef {part} inline %}}" in own
        or f"{{% partial {part} %}}" in own
        or is_named(name, f"#{part}")
        or any(f"{name}{{" in t and re.search(rf"#{part}\b", t) for t in MODULES)
    )


def test_every_part_that_is_named_is_there():
    named = {
        found
        for text in SOURCES.values()
        for found in re.findall(r"[\"']([\w/]+\.html)#(\w+)[\"']", text)
    }

    assert named <= set(PARTS)


YEARLESS = re.compile(r"\|date:[\"'](?!c[\"'])(?![^\"']*[Yyo])[^\"']*")


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_day_has_its_year_or_is_worded_by_the_room_of_words(name):
    """`day`, `short_day` and `day_and_time` know when the year has to be said."""
    assert YEARLESS.findall(SOURCES[FOLDER / name]) == []

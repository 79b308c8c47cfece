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


SYMBOLS = set(re.findall(r'id="i-([\w-]+)"', (ROOT / "static/icons.svg").read_text()))
# What draws a class, or finds elements by it.
KNOWS_CLASSES = "".join(
    path.read_text()
    for kind in ("css", "js")
    for path in (ROOT / "static" / kind).glob(f"*.{kind}")
)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_symbol_is_drawn(name):
    """One that the sprite lacks is an empty space beside its word."""
    named = set(re.findall(r"{% icon \"([\w-]+)\"", SOURCES[FOLDER / name]))
    assert named <= SYMBOLS


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_class_of_ours_is_known(name):
    """One without a rule leaves what it names unseen, as the steps of a referral were."""
    text = re.sub(r"{%.*?%}|{{.*?}}", " ", SOURCES[FOLDER / name], flags=re.DOTALL)
    classes = " ".join(re.findall(r'class="([^"]*)"', text)).split()
    selected = re.findall(r"from:\.([\w-]+)", text)
    ours = {one for one in classes if re.fullmatch(r"mst-[a-z0-9-]*[a-z0-9]", one)}
    assert not {
        one
        for one in ours - set(selected)
        if not re.search(rf"\b{one}(?![\w-])", KNOWS_CLASSES)
    }

"""What others made is served as they published it."""

import hashlib
import re

from config.local.places import ROOT

VENDOR = ROOT / "static" / "vendor"
OURS = {"SHA256SUMS", "LICENSES"}


def sums():
    lines = (VENDOR / "SHA256SUMS").read_text().splitlines()
    return {path: digest for digest, path in (line.split(maxsplit=1) for line in lines)}


def test_every_file_is_listed_and_is_what_the_list_says():
    here = {
        str(p.relative_to(VENDOR)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in VENDOR.rglob("*")
        if p.is_file() and p.name not in OURS
    }

    assert here == sums()


def test_every_folder_has_its_licence():
    assert all(
        (folder / "LICENSE").exists() for folder in VENDOR.iterdir() if folder.is_dir()
    )


def test_the_theme_asks_only_for_files_that_are_here():
    sheet = ROOT / "static" / "css" / "mainstay.css"
    asked = re.findall(r'url\("([^"#]+)"\)', sheet.read_text())

    assert asked
    assert [a for a in asked if not (sheet.parent / a).resolve().exists()] == []


def test_htmx_evaluates_nothing_unless_it_is_allowed_to():
    script = (VENDOR / "htmx" / "htmx.min.js").read_text()

    # The two switches that the page's meta element turns off.
    assert "allowEval" in script
    assert "includeIndicatorStyles" in script

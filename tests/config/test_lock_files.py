"""The lock files: everything with its hash, and nowhere a place to fetch it from."""

import re
import tomllib

import pytest

from config.local.places import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock")


def pins(name):
    return dict(
        re.findall(r"^([a-z0-9-]+)==([^ \\;]+)", (ROOT / name).read_text(), re.M)
    )


@pytest.mark.parametrize("name", LOCKS)
def test_names_no_address(name):
    assert not re.search(
        r"https?:|--(extra-)?index|--find-links", (ROOT / name).read_text()
    )


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_a_hash(name):
    for entry in re.split(r"\n(?=[a-z])", (ROOT / name).read_text())[1:]:
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_tests_run_on_what_runs():
    assert pins(LOCKS[0]).items() <= pins(LOCKS[1]).items()


def test_the_queue_client_is_whole_without_the_tools_of_tests():
    # Celery's Redis transport imports it, and pytest would hide its absence.
    assert "packaging" in pins(LOCKS[0])


def test_locks_hold_what_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    wanted = [re.sub(r"\[.*\]", "", a).lower().split("==") for a in asked]

    assert all(len(w) == 2 for w in wanted)
    assert [w for w in wanted if pins(LOCKS[1]).get(w[0]) != w[1]] == []

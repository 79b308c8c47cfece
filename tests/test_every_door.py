"""Every staff view that acts goes through `accounts.doors`, or says why it does not."""

import ast
import importlib
import inspect
from pathlib import Path

import pytest

from accounts.refusals import Refused

ROOT = Path(__file__).resolve().parent.parent
VIEWS = sorted(
    str(path.relative_to(ROOT).with_suffix("")).replace("/", ".")
    for pattern in ("*/views.py", "*/views/*.py")
    for path in ROOT.glob(pattern)
    if path.stem != "__init__"
)
# Doors of another kind, where a refusal is said otherwise; each says so in its words.
OTHER_DOORS = {
    "assessments.views.saving": "a field that saves itself",
    "aftercare.views.site_moves": "who there may be the same person is asked about",
    "patients.views.registry": "who may be the same person is asked about, not refused",
    "assessments.views.handover": "what the person presses on the tablet",
    "aftercare.views.answering": "a visitor with a link",
    "medications.views.talk_page": "the aid's own words, in the person's language",
}
# Acts that refuse nothing and are no more than a note of what the view does anyway.
NEVER_REFUSED = {
    "assessments.views.answers.confirm": "one answer of a field that saves itself",
    "assessments.views.giving.draft": "what is typed, kept as it is",
    "assessments.views.giving.discard": "one's own draft, there or not",
}


def names_caught(node):
    caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    return [ast.unparse(one) for one in caught if one is not None]


def named(module, words):
    """What a dotted name of a module stands for; None where it is a local one."""
    found = module
    for word in words.split("."):
        found = getattr(found, word, None)
    return found


@pytest.mark.parametrize("name", VIEWS)
def test_no_view_words_a_refusal_by_itself(name):
    module = importlib.import_module(name)
    caught = [
        words
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.ExceptHandler)
        for words in names_caught(node)
        if inspect.isclass(kind := named(module, words)) and issubclass(kind, Refused)
    ]

    assert bool(caught) == (name in OTHER_DOORS), f"{caught}: use accounts.doors.act"


def staff_views(module):
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        name = node.name if isinstance(node, ast.FunctionDef) else ""
        if hasattr(getattr(module, name, None), "required_permission"):
            yield node


def acts_outside(module, view):
    """Acts that a view calls itself; what `act` is given stands in a lambda."""
    waiting = list(view.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Lambda):
            continue
        waiting += ast.iter_child_nodes(node)
        if isinstance(node, ast.Call) and _is_act(module, node):
            yield ast.unparse(node.func)


def _is_act(module, call):
    found = named(module, ast.unparse(call.func))
    home = getattr(found, "__module__", None) or ""
    told = {keyword.arg for keyword in call.keywords}
    is_action = ".actions" in home and bool(told & {"by", None})
    return is_action and not found.__name__.startswith("note_")


@pytest.mark.parametrize("name", VIEWS)
def test_what_may_be_refused_is_done_through_the_door(name):
    module = importlib.import_module(name)
    outside = {
        f"{name}.{view.name}": acts
        for view in staff_views(module)
        if (acts := list(acts_outside(module, view)))
    }

    assert not outside.keys() - NEVER_REFUSED.keys(), (
        f"use accounts.doors.act: {outside}"
    )

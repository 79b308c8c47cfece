"""What was decided before this version: kept editions and options, byte for byte.

An edition of the first engine reads back; its options were added up otherwise and are
kept as they were shown (docs/adr/0028).
"""

import json
from pathlib import Path

import pytest

from assessments.picture import Picture
from knowledge.edition_text import restored
from knowledge.editions import knowledge
from knowledge.policy import Policy
from medications.decision_page.replay import canonical
from medications.options.compare import comparable
from medications.options.counterfactuals import with_changes
from medications.options.evaluate import evaluate

RECORDED = Path(__file__).parent / "recorded"
FIRST_ENGINE = RECORDED / "engine_1" / "edition.json"
FIRST_DIGEST = "afc69aa9de248ce33396f61e7dea0643eec4fd5ece9f95208380add1ac83450e"
EDITION = restored((RECORDED / "edition.json").read_text(encoding="utf-8"))
KEPT = json.loads((RECORDED / "people.json").read_text(encoding="utf-8"))


def test_an_edition_of_the_first_engine_has_the_digest_it_had():
    first = restored(FIRST_ENGINE.read_text(encoding="utf-8"))

    assert (first.digest, first.engine) == (FIRST_DIGEST, 1)
    assert len(first.rules) == 121


def test_an_edition_of_then_has_the_digest_it_had():
    assert EDITION.digest == KEPT["digest"]
    assert EDITION.engine == knowledge().engine


@pytest.mark.parametrize("person", KEPT["people"], ids=lambda person: person["title"])
def test_options_of_then_are_weighed_to_the_same_bytes(person):
    picture = Picture.from_json(person["picture"])
    then = comparable(EDITION, knowledge())
    options = evaluate(picture, then, Policy.from_json(person["policy"]))

    again = with_changes(options, picture, then).to_json()

    assert canonical(again) == canonical(person["options"])

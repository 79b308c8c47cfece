"""A stop that meets what is taken: only where the clinic uses its rule (C120)."""

from dataclasses import replace

import pytest

from knowledge.editions import knowledge
from knowledge.policy import Policy
from medications.rules.new_stops import NEW_STOPS, new_stop
from medications.rules.reading import FactReader
from medications.rules.registry import RULES
from medications.rules.under_way import taking
from tests.medications.pictures import NOW, picture

EDITION = knowledge().on(NOW.date())
ON_METHADONE = {"mtd_dose": 90, "med_list": ["methadone"], "qtc": 510}


def stop_by(edition):
    seen = FactReader(picture(ON_METHADONE))
    return new_stop(seen, edition, taking(seen, edition)["MTD"])


def test_is_the_sentence_of_its_rule():
    assert stop_by(EDITION) == "QTc 510 ms: 500 ms or more."


def test_a_rule_that_the_clinic_switched_off_stops_nothing():
    policy = Policy(off={"C47": "Read by its cardiologist."})

    assert stop_by(replace(EDITION, policy=policy)) is None


@pytest.mark.parametrize("name", NEW_STOPS)
def test_each_can_rule_something_out(name):
    card = EDITION.cards[name]

    assert name in RULES
    assert card.section in ("C3", "C4")
    assert any(word in f"{card.effects} {card.may}" for word in ("AVOID", "CONTRA"))

"""A card names all that its rule says and reads: facts, numbers, sentences."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from knowledge.editions import build, knowledge
from medications.knowledge_pages.search import names_read
from medications.rules.examples import examples
from medications.rules.organ import ECG_FOR_ALL
from medications.rules.reading import FactReader
from medications.rules.registry import RULES, put
from tests.assessments.picture.test_model import FACT_VALUES
from tests.medications.pictures import CLEAR, picture

TODAY = date(2026, 11, 22)
KNOWN = knowledge()
EDITION = KNOWN.on(TODAY)
CARDS = list(EDITION.cards.values())


def of(card_or_rule):
    return getattr(card_or_rule, "id", card_or_rule)


# A placeholder stands for anything within one sentence.
ANYTHING = r"(?:(?!\. ).)*?"
DATED = r"(?: Out of date: last known on .*\.)?"


def sentence(template):
    parts = re.split(r"\{[a-z_0-9]+\}", template)
    return ANYTHING.join(re.escape(part) for part in parts)


def matches(because, templates):
    one = "(?:" + "|".join(sentence(t) for t in templates) + ")"
    return re.fullmatch(f"{one}(?: {one})*{DATED}", because) is not None


class Recording(FactReader):
    """A reading that notes which facts it was asked for."""

    def __init__(self, seen):
        super().__init__(seen)
        self.asked = set()

    def _known(self, name):
        self.asked.add(name)
        return super()._known(name)


def asked(rule, seen):
    look = Recording(seen)
    put(rule, RULES[rule], look, EDITION)
    return look.asked


class Numbers(dict):
    """The numbers of an edition; notes which were looked up."""

    def __init__(self, numbers):
        super().__init__(numbers)
        self.asked = set()

    def __getitem__(self, name):
        self.asked.add(name)
        return super().__getitem__(name)

    def get(self, name, default=None):
        self.asked.add(name)
        return super().get(name, default)


def numbers_asked(rule, seen):
    numbers = Numbers(EDITION.numbers)
    put(rule, RULES[rule], FactReader(seen), replace(EDITION, numbers=numbers))
    return numbers.asked


@pytest.mark.parametrize("rule", EDITION.cards)
class TestWhatItSays:
    def test_every_sentence_of_an_example_is_of_its_card(self, rule):
        for example in examples()[rule]:
            outcome = put(rule, RULES[rule], FactReader(example.picture), EDITION)
            if outcome.said:
                said = outcome.said.because
                assert matches(said, EDITION.cards[rule].says), said

    def test_every_template_is_said_by_an_example(self, rule):
        outcomes = [
            put(rule, RULES[rule], FactReader(e.picture), EDITION)
            for e in examples()[rule]
        ]
        said = [o.said.because for o in outcomes if o.said]

        for template in set(EDITION.cards[rule].says) - {ECG_FOR_ALL}:
            one = rf"(?:^|(?<=\. )){sentence(template)}(?:$| )"
            assert any(re.search(one, because) for because in said), template

    def test_a_template_is_a_sentence(self, rule):
        for template in EDITION.cards[rule].says:
            assert template.endswith(".")


@settings(max_examples=60, deadline=None)
@given(FACT_VALUES)
def test_every_sentence_of_any_picture_is_of_its_card(facts):
    for seen in (picture(facts), picture({**CLEAR, **facts})):
        for card in CARDS:
            said = put(card.id, RULES[card.id], FactReader(seen), EDITION).said
            assert said is None or matches(said.because, card.says), said


def test_a_template_matches_no_other_sentence():
    assert matches("QTc 500 ms: 500 ms or more.", EDITION.cards["C47"].says)
    assert not matches("Something else.", EDITION.cards["C47"].says)
    assert not matches("", EDITION.cards["C47"].says)


class TestWhatItReads:
    @pytest.mark.parametrize("rule", EDITION.cards)
    def test_no_example_reads_what_the_card_does_not_name(self, rule):
        for example in examples()[rule]:
            assert asked(rule, example.picture) <= set(EDITION.cards[rule].uses)

    @settings(max_examples=60, deadline=None)
    @given(FACT_VALUES)
    def test_no_picture_reads_what_the_card_does_not_name(self, facts):
        for seen in (picture(facts), picture({**CLEAR, **facts})):
            for card in CARDS:
                assert asked(card.id, seen) <= set(card.uses), card.id

    @pytest.mark.parametrize("card", CARDS, ids=of)
    def test_nothing_is_named_that_no_example_reads(self, card):
        pictures = [e.picture for rows in examples().values() for e in rows]
        read = set().union(*(asked(card.id, seen) for seen in pictures))
        assert set(card.uses) == read


class TestWhichNumbersItReads:
    @pytest.mark.parametrize("rule", EDITION.cards)
    def test_an_example_reads_no_other(self, rule):
        declared = set(names_read(rule, KNOWN))

        for example in examples()[rule]:
            assert numbers_asked(rule, example.picture) <= declared

    @settings(max_examples=30, deadline=None)
    @given(FACT_VALUES)
    def test_no_picture_reads_another(self, facts):
        seen = picture({**CLEAR, **facts})
        for card in CARDS:
            assert numbers_asked(card.id, seen) <= set(names_read(card.id, KNOWN))

    def test_every_number_is_read_by_a_rule_or_by_who_is_named_here(self):
        read = {name for rule in KNOWN.rules for name in names_read(rule, KNOWN)}

        elsewhere = {
            "attention_flags": "the banner",
            "taken_today_hours": "rows of a restart (medications.decision_page.restart)",
            "methadone_supply_days": "what is dispensed (treatment.actions.programs)",
        }
        assert set(KNOWN.parameters) - read == set(elsewhere)

    def test_what_its_words_name_is_among_them(self):
        for rule, card in KNOWN.rules.items():
            words = f"{card.when} {card.then} {card.lifts}"
            named = set(re.findall(r"\{([a-z_0-9]+)\}", words))
            assert named <= set(names_read(rule, KNOWN)), rule

    def test_an_edition_that_did_not_say_is_looked_through(self):
        tables = {name: dict(table) for name, table in KNOWN.tables.items()}
        card = {k: v for k, v in tables["rules"]["C47"].items() if k != "numbers"}
        tables["rules"]["C47"] = card

        assert names_read("C47", build(tables)) == ["qtc_avoid"]

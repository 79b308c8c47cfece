"""What the rules lean on is dated, cited and tagged, and its digest tells."""

import re
from datetime import date

import pytest

from assessments.facts import FACTS
from knowledge.cited import Check
from knowledge.editions import UnknownParameter, build, knowledge
from knowledge.medicines import EVERY, medicines
from knowledge.names import is_ingredient
from knowledge.numbers import NoValueOn
from medications.rules import RULES
from medications.rules.registry import RuleTwice, rule, says_of

TODAY = date(2026, 11, 28)
FIRST_DAY = date(2026, 11, 21)
EDITION = knowledge().on(TODAY)
TAG = re.compile(r"\[(V\*? \d+|M|P)")


@pytest.mark.parametrize("card", EDITION.cards.values(), ids=list(EDITION.cards))
class TestEveryCard:
    def test_has_its_function(self, card):
        assert card.id in RULES

    def test_cites_listed_sources(self, card):
        assert card.cites
        assert set(card.cites) <= set(knowledge().sources)

    def test_keeps_the_tag_of_the_reference(self, card):
        assert re.fullmatch(r"(\[[VMP][^\]]*\] ?)+", card.verified)
        assert FIRST_DAY <= card.checked <= TODAY

    def test_names_only_known_medications(self, card):
        says = (*says_of(card.effects), *says_of(card.may))
        assert says
        assert {s.medication for s in says} <= {
            *medicines().sentences,
            *medicines().adjuncts,
            EVERY,
        }

    def test_a_stop_says_what_would_lift_it(self, card):
        stops = any(
            s.effect.rules_out for s in (*says_of(card.effects), *says_of(card.may))
        )
        if stops:
            assert card.lifts

    def test_is_in_whole_words(self, card):
        text = f"{card.when} {card.then} {card.lifts}"
        assert "{" not in text
        assert card.then.endswith(".")


def test_all_rules_of_the_reference_are_there():
    assert len(EDITION.cards) == 141
    assert set(RULES) == set(EDITION.cards)


@pytest.mark.parametrize(("name", "entry"), knowledge().parameters.items())
def test_every_number_is_dated_cited_and_tagged(name, entry):
    assert entry.meaning
    for value in entry.values:
        assert isinstance(value.since, date)
        assert set(value.cites) <= set(knowledge().sources)
        assert TAG.match(value.tag)


@pytest.mark.parametrize("group", knowledge().ingredients)
def test_ingredients_are_named_as_pictures_name_them(group):
    names = knowledge().ingredients[group].names

    assert list(names) == [n.lower() for n in names]
    assert len(set(names)) == len(names)
    assert all(is_ingredient(name) or "/" in name for name in names)


def test_no_word_that_labels_a_person():
    labels = r"\b(addict|abuse[rd]?|clean|dirty|relapse[sd]?|non-?complian\w+|refuse[sd]?|homeless|failed)\b"
    said = [f"{c.when} {c.then} {c.lifts}" for c in EDITION.cards.values()]
    said += [f"{f.label} {f.meaning} {f.choices}" for f in FACTS.values()]

    assert [text for text in said if re.search(labels, text, re.IGNORECASE)] == []


@pytest.mark.parametrize(
    ("rule_id", "check"),
    [
        ("C04", Check.CHECKED),
        ("C74", Check.UNVERIFIED),
        ("C127", Check.POLICY),
        ("C50", Check.PARTLY),
        ("C86", Check.CHECKED),
        ("C01", Check.CHECKED),
        ("C84", Check.PARTLY),
    ],
)
def test_how_far_a_rule_was_checked(rule_id, check):
    assert EDITION.cards[rule_id].check is check


def tables(values):
    return {
        "sources": {},
        "ingredients": {},
        "rules": {},
        "parameters": {"wait": {"unit": "days", "meaning": "Wait", "values": values}},
    }


FIRST = {"since": date(2020, 1, 1), "value": 7, "cites": "a", "tag": "[P]"}
LATER = {"since": date(2026, 6, 1), "value": 10, "cites": "a", "tag": "[P]"}


@pytest.mark.parametrize(
    ("on", "value"),
    [(date(2026, 5, 31), 7), (date(2026, 6, 1), 10), (date(2030, 1, 1), 10)],
)
def test_a_number_holds_until_the_next_one(on, value):
    edition = build(tables([LATER, FIRST])).on(on)

    assert edition["wait"] == value
    assert edition.days("wait") == value


def test_no_number_before_its_first_day():
    with pytest.raises(NoValueOn):
        build(tables([FIRST])).on(date(2019, 12, 31))


def test_a_number_that_begins_later_than_others_is_missed_by_name():
    later = tables([FIRST])
    later["parameters"]["cut"] = {"unit": "", "meaning": "Cut", "values": [LATER]}

    with pytest.raises(NoValueOn, match="cut"):
        build(later).on(date(2020, 1, 1))


def test_a_number_nobody_keeps():
    with pytest.raises(UnknownParameter):
        EDITION["guess"]


def test_the_digest_follows_the_content():
    assert build(tables([FIRST])).digest == build(tables([dict(FIRST)])).digest
    assert build(tables([FIRST])).digest != build(tables([LATER])).digest
    assert re.fullmatch("[0-9a-f]{64}", knowledge().digest)


def test_a_rule_is_written_once():
    with pytest.raises(RuleTwice):
        rule("C03")(lambda _look, _now: None)

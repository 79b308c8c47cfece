"""Every card is whole: what it says, who made it, when it is due."""

import re
from datetime import date

import pytest

from assessments.facts import FACTS
from knowledge.cited import next_check
from knowledge.editions import build, knowledge
from medications.knowledge_pages.source_attributes import USES, attributes_of
from medications.rules.effects import Effect
from medications.rules.examples import examples
from medications.rules.registry import says_of

TODAY = date(2026, 11, 28)
KNOWN = knowledge()
EDITION = KNOWN.on(TODAY)
CARDS = list(EDITION.cards.values())
BINDING = {"LBL", "REG"}
NEVER_WITHHELD = {"C94", "C95", "C96"}
DISPUTED = ["C06", "C08b", "C13", "C14", "C16", "C36", "C47", "C48", "C97"]


def of(card_or_rule):
    return getattr(card_or_rule, "id", card_or_rule)


@pytest.mark.parametrize("card", CARDS, ids=of)
class TestEveryCard:
    def test_has_nothing_empty(self, card):
        for name in ("when", "then", "effects", "evidence", "source", "verified"):
            assert getattr(card, name), name
        for name in (
            "cites",
            "says",
            "history",
        ):
            assert getattr(card, name), name

    def test_is_due_again(self, card):
        months = (card.next_check.year - card.checked.year) * 12
        months += card.next_check.month - card.checked.month
        assert months in (6, 12)

    def test_has_the_history_of_its_versions(self, card):
        assert [c.version for c in card.history] == list(range(1, card.version + 1))
        assert card.history[-1].on == card.checked
        assert all(c.what.endswith(".") for c in card.history)

    def test_names_facts_that_there_are(self, card):
        assert set(card.uses) <= set(FACTS)

    def test_says_whose_views_differ(self, card):
        assert len(card.disagrees) != 1
        for view in card.disagrees:
            assert view.says.endswith(".")
            assert view.cites
            assert set(view.cites) <= set(KNOWN.sources)

    def test_may_not_be_switched_off_where_a_label_or_the_law_forbids(self, card):
        stops = {say.effect for say in says_of(card.effects)}
        kinds = set(re.split(r"[/,\s]+", card.evidence))
        if Effect.CONTRAINDICATED in stops and kinds & BINDING:
            assert not card.may_switch_off
        assert card.may_switch_off is not bool(card.always_on)

    def test_says_what_was_found_in_a_sentence(self, card):
        assert not card.evidence_says or card.evidence_says.endswith(".")
        assert "{" not in card.evidence_says

    def test_has_thirteen_attributes(self, card):
        lines = attributes_of(card, KNOWN)
        assert len(lines) == 13
        assert all(line.name and line.says for line in lines)


@pytest.mark.parametrize("rule", sorted(NEVER_WITHHELD))
def test_nobody_goes_without_medication_or_naloxone_by_choice_of_a_clinic(rule):
    assert not EDITION.cards[rule].may_switch_off


def test_policy_may_be_switched_off():
    assert EDITION.cards["C107"].may_switch_off
    assert EDITION.cards["C89"].may_switch_off


@pytest.mark.parametrize("rule", DISPUTED)
def test_disagreement_between_sources_is_told(rule):
    assert len(EDITION.cards[rule].disagrees) >= 2


class TestWhenItIsDue:
    @pytest.mark.parametrize(
        ("tags", "due"),
        [
            ("[V 21]", date(2027, 11, 21)),
            ("[V* 81]", date(2027, 11, 21)),
            ("[M]", date(2027, 5, 21)),
            ("[M; 2R]", date(2027, 5, 21)),
            ("[P]", date(2027, 5, 21)),
            ("[V 21] [M; 2R]", date(2027, 5, 21)),
        ],
    )
    def test_follows_from_the_tag(self, tags, due):
        assert next_check(tags, date(2026, 11, 21)) == due

    def test_a_shorter_month_ends_earlier(self):
        assert next_check("[M]", date(2026, 8, 31)) == date(2027, 2, 28)

    @pytest.mark.parametrize("name", KNOWN.parameters)
    def test_every_number_is_due_too(self, name):
        number = KNOWN.parameters[name].on(TODAY)

        assert number.next_check > number.checked

    def test_a_number_of_an_edition_without_days_is_not(self):
        tables = {name: dict(table) for name, table in KNOWN.tables.items()}
        entry = tables["parameters"]["qtc_avoid"]
        (value,) = entry["values"]
        undated = {k: v for k, v in value.items() if k != "checked"}
        tables["parameters"]["qtc_avoid"] = {**entry, "values": [undated]}

        number = build(tables).parameters["qtc_avoid"].on(TODAY)
        assert (number.checked, number.next_check) == (None, None)


class TestAttributes:
    def test_every_fact_is_of_one_kind(self):
        kinds = KNOWN.about.attributes
        sorted_ = [fact for facts in kinds.values() for fact in facts]

        assert sorted(sorted_) == sorted(FACTS)
        assert set(kinds) == {*USES, "none_of_these"}

    def test_age_is_the_date_of_birth(self):
        lines = {line.name: line for line in attributes_of(EDITION.cards["C74"], KNOWN)}

        assert lines["Use of date of birth"].says == "Yes: Age"
        assert lines["Use of race"].says == "No"
        assert "version 1 2026-11-21" in lines["Release and revision dates"].says

    def test_names_the_cited_sources_and_who_made_it(self):
        lines = attributes_of(EDITION.cards["C47"], KNOWN)

        assert lines[0].says == (
            "PubMed 19153406 Krantz 2009 Ann Intern Med 150:387-95 (QTc) (2009); Chou 2014 "
            "methadone safety guideline, J Pain 15:321-37: recommendations on "
            "guidelinecentral 340790 (2014, page 2022); Mainstay clinic policy; the clinic "
            "may change it (2026)"
        )
        assert "Mainstay project" in lines[1].says
        assert "No outside funding" in lines[2].says

    def test_a_revised_rule_shows_both_days(self):
        lines = attributes_of(EDITION.cards["C48"], KNOWN)

        assert "version 3 2026-11-28" in lines[3].says

    def test_no_rule_can_read_race_language_or_orientation(self):
        kinds = KNOWN.about.attributes

        for kind in ("race", "ethnicity", "language", "sexual_orientation"):
            assert kinds[kind] == ()


def test_words_about_people_put_the_person_first():
    labels = r"\b(addict|abuse[rd]?|clean|dirty|relapse[sd]?|non-?complian\w+|refuse[sd]?|homeless|failed|habit)\b"
    said = [t for card in CARDS for t in card.says]
    said += [view.says for card in CARDS for view in card.disagrees]
    said += [card.evidence_says for card in CARDS]
    said += [change.what for card in CARDS for change in card.history]
    said += [e.title for rows in examples().values() for e in rows]
    said += [card.always_on for card in CARDS]

    assert [text for text in said if re.search(labels, text, re.IGNORECASE)] == []

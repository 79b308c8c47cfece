"""Every card is whole: what it says, what it reads, who made it, when it is due."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from assessments.facts import FACTS
from medications.attributes import USES, attributes_of
from medications.examples import examples
from medications.knowledge import build, knowledge
from medications.knowledge.cards import next_check
from medications.knowledge.policy import Policy
from medications.library import names_read, number_of
from medications.options import evaluate
from medications.options.model import Standing
from medications.rules.effects import Effect, Say
from medications.rules.reading import Reading
from medications.rules.registry import RULES, put, says_of
from tests.assessments.test_picture import FACT_VALUES
from tests.medications.pictures import CLEAR, picture, state

TODAY = date(2026, 11, 22)
KNOWN = knowledge()
EDITION = KNOWN.on(TODAY)
CARDS = list(EDITION.cards.values())
BINDING = {"LBL", "REG"}
NEVER_WITHHELD = {"C94", "C95", "C96"}


def of(card_or_rule):
    return getattr(card_or_rule, "id", card_or_rule)


@pytest.mark.parametrize("card", CARDS, ids=of)
class TestEveryCard:
    def test_has_nothing_empty(self, card):
        for name in ("when", "then", "effects", "evidence", "source", "verified"):
            assert getattr(card, name), name
        for name in ("cites", "says", "history", "developer", "funding"):
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


DISPUTED = ["C06", "C08b", "C13", "C14", "C16", "C36", "C47", "C48", "C97"]


@pytest.mark.parametrize("rule", DISPUTED)
def test_disagreement_between_sources_is_told(rule):
    assert len(EDITION.cards[rule].disagrees) >= 2


# A placeholder stands for anything within one sentence.
ANYTHING = r"(?:(?!\. ).)*?"
DATED = r"(?: Out of date: last known on .*\.)?"


def sentence(template):
    parts = re.split(r"\{[a-z_0-9]+\}", template)
    return ANYTHING.join(re.escape(part) for part in parts)


def matches(because, templates):
    one = "(?:" + "|".join(sentence(t) for t in templates) + ")"
    return re.fullmatch(f"{one}(?: {one})*{DATED}", because) is not None


@pytest.mark.parametrize("rule", EDITION.cards)
class TestWhatItSays:
    def test_every_sentence_of_an_example_is_of_its_card(self, rule):
        for example in examples()[rule]:
            outcome = put(rule, RULES[rule], Reading(example.picture), EDITION)
            if outcome.said:
                said = outcome.said.because
                assert matches(said, EDITION.cards[rule].says), said

    def test_a_template_is_a_sentence(self, rule):
        for template in EDITION.cards[rule].says:
            assert template.endswith(".")


def test_a_template_matches_no_other_sentence():
    assert matches("QTc 500 ms: 500 ms or more.", EDITION.cards["C47"].says)
    assert not matches("Something else.", EDITION.cards["C47"].says)
    assert not matches("", EDITION.cards["C47"].says)


class Recording(Reading):
    """A reading that notes which facts it was asked for."""

    def __init__(self, seen):
        super().__init__(seen)
        self.asked = set()

    def maybe(self, name, *, within=None):
        self.asked.add(name)
        return super().maybe(name, within=within)

    def is_fresh(self, name):
        self.asked.add(name)
        return super().is_fresh(name)

    def dated(self, name):
        self.asked.add(name)
        return super().dated(name)


def asked(rule, seen):
    look = Recording(seen)
    put(rule, RULES[rule], look, EDITION)
    return look.asked


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
    put(rule, RULES[rule], Reading(seen), replace(EDITION, numbers=numbers))
    return numbers.asked


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

    def test_every_number_is_read_by_a_rule_or_the_banner(self):
        read = {name for rule in KNOWN.rules for name in names_read(rule, KNOWN)}

        assert set(KNOWN.parameters) - read == {"attention_flags"}

    def test_what_its_words_name_is_among_them(self):
        for rule, raw in KNOWN.rules.items():
            words = f"{raw['when']} {raw['then']} {raw.get('lifts', '')}"
            named = set(re.findall(r"\{([a-z_0-9]+)\}", words))
            assert named <= set(names_read(rule, KNOWN)), rule

    def test_an_edition_that_did_not_say_is_looked_through(self):
        tables = {name: dict(table) for name, table in KNOWN.tables.items()}
        card = {k: v for k, v in tables["rules"]["C47"].items() if k != "numbers"}
        tables["rules"]["C47"] = card

        assert names_read("C47", build(tables)) == ["qtc_avoid"]


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
        number = number_of(name, KNOWN, on=TODAY)

        assert number.next_check > number.checked

    def test_a_number_of_an_edition_without_days_is_not(self):
        tables = {name: dict(table) for name, table in KNOWN.tables.items()}
        entry = tables["parameters"]["qtc_avoid"]
        (value,) = entry["values"]
        undated = {k: v for k, v in value.items() if k != "checked"}
        tables["parameters"]["qtc_avoid"] = {**entry, "values": [undated]}

        number = number_of("qtc_avoid", build(tables), on=TODAY)
        assert (number.checked, number.next_check) == (None, None)


class TestAttributes:
    def test_every_fact_is_of_one_kind(self):
        kinds = KNOWN.about["attributes"]
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
            "PubMed 19153406 Krantz 2009 Ann Intern Med 150:387-95 (QTc) (2009)"
        )
        assert "Mainstay project" in lines[1].says
        assert "No outside funding" in lines[2].says

    def test_a_revised_rule_shows_both_days(self):
        lines = attributes_of(EDITION.cards["C48"], KNOWN)

        assert "version 2 2026-11-22" in lines[3].says

    def test_no_rule_can_read_race_language_or_orientation(self):
        kinds = KNOWN.about["attributes"]

        for kind in ("race", "ethnicity", "language", "sexual_orientation"):
            assert kinds[kind] == []


POLICY_TAGS = [
    name
    for name, entry in KNOWN.parameters.items()
    if entry["values"][-1]["tag"].startswith("[P]")
]


class TestWhatAClinicMayChoose:
    @pytest.mark.parametrize("name", POLICY_TAGS)
    def test_every_policy_number_is_the_clinics_to_choose(self, name):
        assert "permitted" in KNOWN.parameters[name]

    @pytest.mark.parametrize(
        "name", [n for n, e in KNOWN.parameters.items() if "permitted" in e]
    )
    def test_what_ships_is_permitted_and_the_reason_is_given(self, name):
        entry, value = KNOWN.parameters[name], EDITION[name]
        allowed = entry["permitted"]

        assert entry["permitted_because"].endswith(".")
        if isinstance(allowed, list):
            assert value in allowed
        else:
            assert allowed["low"] <= value <= allowed["high"]

    @pytest.mark.parametrize(
        ("name", "careful_end"),
        [
            ("withdrawal_cows", "high"),
            ("bup_xr_months", "low"),
            ("antagonist_udt_hours", "high"),
            ("ecg_after_change_days", "high"),
            ("platelets_low", "low"),
            ("sbp_low", "low"),
            ("hr_low", "low"),
            ("precipitated_cows_rise", "high"),
        ],
    )
    def test_a_stop_is_never_loosened(self, name, careful_end):
        assert EDITION[name] == KNOWN.parameters[name]["permitted"][careful_end]

    def test_numbers_of_labels_are_not(self):
        for name in ("short_acting_days", "long_acting_days", "crcl_caution"):
            assert "permitted" not in KNOWN.parameters[name]

    def test_acute_hepatitis_may_be_made_a_contraindication(self):
        ill = picture({**CLEAR, "hepatitis": "acute"})
        raised = KNOWN.on(TODAY, Policy(numbers={"acute_liver_contraindicates": 1}))
        outcome = put("C36", RULES["C36"], Reading(ill), raised)

        assert outcome.said.says == says_of(EDITION.cards["C36"].may_raise)
        assert Say("NTX_XR", Effect.CONTRAINDICATED) in outcome.said.says
        assert evaluate(ill).option("NTX_XR").standing is Standing.AVOID

    def test_an_ecg_may_be_asked_of_everybody(self):
        seen = picture({**CLEAR, "ecg_risk": "none", "mtd_dose": 0})
        for_all = KNOWN.on(TODAY, Policy(numbers={"ecg_for_all": 1}))

        assert put("C48", RULES["C48"], Reading(seen), EDITION).said is None
        said = put("C48", RULES["C48"], Reading(seen), for_all).said
        assert said.because.startswith("This clinic takes an ECG")
        assert matches(said.because, EDITION.cards["C48"].says)

    def test_a_risk_is_named_before_the_choice_of_the_clinic(self):
        for_all = KNOWN.on(TODAY, Policy(numbers={"ecg_for_all": 1}))
        look = Reading(picture({"ecg_risk": "syncope"}))

        assert "syncope" in put("C48", RULES["C48"], look, for_all).said.because

    def test_an_edition_from_before_the_choice_was_offered_says_no(self):
        tables = {name: dict(table) for name, table in KNOWN.tables.items()}
        del tables["parameters"]["ecg_for_all"]

        assert build(tables).on(TODAY).chooses("ecg_for_all") is False


class TestRulesPutRight:
    def test_congenital_long_qt_counts_wherever_it_is_recorded(self):
        assert state("C49", {"cardiac": ["congenital_long_qt"]}) == "fires"
        assert state("C49", {"cardiac": ["recent_mi"]}) == "undecided"

    def test_a_naloxone_kit_does_not_hold_back_methadone(self):
        assert state("C61b", {"mtd_dose": 60, "med_list": ["naloxone"]}) == "silent"

    def test_a_challenge_on_methadone_does(self):
        facts = {"mtd_dose": 60, "med_list": ["methadone"], "challenge": "ordered"}

        assert state("C61b", facts) == "fires"


def test_words_about_people_put_the_person_first():
    labels = r"\b(addict|abuse[rd]?|clean|dirty|relapse[sd]?|non-?complian\w+|refuse[sd]?|homeless|failed|habit)\b"
    said = [t for card in CARDS for t in card.says]
    said += [view.says for card in CARDS for view in card.disagrees]
    said += [change.what for card in CARDS for change in card.history]
    said += [e.title for rows in examples().values() for e in rows]
    said += [card.always_on for card in CARDS]

    assert [text for text in said if re.search(labels, text, re.IGNORECASE)] == []

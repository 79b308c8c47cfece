"""Classes of other medicines: direction, effect, members and how far checked."""

import re
from dataclasses import replace
from datetime import date

import pytest

from knowledge.cited import check_of
from knowledge.editions import knowledge
from knowledge.formulary.classes import interactions_for
from knowledge.medicines import medicines
from knowledge.names import is_ingredient, recognise
from medications.options.interaction_classes import CLASSES, medicines_of
from medications.rules.examples import examples
from medications.rules.reading import FactReader
from medications.rules.registry import RULES, put

SETS = knowledge().ingredients
# They stand in the panel and in the book; no rule reads them by themselves.
SHOWN_ONLY = {
    *("opioid_other", "kratom", "tianeptine", "nitazene", "tramadol"),
    "sedative_withdrawal",
}
# Medicines of withdrawal management: no options of the catalogue.
ADJUNCTS = ("LOFEX", "CLON")


@pytest.mark.parametrize(("key", "kept"), SETS.items(), ids=list(SETS))
class TestEveryClass:
    def test_says_what_it_does_to_what(self, key, kept):
        for field in ("kind", "direction", "effect"):
            assert getattr(kept, field)
        assert set(kept.on) <= {*medicines().keys, *ADJUNCTS}
        assert kept.on

    def test_is_tagged_cited_and_dated(self, key, kept):
        assert check_of(kept.tag)
        assert kept.cites
        assert set(kept.cites) <= set(knowledge().sources)
        assert kept.checked

    def test_names_the_rules_that_use_it(self, key, kept):
        assert bool(kept.rules) == (key not in SHOWN_ONLY)
        assert set(kept.rules) <= set(RULES)

    def test_what_is_particular_is_of_a_member(self, key, kept):
        members = set(kept.names)
        assert set(kept.weaker) <= members
        assert set(kept.notes) <= members


class Sets(dict):
    """The classes of an edition; notes which were looked into."""

    def __init__(self, sets):
        super().__init__(sets)
        self.asked = set()

    def __getitem__(self, name):
        self.asked.add(name)
        return super().__getitem__(name)


EDITION = knowledge().on(date(2026, 11, 22))


@pytest.mark.parametrize("rule", examples())
def test_a_rule_looks_into_just_the_classes_that_name_it(rule):
    looked = set()
    for example in examples()[rule]:
        sets = Sets(EDITION.ingredients)
        put(
            rule,
            RULES[rule],
            FactReader(example.picture),
            replace(EDITION, ingredients=sets),
        )
        looked |= sets.asked

    assert looked == {key for key, kept in SETS.items() if rule in kept.rules}


# Reference D11, a member of each row and the direction that the row shows.
DIRECTIONS = [
    ("rifampin", "mtd_down", "falls"),
    ("st john wort", "mtd_down", "falls"),
    ("ritonavir", "arv_mtd_down", "falls"),
    ("lopinavir/ritonavir", "arv_mtd_down", "falls"),
    ("abacavir", "arv_mtd_down", "falls"),
    ("fluvoxamine", "mtd_up", "rises"),
    ("ciprofloxacin", "mtd_up", "rises"),
    ("atazanavir", "bup_up", "rises"),
    ("delavirdine", "bup_up", "rises"),
    ("amprenavir", "bup_up", "rises"),
    ("etravirine", "bup_down", "falls"),
    ("nalbuphine", "precipitate_on_mtd", "displaced"),
    ("gabapentin", "cns_depressant", "sedation"),
    ("alcohol", "cns_depressant", "sedation"),
    ("clobazam", "cns_depressant", "sedation"),
    ("zolpidem", "cns_depressant", "sedation"),
    ("lurasidone", "cns_depressant", "sedation"),
    ("mirtazapine", "serotonergic", "serotonin"),
    ("linezolid", "serotonergic", "serotonin"),
    ("frovatriptan", "serotonergic", "serotonin"),
    ("protriptyline", "serotonergic", "serotonin"),
    ("phenelzine", "maoi", "serotonin"),
    ("lofexidine", "qt", "QTc"),
    ("hydroxychloroquine", "qt", "QTc"),
]


@pytest.mark.parametrize(("name", "key", "direction"), DIRECTIONS)
def test_the_direction_of_the_reference(name, key, direction):
    assert name in SETS[key].names
    assert direction in SETS[key].direction


WEAKER = {
    "mtd_down": "rifabutin oxcarbazepine modafinil cenobamate bosentan dexamethasone",
    "mtd_up": "sertraline",
    "bup_up": "grapefruit",
    "bup_down": "rifabutin oxcarbazepine",
}


@pytest.mark.parametrize(("key", "names"), WEAKER.items())
def test_the_starred_ones_are_said_to_be_weaker(key, names):
    assert list(SETS[key].weaker) == names.split()
    for medicine in medicines_of(SETS[key].weaker, SETS):
        assert any("weaker or inconsistent" in i.effect for i in medicine.interactions)


def test_no_other_is_said_to_be_weaker():
    assert {key for key, kept in SETS.items() if kept.weaker} == {*WEAKER}


def test_azithromycin_lengthens_qt_and_raises_nothing():
    named = {key for key, kept in SETS.items() if "azithromycin" in kept.names}

    assert named == {"qt"}


@pytest.mark.parametrize(
    "typed",
    [
        *("Lopressor 50 mg bid", "Toprol XL", "Cardizem CD 240", "digoxin 0.125"),
        *("Catapres-TTS", "lisinopril/HCTZ 20/12.5", "Entresto", "Norvasc 5"),
        *("prazosin 2 mg qhs", "Lasix 40"),
    ],
)
def test_what_lowers_pulse_or_pressure_is_recognised_as_typed(typed):
    assert set(recognise(typed).ingredients) & set(SETS["pulse_pressure"].names)


def test_every_member_that_lowers_pulse_or_pressure_is_a_known_name():
    assert all(is_ingredient(name) for name in SETS["pulse_pressure"].names)


def test_what_lowers_does_not_raise():
    lowers = {n for k in ("mtd_down", "arv_mtd_down") for n in SETS[k].names}

    assert not lowers & set(SETS["mtd_up"].names)


def test_every_class_that_is_shown_is_kept():
    assert set(CLASSES) <= set(SETS)


class TestAsASection:
    def test_names_direction_rule_and_members(self):
        found = interactions_for("MTD", knowledge())
        inducers = found.line("mtd_down")

        assert inducers.text.startswith("Inducer, methadone falls (C60): rifampin")
        assert "rifabutin (weaker)" in inducers.text
        assert inducers.tag == SETS["mtd_down"].tag

    def test_a_note_stands_by_its_member(self):
        found = interactions_for("BUP_SL", knowledge())

        assert re.search(
            r"efavirenz \(the level falls, withdrawal is uncommon",
            found.line("bup_down").text,
        )

    def test_holds_nothing_about_another_medication(self):
        keys = [line.key for line in interactions_for("NTX_PO", knowledge()).lines]

        assert keys == [
            *("opioid_analgesic", "opioid_other", "kratom", "tianeptine", "nitazene"),
            *("tramadol", "agonist_moud"),
        ]

    def test_there_may_be_none(self):
        assert interactions_for("ORA", knowledge()) is None


def test_a_name_that_nobody_knows_stands_first_and_is_in_no_class():
    first, *rest = medicines_of({"Zyntrax 5", "rifampin", "metformin"}, SETS)

    assert (first.name, first.is_known, first.interactions) == ("Zyntrax 5", False, ())
    assert all(one.is_known for one in rest)

"""What the cards hold, against the facts that hold it (reference C0.4, C0.5)."""

import pytest

from knowledge.editions import knowledge
from knowledge.holds import (
    NOTHING,
    PLACES,
    Hold,
    UnclearHolds,
    fact_hold,
    held_facts,
    read_holds,
)
from knowledge.medicines import medicines
from medications.options.evaluate import reached
from medications.rules.registry import says_of

CARDS = knowledge().rules
# Reference C0.5, by methadone, daily buprenorphine, low-dose start, depots, naltrexone
# injection, tablets; whatever does not stand here holds nothing.
BY_RULE = {
    "D D - D O O": "C122",
    "D K K D O O": "C127",
    "- D - D O O": "C61b",
    "K K K K O O": "C130 C132",
    "- - - - O O": "C03 C04 C05 C06 C07 C08a C08b C09 C10 C79",
    "K K K K O D": "C37",
    "- K K K O D": "C38",
    "D D D D D D": "C02 C54 C74 C84 C128",
    "D D D D - -": "C20 C50 C51",
    "K K K D D D": "C41 C73",
    "- - - D D D": "C77",
    "D K K D - -": "C49 C62 C137",
    "- - - - D D": "C11 C12 C36 C68",
    "- D - D - -": "C13 C14 C15 C16",
    "D K K K - -": "C53 C60 C61",
    "- K K D - -": "C40",
    "- - - K D -": "C83",
    "- - - - D -": "C85",
    "- - - D - -": "C21 C69 C86 C87 C126 C136",
    "- D - - - -": "C75",
    "D - - - - -": "C52 C61a C76 C78 C135",
    "K K K K K K": "C17 C55 C58 C66 C99 C119 C129 C131 C133",
    "K K - K K K": "C80",
    "K K K K - -": "C59",
    "K K K - - -": "C35",
    "- - - - K K": "C56",
    "K K - - - -": "C67 C70",
    "- - - - K -": "C43 C57 C82",
    "- - K - - -": "C18",
    "K - - - - -": "C44 C45 C46 C47 C48 C90 C134",
}
ROWS = {rule: row for row, rules in BY_RULE.items() for rule in rules.split()}
# The reference gives the tablets a task under a rule that names the injection alone.
BEYOND_ITS_REACH = {("C56", "NTX_PO")}


@pytest.mark.parametrize("rule", CARDS)
def test_a_card_holds_what_the_reference_says(rule):
    assert CARDS[rule].holds == ROWS.get(rule, NOTHING)


def places_of(card):
    """Whose place in a row the effects of a card reach."""
    says = (*says_of(card.effects), *says_of(card.may))
    keys = {key for say in says for key in reached(say.medication, medicines())}
    return {key if key in PLACES else medicines().parent_of(key) for key in keys}


@pytest.mark.parametrize("rule", CARDS)
def test_no_card_holds_more_than_its_facts(rule):
    card = CARDS[rule]
    for place, hold in read_holds(card.holds).items():
        if (rule, place) in BEYOND_ITS_REACH:
            continue
        strongest = max((fact_hold(f, place) for f in card.uses), default=Hold.NONE)
        assert hold <= strongest
        assert place in places_of(card) or hold is Hold.NONE


@pytest.mark.parametrize("text", ["D D D D D", "D D D D D X", "DDDDDD", ""])
def test_a_row_has_one_letter_for_each_family(text):
    with pytest.raises(UnclearHolds):
        read_holds(text)


WAITING = [
    (fact, place)
    for fact in held_facts()
    for place in PLACES
    if fact_hold(fact, place) >= Hold.DOSE
]


@pytest.mark.parametrize(("fact", "place"), WAITING)
def test_what_makes_a_dose_or_an_option_wait_has_a_rule(fact, place):
    """That reads it, reaches the option and holds as much."""
    assert any(
        read_holds(card.holds)[place] >= fact_hold(fact, place)
        for card in CARDS.values()
        if fact in card.uses
    )

"""What the reference asks a medical director to sign before use is named where it stands."""

import pytest

from knowledge.before_use import of_rules, of_subject, signed_before_use
from knowledge.editions import knowledge
from knowledge.wording.spans import HOUR, span_words
from medications.knowledge_pages.room import SUBJECTS
from medications.knowledge_pages.search import names_read

KNOWN = knowledge()
# The last sentence of part N.
NAMED = {
    *("C0.3", "C0.4", "C0.5", "C0.6", "C0.7", "C0.8", "C0.9"),
    *("C14", "C20", "C29", "C46", "C51", "C49", "C84", "C118 to C137"),
    *("D1a", "E8", "J0", "J9", "J10", "M"),
}


def test_every_part_that_the_reference_names_is_there_once():
    assert sorted(one.part for one in signed_before_use()) == sorted(NAMED)


@pytest.mark.parametrize("part", signed_before_use(), ids=lambda one: one.part)
class TestEachPart:
    def test_has_a_page_that_says_it(self, part):
        assert part.rules or part.subjects
        assert set(part.rules) <= set(KNOWN.rules)
        assert set(part.subjects) <= set(SUBJECTS)

    def test_its_number_is_the_clinics_to_choose_with_the_rule(self, part):
        for rule in part.rules if part.number else ():
            assert part.number in names_read(rule, KNOWN)
            assert KNOWN.parameters[part.number].permitted is not None


def test_a_rule_stands_in_one_part():
    named = [rule for part in signed_before_use() for rule in part.rules]

    assert len(named) == len(set(named)) == len(of_rules())


def test_every_rule_of_the_new_section_is_among_them():
    assert {r for r, card in KNOWN.rules.items() if card.section == "C8"} <= {
        *of_rules()
    }


def test_a_subject_may_hold_several():
    assert [one.part for one in of_subject("holds")] == ["C0.3", "C0.4", "C0.5"]
    assert of_subject("language") == ()


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (2, "2 hours"),
        (72, "72 hours"),
        (96, "4 days"),
        (100, "100 hours"),
        (720, "30 days"),
        (7300, "10 months"),
        (8760, "12 months"),
    ],
)
def test_a_span_is_said_in_the_unit_that_people_use(hours, words):
    assert span_words(hours * HOUR) == words

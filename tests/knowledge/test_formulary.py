"""The formulary: every line is dated, tagged and cited, and found by medication."""

import re
from datetime import date

import pytest

from knowledge.cited import Check
from knowledge.editions import knowledge
from knowledge.formulary.classes import all_about
from knowledge.formulary.lines import BOOKS, NoSuchLine, section, sections
from knowledge.formulary.lines import line as line_of
from knowledge.medicines import medicines
from medications.rules.adjuncts import TABLETS

ALL = [(s, line) for s in sections().values() for line in s.lines]
IDS = [f"{s.book}-{s.key}-{line.key}" for s, line in ALL]
TAG = r"\[(?:V\*? \d+|M|P)[^\]]*\]"


@pytest.mark.parametrize(("part", "line"), ALL, ids=IDS)
class TestEveryLine:
    def test_keeps_the_tag_of_the_reference(self, part, line):
        assert re.fullmatch(rf"{TAG}(?:[; ]*[A-Za-z0-9 ]*{TAG})*", line.tag)
        assert line.check in Check

    def test_cites_listed_sources(self, part, line):
        assert line.cites
        assert set(line.cites) <= set(knowledge().sources)

    def test_cites_each_number_of_its_tag(self, part, line):
        for number in re.findall(r"V\*? (\d+)", line.tag):
            if "P based on" not in line.tag:
                assert f"ref-{number}" in line.cites

    def test_is_dated_and_due_again(self, part, line):
        assert date(2026, 11, 21) <= line.checked <= date(2026, 11, 22)
        assert line.next_check > line.checked

    def test_is_a_sentence_with_its_numbers_in_it(self, part, line):
        assert line.text.endswith((".", "?"))
        assert "{" not in line.text

    def test_is_about_known_medications(self, part, line):
        assert set(line.medications) <= {*medicines().keys, *medicines().adjuncts}

    def test_puts_the_person_first(self, part, line):
        labels = r"\b(addict|abuse[rd]?|clean|dirty|relapse[sd]?|non-?complian\w+|refuse[sd]?|homeless|failed|habit)\b"
        assert not re.search(labels, line.text, re.IGNORECASE)


def test_lines_are_named_once():
    for part in sections().values():
        keys = [line.key for line in part.lines]
        assert len(set(keys)) == len(keys)


def test_every_part_of_the_reference_is_there():
    parts = {part.part for part in sections().values()}

    assert parts == {
        "D1", "D2", "D3", "D4", "D5, C100 to C107", "D6", "D7", "D8", "D9", "D10",
    }  # fmt: skip
    assert set(BOOKS) == {part.book for part in sections().values()}


@pytest.mark.parametrize("medication", [*medicines().keys, *medicines().adjuncts])
def test_every_medication_has_its_sections(medication):
    found = all_about(medication, knowledge())

    assert found
    assert all(part.lines and part.title for part in found)


class TestByMedication:
    def titles(self, medication):
        return {(part.book, part.title) for part in all_about(medication, knowledge())}

    def test_a_form_has_what_holds_of_its_kind(self):
        assert self.titles("BUP_SL") == self.titles("BUP_COMBO")

    def test_a_kind_has_what_holds_of_its_forms(self):
        books = {part.book for part in all_about("BUP_XR", knowledge())}

        assert {"sublocade", "brixadi"} <= books

    def test_a_form_has_nothing_of_another_form(self):
        assert "brixadi" not in {
            part.book for part in all_about("SUBLOCADE", knowledge())
        }
        weekly = [
            x.key for part in all_about("BRIXADI_W", knowledge()) for x in part.lines
        ]
        assert "weekly" in weekly
        assert "monthly" not in weekly

    def test_other_medicines_come_last(self):
        assert all_about("MTD", knowledge())[-1].part == "D11"
        assert all_about("ORA", knowledge())[-1].part != "D11"

    def test_injection_and_tablet_are_told_apart(self):
        assert ("naltrexone", "Tablets") not in self.titles("NTX_XR")
        assert ("naltrexone", "Injection") not in self.titles("NTX_PO")

    def test_a_change_is_shown_on_both_sides(self):
        for medication in ("MTD", "BUP_SL"):
            lines = [
                x.key for part in all_about(medication, knowledge()) for x in part.lines
            ]
            assert "mtd_bup_sl" in lines
        lines = [x.key for part in all_about("NTX_PO", knowledge()) for x in part.lines]
        assert "mtd_bup_sl" not in lines


@pytest.mark.parametrize(
    "look",
    [
        lambda: section("methadone", "guesses"),
        lambda: section("heroin", "products"),
        lambda: line_of("methadone", "products", "guess"),
    ],
)
def test_a_line_that_is_not_kept_is_refused(look):
    with pytest.raises(NoSuchLine):
        look()


def test_unverified_lines_are_marked_and_due_sooner():
    """Part N: what was not seen in its source is looked at twice as often."""
    unverified = line_of("brixadi", "start", "week_1")
    seen = line_of("brixadi", "start", "test_dose")

    assert unverified.check is Check.UNVERIFIED
    assert seen.check is Check.CHECKED
    assert unverified.next_check < seen.next_check


@pytest.mark.parametrize(
    ("book", "part", "key", "numbers"),
    [
        ("methadone", "products", "concentrate", {"mg_per_ml": 10}),
        ("methadone", "products", "dispersible", {"mg": 40}),
        ("methadone", "first_day", "asam", {"low": 10, "high": 30}),
        ("methadone", "steps", "usual", {"low": 60, "high": 120}),
        ("methadone", "monitoring", "tests", {"a_year": 8}),
        ("methadone", "stopping", "steps", {"percent": 10}),
        ("buprenorphine", "dose", "maintenance", {"low": 4, "high": 24}),
        ("buprenorphine", "first_day", "home", {"sows": 17}),
        ("sublocade", "products", "strengths", {"mg": (100, 300)}),
        ("sublocade", "monitoring", "removal", {"days": 14}),
        ("sublocade", "monitoring", "half_life", {"low": 43, "high": 60}),
        ("brixadi", "products", "weekly", {"mg": (8, 16, 24, 32)}),
        ("brixadi", "products", "monthly", {"mg": (64, 96, 128)}),
        ("naltrexone", "injection", "dose", {"mg": 380}),
        ("naltrexone", "oral", "surgery", {"hours": 72}),
        ("naltrexone", "storage", "room", {"degrees": 25, "days": 7}),
        ("half_lives", "half_lives", "methadone", {"low": 8, "high": 59}),
        ("half_lives", "half_lives", "brixadi_monthly", {"low": 19, "high": 25}),
        ("toxicology", "detection", "methadone", {"days": 3, "metabolite_days": 6}),
    ],
)
def test_numbers_are_those_of_the_reference(book, part, key, numbers):
    line = line_of(book, part, key)

    for name, value in numbers.items():
        assert line[name] == value


# Where a rule and the formulary lean on the same number, both have it.
SAME = [
    ("transitions", "between", "mtd_bup_sl", "cows", "bup_after_long_cows"),
    ("transitions", "between", "mtd_bup_sl", "high", "bup_after_mtd_mg"),
    ("transitions", "between", "mtd_bup_sl", "hours_low", "bup_after_long_hours"),
    (
        "transitions",
        "between",
        "mtd_bup_sl",
        "hours_high",
        "bup_after_long_longest_hours",
    ),
    ("buprenorphine", "dose", "document", "above", "bup_documented_mg"),
    ("adjuncts", "lofexidine", "hold", "sbp", "sbp_low"),
    ("adjuncts", "lofexidine", "hold", "hr", "hr_low"),
    ("adjuncts", "clonidine", "hold", "sbp", "sbp_low"),
    ("adjuncts", "lofexidine", "child_pugh_a", "low", "child_pugh_a"),
    ("adjuncts", "lofexidine", "child_pugh_b", "low", "child_pugh_b"),
    ("adjuncts", "lofexidine", "child_pugh_c", "low", "child_pugh_c"),
]


@pytest.mark.parametrize(("book", "part", "key", "name", "same_as"), SAME)
def test_a_number_kept_twice_is_kept_the_same(book, part, key, name, same_as):
    edition = knowledge().on(date(2026, 11, 22))

    assert line_of(book, part, key)[name] == edition[same_as]


@pytest.mark.parametrize("key", ["child_pugh_a", "child_pugh_b", "child_pugh_c"])
def test_lofexidine_by_the_rule_is_lofexidine_by_the_formulary(key):
    row = line_of("adjuncts", "lofexidine", key)

    assert f"({row['day_mg']} mg/day)" in TABLETS[row["tablets"]]
    daily = 4 * row["tablets"] * line_of("adjuncts", "lofexidine", "dose")["tablet_mg"]
    assert daily == row["day_mg"]


@pytest.mark.parametrize("key", ["egfr_30", "egfr_low"])
def test_lofexidine_by_kidney_function_too(key):
    row = line_of("adjuncts", "lofexidine", key)

    assert f"({row['day_mg']} mg/day)" in TABLETS[row["tablets"]]

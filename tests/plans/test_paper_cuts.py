"""A plan on paper says nowhere what the consent leaves out."""

import re

import pytest

from knowledge.needs import need_rules
from plans.paper_cuts import RESULTS, SCORES, without

OF_SCORES = {
    *("cows", "peg", "audit_c", "phq9", "gad7", "pc_ptsd5", "bam8", "bam2", "bam15"),
    *("hits", "barc10"),
}
OF_RESULTS = {"qtc", "bmi"}
FILLED = re.compile(r"\{(\w+)(\.\w+)?\}")
TITLES = [
    (case.title, fact)
    for rule in need_rules()
    for case in rule.case
    for fact, part in FILLED.findall(case.title)
    if not part and fact in OF_SCORES | OF_RESULTS
]


def test_there_are_titles_that_say_a_value():
    assert {fact for _, fact in TITLES} == OF_SCORES | OF_RESULTS


@pytest.mark.parametrize(("title", "fact"), TITLES)
def test_no_title_of_a_need_says_it(title, fact):
    told = FILLED.sub(lambda found: "severe" if found[2] else "33", title)
    part = SCORES if fact in OF_SCORES else RESULTS
    cut = without(told, part)

    assert "33" in told
    assert "33" not in cut
    assert cut


@pytest.mark.parametrize(
    ("part", "text", "cut"),
    [
        (SCORES, "Depression, moderate (PHQ-9 14)", "Depression, moderate"),
        (SCORES, "phq9: 14, tired", "phq9, tired"),
        (SCORES, "PHQ 9 = 14/27", "PHQ 9"),
        (SCORES, "GAD-7 score was 11 out of 21", "GAD-7"),
        (SCORES, "Repeat PHQ-9 at weeks 4, 8 and 12", None),
        (SCORES, "PHQ-9 in 4 weeks", None),
        (SCORES, "Wait until COWS is 8 or more", None),
        (SCORES, "First year after birth (3 months)", None),
        (SCORES, "QTc 512 ms", None),
        (RESULTS, "QTc 512 ms", "QTc"),
        (RESULTS, "Low weight (BMI 16.8)", "Low weight"),
        (RESULTS, "Depression, moderate (PHQ-9 14)", None),
    ],
)
def test_what_staff_write(part, text, cut):
    assert without(text, part) == (text if cut is None else cut)

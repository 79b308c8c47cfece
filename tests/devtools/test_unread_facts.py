"""What is asked is used: a fact that nothing reads, or a question that feeds nothing,
is named here until somebody decides whether to use it or to stop asking."""

from devtools import unread_facts

UNREAD = ()
IDLE = (
    "child_care",
    "child_protection",
    "circle",
    "cognition",
    "contraception",
    "coping",
    "culture",
    "digital",
    "education",
    "family_history",
    "family_involved",
    "first_opioid_age",
    "gene_test",
    "insurance",
    "medical_other",
    "mental_hospital",
    "mental_other",
    "mental_treatment",
    "pain_where",
    "pregnancy_wish",
    "self_medication",
    "sleep",
    "stigma_feared",
    "stigma_met",
    "vaccines",
    "words_body",
    "words_proud",
    "words_reason",
    "words_strengths",
)


def test_no_other_fact_is_read_by_nothing():
    assert unread_facts.unread_facts() == UNREAD


def test_no_other_question_feeds_nothing():
    assert unread_facts.idle_questions() == IDLE


def test_who_reads_a_fact_is_named():
    readers = unread_facts.readers_of("cows")

    assert any(reader.startswith("rule C") for reader in readers)
    assert "medications/decision_page/contradictions.py" in readers


def test_the_report_names_each_with_its_words():
    lines = list(unread_facts.report())

    assert len(lines) == 2 + len(UNREAD) + len(IDLE)
    assert "  sleep: Body, Sleep: What troubles their sleep?" in lines

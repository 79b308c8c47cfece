"""What is asked is used: a fact that nothing reads, or a question that feeds nothing,
is named here until somebody decides whether to use it or to stop asking."""

import pytest

from devtools import unread_facts

UNREAD = ()
IDLE = ()


def test_no_other_fact_is_read_by_nothing():
    assert unread_facts.unread_facts() == UNREAD


def test_no_other_question_feeds_nothing():
    assert unread_facts.idle_questions() == IDLE


def test_who_reads_a_fact_is_named():
    readers = unread_facts.readers_of("cows")

    assert any(reader.startswith("rule C") for reader in readers)
    assert "medications/decision_page/contradictions.py" in readers


def test_a_page_that_shows_an_answer_as_told_reads_it():
    assert unread_facts.shown_as_told()["child_protection"] == "page overview"
    assert "pdmp" not in unread_facts.shown_as_told()


def test_nothing_else_reads_what_a_page_shows_as_told():
    assert unread_facts.shown_though_read() == ()


@pytest.fixture
def nobody_reads(monkeypatch):
    """As if no page, rule or table read what these name."""
    monkeypatch.setattr(unread_facts, "shown_as_told", dict)
    monkeypatch.setattr(unread_facts, "literals", dict)


def test_without_its_page_such_a_question_feeds_nothing(nobody_reads):
    assert "child_protection" in unread_facts.idle_questions()


def test_what_a_page_shows_although_it_is_read_is_named(monkeypatch):
    monkeypatch.setattr(unread_facts, "shown_as_told", lambda: {"alone": "page x"})

    assert unread_facts.shown_though_read() == ("alone",)


def test_the_report_names_each_with_its_words(nobody_reads):
    lines = list(unread_facts.report())

    assert "  pdmp: PDMP checked (asked)" in lines
    assert "  sleep: Body, Sleep: What troubles their sleep?" in lines

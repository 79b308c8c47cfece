"""What was told at the intake and stands on the overview as it was told."""

import pytest

from assessments.intake_page.told import told_by, voices_of
from assessments.picture.assemble import picture_from, subject_of
from tests.factories import PatientFactory
from tests.factories.assessments import IntakeAnswerFactory, IntakeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic, sex_at_birth="female")


@pytest.fixture
def say(person, noon):
    """Records answers of one intake."""

    def said(*, more=None, **answers):
        intake = IntakeFactory(patient=person, started_at=noon)
        for question, value in answers.items():
            IntakeAnswerFactory(
                intake=intake, question=question, value=value, **(more or {})
            )

    return said


def lines(person, at):
    told = told_by(subject_of(person, at=at))
    return {line.label: line for step in told.steps for line in step.answers}


@pytest.mark.parametrize(
    ("question", "value", "label", "words"),
    [
        ("child_protection", True, "Child protection, involved or feared", "Yes"),
        ("insurance", "none_held", "Insurance", "None"),
        ("stigma_met", ["work", "family"], "Where treated badly", "Family, Work"),
        ("stigma_met", [], "Where treated badly", "Nowhere"),
        ("first_opioid_age", 19, "Age at regular use", "19 years"),
        (
            "culture",
            "No visits on Friday",
            "Customs and beliefs",
            "No visits on Friday",
        ),
        (
            "circle",
            [{"row": "partner", "kind": "partner", "part": "uses", "knows": True}],
            "People around them",
            "Partner: Uses too, Yes",
        ),
        ("circle", [], "People around them", "Nobody now"),
    ],
)
def test_an_answer_stands_in_the_words_of_its_question(
    person, say, noon, question, value, label, words
):
    say(**{question: value})

    line = lines(person, noon)[label]
    assert (line.words, line.is_known, line.is_voice) == (words, True, False)
    assert (line.at, line.teller) == (noon, "They say")


def test_their_own_sentence_is_told_apart(person, say, noon):
    say(words_body="My veins are bad.")

    assert lines(person, noon)["About their body"].is_voice


def test_what_is_not_known_is_listed_as_such(person, say, noon):
    say(words_body=None, culture=None, first_opioid_age=None, more={"is_known": False})

    assert {
        (x.words, x.is_known, x.is_voice) for x in lines(person, noon).values()
    } == {("Not known", False, False)}


def test_says_who_told_it(person, say, noon):
    say(education="degree", more={"source": "record"})

    assert lines(person, noon)["Schooling"].teller == "Record says"


def test_steps_come_in_the_order_of_the_intake(person, say, noon):
    say(words_proud="My daughter.", education="degree", words_reason="Tired.")

    told = told_by(subject_of(person, at=noon))
    assert [step.title for step in told.steps] == [
        "Referral and safety",
        "Social",
        "Strengths and preferences",
    ]
    assert told.count == 3


def test_what_was_not_asked_is_counted_where_it_would_be(person, say, noon):
    before = told_by(subject_of(person, at=noon)).unasked
    say(household=["children"], could_be_pregnant=False, education="degree")
    after = told_by(subject_of(person, at=noon)).unasked

    # Two on the children more; contraception and schooling fewer.
    assert after == before


def test_nothing_of_it_is_a_fact(person, say, noon):
    say(child_protection=True, words_reason="Tired.")

    assert (
        picture_from(subject_of(person, at=noon))
        .facts.keys()
        .isdisjoint({"child_protection", "words_reason"})
    )


class TestVoices:
    def test_in_the_order_asked_for(self, person, say, noon):
        say(words_proud="My daughter.", words_reason="Tired.")
        keys = ("words_reason", "words_strengths", "words_proud")

        voices = voices_of(subject_of(person, at=noon), keys)
        assert [one.words for one in voices] == ["Tired.", "My daughter."]

    def test_what_they_do_not_know_is_no_quote(self, person, say, noon):
        say(words_reason=None, more={"is_known": False})

        assert voices_of(subject_of(person, at=noon), ("words_reason",)) == ()

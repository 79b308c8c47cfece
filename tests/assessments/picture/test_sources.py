"""Every fact has a declared source, no two without an order, and many cost no more."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.facts import FACTS
from assessments.intake.catalogue import PLACES
from assessments.models import Intake
from assessments.picture import sources as registry
from assessments.picture.assemble import picture_of, pictures_of
from assessments.picture.own_sources import ONLY_TYPED
from assessments.picture.sources import (
    Join,
    RegisteredTwice,
    Source,
    UndeclaredOrder,
    in_order,
    register,
    sources,
)
from patients.actions.health import end_entry, list_entry, note_no_known_allergies
from patients.actions.registry import change_details
from tests.factories import PatientFactory, StaffFactory
from tests.factories.assessments import IntakeAnswerFactory, ObservationFactory

DAY = dt.timedelta(days=1)
# Facts without a question of their own that follow from other answers.
FOLLOWING = {"route", "stimulants", "alcohol", "history", "opioid_days", "tobacco"}


def source(name, *facts, over=()):
    brings = dict.fromkeys(facts, Join.NEWEST)
    return Source(name, brings, lambda subject: (), over=over)


def brought_by():
    found = {}
    for one in sources():
        for fact in one.brings:
            found.setdefault(fact, []).append(one.name)
    return found


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_has_a_source_or_says_why_not(fact):
    assert (fact in brought_by()) is (fact not in ONLY_TYPED)


@pytest.mark.parametrize(
    "fact", [fact for fact, names in brought_by().items() if names == ["answers"]]
)
def test_what_only_answers_bring_is_asked_or_follows(fact):
    assert fact in PLACES or fact in FOLLOWING


@pytest.mark.parametrize("one", sources(), ids=lambda one: one.name)
def test_a_source_brings_declared_facts_only(one):
    assert set(one.brings) <= set(FACTS)


class TestOrder:
    def test_two_that_bring_one_fact_have_to_say_which_is_weighed(self):
        with pytest.raises(UndeclaredOrder, match="age: a, b"):
            list(in_order([source("a", "age"), source("b", "age")]))

    def test_who_is_weighed_against_another_comes_after_it(self):
        found = in_order([source("a", "age", over=("b",)), source("b", "age")])

        assert [one.name for one in found] == ["b", "a"]

    def test_a_name_is_registered_once(self):
        with pytest.raises(RegisteredTwice):
            register(source("answers", "age"))
        assert registry.sources()


def test_a_thousand_cost_no_more_statements_than_one(clinic, noon):
    people = [PatientFactory(clinic=clinic) for _ in range(60)]

    def statements(of):
        with CaptureQueriesContext(connection) as asked:
            pictures_of(of, at=noon)
        return len(asked)

    assert statements(people[:1]) == statements(people)


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic, sex_at_birth="female")


def answer(person, at, **answers):
    intake, _ = Intake.objects.get_or_create(
        clinic=person.clinic, patient=person, defaults={"started_at": at}
    )
    for question, value in answers.items():
        IntakeAnswerFactory(
            intake=intake, question=question, value=value, answered_at=at
        )


def measure(person, at, text):
    return ObservationFactory(
        patient=person, code="pregnancy_test", text=text, effective_at=at
    )


class TestPregnancy:
    def test_a_positive_test_counts_over_an_older_no(self, person, noon):
        answer(person, noon - 330 * DAY, pregnancy=False)
        measure(person, noon, "positive")

        known = picture_of(person, at=noon).known("pregnancy")
        assert (known.value, known.as_of) == (True, noon)
        assert known.source == "pregnancy test"

    @pytest.mark.parametrize(("days", "is_pregnant"), [(1, True), (15, False)])
    def test_it_outlasts_a_later_no_while_it_is_fresh(
        self, person, noon, days, is_pregnant
    ):
        measure(person, noon - days * DAY, "positive")
        answer(person, noon, pregnancy=False)

        assert picture_of(person, at=noon).value("pregnancy") is is_pregnant

    def test_a_negative_test_is_no_word_on_the_pregnancy(self, person, noon):
        answer(person, noon - DAY, pregnancy=True)
        measure(person, noon, "negative")

        assert picture_of(person, at=noon).value("pregnancy") is True


class TestOneDateOfAFact:
    def test_without_a_home_counts_from_the_day_it_was_ticked(self, person, noon):
        answer(person, noon - DAY, housing="stable")
        change_details(
            patient=person,
            details={"is_unhoused": True},
            by=StaffFactory(),
            at=noon,
        )

        known = picture_of(person, at=noon).known("housing")
        assert (known.value, known.as_of) == ("unhoused", noon)

    def test_a_newer_word_stands_over_the_tick(self, person, noon):
        change_details(
            patient=person,
            details={"is_unhoused": True},
            by=StaffFactory(),
            at=noon - DAY,
        )
        answer(person, noon, housing="stable")

        assert picture_of(person, at=noon).value("housing") == "stable"


class TestAnEndedMistake:
    def test_leaves_no_allergy_and_the_day_it_was_asked(self, person, noon):
        staff = StaffFactory()
        note_no_known_allergies(patient=person, by=staff, at=noon - 2 * DAY)
        entry = list_entry(
            patient=person,
            kind="allergy",
            values={"kind": "other", "substance": "Penicillin"},
            by=staff,
            at=noon - DAY,
        )
        end_entry(entry=entry, kind="allergy", by=staff, at=noon)

        known = picture_of(person, at=noon).known("allergy")
        assert (known.value, known.as_of) == (frozenset(), noon - DAY)

    def test_a_list_of_ended_medicines_takes_nothing_from_older_answers(
        self, person, noon
    ):
        answer(person, noon - 2 * DAY, med_list=["alprazolam"])
        staff = StaffFactory()
        entry = list_entry(
            patient=person,
            kind="medicine",
            values={"ingredient": "alprazolam"},
            by=staff,
            at=noon - DAY,
        )
        end_entry(entry=entry, kind="medicine", by=staff, at=noon)

        assert picture_of(person, at=noon).value("med_list") == frozenset()

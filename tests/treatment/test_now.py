"""What is taken, what starts, what ended: the pure reading, and SQL that says the same."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import PatientFactory
from tests.factories.treatment import RegimenFactory
from treatment.current import treatment_of, treatments_of
from treatment.current_sql import CURRENT, treatment_from
from treatment.models import Regimen
from treatment.now import Order, treatment_on
from treatment.wording import medicine_words

TODAY = dt.date(2026, 11, 21)
DAY = dt.timedelta(days=1)


def order(start, stop=None, medication="MTD", **parts):
    return Order(
        medication,
        "",
        parts.pop("dose_mg", None),
        "",
        TODAY + start * DAY,
        None if stop is None else TODAY + stop * DAY,
        **parts,
    )


@pytest.mark.parametrize(
    ("start", "stop", "stands"),
    [
        pytest.param(-3, None, "taken", id="goes on"),
        pytest.param(0, None, "taken", id="its first day"),
        pytest.param(-3, 1, "taken", id="its last day"),
        pytest.param(-3, 0, "ended", id="the first day without it"),
        pytest.param(1, None, "ahead", id="starts tomorrow"),
        pytest.param(1, 5, "ahead", id="starts and stops ahead"),
        pytest.param(-1, -1, None, id="never begun"),
        pytest.param(2, 2, None, id="given up before its first day"),
    ],
)
def test_where_an_order_stands(start, stop, stands):
    one = order(start, stop)

    found = treatment_on(TODAY, [one])

    assert [found.taken, found.ahead, (found.ended,) if found.ended else ()] == [
        (one,) if stands == name else () for name in ("taken", "ahead", "ended")
    ]


def test_what_treatment_rests_on_comes_before_what_overlaps():
    low = order(-5, medication="BUP_LOW", is_overlap=True)
    methadone = order(-2)

    found = treatment_on(TODAY, [low, methadone])

    assert found.taken == (methadone, low)
    assert found.main == methadone
    assert treatment_on(TODAY, []).main is None


def test_a_death_ends_what_went_on():
    assert order(-9).ended_by(TODAY - DAY).stopped_on == TODAY - DAY
    assert order(-9, -4).ended_by(TODAY).stopped_on == TODAY - 4 * DAY
    assert not treatment_on(TODAY, [order(3).ended_by(TODAY)]).ahead


@pytest.mark.parametrize(
    ("orders", "words"),
    [
        ([], ("Not started", "")),
        (
            [order(-9, dose_mg=Decimal("90.00")), order(12, medication="NTX_XR")],
            (
                "Methadone 90 mg",
                "day 10; Naltrexone XR, injection starts Thu 3 Dec",
            ),
        ),
        (
            [order(-9, -2), order(10)],
            ("Starts Tue 1 Dec", "Methadone"),
        ),
        ([order(-400, -350)], ("None since Sat 6 Dec 2025", "before: Methadone")),
    ],
    ids=["none", "one more ahead", "ended, starts again", "ended in another year"],
)
def test_in_words(orders, words):
    assert medicine_words(treatment_on(TODAY, orders)) == words


def in_sql(person):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT x.taken, x.ahead, x.ended FROM patients_patient p "  # noqa: S608
            + CURRENT
            + " WHERE p.id = %(id)s",
            {"clinic": person.clinic_id, "today": TODAY, "id": person.pk},
        )
        return treatment_from(TODAY, *cursor.fetchone())


SPANS = st.tuples(st.integers(-9, 9), st.none() | st.integers(0, 9))


@pytest.mark.django_db
class TestSql:
    @pytest.fixture
    def person(self, clinic):
        return PatientFactory(clinic=clinic)

    def test_says_the_same_as_the_pure_reading(self, person):
        @settings(max_examples=40, deadline=None)
        @given(st.lists(SPANS, max_size=4))
        def same(spans):
            Regimen.objects.filter(patient=person).delete()
            for place, (start, length) in enumerate(spans):
                RegimenFactory(
                    patient=person,
                    medication="BUP_LOW",
                    dose_mg=Decimal(place),
                    is_low_dose_overlap=True,
                    started_on=TODAY + start * DAY,
                    stopped_on=None
                    if length is None
                    else TODAY + (start + length) * DAY,
                )

            assert in_sql(person) == treatment_of(person.pk, on=TODAY)

        same()

    def test_many_people_cost_one_statement(self, clinic, django_assert_num_queries):
        people = [PatientFactory(clinic=clinic).pk for _ in range(9)]

        with django_assert_num_queries(1):
            found = treatments_of(people, on=TODAY)

        assert set(found) == set(people)

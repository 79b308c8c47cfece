"""An evening in New York, when the server's day is the next one already (B19)."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from accounts.access import Acting
from accounts.tenancy import clinic_clock, clinic_day
from aftercare.models import FollowUp
from assessments.actions.intake import keep_submission, start_intake
from assessments.intake.catalogue import question_of
from assessments.intake.submission import Submission
from assessments.models import Observation
from assessments.picture.assemble import picture_of
from patients.actions.episodes import admit
from plans.actions import signing
from plans.actions.drafting import choice_of
from reports.caseload import rows as cases
from reports.caseload.rows import CaseloadQuery, Filter
from reports.progress.from_record import record_of
from tests.conftest import markup, signed_in
from tests.factories import PatientFactory
from tests.factories.aftercare import lines_written, owed
from tests.factories.plans import decided, drafted, ready
from tests.factories.treatment import DoseEventFactory, RegimenFactory

pytestmark = pytest.mark.django_db
# Friday 20 November, 20:30 in New York.
EVENING = dt.datetime(2026, 11, 21, 1, 30, tzinfo=dt.UTC)
FRIDAY, SATURDAY = dt.date(2026, 11, 20), dt.date(2026, 11, 21)
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _evening():
    with time_machine.travel(EVENING, tick=False):
        yield


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic)


def fact(person, name, at=EVENING):
    return picture_of(person, at=at).value(name)


class TestAdmission:
    def test_is_that_day_and_day_1(self, person, clinician):
        client = signed_in(clinician)

        client.post(f"/people/{person.pk}/status/", {"status": "active"})

        person.refresh_from_db()
        assert person.admitted_on == FRIDAY
        assert "Active, day 1" in markup(client.get(f"/people/{person.pk}/"))

    def test_the_examination_is_due_14_days_after_it(self, person, prescriber):
        admit(patient=person, on=FRIDAY, by=prescriber, at=EVENING)
        plan = ready(drafted(person, prescriber, at=EVENING))

        signing.sign_plan(plan=plan, by=prescriber, at=EVENING)

        examination = FollowUp.objects.get(kind="full_exam")
        assert examination.latest_on == FRIDAY + dt.timedelta(days=14)


class TestPicture:
    @pytest.mark.parametrize(("born", "age"), [(20, 36), (21, 35)])
    def test_ages_by_the_clinics_day(self, clinic, born, age):
        person = PatientFactory(clinic=clinic, date_of_birth=dt.date(1990, 11, born))

        assert fact(person, "age") == age

    def test_day_1_of_methadone(self, person):
        RegimenFactory(patient=person, started_on=FRIDAY)

        assert fact(person, "mtd_day") == 1

    def test_an_order_from_tomorrow_on_is_not_taken(self, person):
        RegimenFactory(patient=person, started_on=SATURDAY, dose_mg=30)

        assert fact(person, "mtd_day") is None

    @pytest.mark.parametrize(("day", "is_taken"), [(FRIDAY, True), (SATURDAY, False)])
    def test_a_dose_of_tomorrow_has_not_been_taken(self, person, day, is_taken):
        DoseEventFactory(patient=person, on=day, recorded_at=EVENING - HOUR)

        assert (fact(person, "last_long_acting_dt") is not None) is is_taken


class TestPast:
    """A replay of the past knows the doses before it, whenever they were written."""

    LATER = EVENING + dt.timedelta(days=300)

    @pytest.mark.parametrize(
        ("dose", "counts"),
        [
            pytest.param({"on": dt.date(2026, 11, 19)}, True, id="the day before"),
            pytest.param({"on": FRIDAY}, False, id="that day, no hour"),
            pytest.param(
                {"on": FRIDAY, "at": EVENING - HOUR}, True, id="an hour before"
            ),
            pytest.param(
                {"on": FRIDAY, "at": EVENING + HOUR}, False, id="an hour later"
            ),
        ],
    )
    def test_a_dose_that_was_written_down_later(self, person, dose, counts):
        DoseEventFactory(patient=person, recorded_at=self.LATER, **dose)

        assert (fact(person, "last_long_acting_dt") is not None) is counts


class TestTyped:
    def test_a_day_that_has_not_come_here(self, person, clinician):
        intake = start_intake(patient=person, by=clinician, at=EVENING)
        weight = question_of("weight")

        kept = keep_submission(
            intake=intake,
            question=weight,
            said=Submission(values=("80",), on=FRIDAY.isoformat()),
            by=clinician,
            at=EVENING,
        )

        assert kept.answers.rows["weight"].value["on"] == FRIDAY.isoformat()
        assert Observation.objects.get(code="weight").effective_at == EVENING


class TestPages:
    def test_today_on_the_caseload(self, person, care_manager, clinic):
        owed(person, 0, status="due", kind="full_exam")
        clinic.is_otp = True
        clinic.save()
        lines_written(clinic, at=EVENING)
        acting = Acting(care_manager, clinic, frozenset({"care_manager"}))
        asked = CaseloadQuery(filter=Filter.TODAY, why="federal")

        evening, _ = cases.people(acting, asked, at=EVENING)
        morning, _ = cases.people(acting, asked, at=EVENING + 12 * HOUR)

        assert not evening, "it is due on Saturday"
        assert len(morning) == 1

    def test_the_export_names_the_clinics_day(self, admin):
        response = signed_in(admin).post(
            "/caseload/export/", {"purpose": "work", "why": "Saturday calls"}
        )

        assert "caseload-2026-11-20.csv" in response["Content-Disposition"]

    def test_a_measurement_stands_on_its_day(self, person, clinic):
        Observation.objects.create(
            clinic=clinic,
            patient=person,
            code="weight",
            value=80,
            effective_at=EVENING,
            recorded_at=EVENING,
        )

        with timezone.override(clinic.time_zone):
            [series] = record_of(person, at=EVENING).story.series

        assert [reading.on for reading in series.readings] == [FRIDAY]

    def test_a_plan_says_the_day_of_the_decision(self, person, prescriber):
        assert choice_of(decided(person, prescriber, at=EVENING)).decided_on == FRIDAY


def test_a_moment_on_the_clinics_clock(clinic):
    here = clinic_clock(clinic, EVENING)

    assert (here, here.hour) == (EVENING, 20)
    assert clinic_day(clinic, EVENING) == FRIDAY

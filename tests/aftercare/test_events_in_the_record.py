"""Events that nobody has to record: the record of the work tells them, each once."""

import datetime as dt

import pytest

from aftercare.actions.events import EventAsTold, record_event
from aftercare.actions.reconcile import reconcile
from aftercare.models import CareEvent
from aftercare.queues import EVENTS
from assessments.actions.intake import save_answer
from assessments.actions.measures import record_assessment
from assessments.intake.catalogue import question_of
from assessments.intake.submission import Reply
from jobs.actions import engine
from knowledge.schedule.pathways import EventKind
from patients.models import Visit
from tests.conftest import NOON
from tests.factories import PatientFactory
from tests.factories.assessments import IntakeFactory
from tests.factories.treatment import (
    DoseEventFactory,
    RegimenFactory,
    ToxicologyResultFactory,
)
from treatment.actions.records import record_dose, record_toxicology
from treatment.actions.regimens import stop_regimen

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 21)


def ago(days):
    return TODAY - dt.timedelta(days=days)


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic)


def look(clinic, at=NOON):
    engine.run_queue(EVENTS, clinic_id=clinic.pk, at=at)
    return {one.kind: one for one in CareEvent.objects.exclude(derived_from="")}


def ordered(person, medication="MTD", since=60, **more):
    return RegimenFactory(
        patient=person, medication=medication, started_on=ago(since), **more
    )


def taken(person, days, medication="MTD", kind="administered"):
    for day in days:
        DoseEventFactory(patient=person, medication=medication, kind=kind, on=ago(day))


def missed(person, days, by, medication="MTD"):
    for day in days:
        record_dose(
            patient=person,
            medication=medication,
            kind="missed",
            on=ago(day),
            amount_mg=None,
            by=by,
            at=NOON,
        )


class TestStopped:
    def stop(self, regimen, by, on=TODAY):
        stop_regimen(regimen=regimen, stopped_on=on, reason="Own wish", by=by, at=NOON)

    def test_the_same_day(self, clinic, person, prescriber):
        self.stop(ordered(person), prescriber)

        found = look(clinic)
        assert found["medicine_stopped"].happened_on == TODAY
        look(clinic)
        assert CareEvent.objects.count() == 1

    def test_who_changes_to_another_has_stopped_nothing(
        self, clinic, person, prescriber
    ):
        self.stop(ordered(person), prescriber)
        ordered(person, "BUP_SL", 0)

        assert look(clinic) == {}

    @pytest.mark.parametrize("since", [0, 500], ids=["never begun", "long ago"])
    def test_what_says_nothing(self, clinic, person, prescriber, since):
        self.stop(ordered(person, since=since), prescriber, on=ago(since and 400))

        assert look(clinic) == {}

    def test_a_depot_covers_for_a_time(self, clinic, person, prescriber):
        regimen = ordered(person, "BRIXADI_W")
        taken(person, [3], "BRIXADI_W")
        self.stop(regimen, prescriber)
        assert look(clinic) == {}

        later = NOON + dt.timedelta(days=6)
        found = look(clinic, later)
        assert found["medicine_stopped"].happened_on == TODAY + dt.timedelta(days=6)


class TestMissed:
    def test_one_day_asks_for_a_call(self, clinic, person, prescriber):
        ordered(person)
        taken(person, [3, 2])
        missed(person, [1], prescriber)

        assert set(look(clinic)) == {"doses_missed"}

    @pytest.mark.parametrize(
        ("medication", "since", "days", "interrupted_on"),
        [
            pytest.param("MTD", 60, [3, 2, 1], ago(1), id="methadone, three"),
            pytest.param("MTD", 60, [2, 1], None, id="methadone, two"),
            pytest.param("MTD", 10, [2, 1], ago(1), id="methadone, two early"),
            pytest.param("BUP_SL", 60, [3, 2, 1], None, id="buprenorphine, three"),
            pytest.param("BUP_SL", 60, [4, 3, 2, 1], ago(1), id="buprenorphine, four"),
        ],
    )
    def test_so_many_interrupt_it(
        self, clinic, person, prescriber, medication, since, days, interrupted_on
    ):
        ordered(person, medication, since)
        taken(person, [max(days) + 1], medication)
        missed(person, days, prescriber, medication)

        event = look(clinic).get("medicine_interrupted")
        assert (event and event.happened_on) == interrupted_on

    @pytest.mark.parametrize(
        ("medication", "last", "found_on"),
        [
            pytest.param("MTD", 9, ago(6), id="the third day nobody wrote down"),
            pytest.param("MTD", 2, None, id="two days may be late entries"),
            pytest.param("BUP_SL", 9, None, id="taken at home, so not seen"),
        ],
    )
    def test_days_without_an_entry(self, clinic, person, medication, last, found_on):
        ordered(person, medication)
        taken(person, [last], medication)

        event = look(clinic).get("medicine_interrupted")
        assert (event and event.happened_on) == found_on
        look(clinic, NOON + dt.timedelta(days=1))
        assert CareEvent.objects.count() == bool(found_on)

    def test_no_dose_under_the_order_yet(self, clinic, person):
        ordered(person, since=9)

        assert look(clinic) == {}

    def test_a_dose_taken_since_is_the_answer(self, clinic, person, prescriber):
        ordered(person)
        missed(person, [2], prescriber)
        taken(person, [1])

        assert look(clinic) == {}

    def test_an_injection_that_did_not_come(self, clinic, person):
        ordered(person, "SUBLOCADE", 90)
        taken(person, [57], "SUBLOCADE")

        event = look(clinic)["medicine_interrupted"]
        assert event.happened_on == TODAY
        look(clinic, NOON + dt.timedelta(days=1))
        assert CareEvent.objects.count() == 1

    def test_an_injection_not_given_yet(self, clinic, person):
        ordered(person, "SUBLOCADE", 90)
        later = PatientFactory(clinic=clinic)
        ordered(later, "SUBLOCADE", 90)
        taken(later, [56], "SUBLOCADE")

        assert look(clinic) == {}


class TestVisits:
    def visit(self, person, days, status):
        Visit.objects.create(
            clinic=person.clinic,
            patient=person,
            on=ago(days),
            kind="visit",
            status=status,
            recorded_at=NOON,
        )

    def no_show(self, person, by, days):
        told = EventAsTold(kind=EventKind.NO_SHOW, source="here", on=ago(days))
        record_event(patient=person, told=told, by=by, at=NOON)

    def test_two_in_a_row(self, clinic, person, care_manager):
        self.visit(person, 8, "missed")
        self.no_show(person, care_manager, 1)

        assert look(clinic)["no_shows_two"].happened_on == ago(1)

    def test_not_with_one_attended_between(self, clinic, person, care_manager):
        self.no_show(person, care_manager, 8)
        self.visit(person, 4, "attended")
        self.no_show(person, care_manager, 1)

        assert look(clinic) == {}


class TestSigns:
    def test_an_unexpected_specimen_is_one_event(self, clinic, person, prescriber):
        ordered(person)
        results = {"fentanyl": "positive", "methadone": "negative"}
        record_toxicology(
            patient=person, collected_at=NOON, results=results, by=prescriber, at=NOON
        )
        ToxicologyResultFactory(
            patient=person, is_expected=False, collected_at=NOON - dt.timedelta(days=90)
        )

        assert look(clinic)["toxicology_unexpected"].happened_on == TODAY
        assert CareEvent.objects.count() == 1

    def test_what_is_no_surprise(self, clinic, person, prescriber):
        results = {"fentanyl": "positive"}
        record_toxicology(
            patient=person, collected_at=NOON, results=results, by=prescriber, at=NOON
        )
        other = PatientFactory(clinic=clinic)
        ordered(other)
        record_toxicology(
            patient=other,
            collected_at=NOON,
            results={"methadone": "positive", "cocaine": "positive"},
            by=prescriber,
            at=NOON,
        )

        assert look(clinic) == {}

    def test_thoughts_of_self_harm(self, clinic, person, clinician):
        record_assessment(
            patient=person,
            instrument="cssrs",
            answers={
                "wish": 1,
                "thoughts": 1,
                "method": 1,
                "intent": 1,
                "plan": 0,
                "behavior_ever": 0,
            },
            by=clinician,
            at=NOON,
        )

        assert set(look(clinic)) == {"suicide_screen"}

    def test_a_score_off_track(self, clinic, person, clinician):
        for days, item in ((40, 0), (0, 3)):
            record_assessment(
                patient=person,
                instrument="gad7",
                answers=dict.fromkeys(
                    (
                        *("nervous", "uncontrollable_worry", "worry_many_things"),
                        *("trouble_relaxing", "restless", "irritable", "afraid"),
                    ),
                    item,
                ),
                given_at=NOON - dt.timedelta(days=days),
                by=clinician,
                at=NOON,
            )

        assert set(look(clinic)) == {"off_track"}


class TestToldAtTheIntake:
    """An overdose that an intake tells of is owed what any overdose is."""

    def tell(self, person, day, by):
        save_answer(
            intake=IntakeFactory(patient=person),
            question=question_of("last_overdose_on"),
            reply=Reply(day.isoformat()),
            revision=None,
            by=by,
            at=NOON,
        )

    def test_with_its_day(self, clinic, person, clinician):
        self.tell(person, ago(4), clinician)

        found = look(clinic)
        assert found["overdose"].happened_on == ago(4)
        reconcile(patient=person, by=None, at=NOON)
        owed = set(person.follow_ups.open().values_list("kind", flat=True))
        assert "safety_screen" in owed
        look(clinic)
        assert CareEvent.objects.count() == 1

    def test_is_no_second_one_beside_what_staff_recorded(
        self, clinic, person, clinician
    ):
        told = EventAsTold(kind=EventKind.OVERDOSE, on=ago(5), source="record")
        record_event(patient=person, told=told, by=clinician, at=NOON)
        self.tell(person, ago(4), clinician)

        assert "overdose" not in look(clinic)

    def test_of_long_ago_opens_nothing(self, clinic, person, clinician):
        self.tell(person, ago(29), clinician)

        assert look(clinic) == {}

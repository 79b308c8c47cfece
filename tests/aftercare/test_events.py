"""Events: recorded once, corrected without losing what was said, taken back with why."""

import datetime as dt

import pytest

from aftercare.actions.events import (
    DerivedEvent,
    EventAsTold,
    EventNotInForce,
    EventRefused,
    correct_event,
    record_derived,
    record_event,
    take_back_event,
)
from aftercare.models import CareEvent
from aftercare.record.events.dangers import dangers_of
from aftercare.record.events.open_events import events_of
from aftercare.record.events.signals import event_recorded, event_taken_back
from assessments.models import IntakeAnswer
from assessments.picture.assemble import picture_of
from knowledge.schedule.pathways import EventKind
from patients.actions.registry import BeforeBirth, HasDied, change_status
from tests.conftest import NOON
from tests.factories import PatientFactory

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 21)
YESTERDAY = TODAY - dt.timedelta(days=1)


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic)


@pytest.fixture
def priya(care_manager):
    return care_manager


def told(kind=EventKind.OVERDOSE, on=YESTERDAY, **more):
    return EventAsTold(**{"kind": kind, "source": "person", "on": on, **more})


def recorded(person, by, *, at=NOON, **said):
    return record_event(patient=person, told=told(**said), by=by, at=at)


def in_force(person):
    return events_of([person.pk], TODAY - dt.timedelta(days=365)).get(person.pk, ())


class TestRecording:
    def test_keeps_what_was_said(self, person, priya):
        event = recorded(
            person,
            priya,
            hour=dt.time(14, 5),
            source="clinic",
            answers={"naloxone": "by_others", "intent": "not_known"},
            words="The emergency department called.",
        )

        assert event.event_kind is EventKind.OVERDOSE
        assert event.day == YESTERDAY
        assert event.answers == {"naloxone": "by_others", "intent": "not_known"}
        assert in_force(person)[0].pk == event.pk

    def test_a_day_that_nobody_knows(self, person, priya):
        event = recorded(person, priya, on=None)

        assert (event.day, event.happened_on) == (None, TODAY)
        zone = dt.UTC
        assert in_force(person)[0].day_of(zone).on is None

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"on": TODAY + dt.timedelta(days=1)}, "on"),
            ({"on": TODAY, "hour": dt.time(23, 59)}, "hour"),
            ({"on": None, "hour": dt.time(9)}, "hour"),
            ({"answers": {"weather": "yes"}}, "weather"),
            ({"answers": {"intent": "perhaps"}}, "intent"),
        ],
        ids=["a day to come", "an hour to come", "an hour alone", "unasked", "unknown"],
    )
    def test_refuses_what_cannot_be(self, person, priya, said, field):
        with pytest.raises(EventRefused) as refusal:
            recorded(person, priya, **said)

        assert refusal.value.field == field
        assert not CareEvent.objects.exists()

    def test_refuses_a_day_before_birth(self, priya, person):
        with pytest.raises(BeforeBirth):
            recorded(person, priya, on=dt.date(1900, 1, 1))

    def test_refuses_a_day_after_a_death(self, priya, person):
        change_status(patient=person, status="deceased", by=priya, at=NOON)

        with pytest.raises(HasDied):
            recorded(person, priya, on=None, at=NOON + dt.timedelta(days=2))

    def test_tells_whoever_listens(self, person, priya):
        heard = []

        def hear(event, **_):
            heard.append(event.kind)

        event_recorded.connect(hear)
        event_taken_back.connect(hear)
        event = recorded(person, priya, kind=EventKind.CUSTODY_IN)
        take_back_event(event=event, by=priya, at=NOON)

        assert heard == ["custody_in", "custody_in"]
        event_recorded.disconnect(hear)
        event_taken_back.disconnect(hear)


class TestCorrecting:
    def test_a_new_row_holds_under_the_same_number(self, person, priya):
        event = recorded(person, priya)
        again = correct_event(
            event=event, told=told(kind=EventKind.USE), by=priya, at=NOON
        )
        last = correct_event(event=again, told=told(on=TODAY), by=priya, at=NOON)

        assert [one.pk for one in in_force(person)] == [event.pk]
        assert last.number == event.pk
        event.refresh_from_db()
        assert (event.kind, event.is_in_force) == ("overdose", False)

    def test_what_was_taken_back_is_not_corrected(self, person, priya):
        event = recorded(person, priya)
        take_back_event(event=event, why="Another person.", by=priya, at=NOON)

        with pytest.raises(EventNotInForce):
            correct_event(event=event, told=told(), by=priya, at=NOON)
        with pytest.raises(EventNotInForce):
            take_back_event(event=event, by=priya, at=NOON)
        assert in_force(person) == ()


class TestDeriving:
    def found(self, person, key="doses:1"):
        kind = EventKind.DOSES_MISSED
        return DerivedEvent(patient_id=person.pk, kind=kind, on=YESTERDAY, key=key)

    def test_twice_is_once(self, person):
        assert len(record_derived([self.found(person)], at=NOON)) == 1
        assert record_derived([self.found(person)], at=NOON) == []
        assert in_force(person)[0].is_derived

    def test_what_was_taken_back_is_not_found_again(self, person, priya):
        record_derived([self.found(person)], at=NOON)
        take_back_event(event=CareEvent.objects.get(), by=priya, at=NOON)

        assert record_derived([self.found(person)], at=NOON) == []
        assert in_force(person) == ()

    def test_nothing_is_found_of_who_has_died(self, person, priya):
        change_status(patient=person, status="deceased", by=priya, at=NOON)

        assert record_derived([self.found(person)], at=NOON) == []


class TestFacts:
    def test_a_lost_home_is_written_where_it_lives(self, person, priya):
        event = recorded(person, priya, kind=EventKind.HOUSING_LOST)
        person.refresh_from_db()
        assert person.is_unhoused is True

        take_back_event(event=event, by=priya, at=NOON)
        person.refresh_from_db()
        assert person.is_unhoused is None

    @pytest.mark.parametrize(
        ("is_unhoused", "days"), [(True, 1), (False, 29)], ids=["known", "long ago"]
    )
    def test_a_home_that_says_nothing_new(self, person, priya, is_unhoused, days):
        person.is_unhoused = is_unhoused
        person.save()
        on = TODAY - dt.timedelta(days=days)
        event = recorded(person, priya, kind=EventKind.HOUSING_LOST, on=on)
        take_back_event(event=event, by=priya, at=NOON)

        person.refresh_from_db()
        assert person.is_unhoused is is_unhoused

    def pregnancy(self, person, at=NOON):
        fact = picture_of(person, at=at).known("pregnancy")
        return fact and fact.value

    def test_a_pregnancy_is_written_where_it_lives(self, person, priya):
        begun = recorded(person, priya, kind=EventKind.PREGNANCY_BEGUN)
        assert self.pregnancy(person) is True

        later = NOON + dt.timedelta(minutes=1)
        ended = recorded(person, priya, kind=EventKind.PREGNANCY_ENDED, on=TODAY)
        assert self.pregnancy(person) is False

        take_back_event(event=ended, by=priya, at=later)
        assert self.pregnancy(person, later) is True
        take_back_event(event=begun, by=priya, at=later)
        assert self.pregnancy(person, later) is None

    def test_a_pregnancy_that_was_over_before_says_nothing_of_today(
        self, person, priya
    ):
        recorded(person, priya, kind=EventKind.PREGNANCY_ENDED)
        before = YESTERDAY - dt.timedelta(days=200)
        recorded(person, priya, kind=EventKind.PREGNANCY_BEGUN, on=before)

        assert self.pregnancy(person) is False
        assert in_force(person)[1].ended_on == YESTERDAY

    def test_a_pregnancy_known_before_is_not_asked_again(self, person, priya):
        recorded(person, priya, kind=EventKind.PREGNANCY_BEGUN)
        again = recorded(person, priya, kind=EventKind.PREGNANCY_BEGUN, on=TODAY)

        assert again.stood_before == {}
        assert IntakeAnswer.objects.filter(question="pregnancy").count() == 1

    def test_what_was_said_since_is_not_put_back(self, person, priya):
        begun = recorded(person, priya, kind=EventKind.PREGNANCY_BEGUN)
        recorded(person, priya, kind=EventKind.PREGNANCY_ENDED, on=TODAY)
        take_back_event(event=begun, by=priya, at=NOON)

        assert self.pregnancy(person) is False


class TestWhatIsInForce:
    def test_newest_first_with_what_they_are_over_with(
        self, person, priya, django_assert_num_queries
    ):
        recorded(person, priya, kind=EventKind.CUSTODY_IN, on=dt.date(2026, 11, 1))
        recorded(person, priya, kind=EventKind.CUSTODY_OUT, on=dt.date(2026, 11, 9))
        recorded(person, priya, kind=EventKind.CUSTODY_IN, on=TODAY)
        other = PatientFactory(clinic=person.clinic)

        with django_assert_num_queries(1):
            found = events_of([person.pk, other.pk], dt.date(2026, 10, 1))

        assert [(one.kind, one.ended_on) for one in found[person.pk]] == [
            ("custody_in", None),
            ("custody_out", None),
            ("custody_in", dt.date(2026, 11, 9)),
        ]
        assert other.pk not in found

    def test_a_window_that_is_dangerous(self, person, priya):
        recorded(person, priya, hour=dt.time(14, 5))
        event = in_force(person)[0]

        assert dangers_of(person.pk, TODAY)[0].event.pk == event.pk
        assert not dangers_of(person.pk, TODAY + dt.timedelta(days=28))
        assert event.day_of(dt.UTC).at == dt.datetime(
            2026, 11, 20, 14, 5, tzinfo=dt.UTC
        )

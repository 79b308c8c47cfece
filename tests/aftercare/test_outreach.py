"""Trying to reach somebody, and taking a mistake back."""

import datetime as dt

import pytest

from aftercare.actions import outreach
from aftercare.models import OutreachAttempt
from aftercare.owed import tries as ladder
from knowledge.schedule.steps import rungs
from tests.factories import PatientFactory
from tests.factories.aftercare import TODAY, owed

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic)


@pytest.fixture
def record(person, care_manager, noon):
    def do(outcome, *, follow_up=None, at=noon, **more):
        return outreach.record_outreach(
            patient=person,
            outcome=outcome,
            follow_up=follow_up,
            by=care_manager,
            at=at,
            **more,
        )

    return do


CALL = {"kind": "contact", "title": "Call or visit, day 2"}
VISIT = {"kind": "contact", "title": "Visit, week 6"}


class TestReached:
    @pytest.mark.parametrize(
        ("what", "channel", "closes"),
        [
            pytest.param(CALL, "phone", True, id="a promised call, by phone"),
            pytest.param({"kind": "call"}, "phone", True, id="a call added by hand"),
            pytest.param(
                {"kind": "injection_reminder"}, "phone", True, id="a reminder"
            ),
            pytest.param(VISIT, "phone", False, id="a visit is not a call"),
            pytest.param(VISIT, "in_person", True, id="a visit, face to face"),
            pytest.param(VISIT, "video", True, id="a visit on a screen"),
            pytest.param({"kind": "drug_test"}, "in_person", False, id="a test"),
        ],
    )
    def test_closes_what_reaching_the_person_keeps(
        self, person, record, what, channel, closes
    ):
        follow_up = owed(person, **what)

        attempt = record("reached_coming", follow_up=follow_up, channel=channel)

        follow_up.refresh_from_db()
        assert attempt.closed_follow_up is closes
        assert (follow_up.status == "done") is closes

    def test_what_stays_open_is_looked_at_the_next_day(self, person, record):
        visit = owed(person, **VISIT)

        record("reached_not_coming", follow_up=visit)

        visit.refresh_from_db()
        assert (visit.status, visit.next_try_on) == ("planned", TODAY + DAY)

    def test_what_somebody_closed_meanwhile_is_not_closed_again(
        self, person, record, noon
    ):
        call = owed(person, **CALL, status="done", closed_at=noon, outcome="Came")

        attempt = record("reached_coming", follow_up=call)

        call.refresh_from_db()
        assert (attempt.closed_follow_up, call.outcome) == (False, "Came")


class TestNotReached:
    @pytest.mark.parametrize(
        ("due", "next_day"),
        [
            pytest.param(0, 1, id="day 1: tomorrow"),
            pytest.param(-1, 1, id="day 2: the clinical review of day 3"),
            pytest.param(-2, 2, id="day 3: outreach on day 5"),
            pytest.param(-5, 8, id="day 6: letter on day 14"),
            pytest.param(-40, 1, id="after the last rung: each day"),
        ],
    )
    def test_the_next_try_is_the_next_rung(self, person, record, due, next_day):
        call = owed(person, due, **CALL)

        record("no_answer", follow_up=call)

        call.refresh_from_db()
        assert (call.status, call.next_try_on) == ("planned", TODAY + next_day * DAY)

    def test_one_call_tries_for_every_contact_that_is_due(self, person, record):
        visit, ahead = owed(person, **VISIT), owed(person, 3, **VISIT)

        record("left_message", follow_up=owed(person, **CALL))

        visit.refresh_from_db()
        ahead.refresh_from_db()
        assert (visit.next_try_on, ahead.next_try_on) == (TODAY + DAY, None)

    @pytest.mark.parametrize(
        "kind",
        [
            *("safety_screen", "result_qtc_long", "drug_test", "order", "plan_review"),
            *("medication_task", "naloxone_handover", "yearly_exam"),
        ],
    )
    @pytest.mark.parametrize("outcome", ["no_answer", "reached_not_coming"])
    def test_it_moves_nothing_that_a_call_does_not_keep(
        self, person, record, kind, outcome
    ):
        task = owed(person, kind=kind)
        days = (task.earliest_on, task.due_on, task.latest_on)

        record(outcome, follow_up=task)

        task.refresh_from_db()
        assert task.next_try_on is None
        assert (task.earliest_on, task.due_on, task.latest_on) == days
        assert task.is_open

    def test_a_call_about_nothing_in_particular_is_kept(self, person, record):
        assert record("no_answer", note="Rang twice").follow_up is None


class TestTakeBack:
    def back(self, attempt, by, at):
        return outreach.take_back_outreach(attempt=attempt, by=by, at=at)

    @pytest.mark.parametrize(
        ("due", "after", "status"),
        [(0, 0, "due"), (-3, 0, "missed"), (2, 0, "planned")],
    )
    def test_what_it_closed_is_owed_again(
        self, person, record, care_manager, noon, due, after, status
    ):
        call = owed(person, due, after=after, **CALL)
        attempt = record("reached_coming", follow_up=call)

        self.back(attempt, care_manager, noon)

        call.refresh_from_db()
        assert (call.status, call.closed_at, call.outcome) == (status, None, "")
        assert OutreachAttempt.objects.get().taken_back_by == care_manager

    def test_the_try_before_it_counts_again(self, person, record, care_manager, noon):
        call = owed(person, -1, **CALL)
        record("no_answer", follow_up=call, at=noon - DAY)
        attempt = record("no_answer", follow_up=call)

        self.back(attempt, care_manager, noon)

        call.refresh_from_db()
        assert call.next_try_on == TODAY

    def test_a_try_before_the_day_owed_sets_nothing(
        self, person, record, care_manager, noon
    ):
        record("no_answer", at=noon - 3 * DAY)
        call = owed(person, **CALL)

        self.back(record("no_answer"), care_manager, noon)

        call.refresh_from_db()
        assert call.next_try_on is None

    def test_with_no_try_left_there_is_no_next_one(
        self, person, record, care_manager, noon
    ):
        call = owed(person, **CALL)

        self.back(record("no_answer"), care_manager, noon)

        call.refresh_from_db()
        assert call.next_try_on is None

    def test_only_once(self, record, care_manager, noon):
        attempt = record("no_answer")
        self.back(attempt, care_manager, noon)

        with pytest.raises(outreach.AlreadyTakenBack):
            self.back(attempt, care_manager, noon)


def test_every_rung_is_reached_once_in_order():
    tried, days = TODAY, []
    while len(days) < len(rungs()):
        days.append(ladder.ladder_day(TODAY, tried))
        tried = ladder.next_try(TODAY, tried)

    assert days == [rung.day for rung in rungs()]

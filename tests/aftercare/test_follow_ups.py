"""Adding, moving and closing what is owed."""

import datetime as dt

import pytest

from accounts.models import AuditEvent
from aftercare.actions import follow_ups
from aftercare.actions.follow_ups import FollowUpWindow
from aftercare.models import FollowUp
from tests.factories import PatientFactory
from tests.factories.aftercare import TODAY, owed

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic)


def add(person, by, at, *, days=(3, 3, 3), **more):
    return follow_ups.add_follow_up(
        **{
            "patient": person,
            "kind": "call",
            "title": "Call about the ride",
            "window": FollowUpWindow(*(TODAY + day * DAY for day in days)),
            "assigned_role": "care_manager",
            "by": by,
            "at": at,
            **more,
        }
    )


class TestAdd:
    @pytest.mark.parametrize(
        ("days", "status"),
        [
            pytest.param((3, 3, 3), "planned", id="ahead"),
            pytest.param((0, 3, 5), "due", id="window open"),
            pytest.param((-3, -2, -1), "missed", id="window over"),
        ],
    )
    def test_stands_where_its_window_says(
        self, person, care_manager, noon, days, status
    ):
        assert add(person, care_manager, noon, days=days).status == status

    @pytest.mark.parametrize("days", [(4, 3, 5), (1, 6, 5)])
    def test_a_window_that_is_out_of_order_is_refused(self, days):
        with pytest.raises(follow_ups.WindowOutOfOrder):
            FollowUpWindow(*(TODAY + day * DAY for day in days))

    def test_the_clinics_day_counts_and_not_the_servers(self, person, care_manager):
        late_in_new_york = dt.datetime(2026, 11, 22, 3, tzinfo=dt.UTC)

        assert (
            add(person, care_manager, late_in_new_york, days=(0, 0, 0)).status == "due"
        )


class TestMove:
    def move(self, follow_up, days, by, at):
        return follow_ups.move_follow_up(
            follow_up=follow_up, due_on=TODAY + days * DAY, by=by, at=at
        )

    def test_inside_the_window_that_was_promised(self, person, care_manager, noon):
        moved = self.move(owed(person, 3, before=1, after=4), 6, care_manager, noon)

        assert moved.due_on == TODAY + 6 * DAY
        assert (moved.earliest_on, moved.latest_on) == (
            TODAY + 2 * DAY,
            TODAY + 7 * DAY,
        )

    @pytest.mark.parametrize("days", [1, 8])
    def test_not_out_of_it(self, person, care_manager, noon, days):
        promised = owed(person, 3, before=1, after=4)

        with pytest.raises(follow_ups.OutsideWindow, match="Mon 23 Nov and Sat 28 Nov"):
            self.move(promised, days, care_manager, noon)

    def test_what_staff_added_takes_its_window_along(self, person, care_manager, noon):
        mine = owed(person, 3, before=1, after=4, origin="staff")

        moved = self.move(mine, 10, care_manager, noon)

        assert (moved.earliest_on, moved.latest_on) == (
            TODAY + 9 * DAY,
            TODAY + 14 * DAY,
        )

    def test_somebody_is_told_anew(self, person, care_manager, noon):
        late = owed(
            person,
            -1,
            origin="staff",
            status="missed",
            reminded_at=noon,
            escalated_at=noon,
        )

        moved = self.move(late, 2, care_manager, noon)

        assert moved.status == "planned"
        assert (moved.reminded_at, moved.escalated_at) == (None, None)

    def test_not_when_it_is_closed(self, person, care_manager, noon):
        done = owed(person, status="done", closed_at=noon)

        with pytest.raises(follow_ups.AlreadyClosed, match="done already"):
            self.move(done, 1, care_manager, noon)


class TestClose:
    def close(self, follow_up, status, words, by, at):
        return follow_ups.close_follow_up(
            follow_up=follow_up, status=status, words=words, by=by, at=at
        )

    def test_done_says_who_and_when(self, person, care_manager, noon):
        closed = self.close(owed(person), "done", "", care_manager, noon)

        closed.refresh_from_db()
        assert (closed.status, closed.closed_by, closed.closed_at) == (
            "done",
            care_manager,
            noon,
        )
        assert not closed.is_open

    def test_a_cancellation_says_why(self, person, care_manager, noon):
        follow_up = owed(person)
        with pytest.raises(follow_ups.FollowUpReasonMissing):
            self.close(follow_up, "cancelled", "  ", care_manager, noon)

        closed = self.close(
            follow_up, "cancelled", "Done elsewhere", care_manager, noon
        )

        assert closed.outcome == "Done elsewhere"
        assert (
            AuditEvent.objects.get(verb="follow_up.cancelled").why == "Done elsewhere"
        )

    def test_only_once(self, person, care_manager, noon):
        follow_up = owed(person)
        self.close(follow_up, "done", "", care_manager, noon)

        with pytest.raises(follow_ups.AlreadyClosed):
            self.close(follow_up, "cancelled", "No", care_manager, noon)
        assert FollowUp.objects.get().status == "done"

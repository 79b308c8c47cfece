"""Adding, moving and closing what is owed."""

import datetime as dt

import pytest

from accounts.models import AuditEvent
from accounts.refusals import Refused
from aftercare.actions import follow_ups
from aftercare.actions.follow_ups import (
    ClinicClosed,
    FollowUpReasonMissing,
    FollowUpWindow,
    NotClosedByHand,
    NothingToReopen,
    NotTheirsToClose,
    close_follow_up,
    give_follow_up,
    move_follow_up,
    reopen_follow_up,
)
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
        assert FollowUp.objects.get(pk=follow_up.pk).status == "done"


class TestClosing:
    def test_a_screener_is_not_ticked_off(self, person, care_manager, clinician, noon):
        """Two clicks closed it, with no answers on file."""
        screen = owed(person, kind="safety_screen", status="due")
        for who in (care_manager, clinician):
            with pytest.raises(Refused) as said:
                close_follow_up(
                    follow_up=screen, status="done", words="Asked", by=who, at=noon
                )
        assert "that closes it" in str(said.value)
        screen.refresh_from_db()
        assert screen.is_open

    def test_what_a_clinician_decides_no_care_manager_closes(
        self, person, care_manager, noon
    ):
        plan = owed(person, kind="safety_plan", status="due")

        with pytest.raises(NotTheirsToClose):
            close_follow_up(
                follow_up=plan, status="done", words="Made", by=care_manager, at=noon
            )

    def test_what_is_owed_for_safety_is_not_cancelled(self, person, clinician, noon):
        plan = owed(person, kind="safety_plan", status="due", origin="event")

        with pytest.raises(NotClosedByHand):
            close_follow_up(
                follow_up=plan, status="cancelled", words="No", by=clinician, at=noon
            )

    def test_what_the_record_would_show_needs_words(self, person, clinician, noon):
        test = owed(person, kind="drug_test", status="due")
        with pytest.raises(FollowUpReasonMissing):
            close_follow_up(follow_up=test, status="done", by=clinician, at=noon)

        close_follow_up(
            follow_up=test,
            status="done",
            words="At the hospital",
            by=clinician,
            at=noon,
        )

        test.refresh_from_db()
        assert test.status == "done"

    def test_can_be_taken_back(self, person, clinician, noon):
        visit = owed(person, status="due")
        close_follow_up(follow_up=visit, status="done", by=clinician, at=noon)

        reopen_follow_up(follow_up=visit, by=clinician, at=noon)

        visit.refresh_from_db()
        assert (visit.status, visit.closed_at, visit.outcome) == ("due", None, "")
        with pytest.raises(NothingToReopen):
            reopen_follow_up(follow_up=visit, by=clinician, at=noon)

    def test_what_the_record_closed_is_taken_back_there(self, person, clinician, noon):
        visit = owed(person, status="done", closed_at=noon)

        with pytest.raises(NothingToReopen):
            reopen_follow_up(follow_up=visit, by=clinician, at=noon)

    def test_what_a_concern_owes_is_done_with_the_concern(
        self, person, clinician, noon
    ):
        key = f"{person.pk}:concern:9:safety_plan"
        plan = owed(person, kind="safety_plan", status="due", origin="event", key=key)

        with pytest.raises(NotClosedByHand) as said:
            close_follow_up(
                follow_up=plan, status="done", words="Made", by=clinician, at=noon
            )
        assert "A concern owes it" in str(said.value)


class TestGive:
    def test_to_somebody_by_name_and_back_to_a_part(self, person, clinician, noon):
        visit = owed(person, status="due")
        give_follow_up(
            follow_up=visit,
            assigned_role="clinician",
            assigned_to=clinician,
            by=clinician,
            at=noon,
        )
        visit.refresh_from_db()
        assert (visit.assigned_role, visit.assigned_to) == ("clinician", clinician)


class TestMoveLate:
    def test_an_overdue_one_is_put_on_a_coming_day_and_stays_late(
        self, person, clinician, noon
    ):
        """Its window was over, and every day was refused."""
        exam = owed(person, -9, kind="yearly_exam", status="missed")

        move_follow_up(follow_up=exam, due_on=noon.date() + DAY, by=clinician, at=noon)

        exam.refresh_from_db()
        assert exam.due_on == noon.date() + DAY
        assert (exam.status, exam.latest_on) == ("missed", noon.date() - 9 * DAY)

    def test_not_to_a_day_on_which_the_clinic_is_closed(
        self, person, clinician, clinic, noon
    ):
        clinic.opening_hours = {"1": "08:00-17:00"}
        clinic.save()
        visit = owed(person, 0, after=5, status="due")

        with pytest.raises(ClinicClosed) as said:
            move_follow_up(
                follow_up=visit, due_on=noon.date() + DAY, by=clinician, at=noon
            )
        assert "closed on Sundays" in str(said.value)

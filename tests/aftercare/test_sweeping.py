"""What the workers do: due, missed, escalated, reminded, sent; once."""

import datetime as dt
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from accounts.models import AuditEvent, Membership
from accounts.permissions import Role
from aftercare.models import FollowUp, Notice
from aftercare.queues import FOLLOW_UPS, MAIL
from jobs import notices
from jobs.actions import engine
from jobs.actions.requests import NothingHeldBack, try_again
from jobs.models import Claim
from patients.actions.registry import put_on_care_team
from patients.models import CareTeamMember
from tests.conftest import NOON, clinic_today
from tests.factories import PatientFactory, StaffFactory
from tests.factories.aftercare import TODAY, owed

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
# A Monday, 12:00 in New York: within working hours.
MONDAY = NOON + dt.timedelta(days=2)


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic)


@pytest.fixture
def sweep(clinic, noon):
    def do(at=noon):
        return engine.run_queue(FOLLOW_UPS, clinic_id=clinic.pk, at=at)

    return do


@pytest.fixture
def send(clinic):
    def do(at=MONDAY):
        return engine.run_queue(MAIL, clinic_id=clinic.pk, at=at)

    return do


def status_of(follow_up):
    return FollowUp.objects.get(pk=follow_up.pk).status


def on_team(person, staff, part, noon):
    CareTeamMember.objects.create(
        clinic=person.clinic, patient=person, staff=staff, part=part, since_at=noon
    )


class TestTime:
    @pytest.mark.parametrize(
        ("due", "before", "after", "begins", "becomes"),
        [
            pytest.param(1, 0, 0, "planned", "planned", id="tomorrow"),
            pytest.param(1, 1, 0, "planned", "due", id="the window opens today"),
            pytest.param(0, 0, 0, "planned", "due", id="today"),
            pytest.param(-1, 0, 1, "due", "due", id="the last day of the window"),
            pytest.param(-1, 0, 0, "due", "missed", id="the window closed yesterday"),
            pytest.param(-9, 0, 2, "planned", "missed", id="nobody swept for days"),
        ],
    )
    def test_follows_the_window(
        self, person, sweep, due, before, after, begins, becomes
    ):
        follow_up = owed(person, due, before=before, after=after, status=begins)

        sweep()

        assert status_of(follow_up) == becomes

    def test_is_the_clinics_time(self, person, sweep):
        tomorrow = owed(person, 1)

        sweep(dt.datetime(2026, 11, 22, 4, 59, tzinfo=dt.UTC))
        assert status_of(tomorrow) == "planned"

        sweep(dt.datetime(2026, 11, 22, 5, tzinfo=dt.UTC))
        assert status_of(tomorrow) == "due"

    @pytest.mark.parametrize(
        ("stage", "origin", "becomes"),
        [
            pytest.param("deceased", "plan", "cancelled", id="after a death"),
            pytest.param("deceased", "staff", "cancelled", id="after a death, by hand"),
            pytest.param("discharged", "plan", "due", id="after leaving: contacts"),
        ],
    )
    def test_ends_with_care(self, clinic, sweep, stage, origin, becomes):
        follow_up = owed(PatientFactory(clinic=clinic, status=stage), origin=origin)

        sweep()

        assert status_of(follow_up) == becomes
        assert Notice.objects.exists() is False

    def test_another_clinics_rows_are_left_to_its_own_round(self, sweep, other_clinic):
        other = owed(PatientFactory(clinic=other_clinic))

        sweep()

        assert status_of(other) == "planned"


class TestTelling:
    def test_twice_is_once(self, person, care_manager, sweep):
        owed(person, -3)
        owed(person)

        first, second = sweep(), sweep()

        assert first == {"due": 1, "reminded": 1, "missed": 1, "escalated": 1}
        assert not second
        assert Notice.objects.count() == 2

    def test_a_clock_that_jumps_doubles_and_loses_nothing(
        self, person, care_manager, sweep, noon
    ):
        rows = [owed(person, due, after=2) for due in (0, 1, -1)]
        hour, day = dt.timedelta(hours=1), dt.timedelta(days=1)

        for jump in (hour, -hour, day, -hour, -day, day, 0 * hour):
            sweep(noon + jump)

        told = list(Notice.objects.values_list("follow_up", "kind", "recipient"))
        assert len(told) == len(set(told))
        assert {one for one, *_ in told} == {row.pk for row in rows}
        assert [status_of(row) for row in rows] == ["due"] * 3
        # What is really over is found when that day comes.
        sweep(noon + 9 * day)
        assert [status_of(row) for row in rows] == ["missed"] * 3

    def test_the_persons_own_care_manager_hears_of_what_was_missed(
        self, person, clinic, care_manager, sweep, noon
    ):
        own = StaffFactory(roles={clinic: [Role.CARE_MANAGER]})
        on_team(person, own, "care_manager", noon)
        missed = owed(person, -3)

        sweep()

        notice = Notice.objects.get()
        assert (notice.recipient, notice.kind) == (own, "escalation")
        missed.refresh_from_db()
        assert missed.escalated_at == noon

    def test_without_one_every_care_manager_does(
        self, person, clinic, care_manager, sweep
    ):
        StaffFactory(roles={clinic: [Role.CARE_MANAGER]})
        StaffFactory(roles={clinic: [Role.CARE_MANAGER]}, is_active=False)
        owed(person, -3)

        sweep()

        assert Notice.objects.count() == 2

    def test_waits_for_a_care_manager_where_there_is_none(self, person, clinic, sweep):
        missed = owed(person, -3)
        sweep()
        missed.refresh_from_db()
        assert (missed.status, missed.escalated_at) == ("missed", None)

        StaffFactory(roles={clinic: [Role.CARE_MANAGER]})
        assert sweep()["escalated"] == 1

    @pytest.mark.parametrize(
        ("role", "part"),
        [
            ("prescriber", "prescriber"),
            ("prescriber", "lead"),
            ("clinician", "counselor"),
            ("clinician", "lead"),
            ("care_manager", "care_manager"),
        ],
    )
    def test_who_holds_the_part_is_reminded(
        self, person, clinic, care_manager, sweep, noon, role, part
    ):
        holder = StaffFactory(roles={clinic: [Role.CLINICIAN]})
        on_team(person, holder, part, noon)
        owed(person, assigned_role=role)

        sweep()

        assert Notice.objects.get().recipient == holder

    def test_the_one_it_is_assigned_to_comes_first(
        self, person, clinician, care_manager, sweep
    ):
        owed(person, assigned_to=clinician)

        sweep()

        assert Notice.objects.get().recipient == clinician

    def test_who_left_is_not_told(self, person, clinician, care_manager, sweep):
        Membership.objects.filter(staff=clinician).delete()
        owed(person, assigned_to=clinician)

        sweep()

        assert Notice.objects.get().recipient == care_manager

    def test_with_nobody_to_tell_the_caseload_still_shows_it(self, person, sweep):
        follow_up = owed(person)

        sweep()

        follow_up.refresh_from_db()
        assert follow_up.status == "due"
        assert not Notice.objects.exists()

    def test_a_window_that_was_open_before_its_day_is_told_of_on_the_day(
        self, person, care_manager, sweep, noon
    ):
        owed(person, 1, before=3)

        assert sweep() == {"due": 1}
        assert sweep(noon + dt.timedelta(days=1)) == {"reminded": 1}
        assert sweep(noon + dt.timedelta(days=2)) == {"missed": 1, "escalated": 1}

    def test_is_done_in_batches_until_nothing_is_left(
        self, person, care_manager, clinic, noon
    ):
        for _ in range(7):
            owed(person)

        done = engine.run_queue(FOLLOW_UPS, clinic_id=clinic.pk, at=noon, size=3)

        assert done == {"due": 7, "reminded": 7}


class TestSending:
    @pytest.fixture
    def waiting(self, person, care_manager, sweep):
        missed, due = owed(person, -3), owed(person)
        sweep()
        return missed, due

    def test_says_how_many_and_where_and_nothing_of_anybody(
        self, waiting, send, person
    ):
        missed, _ = waiting

        assert send() == {"sent": 2}

        subjects = {message.subject for message in mail.outbox}
        assert subjects == {"1 follow-up was missed", "1 follow-up is due"}
        body = next(m.body for m in mail.outbox if "missed" in m.subject)
        assert body == (
            f"http://127.0.0.1:8000/people/{person.pk}/aftercare/#follow-up-{missed.pk}\n"
        )

    def test_one_mail_for_many(self, person, care_manager, sweep, send):
        for _ in range(12):
            owed(person)
        sweep()

        send()

        (message,) = mail.outbox
        assert message.subject == "12 follow-ups are due"
        assert message.body == "http://127.0.0.1:8000/caseload/\n"

    def test_twice_is_once(self, waiting, send):
        send()

        assert not send()
        assert len(mail.outbox) == 2

    def test_what_fails_is_kept_and_tried_again_later(self, waiting, send, noon):
        with mock.patch.object(
            notices, "send_mail", side_effect=ConnectionRefusedError
        ):
            assert send() == {"failed": 2}
        assert not Notice.objects.exclude(sent_at=None).exists()
        claims = Claim.objects.values_list("tries", "fault")
        assert set(claims) == {(1, "ConnectionRefusedError")}

        assert not send(MONDAY + MINUTE), "too early"
        assert send(MONDAY + 2 * MINUTE) == {"sent": 2}
        assert not Claim.objects.exists()

    def test_what_failed_is_sent_at_once_when_somebody_asks(
        self, waiting, send, clinician, noon
    ):
        with mock.patch.object(notices, "send_mail", side_effect=TimeoutError):
            send()
        claim = Claim.objects.first()

        try_again(claim=claim, by=clinician, at=MONDAY)

        assert send(MONDAY) == {"sent": 1}
        with pytest.raises(NothingHeldBack):
            try_again(claim=claim, by=clinician, at=MONDAY)
        assert AuditEvent.objects.filter(verb="job.try_again").count() == 1


NIGHT = pytest.mark.parametrize(
    ("when", "sent"),
    [
        pytest.param("2026-11-20T17:59", 1, id="Friday, the last minute"),
        pytest.param("2026-11-20T18:00", 0, id="Friday evening"),
        pytest.param("2026-11-21T12:00", 0, id="Saturday"),
        pytest.param("2026-11-22T00:01", 0, id="Sunday, a minute after midnight"),
        pytest.param("2026-11-23T06:59", 0, id="Monday, too early"),
        pytest.param("2026-11-23T07:00", 1, id="Monday morning"),
    ],
)


class TestWorkingHours:
    """B24: a follow-up due on Sunday was mailed at 00:01 that night."""

    def at(self, when):
        return dt.datetime.fromisoformat(when).replace(
            tzinfo=ZoneInfo("America/New_York")
        )

    @NIGHT
    def test_a_mail_to_the_staff_waits_for_the_morning(
        self, person, care_manager, sweep, send, when, sent
    ):
        owed(person, -5, after=30)
        sweep(self.at("2026-11-20T09:00"))

        send(self.at(when).astimezone(dt.UTC))

        assert len(mail.outbox) == sent

    @NIGHT
    def test_what_a_concern_asks_for_the_same_day_does_not(
        self, person, care_manager, sweep, send, when, sent
    ):
        at = self.at(when)
        day = (clinic_today(at) - TODAY).days
        danger = {"status": "due", "severity": "danger", "origin": "event"}
        owed(person, day, kind="safety_evaluation", **danger)
        owed(person, day, kind="safety_plan", origin="event", status="due", after=7)
        sweep(at)

        send(at)

        assert len(mail.outbox) == 1
        assert Notice.objects.exclude(sent_at=None).count() == 1 + sent


class TestDanger:
    """A worrying answer sent one mail: `1 follow-up is due`, to one person."""

    def test_the_duty_role_hears_at_once_too_in_words_without_a_follow_up(
        self, person, clinic, clinician, prescriber, noon
    ):
        clinic.duty_role = Role.PRESCRIBER
        clinic.save()
        put_on_care_team(
            patient=person, staff=clinician, part="lead", by=clinician, at=noon
        )
        owed(person, kind="safety_screen", severity="danger", assigned_role="clinician")
        owed(person, kind="drug_test", assigned_role="clinician")

        night = noon + dt.timedelta(hours=8)
        engine.run_queue(FOLLOW_UPS, clinic_id=clinic.pk, at=night)
        engine.run_queue(MAIL, clinic_id=clinic.pk, at=night)

        assert {(m.to[0], m.subject) for m in mail.outbox} == {
            (one.email, "Someone needs you now: sign in")
            for one in (clinician, prescriber)
        }

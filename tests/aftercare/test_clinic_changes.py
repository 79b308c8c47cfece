"""A clinic changes its days or its kind: what is owed moves, and is told before."""

import datetime as dt

import pytest

from accounts.clinic_settings import actions
from accounts.clinic_settings.consequences import SettingsChange, digest_of
from accounts.models import AuditEvent, ClinicDay
from aftercare.actions.clinic_changes import foretell
from aftercare.models import FollowUp, Notice
from aftercare.queues import MAIL
from jobs.queues import Batch
from knowledge.schedule.open_days import EVERY_DAY, OpenDays
from knowledge.schedule.standing import program_kinds
from knowledge.schedule.steps import working_hours
from plans.actions import signing
from tests.conftest import clinic_today, markup
from tests.factories import PatientFactory
from tests.factories.aftercare import TODAY, owed
from tests.factories.plans import drafted, ready
from tests.factories.treatment import RegimenFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
CLOSED = TODAY + 5 * DAY


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic, admitted_on=TODAY - 30 * DAY)


@pytest.fixture
def close(clinic, admin, noon):
    def closing(day=CLOSED):
        given = {"clinic": clinic, "day": day, "is_open": False, "name": "Repairs"}
        try:
            return actions.add_day(**given, told="", by=admin, at=noon)
        except actions.NotTold as refusal:
            closing.words = refusal.words
            told = digest_of(refusal.words)
        return actions.add_day(**given, told=told, by=admin, at=noon)

    closing.words = ()
    return closing


def due(person, before, after, day=CLOSED):
    return owed(
        person,
        earliest_on=day - before * DAY,
        due_on=day,
        latest_on=day + after * DAY,
        status="planned",
    )


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        pytest.param(2, 2, CLOSED + DAY, id="the next open day"),
        pytest.param(2, 0, CLOSED - DAY, id="the one before"),
        pytest.param(0, 0, CLOSED, id="no open day: it stays"),
    ],
)
def test_what_is_due_moves_within_its_window(person, close, before, after, moved):
    one = due(person, before, after)

    close()

    one.refresh_from_db()
    assert one.due_on == moved


def test_it_is_told_how_many_move_and_how_many_do_not(person, close):
    due(person, 2, 2)
    due(person, 2, 0)
    due(person, 0, 0)

    close()

    assert close.words == (
        "2 promises move to an open day of their windows.",
        "1 promise has no open day in its window and stays.",
    )
    event = AuditEvent.objects.get(verb="follow_ups.moved_by_clinic")
    assert event.facts == {"moved": 2}


def test_nothing_moves_back_before_today(person, close):
    one = due(person, 2, 0, day=TODAY)

    close(TODAY)

    one.refresh_from_db()
    assert one.due_on == TODAY


def test_where_no_day_is_open_everything_stays(person, clinic):
    due(person, 2, 2)
    change = SettingsChange(clinic, TODAY, {}, EVERY_DAY, OpenDays(frozenset()))

    assert list(foretell(change)) == [
        "1 promise has no open day in its window and stays."
    ]


def test_a_day_is_taken_off_the_list_once_it_is_told_what_moves(
    person, clinic, as_admin, noon
):
    clinic.opening_hours = {str(n): "06:00-17:00" for n in range(1, 6)}
    clinic.save()
    today = clinic_today()
    saturday = today + dt.timedelta(days=(5 - today.weekday()) % 7 + 7)
    row = ClinicDay.objects.create(
        clinic=clinic, day=saturday, is_open=True, name="Dosing"
    )
    one = due(person, 1, 3, day=saturday)
    url = f"/clinic/days/{row.pk}/remove/"

    first = as_admin.post(url)
    text = markup(first)
    assert (first.status_code, ClinicDay.objects.count()) == (400, 1)
    assert "1 promise moves to an open day of its window." in text
    told = text.partition('name="told" value="')[2].partition('"')[0]
    as_admin.post(url, {"told": told})

    one.refresh_from_db()
    assert one.due_on == saturday + 2 * DAY


def test_who_takes_methadone_needs_it_to_take_home(person, close):
    RegimenFactory(patient=person, medication="MTD", started_on=TODAY - 30 * DAY)

    close()

    assert close.words == ("1 take-home dose to prepare for Thu 26 Nov.",)


def test_elsewhere_there_is_none_to_take_home(person, close, clinic):
    RegimenFactory(patient=person, medication="MTD", started_on=TODAY - 30 * DAY)
    clinic.is_otp = False
    clinic.save()

    close()

    assert close.words == ()


def test_a_week_moves_what_is_due_on_the_days_that_close(person, clinic, admin, noon):
    saturday = due(person, 1, 3, day=TODAY + 7 * DAY)
    given = {
        "clinic": clinic,
        "values": {"opening_hours": {str(n): "06:00-17:00" for n in range(1, 6)}},
        "by": admin,
        "at": noon,
    }
    with pytest.raises(actions.NotTold) as refusal:
        actions.change_settings(**given, told="")

    actions.change_settings(**given, told=digest_of(refusal.value.words))

    saturday.refresh_from_db()
    assert saturday.due_on == TODAY + 9 * DAY


def test_a_plan_promises_open_days_where_its_windows_have_one(
    person, clinic, prescriber, noon
):
    clinic.opening_hours = {str(n): "06:00-17:00" for n in range(1, 6)}
    clinic.save()
    person.clinic = clinic

    signing.sign_plan(plan=ready(drafted(person, prescriber)), by=prescriber, at=noon)

    promised = FollowUp.objects.filter(patient=person, origin="plan")
    assert promised.exists()
    for one in promised:
        days = (one.latest_on - one.earliest_on).days + 1
        window = [one.earliest_on + n * DAY for n in range(days)]
        if any(day.isoweekday() < 6 for day in window):
            assert one.due_on.isoweekday() < 6, one.title


class TestKind:
    @pytest.fixture
    def signed(self, person, prescriber, noon):
        plan = ready(drafted(person, prescriber))
        return signing.sign_plan(plan=plan, by=prescriber, at=noon)

    def of_program(self):
        return FollowUp.objects.open().filter(kind__in=program_kinds())

    def change(self, clinic, by, second, noon, *, is_otp):
        change = actions.change_of_kind(clinic, is_otp=is_otp, on=TODAY)
        words = actions.foretold(change)
        proposal = actions.propose_kind(
            clinic=clinic,
            is_otp=is_otp,
            why="x",
            told=digest_of(words),
            by=by,
            at=noon,
        )
        actions.agree_to_kind(
            proposal=proposal, told=digest_of(words), by=second, at=noon
        )
        return words

    def test_the_promises_of_a_program_end_and_begin_with_it(
        self, signed, person, clinic, admin, prescriber, noon
    ):
        RegimenFactory(patient=person, medication="MTD", started_on=TODAY - 2 * DAY)
        before = self.of_program().count()
        assert before > 1

        words = self.change(clinic, admin, prescriber, noon, is_otp=False)

        assert not self.of_program().exists()
        assert f"{before} promises of the program (42 CFR 8.12) end." in words
        assert any("1 person takes methadone here" in one for one in words)

        clinic.refresh_from_db()
        words = self.change(clinic, admin, prescriber, noon, is_otp=True)

        assert self.of_program().exists()
        assert "Methadone may be ordered and given here." in words
        assert any("1 person is owed" in one for one in words)


def test_depots_end_with_their_certificate(person, clinic, admin, noon):
    clinic.is_rems_certified = True
    clinic.save()
    RegimenFactory(patient=person, medication="SUBLOCADE", started_on=TODAY - 2 * DAY)

    with pytest.raises(actions.NotTold, match="1 person has a depot injection"):
        actions.change_settings(
            clinic=clinic,
            values={"is_rems_certified": False},
            told="",
            by=admin,
            at=noon,
        )


MONDAY = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("days", "shift", "hour", "holds"),
    [
        pytest.param(EVERY_DAY, 0, 9, True, id="a usual weekday"),
        pytest.param(EVERY_DAY, 5, 9, False, id="a usual Saturday"),
        pytest.param(OpenDays(frozenset({1, 6})), 5, 9, True, id="open on Saturdays"),
        pytest.param(OpenDays(frozenset({1, 6})), 1, 9, False, id="closed on Tuesdays"),
        pytest.param(EVERY_DAY, 0, 20, False, id="at night"),
    ],
)
def test_the_staff_is_written_to_on_open_days(days, shift, hour, holds):
    moment = (MONDAY + shift * DAY).replace(hour=hour)

    assert working_hours().hold(moment, moment.date(), days) == holds


def test_e_mails_wait_on_a_closed_day(person, close, care_manager, clinic, noon):
    Notice.objects.create(
        clinic=clinic,
        key="x",
        kind="reminder",
        recipient=care_manager,
        follow_up=due(person, 2, 2),
        created_at=noon,
    )
    step = MAIL.steps[0]
    at = (MONDAY + 3 * DAY).replace(hour=9)

    def waiting():
        return step.waiting(Batch(clinic.pk, at.date(), at, 10)).count()

    assert waiting() == 1
    close(at.date())
    assert waiting() == 0

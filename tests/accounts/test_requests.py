"""What surrounds every request and form, and the daily task of this app."""

import datetime as dt

import pytest
import time_machine
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.test import RequestFactory

from accounts import audit, tasks
from accounts.entry_rows import StaffSession
from accounts.forms import PlainText
from accounts.middleware import CLINIC, acting_staff
from accounts.models import AuditEvent, Membership, RowHistory
from accounts.permissions import Role
from accounts.templatetags import mainstay
from tests.conftest import NOON
from tests.factories import ClinicFactory, StaffFactory


@pytest.mark.parametrize(("status", "kept"), [(200, 1), (400, 1), (500, 0)])
def test_a_page_that_fails_leaves_nothing_behind(transactional_db, status, kept):
    clinic = ClinicFactory()
    staff = StaffFactory(roles={clinic: [Role.ADMIN]})

    def page(request):
        audit.record("clinic.changed", clinic, by=staff, at=NOON, clinic=clinic)
        return HttpResponse(status=status)

    request = RequestFactory().get("/")
    request.user, request.session = staff, {CLINIC: clinic.pk}
    acting_staff(page)(request)

    assert AuditEvent.objects.filter(verb="clinic.changed").count() == kept


@pytest.mark.parametrize("text", ["a\ud800b", "\udfff"])
def test_text_that_no_page_can_hold_is_refused(text):
    with pytest.raises(ValidationError, match="could not be read"):
        PlainText().clean(text)


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\t", "\u2028", "\u2029"])
def test_a_field_of_one_line_holds_one_line(ends):
    """Lists, papers and letters are put together line by line."""
    assert PlainText().clean(f"Ann{ends}Lee") == "Ann Lee"
    several = PlainText(widget=forms.Textarea).clean(f"Ann{ends}Lee")
    assert several.splitlines() in (["Ann", "Lee"], ["Ann\tLee"])


def test_sessions_that_ended_are_forgotten(db):
    for key, day in (("old", 1), ("new", 3)):
        StaffSession.objects.create(
            session_key=key,
            session_data="",
            expire_date=NOON + dt.timedelta(days=day),
        )
    with time_machine.travel(NOON + dt.timedelta(days=2), tick=False):
        tasks.forget_ended_sessions()

    assert [one.session_key for one in StaffSession.objects.all()] == ["new"]


def test_rows_name_themselves_without_a_name_of_a_person_in_care():
    event = AuditEvent(
        at=NOON, actor="Ines", verb="plan.signed", subject="plans.Plan 7"
    )
    row = RowHistory(table_name="plans_plan", row_id=7, operation="update", at=NOON)

    assert str(event) == "2026-11-21 17:00 Ines plan.signed plans.Plan 7"
    assert "plans_plan" in str(row)
    assert str(Membership(staff_id=1, clinic_id=2, role="admin")) == "1 admin at 2"


class TestDays:
    @pytest.fixture(autouse=True)
    def _saturday(self):
        with time_machine.travel(NOON, tick=False):
            yield

    @pytest.mark.parametrize(
        ("value", "words"),
        [
            (dt.date(2026, 11, 26), "Thu 26 Nov"),
            (dt.date(2025, 11, 26), "Wed 26 Nov 2025"),
            (NOON, "Sat 21 Nov"),
            (None, ""),
        ],
    )
    def test_in_words(self, value, words):
        assert mainstay.day(value) == words

    def test_with_the_hour(self):
        assert mainstay.day_and_time(NOON).startswith("Sat 21 Nov, ")
        assert mainstay.day_and_time(None) == ""

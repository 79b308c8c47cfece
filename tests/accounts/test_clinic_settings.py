"""Settings of a clinic: told before, saved by panel, audited, a kind that takes two."""

import datetime as dt

import pytest
from django import forms

from accounts.clinic_settings import actions, consequences
from accounts.clinic_settings.certificates import certificates_of, ending
from accounts.clinic_settings.days import open_days_of
from accounts.clinic_settings.duty import duty_gap, on_duty
from accounts.clinic_settings.forms import PANELS, ClinicPanel, DaysPanel
from accounts.clinic_settings.languages import offered
from accounts.models import (
    AuditEvent,
    Clinic,
    ClinicDay,
    KindProposal,
    PageLanguage,
)
from accounts.permissions import Role
from tests.conftest import clinic_today, markup, signed_in
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db

CHRISTMAS = dt.date(2026, 12, 25)


@pytest.fixture
def change(clinic, admin, noon):
    def changing(told="", **values):
        return actions.change_settings(
            clinic=clinic, values=values, told=told, by=admin, at=noon
        )

    return changing


def told_of(refusal):
    return consequences.digest_of(refusal.value.words)


class TestChange:
    def test_only_what_differs_is_saved_with_what_was_before(self, change, clinic):
        change(phone="555-010-0300", name=clinic.name, program_until=CHRISTMAS)

        event = AuditEvent.objects.get(verb="clinic.changed")
        assert event.facts == {
            "before": {"phone": "", "program_until": None},
            "after": {"phone": "555-010-0300", "program_until": "2026-12-25"},
        }
        clinic.refresh_from_db()
        assert clinic.phone == "555-010-0300"

    def test_nothing_changed_is_nothing_written(self, change, clinic):
        change(name=clinic.name)

        assert not AuditEvent.objects.filter(verb="clinic.changed").exists()

    def test_what_it_moves_is_told_first(self, change, clinic):
        with pytest.raises(actions.NotTold, match="America/Chicago") as refusal:
            change(time_zone="America/Chicago")
        clinic.refresh_from_db()
        assert clinic.time_zone == "America/New_York"

        change(time_zone="America/Chicago", told=told_of(refusal))

        clinic.refresh_from_db()
        assert clinic.time_zone == "America/Chicago"


class TestDays:
    @pytest.fixture
    def close(self, clinic, admin, noon):
        def closing(day=CHRISTMAS, *, is_open=False):
            return actions.add_day(
                clinic=clinic,
                day=day,
                is_open=is_open,
                name="Repairs",
                told="",
                by=admin,
                at=noon,
            )

        return closing

    def test_a_closed_day_is_closed_until_it_is_taken_off(
        self, close, clinic, admin, noon
    ):
        row = close()
        assert open_days_of(clinic).why_closed(CHRISTMAS) == "Repairs"

        actions.remove_day(row=row, told="", by=admin, at=noon)

        assert open_days_of(clinic).is_open(CHRISTMAS)
        verbs = AuditEvent.objects.order_by("pk").values_list("verb", flat=True)
        assert list(verbs) == ["clinic.day_added", "clinic.day_removed"]

    def test_a_day_stands_once_on_the_list(self, close):
        close()
        with pytest.raises(actions.DayTaken):
            close(is_open=True)

    def test_a_day_that_is_over_is_not_closed(self, close, noon):
        with pytest.raises(actions.DayOver):
            close(noon.date() - dt.timedelta(days=1))


class TestKind:
    @pytest.fixture
    def propose(self, clinic, admin, noon):
        def proposing(**values):
            given = {"is_otp": False, "why": "Certificate given back", "told": ""}
            return actions.propose_kind(
                clinic=clinic, by=admin, at=noon, **{**given, **values}
            )

        return proposing

    @pytest.fixture
    def proposal(self, propose):
        with pytest.raises(actions.NotTold, match="methadone") as refusal:
            propose()
        return propose(told=told_of(refusal))

    @pytest.fixture
    def director(self, clinic):
        return StaffFactory(roles={clinic: [Role.MEDICAL_DIRECTOR]})

    def told(self, proposal):
        return consequences.digest_of(proposal.told)

    def test_it_changes_when_a_second_person_agrees(
        self, proposal, clinic, director, noon
    ):
        clinic.refresh_from_db()
        assert clinic.is_otp

        actions.agree_to_kind(
            proposal=proposal, told=self.told(proposal), by=director, at=noon
        )

        clinic.refresh_from_db()
        assert not clinic.is_otp
        assert actions.open_proposal(clinic) is None
        event = AuditEvent.objects.get(verb="clinic.changed")
        assert (event.facts["before"], event.staff_id) == (
            {"is_otp": True},
            director.pk,
        )

    def test_who_proposed_it_does_not_agree(self, proposal, admin, noon):
        with pytest.raises(actions.SecondPerson):
            actions.agree_to_kind(
                proposal=proposal, told=self.told(proposal), by=admin, at=noon
            )

    def test_who_agrees_has_seen_what_it_moves_today(self, proposal, director, noon):
        with pytest.raises(actions.NotTold):
            actions.agree_to_kind(proposal=proposal, told="", by=director, at=noon)

    def test_dropped_it_is_decided(self, proposal, clinic, admin, director, noon):
        actions.drop_kind(proposal=proposal, by=admin, at=noon)

        with pytest.raises(actions.ProposalDecided):
            actions.agree_to_kind(
                proposal=proposal, told=self.told(proposal), by=director, at=noon
            )
        clinic.refresh_from_db()
        assert clinic.is_otp

    def test_one_waits_at_a_time(self, proposal, propose):
        with pytest.raises(actions.ProposalWaits):
            propose()

    def test_the_same_kind_is_no_change(self, propose):
        with pytest.raises(actions.SameKind):
            propose(is_otp=True)


class TestCertificates:
    ON = dt.date(2026, 11, 21)

    def test_the_first_to_end_comes_first(self, clinic):
        clinic.program_until = dt.date(2027, 6, 30)
        clinic.is_rems_certified = True
        clinic.brixadi_until = dt.date(2026, 12, 1)

        assert [one.key for one in certificates_of(clinic)] == [
            "brixadi_until",
            "program_until",
        ]
        assert [one.key for one in ending(clinic, self.ON)] == ["brixadi_until"]

    def test_those_of_a_program_are_its_alone(self, clinic):
        clinic.is_otp = False
        clinic.program_until = self.ON
        clinic.sublocade_until = self.ON

        assert certificates_of(clinic) == ()

    @pytest.mark.parametrize(
        ("days", "step"),
        [(91, None), (90, 90), (31, 90), (30, 30), (7, 7), (0, 0), (-3, 0)],
    )
    def test_a_reminder_is_due_at_each_step(self, clinic, days, step):
        clinic.program_until = self.ON + dt.timedelta(days=days)

        assert certificates_of(clinic)[0].reminder(self.ON) == step


class TestDuty:
    def test_each_gap_in_its_words(self, clinic, prescriber):
        assert "No duty role" in duty_gap(clinic)
        clinic.duty_role = Role.CLINICIAN
        assert "Nobody active" in duty_gap(clinic)
        clinic.duty_role = Role.PRESCRIBER
        assert "after-hours" in duty_gap(clinic)
        clinic.after_hours_phone = "555-010-0400"

        assert duty_gap(clinic) == ""
        assert on_duty(clinic) == [prescriber]


WEEK = {"open_1": "06:00 to 17:00", "dosing_1": "06:00-11:00", "open_6": "6:00-12:30"}


class TestForms:
    def days(self, clinic, **typed):
        return DaysPanel({**WEEK, **typed}, clinic=clinic)

    def test_hours_are_kept_as_they_are_read(self, clinic):
        form = self.days(clinic, keeps_holidays="on")

        assert form.is_valid()
        assert form.settings() == {
            "opening_hours": {"1": "06:00-17:00", "6": "06:00-12:30"},
            "dosing_hours": {"1": "06:00-11:00"},
            "keeps_holidays": True,
        }

    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            ("07:00\u201315:00", "07:00-15:00"),
            ("7:00 to 15:00", "07:00-15:00"),
            ("7 - 15:30", "07:00-15:30"),
        ],
    )
    def test_hours_are_read_as_people_write_them(self, clinic, typed, kept):
        form = self.days(clinic, open_2=typed)

        assert form.is_valid()
        assert form.settings()["opening_hours"]["2"] == kept

    @pytest.mark.parametrize(
        ("field", "typed", "words"),
        [
            ("open_2", "mornings", "Write hours such as"),
            ("open_2", "17:00-06:00", "open before it closes"),
            ("open_2", "7-3", "3 in the afternoon is 15:00"),
            ("open_2", "25:00-26:00", "between 00:00 and 23:59"),
            ("dosing_1", "05:00-11:00", "the hours that it is open"),
            ("dosing_3", "06:00-11:00", "the hours that it is open"),
        ],
    )
    def test_other_words_are_asked_again(self, clinic, field, typed, words):
        form = self.days(clinic, **{field: typed})

        assert not form.is_valid()
        assert words in str(form.errors[field])

    def clinic_form(self, clinic, **typed):
        given = {"name": "Mill", "time_zone": "America/Denver", "languages": ["en"]}
        return ClinicPanel({**given, **typed}, clinic=clinic)

    @pytest.mark.parametrize(
        ("field", "typed"),
        [
            ("name", "elm road practice"),
            ("time_zone", "Mars/Olympus"),
            # Of the machine, and unknown to the database.
            ("time_zone", "localtime"),
            ("phone", "call us"),
            ("languages", []),
        ],
    )
    def test_each_field_says_what_is_wrong(self, clinic, other_clinic, field, typed):
        form = self.clinic_form(clinic, **{field: typed})

        assert not form.is_valid()
        assert list(form.errors) == [field]

    def test_its_own_name_is_its_own(self, clinic):
        assert self.clinic_form(clinic, name=clinic.name).is_valid()


def page(client, path="/clinic/"):
    return markup(client.get(path))


def shown_in(text, panel):
    part = text.partition(f'action="/clinic/panels/{panel}/"')[2]
    return part.partition('name="shown" value="')[2].partition('"')[0]


class TestPage:
    def send(self, client, panel, **typed):
        shown = shown_in(page(client), panel)
        return client.post(f"/clinic/panels/{panel}/", {"shown": shown, **typed})

    def test_a_panel_saves_itself(self, as_admin, clinic):
        answer = self.send(
            as_admin,
            "duty",
            duty_role="prescriber",
            acknowledge_minutes="10",
            escalate_minutes="20",
        )

        assert answer.url == "/clinic/#duty"
        clinic.refresh_from_db()
        assert (clinic.duty_role, clinic.acknowledge_minutes) == ("prescriber", 10)

    def test_what_was_typed_stays_beside_what_is_wrong(self, as_admin, clinic):
        answer = self.send(
            as_admin, "duty", acknowledge_minutes="0", escalate_minutes="20"
        )

        assert answer.status_code == 400
        assert 'value="0"' in markup(answer)
        clinic.refresh_from_db()
        assert clinic.escalate_minutes == 15

    def test_the_days_that_first_hours_close_are_told(self, as_admin, clinic):
        answer = self.send(as_admin, "days", open_1="09:00 to 17:00")

        assert (
            "Closed from now on: Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday."
            in markup(answer)
        )
        clinic.refresh_from_db()
        assert clinic.opening_hours == {}

    def test_a_consequence_is_told_and_saved_at_the_second_press(
        self, as_admin, clinic
    ):
        typed = {
            "name": clinic.name,
            "time_zone": "America/Chicago",
            "languages": ["en", "es"],
        }
        first = self.send(as_admin, "clinic", **typed)
        assert markup(first).count("clock of America/Chicago") == 1
        told = markup(first).partition('name="told" value="')[2].partition('"')[0]

        self.send(as_admin, "clinic", told=told, **typed)

        clinic.refresh_from_db()
        assert clinic.time_zone == "America/Chicago"

    def test_another_admin_was_faster(self, as_admin, clinic):
        shown = shown_in(page(as_admin), "keeping")
        Clinic.objects.filter(pk=clinic.pk).update(record_years=12)

        answer = as_admin.post(
            "/clinic/panels/keeping/", {"shown": shown, "record_years": "8"}
        )

        assert answer.status_code == 409
        clinic.refresh_from_db()
        assert clinic.record_years == 12

    def test_there_is_no_other_panel(self, as_admin):
        assert as_admin.post("/clinic/panels/secrets/", {}).status_code == 404

    def test_closed_days_are_named_with_their_reason(self, as_admin, clinic):
        clinic.keeps_holidays = True
        clinic.opening_hours = {"1": "06:00-17:00", "4": "06:00-17:00"}
        clinic.program_until = dt.date(2020, 1, 1)
        clinic.save()
        soon = clinic_today() + dt.timedelta(days=9)
        as_admin.post("/clinic/days/add/", {"day": soon.isoformat(), "name": "Repairs"})

        text = page(as_admin)

        assert "Repairs" in text
        assert "Opioid treatment program certificate" in text
        row = ClinicDay.objects.get()
        as_admin.post(f"/clinic/days/{row.pk}/remove/")
        assert not ClinicDay.objects.exists()

    def test_a_day_that_is_over_is_refused_at_its_field(self, as_admin):
        answer = as_admin.post(
            "/clinic/days/add/", {"day": "2020-01-01", "name": "Repairs"}
        )

        assert answer.status_code == 400
        assert "This day is over." in markup(answer)

    def test_the_kind_takes_two(self, as_admin, clinic):
        text = page(as_admin)
        told = text.partition("/clinic/kind/propose/")[2]
        told = told.partition('name="told" value="')[2].partition('"')[0]
        url = "/clinic/kind/propose/"
        assert as_admin.post(url, {"why": "", "told": told}).status_code == 400
        as_admin.post(url, {"why": "Given back", "told": told})
        proposal = KindProposal.objects.get()
        refused = as_admin.post(f"/clinic/kind/{proposal.pk}/agree/", {"told": told})
        assert "Somebody else has to agree" in markup(refused)

        director = signed_in(StaffFactory(roles={clinic: [Role.MEDICAL_DIRECTOR]}))
        assert "Agree and change it" in page(director)
        director.post(f"/clinic/kind/{proposal.pk}/agree/", {"told": told})

        clinic.refresh_from_db()
        assert not clinic.is_otp
        assert "Propose to become a program" in page(as_admin)

    def test_a_proposal_is_dropped(self, as_admin, clinic, admin, noon):
        proposal = KindProposal.objects.create(
            clinic=clinic, is_otp=False, why="x", proposed_at=noon, proposed_by=admin
        )

        as_admin.post(f"/clinic/kind/{proposal.pk}/drop/")

        proposal.refresh_from_db()
        assert proposal.outcome == "dropped"

    def test_the_director_sees_and_changes_nothing(self, clinic):
        director = signed_in(StaffFactory(roles={clinic: [Role.MEDICAL_DIRECTOR]}))

        assert "disabled" in page(director)
        assert director.post("/clinic/panels/duty/", {}).status_code == 403


def test_every_panel_writes_columns_of_the_clinic():
    columns = {field.name for field in Clinic._meta.fields}

    assert {name for panel in PANELS.values() for name in panel.columns} <= columns


class TestLanguages:
    class Form(forms.Form):
        language = forms.ChoiceField(choices=PageLanguage.choices)

    @pytest.mark.parametrize(
        ("offers", "own", "chosen"),
        [(["en", "es"], "es", "es"), (["es"], "en", "es"), (["en"], "en", "en")],
    )
    def test_a_form_offers_those_of_the_clinic(self, clinic, offers, own, chosen):
        clinic.languages = offers

        form = offered(self.Form(initial={"language": own}), clinic)

        assert [key for key, _ in form.fields["language"].choices] == offers
        assert form.initial["language"] == chosen

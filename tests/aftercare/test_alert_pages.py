"""Pages of alerts: the bar above everything, the list, and one with what is known."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.access import Acting
from accounts.permissions import Role
from aftercare.actions import alerts as acts
from aftercare.models import Alert
from aftercare.queues import ALERT_CALLS
from aftercare.record.alerts import AlertPage, alerts_here
from assessments.actions.concerns import resolve_concern
from assessments.actions.measures import record_assessment, record_observation
from assessments.models import Concern
from jobs.actions import engine
from patients.models import ContactPoint
from tests.aftercare.test_alerts import link, sent, typed
from tests.conftest import markup, signed_in
from tests.factories import PatientFactory, StaffFactory
from tests.factories.consents import consent_given

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic(clinic):
    clinic.duty_role = Role.CARE_MANAGER
    clinic.save()
    return clinic


@pytest.fixture
def person(clinic, care_manager):
    return PatientFactory(clinic=clinic, given_name="Jolene", family_name="Mackey")


@pytest.fixture
def alert(person, clinician, noon):
    return sent(person, clinician, noon)


def page(client, name, *args, **query):
    return client.get(reverse(f"aftercare:{name}", args=args), query)


def send(client, name, pk, **data):
    return client.post(reverse(f"aftercare:{name}", args=[pk]), data, follow=True)


class TestBar:
    def test_stands_on_every_page_of_who_was_told_until_somebody_has_it(
        self, alert, as_care_manager, clinician, noon
    ):
        home = reverse("medications:knowledge")
        shown = markup(as_care_manager.get(home))
        assert '<section class="mst-alarm" id="alert-bar" role="alert"' in shown
        assert "needs you now" in shown
        assert reverse("aftercare:alert", args=[alert.pk]) in shown

        acts.acknowledge(alert=alert, by=clinician, at=noon)

        assert "needs you now" not in markup(as_care_manager.get(home))

    def test_on_a_quiet_day_it_costs_no_statement(self, alert, as_clinician):
        def asked():
            with CaptureQueriesContext(connection) as captured:
                as_clinician.get(reverse("medications:knowledge"))
            return sum("aftercare_alertcall" in one["sql"] for one in captured)

        assert (asked(), asked()) == (1, 0)

    def test_is_of_nobody_who_was_not_told(self, alert, as_clinician, as_admin):
        for client in (as_clinician, as_admin):
            assert "needs you now" not in markup(client.get(reverse("jobs:board")))

    def test_whoever_takes_up_the_role_sees_it_too(self, alert, clinic):
        late = StaffFactory(roles={clinic: [Role.CARE_MANAGER]})

        assert "needs you now" in markup(page(signed_in(late), "alerts"))

    def test_counts_several_and_names_the_first(self, alert, clinic, clinician, noon):
        second = sent(PatientFactory(clinic=clinic), clinician, noon)
        on_duty = second.calls.get().recipient

        shown = markup(page(signed_in(on_duty), "alerts"))

        assert "2 alerts that nobody has." in shown
        assert "Jolene" in re.search('<section[^>]*"alert-bar".*?</section>', shown)[0]

    def test_asks_for_news_and_is_told_nothing_where_there_is_none(
        self, alert, as_care_manager, clinician, noon
    ):
        same = f"{alert.pk}.{Alert.objects.get().next_rung}"

        assert page(as_care_manager, "alert_bar", shown=same).status_code == 204
        assert "mst-alarm" in markup(page(as_care_manager, "alert_bar"))
        acts.acknowledge(alert=alert, by=clinician, at=noon)
        gone = page(as_care_manager, "alert_bar", shown=same)
        assert (gone.status_code, "mst-alarm" in markup(gone)) == (200, False)


class TestPage:
    def test_says_what_was_answered_who_was_told_and_how_to_reach_them(
        self, alert, person, clinician, as_care_manager, noon
    ):
        ContactPoint.objects.create(
            clinic=person.clinic,
            patient=person,
            kind="phone",
            value="555-010-0177",
            may_voicemail=False,
            may_text=True,
            safe_words="Say: the clinic.",
        )
        consent_given(person, clinician, noon)

        shown = markup(page(as_care_manager, "alert", alert.pk))

        for words in (
            "Thoughts of being better off dead or of self-harm",
            "Several days",
            "On duty: Priya Nair",
            "555-010-0177",
            "Voicemail: no.",
            "Say: the clinic.",
            "Elena",
            "No screener and no PHQ-9 is on record",
            "I have it",
        ):
            assert words in shown

    def test_who_was_told_again_and_again_is_folded(
        self, alert, person, as_care_manager, noon
    ):
        for minutes in range(15, 106, 15):
            at = noon + dt.timedelta(minutes=minutes)
            engine.run_queue(ALERT_CALLS, clinic_id=person.clinic_id, at=at)

        about = AlertPage(alert, at)
        shown = markup(page(as_care_manager, "alert", alert.pk))

        assert len(about.told_first) == 3
        assert about.told_last == about.told[-1:]
        assert len(about.told_folded) == len(about.told) - 4
        assert f"Told again, {len(about.told_folded)} times" in shown

    def test_says_what_was_known_before(self, person, clinician, as_care_manager, noon):
        record_assessment(
            patient=person,
            instrument="cssrs",
            answers=dict.fromkeys(["wish", "thoughts", "behavior_ever"], 0),
            by=clinician,
            at=noon,
        )
        alert = sent(person, clinician, noon + dt.timedelta(hours=1))

        shown = markup(page(as_care_manager, "alert", alert.pk))

        assert re.search("C-SSRS</dt><dd>.*none", shown)

    def test_of_a_result_shows_it_and_leads_to_those_before(
        self, person, clinician, as_care_manager, noon
    ):
        record_observation(
            patient=person,
            code="qtc",
            value=510,
            effective_at=noon,
            by=clinician,
            at=noon,
        )

        shown = markup(page(as_care_manager, "alert", Alert.objects.get().pk))

        assert "510 ms" in shown
        assert "All results of this test" in shown

    def test_says_of_each_when_the_mail_went_out(
        self, clinic, person, clinician, care_manager, as_care_manager, noon
    ):
        for name in ("Uma Vance", "Zoe Lind"):
            StaffFactory(roles={clinic: [Role.CARE_MANAGER]}, name=name)
        alert = sent(person, clinician, noon)
        minutes = {"Priya Nair": 1, "Uma Vance": 40}
        for name, late in minutes.items():
            at = noon + dt.timedelta(minutes=late)
            alert.calls.filter(recipient__name=name).update(sent_at=at)

        [line] = AlertPage(alert, noon).told
        assert [(one.at, one.names) for one in line.mailed] == [
            (noon + dt.timedelta(minutes=late), name) for name, late in minutes.items()
        ]

        alert.calls.update(sent_at=noon)
        [line] = AlertPage(alert, noon).told
        assert [(one.at, one.names) for one in line.mailed] == [(noon, "")]
        shown = markup(page(as_care_manager, "alert", alert.pk))
        assert re.search(r"On screen 12:00, by e-mail Sat 21 Nov( 2026)?, 12:00", shown)

    def test_one_has_it_and_the_second_sees_who(
        self, alert, as_care_manager, as_clinician
    ):
        shown = markup(send(as_care_manager, "acknowledge_alert", alert.pk))
        assert "Priya Nair has it since" in shown
        assert "Ask the suicide screener" in shown

        late = markup(send(as_clinician, "acknowledge_alert", alert.pk))

        assert "Priya Nair has it since" in late
        assert Alert.objects.get().acknowledged_by.name == "Priya Nair"

    def test_who_cannot_passes_it_on(self, alert, prescriber, as_care_manager):
        shown = markup(send(as_care_manager, "pass_alert_on", alert.pk))

        assert "Prescriber: Ines Marchetti" in shown
        assert "Passed on by Priya Nair." in shown

    def test_typed_taken_back_and_not_sent_says_so(
        self, person, clinician, as_care_manager, as_clinician, noon
    ):
        check_in = link(person, clinician, noon)
        typed(check_in, noon)
        typed(check_in, noon, self_harm=0)
        alert = Alert.objects.get()

        shown = markup(page(as_care_manager, "alert", alert.pk))
        assert "not sent" in shown
        assert "Taken back before it was sent" in shown
        assert "Several days" in shown

        send(as_clinician, "acknowledge_alert", alert.pk)
        empty = send(as_clinician, "answer_alert", alert.pk, words="")
        assert empty.status_code == 400
        assert "Say in a sentence" in markup(empty)
        shown = markup(
            send(as_clinician, "answer_alert", alert.pk, words="Called, safe.")
        )
        assert "Called, safe." in shown

    def test_a_care_manager_does_not_end_it(self, alert, as_care_manager):
        assert send(as_care_manager, "answer_alert", alert.pk).status_code == 403

    def test_the_other_clinic_finds_nothing(self, alert, other_clinic):
        client = signed_in(StaffFactory(roles={other_clinic: [Role.CARE_MANAGER]}))

        assert page(client, "alert", alert.pk).status_code == 404
        assert send(client, "acknowledge_alert", alert.pk).status_code == 404
        assert "Jolene" not in markup(page(client, "alerts"))

    def test_the_row_of_the_person_leads_to_it(
        self, alert, person, as_care_manager, clinician, noon
    ):
        there = reverse("aftercare:alert_of_person", args=[person.pk])
        assert there in markup(as_care_manager.get(reverse("reports:caseload")))
        chart = markup(as_care_manager.get(reverse("reports:chart", args=[person.pk])))
        assert "Nobody has acknowledged it" in chart
        assert page(as_care_manager, "alert_of_person", person.pk).url == reverse(
            "aftercare:alert", args=[alert.pk]
        )
        acts.acknowledge(alert=alert, by=clinician, at=noon)
        assert page(as_care_manager, "alert_of_person", person.pk).url == reverse(
            "aftercare:of_patient", args=[person.pk]
        )


class TestList:
    def test_cuts_those_that_are_over_and_no_open_one(
        self, clinic, clinician, care_manager, noon, monkeypatch
    ):
        monkeypatch.setattr("aftercare.record.alerts.MOST", 1)
        people = PatientFactory.create_batch(4, clinic=clinic)
        first, second, *over = (
            sent(one, clinician, noon + dt.timedelta(minutes=number))
            for number, one in enumerate(people)
        )
        third = sent(PatientFactory(clinic=clinic), clinician, noon)
        later = noon + dt.timedelta(hours=1)
        acting = Acting(care_manager, clinic, frozenset({Role.CARE_MANAGER}))
        for one in (*over, third):
            resolve_concern(concern=one.concern, words="Safe.", by=clinician, at=later)

        found = alerts_here(acting, at=later)

        assert found["climbing"] == [first, second]
        assert found["over"] == [third, over[1]]

    def test_has_those_nobody_has_those_somebody_has_and_those_that_are_over(
        self, clinic, clinician, care_manager, as_care_manager, time_machine, noon
    ):
        time_machine.move_to(noon)
        people = PatientFactory.create_batch(3, clinic=clinic)
        _climbing, held, over = (sent(one, clinician, noon) for one in people)
        acts.acknowledge(alert=held, by=care_manager, at=noon)
        concern = Concern.objects.get(alerts=over)
        resolve_concern(concern=concern, words="Safe.", by=clinician, at=noon)

        shown = markup(page(signed_in(care_manager, at=noon), "alerts"))

        assert "Priya Nair has it since Sat 21 Nov, 12:00" in shown
        assert "the concern was resolved" in shown
        assert "nobody has it; next call Sat 21 Nov, 12:15" in shown

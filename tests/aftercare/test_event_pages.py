"""Pages of events: three presses to record one, its pathway, correcting, taking back."""

import datetime as dt

import pytest

from accounts.permissions import Role
from aftercare.actions.events import EventAsTold, record_event, take_back_event
from aftercare.models import CareEvent, FollowUp
from knowledge.schedule.pathways import EventKind
from reports.progress.events import happened_to
from tests.conftest import NOON, markup, signed_in
from tests.factories import PatientFactory, StaffFactory
from tests.factories.aftercare import TODAY, owed

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - dt.timedelta(days=1)
SAID = {"when": "yesterday", "hour": "14:05", "source": "clinic"}


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic)


@pytest.fixture
def priya(care_manager):
    return signed_in(care_manager)


@pytest.fixture
def overdose(person, care_manager):
    return recorded(person, care_manager)


def recorded(person, by, kind=EventKind.OVERDOSE, on=YESTERDAY, **more):
    told = EventAsTold(kind=kind, source="family", on=on, **more)
    return record_event(patient=person, told=told, by=by, at=NOON)


def page_of(event, action=""):
    return f"/people/{event.patient_id}/events/{event.number}/{action}"


class TestRecording:
    def test_three_presses_from_any_tab(self, priya, person):
        tab = markup(priya.get(f"/people/{person.pk}/measures/"))
        assert f'href="/people/{person.pk}/record/"' in tab

        kinds = markup(priya.get(f"/people/{person.pk}/record/"))
        assert f'href="/people/{person.pk}/record/overdose/"' in kinds

        form = markup(priya.get(f"/people/{person.pk}/record/overdose/"))
        assert "Saving opens 11 steps." in form
        assert "First, by Sun 22 Nov: “Call: safe now" in form

        sent = priya.post(f"/people/{person.pk}/record/overdose/", SAID, follow=True)
        event = CareEvent.objects.get()
        assert sent.redirect_chain == [(page_of(event), 302)]
        assert (event.happened_on, event.happened_time) == (YESTERDAY, dt.time(14, 5))
        assert "Overdose recorded." in markup(sent)
        assert f"{page_of(event, 'take-back/')}?next=" in markup(sent)

    def test_undo_goes_back(self, priya, overdose):
        back = f"/people/{overdose.patient_id}/aftercare/"
        sent = priya.post(f"{page_of(overdose, 'take-back/')}?next={back}", follow=True)

        assert sent.redirect_chain == [(back, 302)]
        assert "Taken back: overdose." in markup(sent)
        overdose.refresh_from_db()
        assert not overdose.is_in_force

    @pytest.mark.parametrize(
        ("said", "words"),
        [
            ({"when": "date"}, "Choose the date, or Not known."),
            ({"when": "date", "on": "2026-12-24"}, "This day is still to come."),
            ({"when": "date", "on": "never"}, "date"),
            ({"when": "today", "hour": "23:59"}, "This time is still to come."),
            ({"when": "soon"}, "Choose"),
            ({"intent": "perhaps"}, "Choose"),
        ],
    )
    def test_what_cannot_be_stands_at_its_field(self, priya, person, said, words):
        sent = priya.post(
            f"/people/{person.pk}/record/overdose/",
            {**SAID, "words": "As typed", **said},
        )

        assert sent.status_code == 400
        assert words in markup(sent)
        assert "As typed" in markup(sent)
        assert not CareEvent.objects.exists()

    def test_a_day_that_nobody_knows(self, priya, person):
        said = {**SAID, "when": "not_known"}
        priya.post(f"/people/{person.pk}/record/violence/", said)

        assert CareEvent.objects.get().day is None

    def test_a_fatal_one_leads_to_the_page_of_the_death(self, priya, person):
        url = f"/people/{person.pk}/record/overdose_fatal/"
        assert "leads to the page of the death" in markup(priya.get(url))

        assert priya.post(url, SAID).url == f"/people/{person.pk}/status/"

    @pytest.mark.parametrize("kind", ["party", "off_track"])
    def test_no_other_kind_is_recorded_by_hand(self, priya, person, kind):
        assert priya.get(f"/people/{person.pk}/record/{kind}/").status_code == 404

    def test_who_only_reads_has_no_door(self, clinic, person):
        director = StaffFactory(roles={clinic: [Role.MEDICAL_DIRECTOR]})
        tab = markup(signed_in(director).get(f"/people/{person.pk}/measures/"))

        assert "/record/" not in tab


class TestPathway:
    def test_steps_by_time_with_who_owes_them(self, priya, overdose):
        page = markup(priya.get(page_of(overdose)))

        assert page.index("Call: safe now") < page.index("See the person")
        assert page.index("See the person") < page.index("Case review")
        assert "by Fri 4 Dec" in page
        assert "Ask: Was it on purpose?" in page
        assert "Look at take-home doses again" in page

    def test_a_step_shows_what_was_done(self, priya, overdose, care_manager):
        patient = overdose.patient
        owed(
            patient,
            key=f"{patient.pk}:e1:event:{overdose.pk}:call",
            kind="call",
            status="done",
            closed_at=NOON,
            closed_by=care_manager,
            outcome="Reached, coming",
        )
        page = markup(priya.get(page_of(overdose)))

        assert "Done Sat 21 Nov, Priya Nair" in page
        assert "Reached, coming" in page

    def test_a_promise_that_is_late_and_by_name(self, priya, overdose, care_manager):
        patient = overdose.patient
        owed(
            patient,
            -1,
            key=f"{patient.pk}:e1:event:{overdose.pk}:call",
            kind="call",
            status="missed",
            assigned_to=care_manager,
        )
        page = markup(priya.get(page_of(overdose)))

        assert 'class="is-now"' in page
        assert "mst-status is-late" in page
        assert "Priya Nair" in page

    def test_an_equal_step_of_another_event_stands_for_both(self, priya, overdose):
        patient = overdose.patient
        key = f"{patient.pk}:e1:event:9999:case_review"
        row = owed(patient, 3, key=key, kind="other")
        page = markup(priya.get(page_of(overdose)))

        assert "Asked for by another event too." in page
        assert "by Tue 24 Nov" in page
        assert f"/follow-ups/{row.pk}/close/" in page
        assert FollowUp.objects.filter(patient=patient).count() == 1

    def test_other_events_since(self, priya, overdose, care_manager):
        recorded(overdose.patient, care_manager, EventKind.USE, TODAY)

        assert "Return to use" in markup(priya.get(page_of(overdose)))

    def test_one_that_was_taken_back(self, priya, overdose, care_manager):
        take_back_event(event=overdose, why="Not her.", by=care_manager, at=NOON)
        page = markup(priya.get(page_of(overdose)))

        assert "Not her." in page
        assert "Call: safe now" not in page

    def test_of_another_person_there_is_none(self, priya, overdose, clinic):
        other = PatientFactory(clinic=clinic)
        url = f"/people/{other.pk}/events/{overdose.number}/"

        assert priya.get(url).status_code == 404


class TestCorrecting:
    def test_the_form_holds_what_was_said(self, priya, overdose):
        page = markup(priya.get(page_of(overdose, "correct/")))

        assert "Correct: overdose" in page
        assert "What was said first stays on record." in page

    def test_a_new_row_holds(self, priya, overdose):
        said = {**SAID, "intent": "no", "words": "Said by the brother."}
        sent = priya.post(page_of(overdose, "correct/"), said, follow=True)

        assert sent.redirect_chain == [(page_of(overdose), 302)]
        assert "Said by the brother." in markup(sent)
        assert CareEvent.objects.in_force().get().number == overdose.pk

    def test_taken_back_with_why(self, priya, overdose):
        sent = priya.post(page_of(overdose, "take-back/"), {"why": "Wrong chart"})

        assert sent.url == page_of(overdose)
        overdose.refresh_from_db()
        assert overdose.taken_back_why == "Wrong chart"

    def test_a_reason_that_is_too_long(self, priya, overdose):
        sent = priya.post(page_of(overdose, "take-back/"), {"why": "x" * 301})

        assert sent.status_code == 400
        overdose.refresh_from_db()
        assert overdose.is_in_force


class TestTheChartWarns:
    def test_while_the_window_is_dangerous(self, priya, overdose):
        page = markup(priya.get(f"/people/{overdose.patient_id}/"))

        assert f'href="{page_of(overdose)}"' in page
        assert "dangerous to 18 Dec" in page

    @pytest.mark.parametrize(
        ("kind", "days"), [(EventKind.OVERDOSE, 29), (EventKind.USE, 0)]
    )
    def test_and_no_longer(self, priya, person, care_manager, kind, days):
        recorded(person, care_manager, kind, TODAY - dt.timedelta(days=days))

        assert "dangerous to" not in markup(priya.get(f"/people/{person.pk}/"))


class TestTheHistory:
    def test_tells_events_and_what_became_of_them(self, priya, overdose, care_manager):
        patient = overdose.patient
        wrong = recorded(patient, care_manager, EventKind.USE, None)
        take_back_event(event=wrong, why="Another person", by=care_manager, at=NOON)
        page = markup(priya.get(f"/people/{patient.pk}/history/?show=events"))

        assert "recorded an event: overdose" in page
        assert "recorded an event: return to use, day not known" in page
        assert "taken back" in page
        assert f'href="{page_of(overdose)}"' in page

    def test_the_time_line_shows_it(self, priya, overdose):
        events = happened_to(overdose.patient)

        assert [(one.on, one.words) for one in events.marks] == [
            (YESTERDAY, "Overdose")
        ]

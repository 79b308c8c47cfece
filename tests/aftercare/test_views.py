"""Aftercare in the browser: what is owed, contacts, and the workers' page."""

import datetime as dt
import re

import pytest
import time_machine
from django.utils import timezone

from accounts.models import AuditEvent
from aftercare.actions.reconcile import reconcile
from aftercare.models import FollowUp, OutreachAttempt
from patients.models import ContactPoint
from tests.conftest import NOON, clinic_today, markup
from tests.factories import PatientFactory
from tests.factories.aftercare import TODAY, owed

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
FORM = {
    "kind": "call",
    "title": "Call about the ride",
    "due_on": "2026-11-24",
    "earliest_on": "",
    "latest_on": "2026-11-26",
    "who": "care_manager",
    "reason": "Has no car",
}


@pytest.fixture(autouse=True)
def _saturday():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic)


def text(response):
    return markup(response)


class TestPage:
    def url(self, person):
        return f"/people/{person.pk}/aftercare/"

    def test_nobody_in_care_is_without_a_next_step(self, as_clinician, person):
        page = text(as_clinician.get(self.url(person)))

        assert "No next step" in page
        assert "No number or address is on file" in page
        assert AuditEvent.objects.get(verb="chart.viewed").facts == {
            "page": "aftercare"
        }

    @pytest.mark.parametrize(
        ("due", "before", "after", "said"),
        [
            (-3, 0, 0, "3 days late"),
            (-1, 0, 0, "1 day late"),
            (0, 0, 2, "Due now"),
            (3, 4, 0, "Due Tue 24 Nov"),
            (9, 1, 1, "Due Mon 30 Nov"),
        ],
    )
    def test_shows_what_is_owed_with_its_state(
        self, as_clinician, person, due, before, after, said
    ):
        owed(person, due, before=before, after=after, title="Drug test", cite="J1")

        page = text(as_clinician.get(self.url(person)))

        assert "Drug test" in page
        assert said in page

    @pytest.mark.parametrize(
        ("kind", "act"),
        [
            pytest.param("call", 'href="#reach"', id="beside the list"),
            pytest.param("naloxone_handover", "/kit/", id="where it is recorded"),
            pytest.param("referral", "/referrals/", id="on a page of its own"),
            pytest.param("other", "/close/", id="nowhere else"),
        ],
    )
    def test_each_row_opens_what_does_it(self, as_care_manager, person, kind, act):
        owed(person, kind=kind)

        page = text(as_care_manager.get(self.url(person)))

        row = page.partition('class="btn btn-sm btn-quiet mst-act"')[2]
        assert act in row.partition("</a>")[0]

    def test_what_can_kill_comes_first_and_what_is_in_its_days_folds(
        self, as_clinician, person
    ):
        owed(person, 15, before=20, title="Examination", severity="federal")
        owed(person, 9, before=12, title="Review")
        owed(person, 5, before=9, title="Tooth care")
        owed(person, -6, title="Dose review", severity="soon")
        owed(person, -1, title="Yearly test", severity="federal")
        owed(person, 1, before=1, title="Call: come in", severity="danger")

        page = text(as_clinician.get(self.url(person))).split("<main")[1]

        order = ("Call: come in", "Yearly test", "Dose review", "Examination")
        table, _, folded = page.partition("1 more, until")
        assert sorted(order, key=table.index) == list(order)
        assert table.count('class="is-danger"') == 1
        assert "Review</span>" in folded

    def test_folds_away_what_is_far_ahead(self, as_clinician, person):
        owed(person, title="Now due")
        for days in range(1, 10):
            owed(person, days, title=f"In {days} days")

        page = text(as_clinician.get(self.url(person)))

        table, _, folded = page.partition("more, until Mon 30 Nov")
        assert "Now due" in table
        assert "In 2 days" in table
        assert table.rstrip().endswith("7")
        assert "In 3 days" in folded

    def test_shows_the_ladder_with_who_was_tried(
        self, as_clinician, person, care_manager
    ):
        call = owed(person, -1, kind="call", title="Call", status="missed")
        ContactPoint.objects.create(
            clinic=person.clinic,
            patient=person,
            kind="email",
            value="alma@mail.example",
        )
        for days, outcome, back in ((1, "left_message", None), (0, "no_answer", NOON)):
            OutreachAttempt.objects.create(
                clinic=person.clinic,
                patient=person,
                follow_up=call,
                outcome=outcome,
                note="Rang twice",
                made_at=NOON - days * DAY,
                made_by=care_manager,
                taken_back_at=back,
            )
        owed(
            person,
            -9,
            status="done",
            closed_at=NOON,
            outcome="Came",
            title="Visit, week 1",
        )

        page = text(as_clinician.get(self.url(person)))

        assert 'class="is-done"' in page
        assert 'class="is-now"' in page
        assert "left safe message. Priya Nair." in page
        assert "taken back" in page
        assert "Visit, week 1" in page

    def test_costs_the_same_with_much_owed(
        self, as_clinician, person, django_assert_max_num_queries
    ):
        as_clinician.get(self.url(person))
        for days in range(-20, 20):
            owed(person, days)

        with django_assert_max_num_queries(28):
            as_clinician.get(self.url(person))

    @pytest.mark.parametrize("path", ["", "add/", "contact/"])
    def test_another_clinics_person_is_not_there(
        self, as_clinician, other_clinic, path
    ):
        other = PatientFactory(clinic=other_clinic)
        send = as_clinician.post if path == "contact/" else as_clinician.get

        assert send(f"{self.url(other)}{path}").status_code == 404

    @pytest.mark.parametrize("path", ["", "add/"])
    def test_admins_do_not_open_it(self, as_admin, person, path):
        assert as_admin.get(f"{self.url(person)}{path}").status_code == 403


class TestAdd:
    def post(self, client, person, **more):
        return client.post(f"/people/{person.pk}/aftercare/add/", {**FORM, **more})

    def test_the_form_stands_beside_the_page(self, as_care_manager, person):
        page = text(as_care_manager.get(f"/people/{person.pk}/aftercare/add/"))

        assert 'class="mst-drawer"' in page
        assert "What is owed to" in page

    def test_adds_it(self, as_care_manager, person):
        response = self.post(as_care_manager, person)

        assert response.url == f"/people/{person.pk}/aftercare/"
        added = FollowUp.objects.get(origin="staff")
        assert (added.title, added.origin, added.status) == (
            "Call about the ride",
            "staff",
            "planned",
        )
        assert (added.earliest_on, added.due_on, added.latest_on) == (
            TODAY + 3 * DAY,
            TODAY + 3 * DAY,
            TODAY + 5 * DAY,
        )

    def test_to_somebody_by_name_and_without_words(
        self, as_care_manager, person, clinician
    ):
        self.post(as_care_manager, person, who=str(clinician.pk), title="")

        added = FollowUp.objects.get(origin="staff")
        assert (added.assigned_to, added.title) == (clinician, "Call")

    def test_a_second_press_adds_nothing(self, as_care_manager, person):
        page = text(as_care_manager.get(f"/people/{person.pk}/aftercare/add/"))
        drawer = page[page.index('id="drawer-form"') :]
        once = re.search(r'name="once" value="([^"]+)"', drawer)[1]
        for _ in range(2):
            as_care_manager.post(
                f"/people/{person.pk}/aftercare/add/",
                {**FORM, "once": once},
                once=False,
            )

        assert FollowUp.objects.filter(origin="staff").count() == 1

    @pytest.mark.parametrize(
        ("field", "typed", "said"),
        [
            pytest.param("due_on", "2026-11-20", "This day is over", id="yesterday"),
            pytest.param("due_on", "2062-11-20", "two years ahead", id="far"),
            pytest.param("due_on", "soon", "valid date", id="no date"),
            pytest.param("due_on", "", "Say which day", id="missing"),
            pytest.param("latest_on", "2026-11-23", "between the first", id="order"),
            pytest.param(
                "latest_on", "2026-11-20", "This day is over", id="window over"
            ),
            pytest.param("kind", "party", "valid choice", id="kind"),
            pytest.param("who", "999999", "valid choice", id="who"),
            pytest.param("reason", "x" * 10_000, "at most 300", id="long"),
            pytest.param("title", "a\x00b", "Null characters", id="NUL"),
            pytest.param(
                "title", "a\ud800b".encode("utf-8", "surrogatepass"), "", id="bytes"
            ),
        ],
    )
    def test_what_makes_no_sense_is_said_beside_the_field(
        self, as_care_manager, person, field, typed, said
    ):
        response = self.post(as_care_manager, person, **{field: typed})

        assert response.status_code in ({302} if said == "" else {400})
        assert said in text(response)
        if said:
            assert 'value="Has no car"' in text(response) or field == "reason"
            assert not FollowUp.objects.exists()


class TestReaching:
    def test_a_referral_is_tried_on_its_days(self, as_care_manager, clinic):
        called = PatientFactory(clinic=clinic, referred_on=clinic_today())
        reconcile(patient=called, by=None, at=timezone.now())

        page = text(as_care_manager.get(f"/people/{called.pk}/aftercare/"))

        assert "Tried on days 0, 1, 3, 7 after the call, then every 30 days." in page
        assert "for: First contact" in page

    def test_what_is_due_and_no_missed_care_starts_no_outreach(
        self, as_care_manager, person
    ):
        """The ladder climbed for a drug test inside its window."""
        owed(person, kind="drug_test", status="due", after=9)

        page = text(as_care_manager.get(f"/people/{person.pk}/aftercare/"))

        assert "mst-ladder" not in page


class TestGiveAndTakeBack:
    def test_is_given_to_somebody_by_name_and_to_a_part(
        self, as_care_manager, person, clinician
    ):
        one = owed(person, 2)
        address = f"/follow-ups/{one.pk}/give/"
        assert "Give to: Visit" in text(as_care_manager.get(address))

        as_care_manager.post(address, {"who": str(clinician.pk)})
        one.refresh_from_db()
        assert one.assigned_to == clinician

        as_care_manager.post(address, {"who": "prescriber"})
        one.refresh_from_db()
        assert (one.assigned_to, one.assigned_role) == (None, "prescriber")

    def test_to_nobody_is_said_beside_the_field(self, as_care_manager, person):
        one = owed(person, 2)

        response = as_care_manager.post(f"/follow-ups/{one.pk}/give/", {"who": "x"})

        assert response.status_code == 400
        assert "valid choice" in text(response)

    def test_a_closing_is_taken_back(self, as_care_manager, person):
        one = owed(person, 2)
        as_care_manager.post(f"/follow-ups/{one.pk}/close/", {"status": "done"})
        page = text(as_care_manager.get(f"/people/{person.pk}/aftercare/"))
        assert "Take back" in page

        as_care_manager.post(f"/follow-ups/{one.pk}/reopen/")

        one.refresh_from_db()
        assert one.is_open


class TestMoveAndClose:
    def test_moves_inside_the_window(self, as_care_manager, person):
        one = owed(person, 2, after=3)
        assert "Move: Visit" in text(as_care_manager.get(f"/follow-ups/{one.pk}/move/"))

        response = as_care_manager.post(
            f"/follow-ups/{one.pk}/move/", {"due_on": "2026-11-25"}
        )

        assert response.url == f"/people/{person.pk}/aftercare/"
        one.refresh_from_db()
        assert one.due_on == TODAY + 4 * DAY

    @pytest.mark.parametrize(
        ("day", "said"),
        [("2026-12-25", "Choose a day in between"), ("2026-11-01", "This day is over")],
    )
    def test_names_the_days_that_are_allowed(self, as_care_manager, person, day, said):
        one = owed(person, 2, after=3)

        response = as_care_manager.post(f"/follow-ups/{one.pk}/move/", {"due_on": day})

        assert response.status_code == 400
        assert said in text(response)

    def test_closes(self, as_care_manager, person):
        one = owed(person)
        assert "Close: Visit" in text(
            as_care_manager.get(f"/follow-ups/{one.pk}/close/")
        )

        as_care_manager.post(
            f"/follow-ups/{one.pk}/close/", {"status": "done", "words": ""}
        )

        one.refresh_from_db()
        assert one.status == "done"

    @pytest.mark.parametrize(
        ("status", "said"),
        [("cancelled", "Say why"), ("", "Choose one"), ("due", "valid choice")],
    )
    def test_says_what_is_missing(self, as_care_manager, person, status, said):
        one = owed(person)

        response = as_care_manager.post(
            f"/follow-ups/{one.pk}/close/", {"status": status}
        )

        assert response.status_code == 400
        assert said in text(response)

    @pytest.mark.parametrize("act", ["move", "close"])
    def test_another_clinics_is_not_there(self, as_care_manager, other_clinic, act):
        other = owed(PatientFactory(clinic=other_clinic))

        assert as_care_manager.get(f"/follow-ups/{other.pk}/{act}/").status_code == 404


class TestContacts:
    def post(self, client, person, **told):
        return client.post(f"/people/{person.pk}/aftercare/contact/", told)

    def test_records_how_with_a_note(self, as_care_manager, person):
        visit = owed(person, kind="contact", title="Visit, week 6")

        self.post(
            as_care_manager,
            person,
            outcome="reached_coming",
            channel="in_person",
            note="At the door",
            follow_up=visit.pk,
        )

        attempt = OutreachAttempt.objects.get()
        assert (attempt.channel, attempt.note, attempt.closed_follow_up) == (
            "in_person",
            "At the door",
            True,
        )

    @pytest.mark.parametrize(
        "told",
        [{}, {"outcome": "vanished"}, {"outcome": "no_answer", "follow_up": "x"}],
    )
    def test_nonsense_records_nothing(self, as_care_manager, person, told):
        response = self.post(as_care_manager, person, **told)

        assert response.status_code == 400
        assert "Nothing is recorded yet" in text(response)
        assert not OutreachAttempt.objects.exists()

    def test_without_an_outcome_the_note_stays_and_so_does_the_way_back(
        self, as_care_manager, person
    ):
        told = {"note": 'Called "Mo", her aunt', "channel": "video"}
        page = self.post(as_care_manager, person, next="/caseload/?mine=yes", **told)

        assert page.status_code == 400
        form = markup(page).partition('aria-label="Record a contact"')[2]
        assert "Choose what happened. Nothing is recorded yet." in form
        assert 'value="Called &quot;Mo&quot;, her aunt"' in form
        assert re.search(r'<option value="video"\s+selected', form)
        back = dict(re.findall(r'name="(next)" value="([^"]+)"', form))
        again = self.post(as_care_manager, person, outcome="no_answer", **told, **back)
        assert again.url == "/caseload/?mine=yes"
        assert OutreachAttempt.objects.get().note == told["note"]

    def test_another_persons_follow_up_is_left_alone(
        self, as_care_manager, person, clinic
    ):
        other = owed(PatientFactory(clinic=clinic), kind="call")

        self.post(as_care_manager, person, outcome="reached_coming", follow_up=other.pk)

        assert OutreachAttempt.objects.get().follow_up is None
        other.refresh_from_db()
        assert other.status == "planned"

    @pytest.mark.parametrize(
        "wanted", ["https://elsewhere.example/", "//elsewhere.example"]
    )
    def test_goes_back_to_pages_of_this_site_alone(
        self, as_care_manager, person, wanted
    ):
        response = self.post(as_care_manager, person, outcome="no_answer", next=wanted)

        assert response.url == f"/people/{person.pk}/aftercare/"

    def test_is_taken_back_once(self, as_care_manager, person):
        self.post(as_care_manager, person, outcome="no_answer")
        url = f"/contacts/{OutreachAttempt.objects.get().pk}/take-back/"

        assert as_care_manager.post(url).url == f"/people/{person.pk}/aftercare/"
        page = text(as_care_manager.post(url, follow=True))
        assert "taken back already" in page

    def test_another_clinics_is_not_there(
        self, as_care_manager, care_manager, other_clinic
    ):
        other = PatientFactory(clinic=other_clinic)
        attempt = OutreachAttempt.objects.create(
            clinic=other_clinic,
            patient=other,
            outcome="no_answer",
            made_at=NOON,
            made_by=care_manager,
        )

        assert (
            as_care_manager.post(f"/contacts/{attempt.pk}/take-back/").status_code
            == 404
        )

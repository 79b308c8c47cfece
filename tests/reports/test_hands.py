"""Acts on people who were chosen on the caseload: as pages, by role, with bad input."""

import datetime as dt
import re

import pytest
import time_machine

from accounts.permissions import Role
from aftercare.actions import hands, saved_views
from aftercare.actions.bulk_follow_ups import NobodyToOwe, add_follow_ups
from aftercare.actions.follow_ups import FollowUpWindow
from aftercare.models import FollowUp, HandOver, SavedView
from patients.models import CareTeamMember
from tests.conftest import NOON, signed_in
from tests.factories import PatientFactory, StaffFactory
from tests.factories.aftercare import TODAY, lines_written, owed, worried_about

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
MONDAY = TODAY + 2 * DAY
EVERYBODY = "/caseload/?show=everyone&mine=team"


@pytest.fixture(autouse=True)
def _saturday():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def dana(clinic):
    return StaffFactory(roles={clinic: [Role.PEER]}, name="Dana Kowalski")


@pytest.fixture
def jun(clinic):
    return StaffFactory(roles={clinic: [Role.CARE_MANAGER]}, name="Jun Park")


@pytest.fixture
def people(clinic, care_manager):
    """Forty-eight people of one care manager, each with something owed."""
    made = [PatientFactory(clinic=clinic, referred_on=TODAY) for _ in range(48)]
    CareTeamMember.objects.bulk_create(
        CareTeamMember(
            clinic=clinic,
            patient=one,
            staff=care_manager,
            part="care_manager",
            since_at=NOON,
        )
        for one in made
    )
    for one in made:
        owed(one, 3)
    lines_written(clinic)
    return made


@pytest.fixture
def browser(care_manager):
    return signed_in(care_manager)


def told(page, **more):
    """What the form in the drawer would send."""
    text = page.content.decode()
    people = re.search(r'name="people" value="([^"]*)"', text)[1]
    seen = re.search(r'name="seen" value="([^"]*)"', text)
    back = re.search(r'name="next" value="([^"]*)"', text)[1].replace("&amp;", "&")
    return {"people": people, "next": back, "seen": seen[1] if seen else "", **more}


class TestSixClicks:
    def test_forty_eight_people_in_six(self, browser, people, jun, care_manager):
        clicks = 0

        def click(page):
            nonlocal clicks
            clicks += 1
            return page

        click(browser.get(EVERYBODY))  # the filter
        click(None)  # Choose all
        asked = {"show": "everyone", "mine": "team", "all": "yes"}
        page = click(browser.get("/caseload/hand-over/", asked))  # Hand over
        assert "Hand over 48 people" in page.content.decode()
        chosen = {"giver": care_manager.pk, "to": jun.pk, "kind": "for_good"}
        people_field = told(page)["people"]
        click(None)  # to whom
        click(None)  # for good
        seen = browser.get("/caseload/hand-over/", {"people": people_field, **chosen})
        answer = click(browser.post("/caseload/hand-over/", told(seen, **chosen)))

        assert answer.url == "/caseload/?show=today"
        assert HandOver.objects.get().people.count() == 48
        assert CareTeamMember.objects.filter(staff=jun, until_at=None).count() == 48
        assert clicks <= 6

    def test_the_page_goes_back_to_the_filter(self, browser, people):
        asked = {"show": "everyone", "mine": "team", "all": "yes"}

        page = browser.get("/caseload/hand-over/", asked)

        assert told(page)["next"] == "/caseload/?show=everyone&mine=team"


class TestChoosing:
    def test_every_row_has_a_box_for_who_works_follow_ups(self, browser, people):
        text = browser.get(EVERYBODY).content.decode()

        assert text.count('name="people"') == 48
        assert "Choose all 48" in text

    def test_who_only_looks_chooses_nobody(self, clinic, people):
        director = StaffFactory(roles={clinic: [Role.MEDICAL_DIRECTOR]})
        text = signed_in(director).get("/caseload/?show=everyone")

        assert 'name="people"' not in text.content.decode()

    def test_another_clinics_person_is_not_among_them(self, browser, other_clinic):
        foreign = PatientFactory(clinic=other_clinic)

        page = browser.get("/caseload/hand-over/", {"people": foreign.pk})

        assert "Nobody is chosen" in page.content.decode()

    @pytest.mark.parametrize("wrong", ["x", "-1", "9" * 30, "1,,x", "\u0661"])
    def test_nonsense_is_nobody(self, browser, wrong):
        page = browser.get("/caseload/hand-over/", {"people": wrong})

        assert page.status_code == 200

    def test_too_many_are_said_and_nobody(self, browser, people, monkeypatch):
        rules = type("Few", (), {"number": staticmethod(lambda name: 40)})
        monkeypatch.setattr("reports.caseload.chosen.hand_rules", lambda: rules)

        page = browser.get("/caseload/hand-over/", {"show": "everyone", "all": "yes"})

        assert "More than 40 at once" in page.content.decode()


class TestHandOver:
    def test_done_it_is_said_and_can_be_undone(
        self, browser, people, jun, care_manager
    ):
        ids = ",".join(str(one.pk) for one in people[:3])
        asked = {"giver": care_manager.pk, "to": jun.pk, "kind": "for_good"}
        page = browser.get("/caseload/hand-over/", {"people": ids, **asked})
        assert "3 people, 3 parts in their care: to Jun Park." in page.content.decode()

        browser.post("/caseload/hand-over/", told(page, **asked))

        text = browser.get("/caseload/").content.decode()
        undo = f"/hand-overs/{HandOver.objects.get().pk}/take-back/"
        assert "3 people handed over to Jun Park." in text
        assert undo in text
        browser.post(undo)
        assert not CareTeamMember.objects.filter(staff=jun, until_at=None).exists()

    def test_not_seen_before_it_is_shown_first(
        self, browser, people, jun, care_manager
    ):
        asked = {
            "people": people[0].pk,
            "giver": care_manager.pk,
            "to": jun.pk,
            "kind": "for_good",
            "words": "Calls after six.",
        }

        answer = browser.post("/caseload/hand-over/", asked)

        assert answer.status_code == 400
        text = answer.content.decode()
        assert "Look at what moves first" in text
        assert "1 person, 1 part in their care: to Jun Park." in text
        assert "Calls after six." in text
        assert not HandOver.objects.exists()

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"to": ""}, "Choose who takes them over."),
            ({"kind": "cover", "until_on": ""}, "Say until which day."),
            ({"kind": "cover", "until_on": "2026-11-20"}, "This day is over."),
            ({"kind": "cover", "until_on": "2036-11-20"}, "More than two years"),
            ({"kind": "cover", "until_on": "never"}, "Enter a valid date"),
            ({"people": ""}, "Nobody is chosen."),
            ({"giver": "0"}, "Select a valid choice"),
        ],
    )
    def test_bad_input_is_said_and_changes_nothing(
        self, browser, people, jun, care_manager, wrong, words
    ):
        asked = {
            "people": people[0].pk,
            "giver": care_manager.pk,
            "to": jun.pk,
            "kind": "for_good",
            **wrong,
        }

        answer = browser.post("/caseload/hand-over/", asked)

        assert answer.status_code == 400
        assert words in answer.content.decode()
        assert not HandOver.objects.exists()

    def test_for_good_a_day_does_not_matter(self, browser, people, jun, care_manager):
        asked = {"giver": care_manager.pk, "to": jun.pk, "kind": "for_good"}
        asked |= {"people": people[0].pk, "until_on": "2026-11-01"}
        page = browser.get("/caseload/hand-over/", asked)

        browser.post("/caseload/hand-over/", told(page, **asked))

        assert HandOver.objects.get().until_on is None

    def test_a_peer_covers_and_does_not_move(self, people, dana, jun):
        CareTeamMember.objects.filter(patient=people[0]).update(staff=dana)
        asked = {"people": people[0].pk, "giver": dana.pk, "to": jun.pk}
        browser = signed_in(dana)

        page = browser.get("/caseload/hand-over/", {**asked, "kind": "for_good"})
        sent = told(page, **asked, kind="for_good")
        assert browser.post("/caseload/hand-over/", sent).status_code == 400
        asked |= {"kind": "cover", "until_on": MONDAY.isoformat()}
        page = browser.get("/caseload/hand-over/", asked)
        assert (
            browser.post("/caseload/hand-over/", told(page, **asked)).status_code == 302
        )

    def test_what_goes_elsewhere_is_said_by_name(
        self, browser, people, dana, care_manager, prescriber
    ):
        CareTeamMember.objects.create(
            clinic_id=people[0].clinic_id,
            patient=people[0],
            staff=prescriber,
            part="prescriber",
            since_at=NOON,
        )
        owed(
            people[0],
            assigned_to=care_manager,
            assigned_role="prescriber",
            title="Yearly examination",
        )
        asked = {"giver": care_manager.pk, "to": dana.pk, "kind": "for_good"}

        page = browser.get("/caseload/hand-over/", {"people": people[0].pk, **asked})

        text = " ".join(page.content.decode().split())
        assert f"Yearly examination: goes to {prescriber.name}." in text


@pytest.fixture
def covered(clinic, people, care_manager, jun):
    """The care manager is away and Jun covers everybody."""
    return hands.go_away(
        clinic=clinic,
        staff=care_manager,
        to=jun,
        since_on=TODAY,
        until_on=MONDAY,
        words="Amira hears from housing first thing.",
        by=care_manager,
        at=NOON,
    )


class TestCover:
    def test_mine_has_those_who_are_covered(self, people, jun, covered):
        text = signed_in(jun).get("/caseload/?show=everyone&mine=yes").content.decode()

        assert text.count("data-row") == 48
        assert "You cover for" in text
        assert "Amira hears from housing first thing." in text
        assert "cover, " in text

    def test_only_those(self, people, jun, covered):
        text = signed_in(jun).get("/caseload/?show=everyone&mine=cover")

        assert text.content.decode().count("data-row") == 48

    def test_who_covers_nobody_has_nobody_there(self, browser, people):
        text = browser.get("/caseload/?show=everyone&mine=cover").content.decode()

        assert "data-row" not in text
        assert "You cover for" not in text

    def test_it_is_over_the_day_after(self, people, jun, covered):
        with time_machine.travel(NOON + 3 * DAY, tick=False):
            text = signed_in(jun).get("/caseload/?show=everyone&mine=yes")

        assert "You cover for" not in text.content.decode()
        assert "data-row" not in text.content.decode()

    def test_home_says_so_too(self, people, jun, covered, care_manager):
        text = signed_in(jun).get("/").content.decode()

        assert "You cover for" in text
        assert care_manager.name in text

    def test_of_some_people_those_alone(self, browser, people, jun, care_manager):
        asked = {
            "giver": care_manager.pk,
            "to": jun.pk,
            "kind": "cover",
            "until_on": MONDAY.isoformat(),
        }
        ids = f"{people[0].pk},{people[1].pk}"
        page = browser.get("/caseload/hand-over/", {"people": ids, **asked})
        sent = told(page, **asked) | {f"words_{people[0].pk}": "Let it ring long."}
        browser.post("/caseload/hand-over/", sent)

        text = signed_in(jun).get("/caseload/?show=everyone&mine=yes").content.decode()

        assert text.count("data-row") == 2
        assert text.count("Let it ring long.") == 1

    def test_the_day_sheet_has_them(self, jun, people, covered):
        page = signed_in(jun).get("/caseload/day-sheet/?mine=yes")

        assert page.status_code == 200


class TestAwayPage:
    def test_said_and_ended(self, browser, care_manager, jun):
        url = f"/staff/{care_manager.pk}/away/"
        days = {"since_on": "2026-11-23", "until_on": "2026-11-27"}

        assert browser.post(url, {**days, "to": jun.pk}).url == url

        text = browser.get(url).content.decode()
        assert "Jun Park covers" in text
        assert (
            "Jun Park" in signed_in(jun).get(f"/staff/{jun.pk}/away/").content.decode()
        )
        undo = f"/hand-overs/{HandOver.objects.get().pk}/take-back/?next={url}"
        assert browser.post(undo).url == url
        assert "Nobody covers." in browser.get(url).content.decode()

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"to": ""}, "Choose who covers."),
            ({"until_on": "2026-11-22"}, "lies before the first"),
            ({"since_on": "2026-11-01"}, "This day is over."),
            ({"until_on": "soon"}, "Enter a valid date"),
        ],
    )
    def test_bad_input_is_said(self, browser, care_manager, jun, wrong, words):
        days = {"since_on": "2026-11-23", "until_on": "2026-11-27", "to": jun.pk}

        answer = browser.post(f"/staff/{care_manager.pk}/away/", {**days, **wrong})

        assert answer.status_code == 400
        assert words in answer.content.decode()
        assert not HandOver.objects.exists()

    def test_of_somebody_of_another_clinic_there_is_no_page(
        self, browser, other_clinic
    ):
        foreign = StaffFactory(roles={other_clinic: [Role.CARE_MANAGER]})

        assert browser.get(f"/staff/{foreign.pk}/away/").status_code == 404


class TestAssign:
    def test_a_part_of_all_that_were_chosen(self, browser, people, jun):
        ids = ",".join(str(one.pk) for one in people[:5])
        asked = {"part": "counselor", "to": jun.pk}
        page = browser.get("/caseload/assign/", {"people": ids, **asked})
        assert "5 people, 5 parts in their care: to Jun Park." in page.content.decode()

        browser.post("/caseload/assign/", told(page, **asked))

        held = CareTeamMember.objects.filter(staff=jun, part="counselor", until_at=None)
        assert held.count() == 5

    def test_who_has_it_already_is_said(self, browser, people, care_manager):
        asked = {"part": "care_manager", "to": care_manager.pk}
        ids = {"people": f"{people[0].pk},{people[1].pk}"}
        page = browser.get("/caseload/assign/", {**ids, **asked})

        assert "2 have" in page.content.decode()
        answer = browser.post("/caseload/assign/", told(page, **asked))
        assert "already" in answer.content.decode()

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [({"to": ""}, "Choose who it is given to."), ({"people": ""}, "Nobody is")],
    )
    def test_bad_input_is_said(self, browser, people, jun, wrong, words):
        asked = {"people": people[0].pk, "part": "counselor", "to": jun.pk, **wrong}

        answer = browser.post("/caseload/assign/", asked)

        assert answer.status_code == 400
        assert words in answer.content.decode()


class TestAddForAll:
    SENT = {"kind": "call", "due_on": "2026-11-25", "who": "care_manager"}

    def test_one_each_and_taken_back_from_all(self, browser, people):
        ids = ",".join(str(one.pk) for one in people)
        page = browser.get("/caseload/follow-up/", {"people": ids})
        assert "Add a follow-up for 48 people" in page.content.decode()

        browser.post("/caseload/follow-up/", told(page, **self.SENT))

        added = FollowUp.objects.filter(origin="staff")
        assert added.count() == 48
        browser.post(f"/follow-ups/{added.first().pk}/take-back-added/")
        assert not added.open().exists()

    def test_twice_taken_back_is_said(self, browser, people):
        ids = {"people": people[0].pk}
        browser.post("/caseload/follow-up/", {**self.SENT, **ids})
        url = f"/follow-ups/{FollowUp.objects.get(origin='staff').pk}/take-back-added/"
        browser.post(url)

        browser.post(url)

        assert "nothing to take back" in browser.get("/caseload/").content.decode()

    def test_one_that_was_added_alone_stays(self, browser, people):
        alone = owed(people[0], origin="staff")

        browser.post(f"/follow-ups/{alone.pk}/take-back-added/")

        alone.refresh_from_db()
        assert alone.is_open

    @pytest.mark.parametrize(("who", "left"), [("dana", 0), ("browser", 3)])
    def test_a_clinicians_duty_is_taken_back_by_who_added_it(
        self, request, people, dana, who, left
    ):
        adding = signed_in(dana)
        ids = ",".join(str(one.pk) for one in people[:3])
        adding.post(
            "/caseload/follow-up/", {**self.SENT, "kind": "plan_review", "people": ids}
        )
        added = FollowUp.objects.filter(origin="staff")
        assert added.count() == 3

        asking = adding if who == "dana" else request.getfixturevalue(who)
        asking.post(f"/follow-ups/{added.first().pk}/take-back-added/")

        assert added.open().count() == left

    @pytest.mark.parametrize("since", ["moved_at", "given_at"])
    def test_what_was_moved_or_given_on_stays(self, browser, people, since):
        ids = ",".join(str(one.pk) for one in people[:3])
        browser.post("/caseload/follow-up/", {**self.SENT, "people": ids})
        added = FollowUp.objects.filter(origin="staff").order_by("pk")
        FollowUp.objects.filter(pk=added[1].pk).update(**{since: NOON})

        browser.post(f"/follow-ups/{added[0].pk}/take-back-added/")

        assert [one.pk for one in added.open()] == [added[1].pk]

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"due_on": "2026-11-20"}, "This day is over."),
            ({"due_on": "2026-11-26"}, "Thanksgiving"),
            ({"kind": "dance"}, "Select a valid choice"),
            ({"people": ""}, "Nobody is chosen."),
        ],
    )
    def test_bad_input_is_said_and_adds_nothing(
        self, clinic, browser, people, wrong, words
    ):
        clinic.keeps_holidays = True
        clinic.save()
        sent = {"people": people[0].pk, **self.SENT, **wrong}

        answer = browser.post("/caseload/follow-up/", sent)

        assert answer.status_code == 400
        assert words in answer.content.decode()
        assert not FollowUp.objects.filter(origin="staff").exists()

    def test_to_nobody_alive_nothing_is_owed(self, clinic, care_manager):
        gone = PatientFactory(clinic=clinic, status="deceased")
        with pytest.raises(NobodyToOwe):
            add_follow_ups(
                clinic=clinic,
                people=[gone.pk],
                kind="call",
                title="Call",
                window=FollowUpWindow(TODAY, TODAY, TODAY),
                assigned_role="care_manager",
                by=care_manager,
                at=NOON,
            )


class TestLoad:
    def test_the_fewest_move_and_nobody_in_danger(
        self, clinic, browser, people, jun, care_manager
    ):
        worried_about(people[0])
        owed(people[0], 0, kind="safety_screen")
        lines_written(clinic)

        page = browser.get("/caseload/shares/")
        assert people[0].mrn not in page.content.decode()
        seen = page.context["picture"].digest
        browser.post("/caseload/shares/", {"seen": seen})

        held = CareTeamMember.objects.filter(part="care_manager", until_at=None)
        assert 23 <= held.filter(staff=jun).count() <= 26
        assert held.get(patient=people[0]).staff == care_manager
        assert "moved." in browser.get("/caseload/shares/").content.decode()

    def test_an_admin_sees_record_numbers_alone(self, people, jun, admin):
        text = signed_in(admin).get("/caseload/shares/").content.decode()

        assert people[0].mrn in text
        assert people[0].family_name not in text

    def test_an_admin_moves_and_takes_back(self, people, jun, admin):
        browser = signed_in(admin)
        seen = browser.get("/caseload/shares/").context["picture"].digest
        browser.post("/caseload/shares/", {"seen": seen})
        assert CareTeamMember.objects.filter(staff=jun, until_at=None).exists()

        browser.post(f"/hand-overs/{HandOver.objects.first().pk}/take-back/")

        assert not CareTeamMember.objects.filter(staff=jun, until_at=None).exists()

    def test_what_stood_otherwise_moves_nothing(self, browser, people, jun):
        browser.post("/caseload/shares/", {"seen": "x"})

        assert not HandOver.objects.exists()
        text = browser.get("/caseload/shares/").content.decode()
        assert "Nothing moved: look again." in text

    def test_who_is_away_is_given_nobody(self, clinic, browser, people, jun, dana):
        hands.go_away(
            clinic=clinic,
            staff=jun,
            to=dana,
            since_on=TODAY,
            until_on=MONDAY,
            by=jun,
            at=NOON,
        )

        assert (
            "No move makes it more even."
            in browser.get("/caseload/shares/").content.decode()
        )


class TestSavedViews:
    QUERY = "show=everyone&mine=yes&why=late"

    def save(self, browser, query=QUERY, **told):
        sent = {"name": "Saturday calls", **told}
        return browser.post(f"/caseload/views/save/?{query}", sent)

    def test_a_tab_of_ones_own(self, browser, people, jun):
        assert self.save(browser).url == f"/caseload/?{self.QUERY}"

        text = browser.get(f"/caseload/?{self.QUERY}").content.decode()
        assert "Saturday calls" in text
        assert "Delete this view" in text
        assert "Saturday calls" not in signed_in(jun).get("/caseload/").content.decode()

    def test_shared_with_the_clinic(self, browser, jun, other_clinic):
        self.save(browser, is_shared="on")
        foreign = StaffFactory(roles={other_clinic: [Role.CARE_MANAGER]})

        text = signed_in(jun).get(f"/caseload/?{self.QUERY}").content.decode()
        assert "Saturday calls" in text
        assert "Delete this view" not in text
        there = signed_in(foreign).get("/caseload/").content.decode()
        assert "Saturday calls" not in there

    def test_it_names_nobody_and_nothing_unknown(self, browser):
        self.save(browser, "show=everyone&q=Reyes&why=nonsense&dance=yes&page=3")

        assert SavedView.objects.get().query == "show=everyone"

    def test_deleted_and_taken_back(self, browser):
        self.save(browser)
        view = SavedView.objects.get()

        browser.post(f"/caseload/views/{view.pk}/delete/")
        browser.post(f"/caseload/views/{view.pk}/delete/")
        text = browser.get("/caseload/").content.decode()
        assert "Saturday calls" not in text
        assert f"/caseload/views/{view.pk}/restore/" in text
        browser.post(f"/caseload/views/{view.pk}/restore/")
        browser.post(f"/caseload/views/{view.pk}/restore/")

        assert "Saturday calls" in browser.get("/caseload/").content.decode()

    def test_a_colleagues_view_is_not_theirs_to_delete(self, browser, jun):
        self.save(browser, is_shared="on")

        url = f"/caseload/views/{SavedView.objects.get().pk}/delete/"
        assert signed_in(jun).post(url).status_code == 404

    @pytest.mark.parametrize("name", ["", "x" * 41])
    def test_a_name_of_some_length(self, browser, name):
        assert self.save(browser, name=name).status_code == 400
        assert not SavedView.objects.exists()

    def test_a_name_once(self, browser):
        self.save(browser)

        answer = self.save(browser, name="saturday CALLS")

        assert "view of this name" in answer.content.decode()

    def test_a_deleted_name_that_is_taken_stays_deleted(self, browser):
        self.save(browser)
        view = SavedView.objects.get()
        browser.post(f"/caseload/views/{view.pk}/delete/")
        self.save(browser)

        browser.post(f"/caseload/views/{view.pk}/restore/")

        assert SavedView.objects.filter(deleted_at=None).count() == 1

    def test_a_dozen_at_most(self, browser):
        for n in range(saved_views.MOST):
            self.save(browser, name=f"View {n}")

        assert "Delete one first." in self.save(browser).content.decode()

    def test_the_page_to_name_it(self, browser):
        page = browser.get(f"/caseload/views/save/?{self.QUERY}")

        assert "Save as a view" in page.content.decode()

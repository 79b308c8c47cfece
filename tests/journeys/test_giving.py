"""Giving instruments in a real browser: by keys, on a tablet, from a link at home."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from aftercare.actions.check_ins import send_check_in
from aftercare.check_ins.tokens import token_of
from aftercare.models import CheckIn
from assessments.models import Assessment, AssessmentDraft, Handover
from knowledge.instruments.registry import instruments
from tests.conftest import clinic_today
from tests.factories import PatientFactory
from tests.factories.aftercare import TODAY, owed
from tests.journeys.conftest import WIDTHS

BORN = dt.date(1992, 3, 14)
PIN = "4711"
ALONE = sorted(k for k, one in instruments().items() if not one.staff_only)


@pytest.fixture
def person(team):
    return PatientFactory(clinic=team["clinic"], date_of_birth=BORN)


@pytest.fixture
def due(person):
    days = (clinic_today() - TODAY).days
    return owed(
        person,
        days,
        before=3,
        after=7,
        status="due",
        kind="measures",
        occasion="first_weeks",
        title="Measures, week 4: BAM, TEA",
    )


def opened(page, link, heading):
    page.get_by_role("link", name=link).first.click()
    expect(page.locator("#drawer h2", has_text=heading)).to_be_focused()


class TestDrawer:
    @pytest.fixture
    def page(self, visit, team, person, due):
        self.visitor = visit().sign_in(team["clinician"])
        return self.visitor.open(f"/people/{person.pk}/aftercare/")

    def test_number_keys_answer_and_go_on(self, page, person):
        opened(page, re.compile("^Give now"), "Brief Addiction Monitor")
        page.goto(page.url.replace("aftercare/", "measures/"))
        opened(page, "Give an instrument", "Give an instrument")
        page.get_by_label("PHQ-9, depression").check()
        page.get_by_label("PEG, pain").check()
        page.get_by_role("button", name="Give now").click()
        page.locator("#drawer legend", has_text="Little interest").wait_for()

        page.locator('#drawer [name="item-interest"]:checked').focus()
        for key in "2221000001":
            page.keyboard.press(key)
        expect(page.get_by_role("button", name="Score and keep")).to_be_focused()
        expect(page.locator("#give-state")).to_contain_text("10 of 10 answered")
        page.keyboard.press("Enter")

        expect(page.locator("#drawer")).to_contain_text("7, mild")
        found = Assessment.objects.get(patient=person)
        assert (found.total, found.answers["difficulty"]) == (7, 1)
        page.get_by_role("link", name="Next: PEG, pain").click()
        self._ten_of_ten(page)

    def _ten_of_ten(self, page):
        page.locator("#drawer legend", has_text="Pain on average").wait_for()
        page.locator('#drawer [name="item-pain"]:checked').focus()
        page.keyboard.press("1")
        page.keyboard.press("0")
        expect(page.locator('#drawer [name="item-pain"][value="10"]')).to_be_checked()
        page.keyboard.press("4")
        page.keyboard.press("4")
        page.get_by_role("button", name="Score and keep").press("Enter")
        expect(page.locator("#drawer")).to_contain_text("6, moderate")

    def test_closing_keeps_the_draft_and_discarding_is_another_act(self, page, person):
        opened(page, re.compile("^Give now"), "Brief Addiction Monitor")
        page.get_by_label("Nights of poor sleep").fill("12")
        page.get_by_label("Nights of poor sleep").blur()
        expect(page.locator("#give-state")).to_contain_text("draft kept")
        page.keyboard.press("Escape")
        expect(page.locator("#drawer")).to_be_empty()

        opened(page, re.compile("^Give now"), "Brief Addiction Monitor")
        expect(page.get_by_label("Nights of poor sleep")).to_have_value("12")
        expect(page.locator("#drawer")).to_contain_text("Your draft of")
        with page.expect_navigation():
            page.get_by_role("button", name="Discard draft").click()
        assert not AssessmentDraft.objects.exists()

    def test_a_draft_that_did_not_arrive_is_not_lost_without_a_word(self, page, person):
        opened(page, re.compile("^Give now"), "Brief Addiction Monitor")
        page.route("**/draft/", lambda route: route.abort())
        page.get_by_label("Nights of poor sleep").fill("12")
        page.get_by_label("Nights of poor sleep").blur()
        said = []
        page.once("dialog", lambda box: (said.append(box.message), box.dismiss()))
        page.keyboard.press("Escape")

        assert "not saved" in said[0]
        expect(page.get_by_label("Nights of poor sleep")).to_have_value("12")
        page.unroute("**/draft/")
        self.visitor.faults.clear()

    def test_needless_questions_go_away(self, page, person):
        page.goto(page.url.replace("aftercare/", "measures/give/audit_c/"))
        page.locator("label", has_text="Never").first.click()

        expect(
            page.locator("legend", has_text="Drinks on a drinking day")
        ).to_be_hidden()
        expect(page.locator("#give-state")).to_contain_text("1 of 1 answered")

    def test_what_is_refused_stays_with_its_reason(self, page, person):
        opened(page, re.compile("^Give now"), "Brief Addiction Monitor")
        page.get_by_label("Nights of poor sleep").fill("99")
        page.get_by_role("button", name="Score and keep").click()

        expect(page.locator("#drawer .mst-errors")).to_be_focused()
        expect(page.get_by_label("Nights of poor sleep")).to_have_value("99")
        self.visitor.must_be_accessible("give-refused", WIDTHS)


class TestTablet:
    def test_locked_answered_and_handed_back(self, visit, team, person, due):
        visitor = visit(1024).sign_in(team["care_manager"])
        page = visitor.open(f"/people/{person.pk}/aftercare/")
        opened(page, re.compile("^Tablet"), "Hand the tablet over")
        page.get_by_label("PHQ-9, depression").check()
        page.get_by_label("PIN for this time").fill(PIN)
        page.get_by_role("button", name="Lock and hand over").click()
        page.wait_for_url("**/handover/")

        self._leads_nowhere_else(visitor, person)
        self._answers(visitor)
        self._is_taken_back(visitor, person)

        kept = Assessment.objects.filter(patient=person).order_by("instrument")
        assert [(one.instrument, one.mode) for one in kept] == [
            ("bam", "self"),
            ("phq9", "self"),
        ]
        visitor.open(f"/people/{person.pk}/measures/")
        assert "PHQ-9" in page.locator("main").inner_text()

    def _leads_nowhere_else(self, visitor, person):
        page = visitor.page
        for path in (f"/people/{person.pk}/", "/caseload/", "/account/"):
            visitor.open(path)
            assert page.url.endswith("/handover/")
        page.go_back()
        expect(page.locator("h1")).to_contain_text("Past 30 days")
        assert person.family_name not in page.content()

    def _answers(self, visitor):
        page = visitor.page
        page.locator("fieldset", has_text="Physical health").get_by_text("Fair").click()
        expect(page.locator("#saved")).to_have_text("Kept")
        visitor.must_be_accessible("tablet-questions", WIDTHS)
        visitor.open("/handover/?page=phq9-2")
        dark = page.locator("fieldset", has_text="better off dead")
        dark.get_by_text("Several days").click()
        expect(page.locator("#saved")).to_have_text("Kept")
        page.get_by_role("button", name="Next").last.click()
        visitor.open("/handover/?page=review")
        expect(page.locator("main")).to_contain_text("Fair")
        visitor.must_be_accessible("tablet-review", WIDTHS)
        page.get_by_role("button", name="Send my answers").click()

    def _is_taken_back(self, visitor, person):
        page = visitor.page
        expect(page.get_by_role("alert")).to_contain_text("talk with you now")
        visitor.must_be_accessible("tablet-thanks", WIDTHS)
        page.get_by_label("PIN of the staff").fill("0000")
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_contain_text("Tries left: 4")
        page.get_by_label("PIN of the staff").fill(PIN)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/people/{person.pk}/hand-over/*/")
        expect(page.get_by_role("alert")).to_contain_text("Talk with them now")
        visitor.must_be_accessible("tablet-handed-back", WIDTHS)

    def test_works_without_script(self, visit, team, person):
        visitor = visit(script=False).sign_in(team["clinician"])
        page = visitor.open(f"/people/{person.pk}/hand-over/?give=phq2")
        page.get_by_label("PIN for this time").fill(PIN)
        page.get_by_role("button", name="Lock and hand over").click()
        for number in (0, 1):
            page.locator("fieldset").nth(number).get_by_text("Several days").click()
        page.get_by_role("button", name="Next").last.click()
        page.get_by_role("button", name="Send my answers").click()

        expect(page.locator("h1")).to_have_text("Thank you for answering")
        assert Assessment.objects.get().total == 2

    def test_another_tab_goes_to_the_questions_too(self, visit, team, person):
        visitor = visit().sign_in(team["clinician"])
        first = visitor.open(f"/people/{person.pk}/")
        second = first.context.new_page()
        second.goto(f"{visitor.address}/people/{person.pk}/hand-over/?give=phq2")
        second.get_by_label("PIN for this time").fill(PIN)
        second.get_by_role("button", name="Lock and hand over").click()
        second.wait_for_url("**/handover/")

        first.wait_for_url("**/handover/")
        assert Handover.objects.count() == 1


class TestLink:
    def test_answered_at_home_in_spanish_on_a_telephone(self, visit, team, person):
        check_in = send_check_in(
            patient=person,
            instruments=["phq2", "tea"],
            language="en",
            by=team["clinician"],
            at=timezone.now(),
        )
        link = f"/c/{token_of(check_in.nonce)}/"
        self._answers(visit(360), link)

        self._is_used_up(visit, link)
        totals = dict(Assessment.objects.values_list("instrument", "total"))
        assert totals == {"phq2": 4, "tea": 28}
        staff = visit().sign_in(team["clinician"])
        shown = staff.open(f"/people/{person.pk}/aftercare/")
        expect(shown.get_by_role("region", name="Check-in links")).to_contain_text(
            "answered"
        )
        staff.open(f"/people/{person.pk}/measures/")
        assert "28" in shown.locator("main").inner_text()

    def _answers(self, home, link):
        page = home.open(link)
        assert page.url.endswith("/c/")
        home.must_be_accessible("link-born", WIDTHS)
        page.get_by_role("button", name="Español").click()
        page.get_by_label("Su fecha de nacimiento").fill("3/14/1992")
        page.get_by_role("button", name="Continuar").click()
        page.locator("fieldset").first.get_by_text("Varios días").click()
        expect(page.locator("#saved")).to_have_text("Guardado")
        page.reload()
        expect(page.locator("[value='1']:checked").first).to_be_attached()
        page.locator("fieldset").nth(1).get_by_text("Casi todos los días").click()
        page.get_by_role("button", name="Siguiente").last.click()
        for number in range(4):
            page.locator("fieldset").nth(number).get_by_text("7", exact=True).click()
        expect(page.locator("#answered")).to_have_text("6")
        home.must_be_accessible("link-scale", WIDTHS)
        page.get_by_role("button", name="Siguiente").last.click()
        home.must_be_accessible("link-review", WIDTHS)
        page.get_by_role("button", name="Enviar mis respuestas").click()
        expect(page.locator("h1")).to_have_text("Gracias por contestar")
        home.must_be_accessible("link-thanks", WIDTHS)

    def _is_used_up(self, visit, link):
        again = visit(360)
        page = again.open(link)
        expect(page.locator("h1")).to_have_text("This link cannot be used any more")
        again.must_be_accessible("link-over", WIDTHS)

    def test_staff_make_it_and_see_it_once(self, visit, team, person):
        visitor = visit().sign_in(team["care_manager"])
        page = visitor.open(f"/people/{person.pk}/measures/")
        opened(page, "Give an instrument", "Give an instrument")
        # A button half under the sticky header would be measured as half a button.
        page.evaluate("scrollTo(0, 0)")
        visitor.must_be_accessible("give-choose", WIDTHS)
        page.get_by_label("PHQ-9, depression").check()
        page.get_by_role("button", name="Send a link").click()
        page.locator("#drawer h2", has_text="Send a link").wait_for()
        page.evaluate("scrollTo(0, 0)")
        visitor.must_be_accessible("link-new", WIDTHS)
        page.get_by_role("button", name="Make the link").click()
        page.wait_for_url("**/check-ins/*/")

        made = CheckIn.objects.get()
        expect(page.get_by_label("Copy it")).to_have_value(
            re.compile(re.escape(token_of(made.nonce)))
        )
        visitor.must_be_accessible("link-made", WIDTHS)
        page.reload()
        assert page.get_by_label("Copy it").count() == 0


def test_the_form_of_each_instrument_shuts_nobody_out(visit, team, person, subtests):
    visitor = visit().sign_in(team["clinician"])
    for key in sorted(instruments()):
        with subtests.test(key):
            visitor.open(f"/people/{person.pk}/measures/give/{key}/")
            visitor.must_be_accessible(f"give-{key}", WIDTHS)


def test_each_that_is_answered_alone_shuts_nobody_out(visit, team, person, subtests):
    visitor = visit()
    for key in ALONE:
        with subtests.test(key):
            # The one before was handed over: this is another session.
            visitor.page.context.clear_cookies()
            page = visitor.sign_in(team["clinician"]).open(
                f"/people/{person.pk}/hand-over/?give={key}"
            )
            page.get_by_label("PIN for this time").fill(PIN)
            page.get_by_role("button", name="Lock and hand over").click()
            page.wait_for_url("**/handover/")
            visitor.must_be_accessible(f"alone-{key}", WIDTHS)

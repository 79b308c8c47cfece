"""The decision in a real browser: tried otherwise, chosen against the wish, and kept."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from aftercare.models import FollowUp
from assessments.models import IntakeAnswer
from assessments.observations.kinds import BY_CODE
from medications.models import DecisionTalk, MedicationDecision
from tests.conftest import clinic_today
from tests.factories import PatientFactory
from tests.factories.assessments import (
    IntakeAnswerFactory,
    IntakeFactory,
    ObservationFactory,
)
from tests.factories.treatment import DoseEventFactory, RegimenFactory
from tests.journeys.conftest import WIDTHS
from tests.medications.pictures import READY
from treatment.models import Regimen

NEVER = ("last_short_acting_dt", "last_long_acting_dt", "last_bup_xr_dt")
FROM_ELSEWHERE = ("age", "rems", "dsm_count", "cows")


@pytest.fixture
def person(team):
    """Everything is known and clear; she wishes for the injection."""
    person = PatientFactory(
        clinic=team["clinic"], used_name="Alma", date_of_birth="1990-05-01"
    )
    know(person)
    return person


def know(person):
    wishes = {"preference": ["BUP_XR"], "child_pugh": 5, "severity": "severe"}
    facts = READY | dict.fromkeys(NEVER, "never") | wishes
    now = timezone.now()
    whose = {"clinic": person.clinic, "patient": person}
    intake = IntakeFactory(**whose, started_at=now)
    for name, value in facts.items():
        if name in FROM_ELSEWHERE:
            continue
        if name in BY_CODE and isinstance(value, int):
            told = {
                "code": name,
                "value": value,
                "effective_at": now,
                "recorded_at": now,
            }
            ObservationFactory(**whose, **told)
        else:
            said = {"question": name, "value": value, "answered_at": now}
            IntakeAnswerFactory(**whose, intake=intake, **said)


def column(page, key):
    return page.locator(f".mst-option:has(#o-{key})")


def test_weighed_tried_chosen_against_the_wish_and_kept(visit, team, person):
    visitor = visit().sign_in(team["prescriber"])
    page = visitor.open(f"/people/{person.pk}/medication/")

    try_other_answers(visitor)
    assert not MedicationDecision.objects.exists()
    turn_the_screen_in_spanish(page)
    choose_another_than_the_wish(visitor)

    made = MedicationDecision.objects.get()
    assert (made.choice, made.preference, made.is_concordant) == (
        "MTD",
        "BUP_XR",
        False,
    )
    # On a slow machine the turned screen may be sent twice: the newest counts.
    talks = DecisionTalk.objects.filter(patient=person)
    assert made.talk == talks.latest("sent_at", "pk")
    assert made.sure["sure"] is True
    called_for = FollowUp.objects.filter(
        patient=person, key__contains=f":decision:{made.pk}:"
    )
    assert called_for.count() == len(made.follows) > 3
    visitor.open(f"/people/{person.pk}/aftercare/")
    expect(page.get_by_text("Order the first dose: methadone").first).to_be_visible()
    visitor.open(f"/people/{person.pk}/medication/decisions/{made.pk}/")
    expect(page.get_by_text("the same, byte for byte")).to_be_visible()
    visitor.must_be_accessible("decision-recorded", WIDTHS)
    page.emulate_media(media="print")
    expect(page.get_by_text("It kept her well for years.")).to_be_visible()
    expect(page.locator(".mst-topbar")).to_be_hidden()


def try_other_answers(visitor):
    """The columns move with what is tried, and nothing is saved."""
    page, panel = visitor.page, visitor.page.locator("#what-if")
    page.get_by_role("link", name="What if").click()
    panel.get_by_label("QTc").fill("520")
    panel.get_by_label("QTc").press("Tab")
    expect(column(page, "MTD").locator(".mst-standing").first).to_have_text("Avoid")
    expect(column(page, "MTD")).to_contain_text("QTc 499 ms or less")
    expect(page.get_by_role("button", name="Accept with its tasks")).to_have_count(0)
    expect(column(page, "MTD")).to_contain_text("Only tried. Reset to choose.")
    panel.get_by_label("Another fact").select_option("rems")
    expect(panel.get_by_label("QTc")).to_have_value("520")
    panel.locator("label[for=id_if_rems_4]").click()
    shut = column(page, "BUP_XR").locator(".mst-standing").first
    expect(shut).to_have_text("Contraindicated")
    visitor.must_be_accessible("decision-tried", WIDTHS)
    page.set_viewport_size({"width": 1440, "height": 900})
    panel.get_by_role("link", name="Reset").click()
    standing = column(page, "MTD").locator(".mst-standing").first
    expect(standing).not_to_have_text("Avoid")


def turn_the_screen_in_spanish(page):
    """What matters is picked by the person, and moves the ranking."""
    page.get_by_role("link", name="Turn the screen to Alma").click()
    page.get_by_role("button", name="Español").click()
    page.get_by_text("Pocas visitas", exact=True).click()
    page.get_by_text("La inyección de buprenorfina", exact=True).click()
    page.get_by_label("En mis palabras").fill("Una vez al mes, por favor.")
    page.locator("label[for=su-sure-1]").click()
    page.get_by_role("button", name="Devolver").click()
    page.wait_for_url("**/medication/")
    expect(column(page, "BUP_XR")).to_contain_text("Few visits")
    expect(page.get_by_text("Una vez al mes, por favor.").first).to_be_visible()


def choose_another_than_the_wish(visitor):
    """It has to be said why, beside the field; what was typed stays."""
    page = visitor.page
    column(page, "MTD").get_by_role("link", name="Choose Methadone").click()
    writes = page.get_by_role("region", name="What recording this writes")
    expect(writes).to_contain_text("Offer naloxone")
    words = page.get_by_label("In their own words")
    expect(words).to_have_value("Una vez al mes, por favor.")
    page.get_by_role("button", name="Record this decision").click()
    expect(page.locator(".invalid-feedback").first).to_be_visible()
    expect(words).to_have_value("Una vez al mes, por favor.")
    visitor.must_be_accessible("decision-refused", WIDTHS)
    page.set_viewport_size({"width": 1440, "height": 900})
    for caution in page.locator("[name=acknowledged]").all():
        caution.check()
    page.get_by_label("Why this one").select_option("helped_before")
    page.get_by_label("The reason in words").fill("It kept her well for years.")
    page.get_by_role("button", name="Record this decision").click()
    page.wait_for_url("**/medication/")


def test_the_first_is_accepted_in_one_click(visit, team, person):
    visitor = visit().sign_in(team["prescriber"])
    page = visitor.open(f"/people/{person.pk}/medication/")

    page.get_by_role("button", name="Accept with its tasks").click()
    expect(page.locator("#toasts")).to_contain_text(
        "What follows from it is on the list"
    )

    made = MedicationDecision.objects.get()
    assert made.choice == "BUP_XR"
    assert FollowUp.objects.filter(patient=person, kind="order").exists()


def test_a_refused_answer_says_why_beside_its_field(visit, team, person):
    """What was typed stays, and the next try is kept."""
    newcomer = PatientFactory(clinic=person.clinic)
    visitor = visit().sign_in(team["prescriber"])
    page = visitor.open(f"/people/{newcomer.pk}/medication/")

    when = page.locator("[name=last_short_acting_dt__ago]")
    when.fill("6pm")
    when.press("Enter")
    expect(page.locator("#b-last_short_acting_dt-e")).to_contain_text("how long ago")
    expect(when).to_have_value("6pm")

    when.fill("8h")
    when.press("Enter")
    expect(page.locator("#b-last_short_acting_dt")).to_contain_text("saved")


def test_what_if_is_one_press_away_on_a_phone(visit, team, person):
    page = (
        visit(360).sign_in(team["prescriber"]).open(f"/people/{person.pk}/medication/")
    )

    expect(page.locator("#what-if")).to_be_hidden()
    page.get_by_role("link", name="What if").click()
    expect(page.locator("#what-if")).to_be_in_viewport()
    page.get_by_role("link", name="See the columns").click()
    expect(page.locator("#options")).to_be_in_viewport()


def test_a_tall_head_leaves_the_way_out_of_the_drawer_free(visit, team, person):
    visitor = visit().sign_in(team["prescriber"])
    page = visitor.open(f"/people/{person.pk}/medication/")
    page.locator(".mst-person").evaluate("head => head.style.minHeight = '14rem'")

    page.get_by_role("link", name="What if").click()
    page.mouse.wheel(0, 300)
    page.locator("#what-if .mst-drawer-head a, #what-if .mst-drawer-head button").click(
        timeout=5000
    )
    expect(page.locator("#what-if")).to_be_hidden()


def test_not_now_is_met_with_an_open_door(visit, team, person):
    visitor = visit().sign_in(team["prescriber"])
    page = visitor.open(f"/people/{person.pk}/medication/")
    page.get_by_role("link", name="Not now").click()
    expect(page.get_by_text("Care goes on")).to_be_visible()

    page.get_by_label("Why this one").select_option("person_chose")
    page.get_by_label("The reason in words").fill("Wants to think until Friday.")
    page.get_by_role("button", name="Record this decision").click()
    page.wait_for_url(f"**/people/{person.pk}/medication/")

    assert FollowUp.objects.filter(patient=person, kind="open_door").exists()


def test_an_earlier_day_stands_beside_today(visit, team, person):
    visitor = visit().sign_in(team["clinician"])
    page = visitor.open(f"/people/{person.pk}/medication/")

    page.get_by_role("link", name="An earlier day").click()
    expect(page.get_by_role("heading", name="Where the options stood")).to_be_visible()
    visitor.must_be_accessible("decision-earlier", WIDTHS)


class Hands:
    """Somebody at the mouse: each press and each field is one click."""

    def __init__(self, page):
        self.page, self.clicks = page, 0

    def press(self, place):
        self.clicks += 1
        place.click()

    def write(self, place, text):
        self.clicks += 1
        place.fill(text)

    def answer(self, key, label):
        """A quick answer of one bedside field; what it moved is swapped in."""
        field = self.page.locator(f"form#b-{key.replace('.', '-')}")
        with self.page.expect_response(lambda r: "/medication/ask/" in r.url):
            self.press(field.locator("label.btn", has_text=label))

    def tell(self, key, text):
        """What is typed into one bedside field, and left."""
        field = self.page.locator(f"#b-{key}-i")
        with self.page.expect_response(lambda r: "/medication/ask/" in r.url):
            self.write(field, text)
            field.press("Tab")


def test_a_walk_in_is_started_in_a_few_clicks(visit, team):
    """Fentanyl eight hours ago, COWS 9 with a sign, and nothing else known."""
    team["clinic"].is_otp = False
    team["clinic"].save()
    visitor = visit().sign_in(team["prescriber"])
    hands = Hands(visitor.open("/people/new/"))
    register(hands)
    page = hands.page
    hands.press(page.get_by_role("navigation", name="Chart").get_by_text("Medication"))
    page.wait_for_url("**/medication/")
    visitor.must_be_accessible("decision-walk-in", WIDTHS)
    page.set_viewport_size({"width": 1440, "height": 900})

    seen_and_said(hands)
    expect(page.locator("#askh .mst-count")).to_have_text("2")
    expect(column(page, "BUP_SL")).to_contain_text("Ask first (2)")
    expect(column(page, "MTD")).to_contain_text("refer today")
    hands.answer("last_long_acting_dt", "Never")
    hands.answer("mtd_dose", "None")
    hands.answer("allergy", "No known allergies")
    expect(page.locator("#ask")).to_contain_text("All answered")
    expect(page.locator("#b-allergy-none")).to_be_focused()
    expect(column(page, "BUP_SL")).to_contain_text("Can start today: 2 to 4 mg")
    visitor.must_be_accessible("decision-answered", WIDTHS)
    page.set_viewport_size({"width": 1440, "height": 900})

    choose_the_film(hands)
    assert Regimen.objects.get().medication == "BUP_SL"
    assert hands.clicks < 60


def register(hands):
    page = hands.page
    hands.write(page.get_by_label("Given name"), "Jonah")
    hands.write(page.get_by_label("Family name"), "Pike")
    hands.write(page.get_by_label("Date of birth", exact=True), "1997-03-14")
    hands.press(page.get_by_text("Male", exact=True))
    hands.write(page.get_by_label("Who sent them, and why"), "Walks in")
    hands.press(page.get_by_role("button", name="Register and open the intake"))
    page.wait_for_url("**/intake/**")


def seen_and_said(hands):
    page = hands.page
    hands.answer("severity", "Severe")
    hands.answer("resp", "None of these")
    hands.answer("dosing_assess", "Alert")
    hands.tell("last_fentanyl_dt", "8h")
    hands.tell("last_short_acting_dt", "8h")
    hands.answer("tolerance", "Usual")
    hands.press(page.locator("#more-asked > summary"))
    hands.tell("cows", "9")
    hands.answer("objective_sign", "Yes")


def choose_the_film(hands):
    page = hands.page
    hands.press(column(page, "BUP_SL").get_by_role("link", name="Choose"))
    page.wait_for_url("**/decide/BUP_SL/")
    for caution in page.locator("[name=acknowledged]").all():
        hands.press(caution)
    hands.write(page.get_by_label("First dose"), "Film 4 mg, now")
    hands.press(page.get_by_role("button", name="Record this decision"))
    page.wait_for_url("**/medication/")
    assert MedicationDecision.objects.get().choice == "BUP_SL"
    hands.press(page.get_by_role("link", name="Doses"))
    hands.press(page.get_by_role("link", name="Start what was decided"))
    hands.write(page.get_by_label("Dose"), "4")
    for task in page.locator("[name=confirmed]").all():
        hands.press(task)
    hands.press(page.get_by_role("button", name="Start"))
    page.wait_for_url("**/under-way/")


def test_back_after_missed_days_an_answer_moves_the_dose_of_today(visit, team):
    """Methadone, nine days missed: not known counts as none until it is answered."""
    person = PatientFactory(clinic=team["clinic"], date_of_birth="1990-05-01")
    today = clinic_today()
    RegimenFactory(patient=person, dose_mg=80, started_on=today - timedelta(days=80))
    DoseEventFactory(patient=person, on=today - timedelta(days=10), amount_mg=80)
    visitor = visit().sign_in(team["prescriber"])
    hands = Hands(visitor.open(f"/people/{person.pk}/medication/"))
    page, counts = hands.page, hands.page.locator("tr.is-now")
    expect(page.get_by_text("Methadone, interrupted")).to_be_visible()
    expect(counts).to_contain_text("None, some days, or not known")
    expect(column(page, "MTD")).to_contain_text("2.5 to 10 mg today")
    visitor.must_be_accessible("decision-restart", WIDTHS)
    page.set_viewport_size({"width": 1440, "height": 900})

    hands.answer("sedatives", "None of these")
    hands.tell("last_short_acting_dt", "5h")
    expect(counts).to_contain_text("None, some days, or not known")
    hands.press(page.locator("#more-asked > summary"))
    hands.answer("tolerance", "Usual")

    expect(counts).to_contain_text("Opioids daily")
    expect(column(page, "BUP_SL")).to_contain_text("2 to 4 mg today, after a score")
    visitor.must_be_accessible("decision-restart-answered", WIDTHS)


def test_a_question_is_answered_without_script(visit, team, person):
    """A form of its own, sent by its button; back at the questions."""
    IntakeAnswer.objects.filter(question="resp").delete()
    page = (
        visit(script=False)
        .sign_in(team["clinician"])
        .open(f"/people/{person.pk}/medication/")
    )
    field = page.locator("form#b-resp")
    field.locator("label.btn", has_text="None of these").click()
    field.get_by_role("button", name="Save").click()

    page.wait_for_url("**/medication/#ask")
    assert IntakeAnswer.objects.get(question="resp").value == []


def test_what_is_typed_while_an_answer_is_under_way_is_kept(visit, team):
    """Two questions in a row on a slow line: the first answer brings both anew."""
    person = PatientFactory(clinic=team["clinic"], date_of_birth="1990-05-01")
    page = visit().sign_in(team["clinician"]).open(f"/people/{person.pk}/medication/")
    held = []
    page.route("**/ask/severity/", lambda route: held.append(route))
    page.locator("form#b-severity label.btn", has_text="Severe").click()
    field = page.locator("#b-last_fentanyl_dt-i")
    field.press_sequentially("8h", delay=60)
    assert len(held) == 1
    held[0].continue_()

    expect(page.locator("form#b-severity")).to_contain_text("saved")
    expect(field).to_have_value("8h")
    expect(field).to_be_focused()
    with page.expect_response("**/ask/last_fentanyl_dt/"):
        field.press("Tab")
    expect(page.locator("form#b-last_fentanyl_dt")).to_contain_text("saved")


def test_an_unusual_dose_is_kept_once_it_was_confirmed(visit, team):
    person = PatientFactory(clinic=team["clinic"], date_of_birth="1990-05-01")
    page = visit().sign_in(team["clinician"]).open(f"/people/{person.pk}/medication/")
    form = page.locator("form#b-mtd_dose")
    form.evaluate("(e) => e.closest('details') && (e.closest('details').open = true)")
    form.locator(".form-control").fill("140")
    form.locator(".form-control").press("Tab")
    form.get_by_role("button", name="Keep 140").click()

    expect(form).to_contain_text("saved")
    assert IntakeAnswer.objects.get(question="mtd_dose").value == 140


def test_an_answer_that_did_not_arrive_is_said_and_can_be_given_again(visit, team):
    person = PatientFactory(clinic=team["clinic"], date_of_birth="1990-05-01")
    visitor = visit().sign_in(team["clinician"])
    page = visitor.open(f"/people/{person.pk}/medication/")
    form = page.locator("form#b-severity")
    severe = form.locator("label.btn", has_text="Severe")
    page.context.set_offline(True)
    severe.click()

    expect(page.locator("#toasts")).to_contain_text("Not saved")
    page.context.set_offline(False)
    severe.click()
    expect(form).to_contain_text("saved")
    visitor.faults.clear()

"""Every page, in every state, at both widths: nothing that shuts anybody out."""

import re

import pytest

from accounts.permissions import Role
from assessments.intake.quick import ALL_PAGES
from jobs.models import Job
from tests.journeys.conftest import WIDTHS
from tests.journeys.states import furnished

PERSON = "/people/{patient}/"

# Pages to open, by who opens them. {patient} has everything, the others have what
# their names say (tests/journeys/states.py).
PAGES = {
    Role.PRESCRIBER: [
        "/",
        "/people/",
        "/people/?q=nobody-of-this-name",
        "/people/new/",
        "/people/{empty}/",
        PERSON,
        "/people/{empty}/intake/",
        "/people/{done}/intake/?step=strengths",
        "/people/{empty}/measures/",
        PERSON + "measures/",
        PERSON + "measures/?show=phq9&show=obs.qtc&range=all&rows=all",
        PERSON + "measures/?show=&range=90",
        PERSON + "measures/timeline/",
        "/people/{empty}/measures/timeline/",
        PERSON + "measures/of/phq9/",
        PERSON + "measures/measured/qtc/",
        PERSON + "measures/{assessment}/",
        PERSON + "measures/{assessment}/amend/",
        PERSON + "measures/give/cows/",
        PERSON + "measures/give/phq9/",
        "/people/{empty}/medication/",
        PERSON + "medication/",
        PERSON + "medication/decide/BUP_SL/",
        PERSON + "medication/decide/NONE/",
        PERSON + "medication/decisions/{decision}/",
        PERSON + "medication/talk/",
        "/people/{empty}/medication/talk/?language=es",
        PERSON + "medication/talk/sheet/{sheet_paper}/",
        PERSON + "medication/talk/sheet/{sheet_paper}/?sheet=blank&language=es",
        PERSON + "medication/talk/ask/",
        "/decision-aid/",
        "/people/{empty}/medication/under-way/",
        PERSON + "medication/under-way/",
        "/people/{empty}/plan/",
        "/people/{blocked}/plan/",
        PERSON + "plan/",
        "/plans/{signed}/",
        "/plans/{plan}/print/{plan_paper}/",
        "/people/{empty}/aftercare/",
        PERSON + "aftercare/",
        "/people/{late}/aftercare/",
        PERSON + "record/",
        PERSON + "record/overdose/",
        PERSON + "events/{event}/",
        "/people/{empty}/contacts/",
        PERSON + "contacts/",
        PERSON + "details/",
        PERSON + "move/",
        PERSON + "moves/",
        PERSON + "status/",
        PERSON + "leave/",
        PERSON + "come-back/",
        PERSON + "death/",
        PERSON + "care-team/",
        "/people/{empty}/history/",
        PERSON + "history/",
        PERSON + "history/?show=acts",
        "/knowledge/",
        "/knowledge/?q=nothing-of-this-kind",
        "/knowledge/C14/",
        "/permissions/",
        "/alerts/",
        "/alerts/{alert}/",
        "/account/",
        "/staff/",
        "/people/999999999/",
    ],
    Role.CLINICIAN: [
        "/",
        PERSON + "medication/",
        "/people/{begun}/intake/",
        "/caseload/",
    ],
    Role.CARE_MANAGER: [
        "/",
        "/caseload/",
        "/caseload/?show=everyone",
        "/caseload/?show=everyone&mine=yes",
        "/caseload/?show=everyone&open={late}",
        "/caseload/?show=everyone&open={empty}",
        "/caseload/hand-over/",
        "/caseload/hand-over/?people={late},{empty}",
        "/caseload/assign/?people={late}",
        "/caseload/follow-up/?people={late}",
        "/caseload/shares/",
        "/caseload/views/save/",
        "/calendar/?whose=clinic",
        "/staff/{staff}/away/",
        PERSON,
        PERSON + "plan/",
    ],
    Role.MEDICAL_DIRECTOR: [
        "/",
        "/knowledge/",
        "/knowledge/?show=due",
        "/knowledge/?show=off",
        "/knowledge/C14/",
        "/knowledge/C89/",
        "/knowledge/C14/use/",
        "/knowledge/numbers/",
        "/knowledge/numbers/?q=nothing-of-this-kind",
        "/knowledge/medications/MTD/",
        "/knowledge/sign-off/?all=C7",
        "/knowledge/impact/{run}/",
    ],
    Role.ADMIN: [
        "/",
        "/caseload/?show=everyone",
        "/caseload/shares/",
        "/staff/",
        "/staff/invite/",
        "/staff/{staff}/",
        "/permissions/",
        "/audit/",
        "/audit/?verb=nothing",
        "/audit/changes/",
        "/audit/changes/?row=x",
        "/audit/?since=some-day",
        "/workers/",
        "/knowledge/",
        PERSON,
    ],
}
# Forms, opened and then sent back with what was wrong in them.
FORMS = [
    "/people/new/",
    "/people/{empty}/details/",
    "/people/{empty}/status/",
    "/people/{empty}/leave/",
    "/people/{empty}/death/",
    *[
        f"/people/{{empty}}/add/{kind}/"
        for kind in ("allergy", "condition", "medicine", "support", "contact")
    ],
    "/people/{empty}/measures/give/phq9/",
    "/people/{empty}/observations/add/",
    PERSON + "observations/{observation}/error/",
    PERSON + "measures/{assessment}/error/",
    "/people/{empty}/medication/decide/BUP_SL/",
    "/people/{empty}/medication/decide/NOT_NOW/",
    "/people/{empty}/medication/talk/ask/",
    "/people/{empty}/medication/talk/hand-over/",
    PERSON + "medication/start/",
    PERSON + "medication/regimens/{regimen}/stop/",
    PERSON + "medication/doses/add/",
    PERSON + "medication/toxicology/add/",
    "/plans/{plan}/add-need/",
    "/plans/goals/{goal}/",
    "/plans/needs/{need}/add/",
    "/plans/needs/{need}/set-aside/",
    "/plans/interventions/{intervention}/change/",
    "/plans/interventions/{intervention}/decline/",
    "/people/{empty}/aftercare/add/",
    "/people/{empty}/record/use/",
    PERSON + "events/{event}/correct/",
    "/follow-ups/{follow_up}/move/",
    "/follow-ups/{follow_up}/close/",
]
# Empties every field, chooses nothing, and sends past the browser's own checks.
SEND_EMPTY = """() => {
  const form = document.querySelector("#drawer form")
    || document.querySelector("main form[method=post]:has([name]:not([type=hidden]))");
  for (const field of form.elements) {
    if (field.type === "hidden") continue;
    if (field.type === "checkbox" || field.type === "radio") field.checked = false;
    else if (field.tagName === "SELECT") field.selectedIndex = -1;
    else field.value = "";
  }
  HTMLFormElement.prototype.submit.call(form);
}"""


@pytest.fixture
def house(live_server, transactional_db):
    return furnished()


def settled(page):
    """What loads by itself has come."""
    live = page.locator("#live")
    if live.count():
        live.locator("#lp").wait_for(state="attached")


def named(path):
    return re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-") or "home"


@pytest.mark.slow
@pytest.mark.parametrize("role", PAGES)
def test_every_page(visit, house, role, subtests):
    visitor = visit().sign_in(house.staff[role])
    for path in PAGES[role]:
        with subtests.test(path):
            settled(visitor.open(path.format(**house.words())))
            visitor.must_be_accessible(f"{role}-{named(path)}", WIDTHS)


@pytest.mark.slow
def test_every_step_of_the_intake(visit, house, subtests):
    # The same questions twice: axe looks at them narrow unanswered, wide answered.
    visitor = visit().sign_in(house.staff[Role.CLINICIAN])
    for step in ALL_PAGES:
        for who, width in (("begun", 360), ("patient", 1440)):
            with subtests.test(step.key, who=who):
                path = f"/people/{house.words()[who]}/intake/?step={step.key}"
                settled(visitor.open(path))
                name = f"intake-{step.key}-{who}"
                visitor.must_be_accessible(name, WIDTHS, axe_at=(width,))


def test_the_live_picture_opens_from_its_bar(visit, house):
    visitor = visit(360).sign_in(house.staff[Role.CLINICIAN])
    path = f"/people/{house.words()['patient']}/intake/?step=mind"
    page = visitor.open(path)
    settled(page)
    bar = page.locator("#livebar > summary")
    bar.get_by_text("to ask").wait_for()
    bar.click()
    page.locator("#live #lp").wait_for()
    visitor.must_be_accessible("intake-live-open")


@pytest.mark.slow
def test_every_form_with_its_errors(visit, house, subtests):
    # The same fields twice: axe looks at them wide when opened, narrow with the errors.
    visitor = visit().sign_in(house.staff[Role.PRESCRIBER])
    for path in FORMS:
        with subtests.test(path):
            visitor.open(path.format(**house.words()))
            visitor.must_be_accessible(f"form-{named(path)}", WIDTHS, axe_at=(1440,))
            with visitor.page.expect_navigation() as sent:
                visitor.page.evaluate(SEND_EMPTY)
            assert sent.value.status == 400
            assert visitor.page.locator(".mst-errors, .invalid-feedback").count()
            visitor.must_be_accessible(f"{named(path)}-errors", WIDTHS, axe_at=(360,))


def test_signing_off_a_rule(visit, house):
    visitor = visit().sign_in(house.staff[Role.MEDICAL_DIRECTOR])
    page = visitor.open("/knowledge/C89/")
    page.get_by_text("Use with our own number", exact=True).click()
    page.locator("[name=number_travel_far]").fill("500")
    page.get_by_role("button", name="Sign off as").click()
    page.get_by_text("Not signed").wait_for()
    visitor.must_be_accessible("sign-off-refused", WIDTHS)

    page.locator("[name=number_travel_far]").fill("15")
    page.get_by_role("button", name="See first whose options change").click()
    page.wait_for_url("**/knowledge/impact/*/")
    visitor.must_be_accessible("impact-done", WIDTHS)
    for status in ("waiting", "failed"):
        at = None if status == "waiting" else house.at
        Job.objects.update(status=status, ended_at=at, total=9)
        page.reload()
        visitor.must_be_accessible(f"impact-{status}", WIDTHS)

    page.get_by_role("link", name="Ask again").click()
    page.locator("[name=reason]").fill("Buses are rare here.")
    page.get_by_role("button", name="Sign off as").click()
    page.get_by_text("Used with this clinic's own number.").wait_for()
    visitor.must_be_accessible("signed-with-own-number", WIDTHS)


def test_signing_off_several(visit, house):
    visitor = visit().sign_in(house.staff[Role.MEDICAL_DIRECTOR])
    page = visitor.open("/knowledge/sign-off/")
    page.get_by_role("button", name="See the list again").click()
    page.get_by_text("Nothing signed").wait_for()
    visitor.must_be_accessible("several-none-chosen", WIDTHS, axe_at=(360,))

    page.get_by_label("C46").check()
    page.get_by_role("button", name="See the list again").click()
    page.get_by_role("heading", name="Sign off 1 rule?").wait_for()
    visitor.must_be_accessible("several-sure", WIDTHS)


def test_a_clinic_with_nobody_in_it(visit, team, subtests):
    for role, paths in {
        "prescriber": ("/", "/people/", "/caseload/?show=everyone"),
        "care_manager": ("/", "/caseload/", "/caseload/?show=everyone"),
        "admin": ("/workers/", "/audit/"),
    }.items():
        visitor = visit().sign_in(team[role])
        for path in paths:
            with subtests.test(f"{role}: {path}"):
                visitor.open(path)
                visitor.must_be_accessible(f"nobody-{role}-{named(path)}", WIDTHS)


def test_coming_in(visit, team, settings):
    settings.AXES_FAILURE_LIMIT = 2
    visitor = visit()
    visitor.open("/sign-in/")
    visitor.must_be_accessible("sign-in", WIDTHS)
    for state in ("error", "locked"):
        visitor.page.get_by_label("E-mail").fill(team["admin"].email)
        visitor.page.get_by_label("Password").fill("not this one, surely")
        with visitor.page.expect_navigation():
            visitor.page.get_by_role("button", name="Sign in").click()
        visitor.must_be_accessible(f"sign-in-{state}", WIDTHS)
    assert "closed" in visitor.page.locator("main").inner_text()


def test_a_refused_answer(visit, house):
    visitor = visit().sign_in(house.staff[Role.PRESCRIBER])
    page = visitor.open(f"/people/{house.people['begun'].pk}/intake/?step=opioids")
    settled(page)
    days = page.get_by_role(
        "textbox", name="How old were they when opioids became part of most weeks?"
    )
    days.fill("ninety")
    days.blur()
    page.locator("#s-first_opioid_age.is-failed").wait_for()
    # Half a row under the head of the page is no small target.
    page.evaluate("scrollTo(0, 0)")
    visitor.must_be_accessible("intake-refused", WIDTHS)


def test_somebody_like_this_is_known(visit, house):
    visitor = visit().sign_in(house.staff[Role.CLINICIAN])
    page = visitor.open("/people/new/")
    known = house.people["late"]
    page.get_by_label("Given name", exact=True).fill(known.given_name)
    page.get_by_label("Family name").fill(known.family_name)
    page.get_by_label("Date of birth", exact=True).fill(f"{known.date_of_birth}")
    page.get_by_text("Female", exact=True).click()
    page.get_by_label("Who sent them, and why").fill("Emergency visit")
    page.get_by_role("button", name="Register and open the intake").click()
    page.get_by_text("Is it one of these people?").wait_for()
    visitor.must_be_accessible("register-known", WIDTHS)


def test_the_menu_of_a_narrow_window(visit, team):
    visitor = visit().sign_in(team["prescriber"])
    visitor.page.set_viewport_size({"width": 360, "height": 900})
    menu = visitor.page.locator(".mst-menu")
    menu.get_by_text("Menu").press("Enter")
    visitor.must_be_accessible("menu")

    menu.get_by_role("button", name="Sign out").press("Enter")
    visitor.page.wait_for_url("**/sign-in/")

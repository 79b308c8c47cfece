"""Sent twice, sent with other content, sent too late, refused: as a browser shows it."""

import datetime as dt

from django.utils import timezone

from accounts.entry_rows import SEEN_AT, StaffSession
from accounts.models import UnsentText
from accounts.permissions import Role
from aftercare.models import OutreachAttempt
from plans.models import Goal, Plan
from tests.factories import PatientFactory
from tests.factories.plans import drafted
from tests.journeys.conftest import WIDTHS

NOTE = "She wants to come on Monday, with her sister, and bring the letter."


# The contact form of the page, sent with this token and this note.
SUBMIT = """([token, note]) => {
  const form = document.querySelector("form[action$='/contact/']");
  const set = (name, value) => {
    form.querySelectorAll(`[name=${name}]`).forEach((one) => one.remove());
    const field = document.createElement("input");
    field.type = "hidden"; field.name = name; field.value = value;
    form.append(field);
  };
  set("once", token); set("note", note); set("outcome", "no_answer");
  form.submit();
}"""


def everybody_idle():
    """Sixteen minutes without a word, in every session."""
    for session in StaffSession.objects.all():
        store = session.get_session_store_class()(session.session_key)
        store[SEEN_AT] = (timezone.now() - dt.timedelta(minutes=16)).timestamp()
        store.save()


def test_two_clicks_on_a_slow_line_are_one_contact(visit, team):
    person = PatientFactory(clinic=team["clinic"])
    visitor = visit().sign_in(team[Role.CARE_MANAGER])
    page = visitor.open(f"/people/{person.pk}/aftercare/")
    form = page.locator("form[action$='/aftercare/contact/']").first
    sent = form.evaluate(
        """async (form) => {
          const body = () => {
            const data = new FormData(form);
            data.set("outcome", "no_answer");
            return new URLSearchParams(data);
          };
          const send = () => fetch(form.action, {method: "POST", body: body()});
          return (await Promise.all([send(), send(), send()])).map((one) => one.status);
        }"""
    )

    assert sent == [200, 200, 200]
    assert OutreachAttempt.objects.count() == 1


def test_other_content_and_no_token_are_said_on_pages_for_everybody(visit, team):
    person = PatientFactory(clinic=team["clinic"])
    visitor = visit().sign_in(team[Role.CARE_MANAGER])
    for name, token in (("no-token", ""), ("sent-already", "the-token-of-this-form")):
        for note in ("First.", NOTE):
            page = visitor.open(f"/people/{person.pk}/aftercare/")
            with page.expect_navigation():
                page.evaluate(SUBMIT, [token, note])
        assert NOTE in page.text_content("main")
        visitor.must_be_accessible(f"doors-{name}", WIDTHS)
    page.get_by_role("button", name="Send this too").click()
    page.wait_for_url("**/aftercare/")
    assert OutreachAttempt.objects.filter(note=NOTE).count() == 1


def test_what_is_typed_too_late_is_kept_and_sent(visit, team):
    staff = team[Role.PRESCRIBER]
    clinic = team["clinic"]
    plan = drafted(PatientFactory(clinic=clinic), staff, timezone.now())
    goal = plan.goals.first()
    visitor = visit().sign_in(staff)
    page = visitor.open(f"/plans/goals/{goal.pk}/")
    page.get_by_label("In the person's own words").fill(NOTE)
    everybody_idle()
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/sign-in/**")
    assert "kept for 12 hours" in page.text_content("main")
    page.get_by_label("E-mail").fill(staff.email)
    page.get_by_label("Password").fill("correct horse battery staple")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/not-saved-yet/")
    assert NOTE in page.text_content("main")
    visitor.must_be_accessible("doors-not-saved-yet", WIDTHS)

    page.get_by_role("button", name="Send it now").click()
    page.wait_for_url("**/plan/**")

    assert Goal.objects.get(pk=goal.pk).own_words == NOTE
    assert not UnsentText.objects.exists()


def test_an_overtaken_edit_and_signature_show_both(visit, team):
    staff = team[Role.PRESCRIBER]
    clinic = team["clinic"]
    plan = drafted(PatientFactory(clinic=clinic), staff, timezone.now())
    goal = plan.goals.first()
    visitor = visit().sign_in(staff)
    page = visitor.open(f"/plans/goals/{goal.pk}/")
    page.get_by_label("In the person's own words").fill(NOTE)
    Goal.objects.filter(pk=goal.pk).update(own_words="A door that locks.")
    page.get_by_role("button", name="Save").click()

    page.get_by_text("It says now: “A door that locks.”").first.wait_for()
    assert page.get_by_label("In the person's own words").input_value() == NOTE
    visitor.must_be_accessible("doors-overtaken", WIDTHS)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/plan/**")
    assert Goal.objects.get(pk=goal.pk).own_words == NOTE
    assert Plan.objects.get(pk=plan.pk).is_draft


def test_the_pages_of_refusals_are_for_everybody(visit, team):
    visitor = visit().sign_in(team[Role.CARE_MANAGER])
    for name, path in (("403", "/audit/"), ("404", "/people/999999999/")):
        visitor.open(path)
        visitor.must_be_accessible(f"doors-{name}", WIDTHS)

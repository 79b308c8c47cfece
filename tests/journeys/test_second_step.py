"""A second step set up and used, and the second look at who is there, in a browser."""

import datetime as dt

import pyotp
from django.utils import timezone

from accounts.entry import codes, sealing
from accounts.entry.step_up import CONFIRMED_AT
from accounts.entry_rows import CodeApp, Passkey, StaffSession
from accounts.permissions import Role
from plans.models import Plan
from tests.factories import PatientFactory
from tests.factories.accounts import PASSWORD
from tests.factories.plans import drafted, ready
from tests.journeys.conftest import WIDTHS

SECRET = "JBSWY3DPEHPK3PXP" * 2


def code_after(staff, secret):
    """The next code of an app that has not been used: time need not pass."""
    CodeApp.objects.filter(staff=staff).update(last_step=0)
    return pyotp.TOTP(secret).at(timezone.now())


def give_password(visitor, staff):
    page = visitor.open("/sign-in/")
    page.get_by_label("E-mail").fill(staff.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Second step").wait_for()
    return page


def sign_out(page):
    page.set_viewport_size({"width": 1440, "height": 900})
    page.locator(".mst-topbar > form.mst-sign-out button").click()
    page.wait_for_url("**/sign-in/")


def nobody_confirmed_lately():
    for session in StaffSession.objects.all():
        store = session.get_session_store_class()(session.session_key)
        store[CONFIRMED_AT] = (timezone.now() - dt.timedelta(minutes=11)).timestamp()
        store.save()


def set_up_app(visitor):
    """The secret of the app, and the recovery codes that came with it."""
    page = visitor.open("/account/")
    visitor.must_be_accessible("account", WIDTHS)
    page.get_by_role("link", name="Set up").click()
    secret = page.locator(".mst-panel-body .mst-strong").inner_text().replace(" ", "")
    visitor.must_be_accessible("app", WIDTHS)
    page.get_by_label("Six digits").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Set up").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    kept = page.locator("code").all_inner_texts()
    visitor.must_be_accessible("recovery-codes", WIDTHS)
    page.get_by_role("link", name="I have them").click()
    return secret, kept


def test_an_app_is_set_up_then_asked_for_and_a_recovery_code_stands_in(visit, team):
    staff = team[Role.CLINICIAN]
    visitor = visit().sign_in(staff)
    secret, kept = set_up_app(visitor)
    assert len(kept) == codes.RECOVERY_CODES

    sign_out(visitor.page)
    visitor.must_be_accessible("sign-in", WIDTHS)
    page = give_password(visitor, staff)
    page.get_by_label("Six digits").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("not right").wait_for()
    visitor.must_be_accessible("second-step", WIDTHS)
    page.get_by_label("Six digits").fill(code_after(staff, secret))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)

    sign_out(page)
    page = give_password(visitor, staff)
    page.get_by_role("link", name="Use a recovery code").click()
    page.get_by_label("Recovery code").fill(kept[0].upper())
    visitor.must_be_accessible("second-step-recovery", WIDTHS)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("9 recovery codes are left").wait_for()


def test_a_passkey_is_made_and_signs_in(visit, team):
    staff = team[Role.CLINICIAN]
    visitor = visit().sign_in(staff)
    devices = visitor.page.context.new_cdp_session(visitor.page)
    devices.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    seen = {"hasUserVerification": True, "isUserVerified": True}
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": key | seen | {"automaticPresenceSimulation": True}},
    )
    page = visitor.open("/account/passkeys/new/")
    visitor.must_be_accessible("passkey", WIDTHS)
    page.locator("#id_name").fill("Room 3")
    page.get_by_role("button", name="Make a passkey").click()
    page.get_by_role("link", name="I have them").click()
    page.get_by_role("button", name="Remove Room 3").wait_for()
    assert Passkey.objects.get().staff == staff

    sign_out(page)
    page = give_password(visitor, staff)
    page.get_by_role("button", name="Use a passkey or key").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)

    sign_out(page)
    page.get_by_role("link", name="Use a passkey").click()
    page.get_by_role("button", name="Use a passkey").wait_for()
    page.wait_for_load_state()
    visitor.must_be_accessible("passkey-sign-in", WIDTHS)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)

    # The second look takes it too.
    nobody_confirmed_lately()
    page = visitor.open("/account/password/")
    page.get_by_role("button", name="Passkey").click()
    page.get_by_role("heading", name="Change password").wait_for()


def test_a_plan_is_signed_by_who_proves_who_they_are(visit, team):
    prescriber = team[Role.PRESCRIBER]
    CodeApp.objects.create(
        staff=prescriber,
        sealed=sealing.seal(SECRET),
        last_step=0,
        added_at=timezone.now(),
    )
    person = PatientFactory(clinic=team["clinic"])
    plan = ready(drafted(person, prescriber))
    visitor = visit()
    page = give_password(visitor, prescriber)
    page.get_by_label("Six digits").fill(code_after(prescriber, SECRET))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)

    nobody_confirmed_lately()
    page = visitor.open(f"/plans/{plan.pk}/")
    page.locator(".mst-signbar button[type=submit]").click()
    page.get_by_role("heading", name="Is it you").wait_for()
    visitor.must_be_accessible("step-up", WIDTHS)
    assert Plan.objects.get(pk=plan.pk).status == Plan.Status.DRAFT
    page.get_by_label("Six digits").fill(code_after(prescriber, SECRET))
    page.get_by_role("button", name="Yes, go on").click()
    page.wait_for_url(lambda url: "/sign/" not in url)

    assert Plan.objects.get(pk=plan.pk).status == Plan.Status.SIGNED

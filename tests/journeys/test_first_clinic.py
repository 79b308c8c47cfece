"""From an empty database to the first signed plan: a clinic begins."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.clinic_settings.opening import make_key
from accounts.models import Clinic, Staff
from jobs.models import Heartbeat
from patients.models import Icd10Code, Patient
from tests.conftest import account_mails
from tests.journeys.test_main_path import (
    at_keyboard,
    decide,
    draft_and_sign,
    register,
    take_intake,
)

PASSWORD = "correct horse battery staple"
DIRECTOR, COUNSELOR = "ines@clinic.example", "samir@clinic.example"


@pytest.fixture
def empty_site(live_server, transactional_db):
    """As a migration leaves it: the codes, and a key that was printed."""
    Icd10Code.objects.create(
        code="F11.20", title="Opioid dependence", search_text="f11.20 opioid"
    )
    return make_key(at=timezone.now())


def test_a_clinic_begins(visit, empty_site):
    admin = visit()
    open_the_site(admin, empty_site)
    set_everything(admin)
    invite(admin, "Ines Marchetti", DIRECTOR, "MD", "Clinician, prescriber", "Medical")
    invite(admin, "Samir Haddad", COUNSELOR, "LCSW", "Clinician")
    for link in links():
        take_up(visit(), link)
    open_for_people(admin)

    clinician = at_keyboard(visit(), Staff.objects.get(email=COUNSELOR))
    register(clinician)
    person = Patient.objects.get()
    take_intake(clinician, person)
    director = Staff.objects.get(email=DIRECTOR)
    decide(at_keyboard(visit(), director), person, director)
    draft_and_sign(clinician, person, Staff.objects.get(email=COUNSELOR))


def open_the_site(admin, key):
    page = admin.open("/")
    expect(page.get_by_role("heading", name="Set up Mainstay")).to_be_visible()
    admin.must_be_accessible("first-run", (1440, 360))
    page.get_by_label("Key").fill(key)
    page.get_by_label("Your name").fill("Grace Mbeki")
    page.get_by_label("Your e-mail").fill("grace@clinic.example")
    page.get_by_label("Name of the clinic").fill("Mill Road Clinic")
    page.get_by_label("Record numbers begin with").fill("301")
    page.get_by_role("button", name="Open the clinic").click()
    choose_password(page)
    expect(page.get_by_text("Set up Mill Road Clinic")).to_be_visible()
    admin.must_be_accessible("set-up", (1440, 360))
    assert not Clinic.objects.get().takes_people


def choose_password(page):
    """By the link of an invitation, and then in."""
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    email = Staff.objects.order_by("-pk").first().email
    page.get_by_role("button", name="Set password").click()
    page.wait_for_url(lambda url: "/set-password/" not in url)
    if "/sign-in/" in page.url:
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/sign-in/" not in url)


def set_everything(admin):
    page = admin.open("/clinic/")
    admin.must_be_accessible("settings", (1440, 360))
    page.set_viewport_size({"width": 1440, "height": 900})
    panel(
        page,
        "Clinic",
        {"Address (optional)": "1 Mill Road", "Telephone": "555-010-0300"},
    )
    panel(page, "Clinic", {"After-hours line (optional)": "555-010-0400"})
    page.get_by_label("Duty role").select_option("prescriber")
    panel(page, "Duty", {})
    page.get_by_text("Change the hours").click()
    hours = {f"{day}, open": "06:00 to 17:00" for day in ("Monday", "Tuesday")}
    panel(page, "Days and hours", hours, tells="Closed from now on: Wednesday")
    expect(page.get_by_text("Mon to Tue 06:00-17:00")).to_be_visible()
    page.get_by_label("State (optional)", exact=True).select_option("NY")
    panel(page, "Program and state", {})


def panel(page, title, typed, tells=""):
    """Save one panel; one that tells what it moves is saved at the second press."""
    region = page.get_by_role("region", name=title, exact=True)
    for label, words in typed.items():
        region.get_by_label(label, exact=False).first.fill(words)
    save = region.get_by_role("button", name=f"Save {title.lower()}")
    save.click()
    if tells:
        expect(region.get_by_role("alert")).to_contain_text(tells)
        save.click()
    expect(page.get_by_role("status")).to_contain_text("saved")


def invite(admin, name, email, credentials, *roles):
    page = admin.open("/staff/invite/")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label(re.compile("^Credentials")).fill(credentials)
    for role in roles:
        page.get_by_role("checkbox", name=role).first.check()
    page.get_by_role("button", name=re.compile("nvit")).click()
    page.wait_for_url(re.compile("/staff/$"))


def links():
    told = account_mails(Clinic.objects.get())
    return [re.search(r"/set-password/\S+", one.body)[0] for one in told]


def take_up(visitor, link):
    page = visitor.open(link)
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.get_by_role("button", name="Set password").click()
    page.wait_for_url(lambda url: "/set-password/" not in url)


def open_for_people(admin):
    Heartbeat.objects.create(
        clinic=Clinic.objects.get(), queue="mail", beat_at=timezone.now()
    )
    page = admin.open("/")
    page.get_by_role("button", name="Open for people").click()
    expect(page.get_by_role("heading", name="Needs you first")).to_be_visible()
    admin.must_be_accessible("home-admin", (1440, 360))
    page = admin.open(f"/staff/{Staff.objects.get(email=COUNSELOR).pk}/leaving/")
    admin.must_be_accessible("staff-leaving", (1440, 360))
    assert Clinic.objects.get().takes_people

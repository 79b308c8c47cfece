"""From referral to follow-ups kept, by keyboard alone."""

import csv
import datetime as dt
import re

from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import AuditEvent
from aftercare.models import FollowUp, OutreachAttempt
from assessments.models import Assessment, Intake, IntakeAnswer
from assessments.picture.assemble import picture_of
from knowledge.instruments.registry import find
from medications.models import MedicationDecision
from medications.options.evaluate import evaluate
from medications.options.model import Standing
from patients.models import Patient
from plans.models import Plan
from tests.journeys.answering import Cell, answer
from tests.journeys.conftest import PASSWORD
from tests.journeys.keyboard import Keyboard

# What is said in each step; enough for buprenorphine and methadone to be weighed.
SAID = {
    "Referral and safety": [
        ("What brings them here, in their own words?", "I want mornings back."),
        ("What do they ask for?", "Medication"),
        ("Have they ever had an overdose?", "In the past 12 months"),
        ("Opioid tolerance now", "Usual"),
        ("How are they right now?", "Alert"),
    ],
    "Opioid use": [
        ("Which opioids have they used in the past 30 days?", "Heroin"),
        ("How do they use each of them?", Cell("Last used", "14h")),
        ("When was the last long-acting opioid?", "Never"),
        ("Physically dependent on opioids now?", "Yes"),
        *[(item.prompt.en, "Met") for item in find("dsm5_oud").items],
        ("Resting pulse, after one minute", "108"),
        ("Sweating, past half hour", "flushed or moist face"),
        ("Restlessness", "shifts often"),
        ("Pupil size", "moderately dilated"),
        ("Bone or joint aches from withdrawal", "mild, diffuse"),
        ("Runny nose or tearing", "running or tearing"),
        ("Stomach upset, past half hour", "cramps"),
        ("Tremor of outstretched hands", "felt, not seen"),
        ("Yawning during the assessment", "once or twice"),
        ("Anxiety or irritability", "obvious"),
        ("Gooseflesh", "skin smooth"),
    ],
    "Other substances": [
        ("How often a drink with alcohol", "Never"),
        ("Which sedatives do they take, prescribed or not?", "None of these"),
    ],
    "Body": [
        ("Could they be pregnant?", "No"),
        ("Congenital long QT, or a class IA or III antiarrhythmic?", "No"),
        ("Breathing", "None of these"),
        ("Gut obstruction, known or suspected", "No"),
        ("Which other medicines do they take?", "Takes no other medicine"),
        ("Allergies", "No known allergies"),
    ],
    "Mind": [("Mental health conditions", "None of these")],
    "Social": [
        ("Living situation today", "A steady place"),
        ("Can medication be locked away at home?", "Yes"),
    ],
    "Strengths and preferences": [
        ("What do they want to be different in three months?", "See my daughter."),
        (
            "After hearing about the options, what do they prefer?",
            "Buprenorphine, daily",
        ),
    ],
}


def at_keyboard(visitor, staff, path="/"):
    visitor.open(path)
    hands = Keyboard(visitor.page)
    hands.sign_in(staff.email, PASSWORD)
    return hands


def test_from_referral_to_follow_ups_kept(visit, team):
    clinician = at_keyboard(visit(), team["clinician"])
    register(clinician)
    person = Patient.objects.get()
    take_intake(clinician, person)

    prescriber = at_keyboard(visit(), team["prescriber"])
    decide(prescriber, person, team["prescriber"])

    plan = draft_and_sign(clinician, person, team["clinician"])
    see_follow_ups(clinician, plan)

    care_manager = at_keyboard(visit(), team["care_manager"])
    reach_from_the_caseload(care_manager, person, team["care_manager"])

    admin = at_keyboard(visit(), team["admin"])
    export(admin, person, team["admin"])


def register(hands):
    hands.follow("link", "Register someone", to="/people/new/")
    hands.write("Given name", "Nora")
    hands.write("Family name (optional)", "Ellison")
    hands.write("Name they use (optional)", "Nory")
    hands.day(
        hands.page.get_by_label("Date of birth", exact=True), dt.date(1992, 3, 14)
    )
    hands.choose(hands.page.get_by_role("radio", name="Female"))
    hands.write("Phone (optional)", "555-010-0142")
    hands.reach(hands.page.get_by_label("Language", exact=True))
    hands.write("Who sent them, and why", "Emergency visit after an overdose")
    hands.follow("button", "Register and open the intake", to=r"/people/\d+/intake/")

    person = Patient.objects.get()
    assert (person.given_name, person.family_name) == ("Nora", "Ellison")
    assert person.date_of_birth == dt.date(1992, 3, 14)


def take_intake(hands, person):
    if not Intake.objects.exists():
        hands.follow("button", "Start the intake", to="/intake/")
    for number, (step, said) in enumerate(SAID.items(), start=1):
        heading = hands.page.get_by_role("heading", level=2, name=step)
        expect(heading).to_be_visible()
        before = IntakeAnswer.objects.filter(is_known=True).count()
        for question, words in said:
            answer(hands, question, words)
        kept = IntakeAnswer.objects.filter(is_known=True).count()
        assert kept == before + len(said), step
        if number < len(SAID):
            hands.follow("link", re.compile("^Next: "), to="step=")
    hands.follow("button", "Complete the intake", to="/medication/")
    assert Intake.objects.get(patient=person).status == Intake.Status.COMPLETE


def decide(hands, person, by):
    found = evaluate(picture_of(person, at=timezone.now()))
    assert found.option("BUP_SL").standing is not Standing.NEEDS_DATA
    assert found.option("MTD").standing is not Standing.NEEDS_DATA
    cows = Assessment.objects.get(patient=person, instrument="cows")
    assert (cows.total, cows.band) == (17, "moderate")

    find(hands, person)
    hands.follow("link", "Medication", to="/medication/", within=tabs(hands))
    column = hands.page.get_by_role("region", name="Buprenorphine, daily").first
    expect(column).to_be_visible()
    assert column.locator(".mst-because li").count()
    assert column.locator("a.mst-rule").count()

    hands.follow("link", re.compile("^Choose"), to="/decide/BUP", within=column)
    hands.write("First dose (optional)", "Film 4 mg, today at 16:00")
    accept_cautions(hands)
    hands.follow("button", "Record this decision", to=r"/medication/$")
    decision = MedicationDecision.objects.get(patient=person)
    assert (decision.choice, decision.decided_by) == ("BUP_SL", by)
    assert decision.picture["facts"]


def accept_cautions(hands):
    """What the rules ask for beside the choice, as far as this person needs it."""
    for box in hands.page.get_by_role("group", name="Cautions read").all():
        for caution in box.get_by_role("checkbox").all():
            hands.tick(caution)
    reason = hands.page.get_by_label("Why this one", exact=True)
    if reason.count():
        hands.pick(reason, "Person")
        hands.write("The reason in words", "It is what she wishes for.")


def find(hands, person):
    hands.reach(hands.page.get_by_role("searchbox", name=re.compile("^Find a person")))
    hands.page.keyboard.type("ellison")
    hands.page.keyboard.press("Enter")
    hands.page.wait_for_url(re.compile(r"/people/\?find=\d+$"))
    hands.follow("link", "Nory", to=f"/people/{person.pk}/")


def tabs(hands):
    return hands.page.get_by_role("navigation", name="Chart")


def draft_and_sign(hands, person, by):
    hands.follow("link", "Plan", to="/plan/", within=tabs(hands))
    hands.press("button", "Draft the plan")
    expect(hands.page.get_by_role("heading", name="Plan, first draft")).to_be_visible()
    hands.press("button", re.compile("^Accept every open suggestion"))
    expect(hands.page.locator(".mst-iv.is-suggested")).to_have_count(0)
    hands.write("Nory Ellison signs here too (or later)", "Nora Ellison")
    hands.press("button", "Sign the plan")
    expect(hands.page.get_by_role("status").last).to_contain_text("Plan signed")
    plan = Plan.objects.get(patient=person)
    assert (plan.status, plan.signed_by) == (Plan.Status.SIGNED, by)
    assert plan.signatures.count() == 2
    return plan


def see_follow_ups(hands, plan):
    owed = FollowUp.objects.open().filter(plan=plan)
    assert owed.count() > 1
    hands.follow("link", re.compile("^Aftercare"), to="/aftercare/", within=tabs(hands))
    for one in owed:
        expect(hands.page.locator(f"#follow-up-{one.pk}")).to_contain_text(one.title)


def reach_from_the_caseload(hands, person, by):
    hands.follow("link", "Caseload", to="/caseload/")
    show_everyone(hands)
    hands.pressed = 0
    row = hands.page.locator(f"#row-{person.pk}")
    hands.press("link", re.compile("^(Call|Record a contact)"), within=row)
    expect(row.get_by_text("What happened?")).to_be_visible()
    hands.press("button", "Left safe message", within=row)
    expect(hands.page.locator("#toasts")).to_contain_text("recorded")
    assert hands.pressed <= 3
    attempt = OutreachAttempt.objects.get(patient=person)
    assert (attempt.outcome, attempt.made_by) == ("left_message", by)

    hands.press("button", "Undo")
    expect(hands.page.locator("#toasts")).to_contain_text("Taken back")
    attempt.refresh_from_db()
    assert attempt.taken_back_by == by


def show_everyone(hands):
    link = hands.page.get_by_role("link", name=re.compile("^Everyone"))
    hands.reach(link.first)
    hands.page.keyboard.press("Enter")
    hands.page.wait_for_url(re.compile("show=everyone"))


def export(hands, person, by):
    hands.follow("link", "Caseload: numbers and dates", to="/caseload/export/")
    hands.choose(hands.page.get_by_role("radio", name="Work with the list"))
    hands.write("Reason, kept with it", "Saturday calls")
    with hands.page.expect_download() as download:
        hands.press("button", "Make the file")
    with open(download.value.path(), newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    # By record number alone: an admin reads no charts.
    assert [row for row in rows if person.mrn in row.values()]
    assert not {"Name", "Medicine"} & rows[0].keys()

    hands.follow("link", "Audit", to="/audit/")
    exported = AuditEvent.objects.get(verb__contains="export")
    assert exported.staff_id == by.pk
    line = hands.page.get_by_role("listitem").filter(has_text="exported the caseload")
    expect(line.first).to_contain_text(by.name)

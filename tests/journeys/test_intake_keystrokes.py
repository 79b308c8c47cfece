"""A complete intake by keyboard alone: how many keys it takes, counted and printed."""

import sys

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from assessments.actions.intake import start_intake
from assessments.intake.catalogue import STEPS
from assessments.intake_page.answers import answers_of
from assessments.models import Assessment, Intake
from assessments.picture.assemble import picture_of
from medications.options.evaluate import evaluate
from medications.options.model import Standing
from tests.conftest import clinic_today
from tests.factories import PatientFactory

MOST = 180
FOCUSED = """() => {
  const ask = document.activeElement.closest(".mst-ask");
  const cell = document.activeElement.closest(".mst-cell");
  const field = cell && cell.querySelector("[name]");
  return {
    question: ask ? ask.id.slice(2) : "",
    cell: field ? field.name.split("__").pop() : "",
    isLong: document.activeElement.tagName === "TEXTAREA",
    text: document.activeElement.textContent.trim(),
  };
}"""
ARRIVED = "() => document.activeElement.closest('.mst-ask')"
SETTLED = "() => !document.querySelector('.htmx-request, [data-sent], [data-held]')"

# What is pressed at each question: somebody of 40 who smokes fentanyl every day, has
# been on buprenorphine before, smokes tobacco, works, and is otherwise well.
SAID = {
    "request": "1⏎",
    "setting": "1",
    "leaving": "n",
    "overdose_hx": "1",
    "alone": "y",
    "ora": "n",
    "tolerance": "2",
    "dosing_assess": "1",
    "suicidal_thoughts": "n",
    "unsafe_at_home": "n",
    "infection": "n",
    "exposure": "n",
    "opioids_used": "1⏎",
    "opioid_use.route": "2⏎",
    "opioid_use.amount": "⏎",
    "opioid_use.days": "30⏎",
    "opioid_use.last": "9⏎",
    "last_long_acting_dt": "-⏎",
    "phys_dependence": "y",
    "opioid_free": "n",
    "full_agonist_need": "n",
    "supply": "n",
    "substances": "n",
    "moud_now": "n",
    "treatments_had": "2⏎",
    "episodes.months": "5⏎",
    "episodes.dose": "16⏎",
    "episodes.ended": "6",
    "episodes.helped": "y",
    "episodes.again": "1",
    "history_pw": "n",
    "moud_stop": "?",
    "cows-pulse_bpm": "92⏎",
    "cows-sweating": "1",
    "cows-pupils": "1",
    "cows-restlessness": "1",
    "cows-aches": "1",
    "objective_sign": "y",
    "audit_c-frequency": "0",
    "alcohol_before": "n",
    "sedatives": "n",
    "others_used": "1⏎",
    "udt": "1⏎",
    "udt_fentanyl": "y",
    "challenge": "1",
    "tests_had": "1⏎",
    "other_use.amount": "9⏎",
    "infection_tests.result": "1",
    "results_at_hand": "n",
    "vaccines": "n",
    "pain": "n",
    "surgery": "n",
    "sleep": "1⏎",
    "activity": "2",
    "med_list": "-⏎",
    "allergy": "-⏎",
    "family_history": "n",
    "self_medication": "1⏎",
    "cognition": "n",
    "coping": "1⏎",
    "pc_ptsd5-exposure": "n",
    "household": "n",
    "lock_box": "y",
    "diversion": "n",
    "otp_access": "y",
    "travel": "9⏎",
    "missed_visits": "0⏎",
    "digital": "1⏎",
    "insurance": "1",
    "support_people": "2⏎",
    "family_involved": "y",
    "employment": "1",
    "shift": "n",
    "occupation": "n",
    "education": "2",
    "stigma_met": "n",
    "stigma_feared": "n",
    "goal": "1",
    "interests": "1⏎",
    "counselling": "1",
    "values": "1⏎",
    "value_weights.weight": "3",
    "preference": "2⏎",
    "protocol": "1",
    "pdmp": "y",
}
# The rest of an instrument, in the order of its items.
ITEMS = {
    "dsm5_oud-context-supervised": "n",
    "dsm5_oud-context-impairment": "y",
    "dsm5_oud": "y",
    "cows-context": "n",
    "cows": "0",
    "dast10": "y",
    "phq2": "1",
    "gad7": "1",
    "bam": "2",
    "bam-enough_income": "4",
    "ahc_hrsn": "0",
    "ahc_hrsn-transport": "n",
    "ahc_hrsn-housing_problems": "n",
    "ahc_hrsn-hurt": "1",
    "ahc_hrsn-insulted": "1",
    "ahc_hrsn-threatened": "1",
    "ahc_hrsn-screamed_at": "1",
    "barc10": "4",
    "rulers": "8",
}
# Panels in which one press answers no to what is left.
NO_TO_ALL_AT = {
    "cows-nose",
    "ecg_risk",
    "resp",
    "mental",
    "ahc_hrsn-housing",
    "legal_matter",
}


class Fingers:
    """A keyboard that counts what is pressed."""

    def __init__(self, page):
        self.page, self.count = page, 0
        # Where the focus was, for a failure to tell.
        self.trail = []

    def press(self, key):
        self.page.keyboard.press(key)
        self.count += 1

    def answer(self, keys):
        for key in keys:
            self.press({"⏎": "Enter", "⇥": "Tab"}.get(key, key))

    def focus(self):
        return self.page.evaluate(FOCUSED)

    def wait(self):
        self.page.wait_for_function(SETTLED)


def keys_for(here):
    question, cell = here["question"], here["cell"]
    name = f"{question}.{cell}" if cell else question
    if name in SAID:
        return SAID[name]
    for length in range(len(question.split("-")), 0, -1):
        prefix = "-".join(question.split("-")[:length])
        if prefix in ITEMS:
            return ITEMS[prefix]
    return "⇥" if here["isLong"] else "⏎"


@pytest.fixture
def person(team):
    return PatientFactory(clinic=team["clinic"], sex_at_birth="male", payer="Medicaid")


def test_a_complete_intake_takes_few_keys(visit, team, person, capsys):
    start_intake(patient=person, by=team["clinician"], at=timezone.now())
    visitor = visit().sign_in(team["clinician"])
    page = visitor.open(f"/people/{person.pk}/intake/#questions")
    fingers = Fingers(page)

    for step in STEPS:
        expect(page.get_by_role("heading", level=2, name=step.title)).to_be_visible()
        page.wait_for_function(ARRIVED)
        answer_step(fingers)
        fingers.wait()
        with page.expect_navigation():
            fingers.press("Enter")

    page.wait_for_url("**/medication/")
    with capsys.disabled():
        told = f"\ncomplete intake: {fingers.count} keystrokes and clicks\n"
        sys.stdout.write(told)
    must_be_complete(person)
    assert fingers.count <= MOST


def answer_step(fingers):
    """Answer whatever has the focus, until the way on has it."""
    for _ in range(200):
        here = fingers.focus()
        if here["text"].startswith("Previous"):
            fingers.press("Tab")
            continue
        if not here["question"]:
            assert here["text"][:4] in ("Next", "Comp"), fingers.trail[-4:]
            return
        fingers.trail.append((here["question"], here["cell"]))
        if here["question"] in NO_TO_ALL_AT:
            no_to_all(fingers, here["question"])
        else:
            fingers.answer(keys_for(here))
        fingers.wait()
    raise AssertionError(f"the step does not end: {fingers.trail[-9:]}")


def no_to_all(fingers, question):
    fingers.press("x")
    fingers.wait()


def must_be_complete(person):
    """Everything that is asked of them was answered, and it is enough to decide."""
    intake = Intake.objects.get(patient=person)
    assert intake.status == Intake.Status.COMPLETE
    paper = answers_of(intake, person, on=clinic_today())
    open_ones = [
        q.key
        for step in STEPS
        for q in step.asked(paper.known)
        if not q.is_extra and q.key not in paper.rows
    ]
    assert open_ones == []
    given = set(
        Assessment.objects.filter(patient=person).values_list("instrument", flat=True)
    )
    assert given >= {
        "dsm5_oud",
        "cows",
        "phq2",
        "gad7",
        "pc_ptsd5",
        "audit_c",
        "dast10",
        "bam",
        "barc10",
        "ahc_hrsn",
        "rulers",
    }
    options = evaluate(picture_of(person, at=timezone.now()))
    assert options.option("BUP_SL").standing is not Standing.NEEDS_DATA

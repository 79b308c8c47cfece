"""One clinic in which every page has something to show, and people with nothing yet."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from accounts.entry_rows import Passkey
from accounts.models import Staff
from accounts.permissions import Role
from assessments.actions.intake import complete_intake, save_answer, start_intake
from assessments.actions.measures import record_assessment, record_observation
from assessments.intake.catalogue import STEPS
from assessments.intake_page.answers import answers_of
from assessments.models import Intake
from patients.actions import health
from patients.models import Patient
from tests.assessments.test_intake_whole import reply_to
from tests.conftest import clinic_today
from tests.factories import ClinicFactory, PatientFactory
from tests.factories.aftercare import TODAY, owed
from tests.factories.plans import drafted, ready
from tests.universe import Universe, universe

LISTED = {
    "support": {"name": "Rosa Reyes", "relation": "Sister", "may_know": "Visit days"},
    "contact": {"kind": "phone", "value": "(555) 010-0142", "may_voicemail": False},
    "medicine": {"ingredient": "sertraline", "dose": "50 mg daily"},
    "condition": {"code": "F32.9", "title": "Major depressive disorder, unspecified"},
}


@dataclass(frozen=True)
class House:
    """People by what their charts hold, and the parts of the fullest one."""

    full: Universe
    people: dict[str, Patient]
    at: dt.datetime

    @property
    def staff(self) -> dict[str, Staff]:
        return self.full.staff

    def words(self) -> dict[str, int]:
        """What a path may name: `{empty}` is a person, `{plan}` a part of the full chart."""
        parts = {name: part.pk for name, part in self.full.parts.items()}
        return parts | {name: person.pk for name, person in self.people.items()}


def furnished() -> House:
    """The clinic as it is after some months, today."""
    clinic = ClinicFactory(
        name="Harbor Street Clinic", is_otp=True, is_rems_certified=True
    )
    at = timezone.now()
    full = universe(clinic, at)
    by = full.staff[Role.PRESCRIBER]
    # Whoever has a passkey proves it when they sign in, and nobody here does.
    Passkey.objects.all().delete()
    people = {
        name: PatientFactory(clinic=clinic, given_name=given)
        for name, given in [
            ("empty", "Eda"),
            ("begun", "Bela"),
            ("done", "Dora"),
            ("blocked", "Berta"),
            ("late", "Lena"),
        ]
    }
    _fill(full.parts["patient"], by, at)
    start_intake(patient=people["begun"], by=by, at=at)
    _complete(people["done"], by, at)
    drafted(people["blocked"], by, at, with_decision=False)
    ready(full.parts["plan"])
    _let_down(people["late"])
    return House(full, people, at)


def _fill(person, by, at):
    """Answers in every step, earlier scores, and an entry in every list."""
    found = Intake.objects.get(patient=person)
    for step in STEPS:
        for question in step.questions[:3]:
            _answer(found, question, by, at)
    for days, mood in ((40, 3), (20, 2)):
        when = at - dt.timedelta(days=days)
        record_assessment(
            patient=person,
            instrument="phq9",
            answers={"interest": mood, "mood": mood, "self_harm": 0},
            by=by,
            at=when,
        )
        record_observation(
            patient=person,
            code="qtc",
            value=420 + days,
            effective_at=when,
            by=by,
            at=at,
        )
    for kind, values in LISTED.items():
        health.list_entry(patient=person, kind=kind, values=values, by=by, at=at)


def _answer(found, question, by, at):
    save_answer(
        intake=found,
        question=question,
        reply=reply_to(question, at),
        revision=None,
        by=by,
        at=at,
    )


def _complete(person, by, at):
    found = start_intake(patient=person, by=by, at=at)
    for question in STEPS[0].asked(
        answers_of(found, person, on=clinic_today(at)).known
    )[:4]:
        _answer(found, question, by, at)
    complete_intake(intake=found, by=by, at=at)


def _let_down(person):
    """What was owed and not kept, what is due, and what comes."""
    today = (clinic_today() - TODAY).days
    owed(person, today - 10, status="missed", title="Call after the visit missed")
    owed(person, today, before=1, after=2, status="due", title="Visit")
    owed(person, today + 9, before=2, after=2, title="Drug test", kind="drug_test")

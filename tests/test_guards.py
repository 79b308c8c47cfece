"""What must hold of every model, template and module, the next one too."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

from accounts.tenancy import ClinicOwned

ROOT = Path(__file__).resolve().parent.parent
APPS = (
    "accounts",
    "patients",
    "assessments",
    "medications",
    "treatment",
    "plans",
    "aftercare",
    "reports",
    "interop",
    "jobs",
    "devtools",
)
OURS = [m for m in apps.get_models() if m._meta.app_label in APPS]
OF_A_CLINIC = [m for m in OURS if issubclass(m, ClinicOwned)]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

# Tables without a clinic, each with the reason.
NOT_OF_A_CLINIC = {
    "accounts.Clinic": "the tenant itself",
    "accounts.Staff": "works at several clinics; holds nothing of a person in care",
    "accounts.Membership": "says who works where; read before a clinic is chosen",
    "accounts.CodeApp": "of a person on the staff; read before a clinic is chosen",
    "accounts.Passkey": "of a person on the staff; read before a clinic is chosen",
    "accounts.RecoveryCode": "of a person on the staff; read before a clinic is chosen",
    "accounts.FactorTries": "of a person on the staff; counted before a clinic is chosen",
    "accounts.WrongPassword": "keyed digests of tries, before anybody is known",
    "accounts.StaffSession": "sessions, of people who are not signed in too",
    "accounts.AuditEvent": "append-only; its clinic is a plain number with its own policy",
    "accounts.RowHistory": "append-only; its clinic is a plain number with its own policy",
    "accounts.AuditChain": "a number and a digest for each clinic; written by the database",
    "accounts.AuditLink": "numbers and digests; written by the database",
    "accounts.FirstRunKey": "digests of keys of a site that has no clinic yet",
    "patients.Icd10Code": "a public code list",
}
# Choices that no constraint repeats, each with the reason.
CATALOGUE = "the catalogue of medicines says it: a product needs no migration"
UNCHECKED_CHOICES = {
    "medications.MedicationDecision.choice": CATALOGUE,
    "medications.DecisionTalk.choice": CATALOGUE,
    "treatment.Regimen.medication": CATALOGUE,
    "treatment.DoseEvent.medication": CATALOGUE,
    "patients.StatusChange.discharge_class": "checked together with the status",
    "plans.Plan.status": "checked together with who signed and when",
    "plans.Plan.level_of_care": "may be empty; checked by its form and action",
    "assessments.Intake.status": "checked together with who completed it and when",
}


@pytest.mark.parametrize("model", OURS, ids=lambda m: m._meta.label)
def test_a_table_belongs_to_a_clinic_or_says_why_not(model):
    assert issubclass(model, ClinicOwned) or model._meta.label in NOT_OF_A_CLINIC


@pytest.mark.parametrize("model", OF_A_CLINIC, ids=lambda m: m._meta.label)
def test_rows_are_reached_through_whose_they_are(model):
    assert hasattr(model.objects, "visible_to")


@pytest.mark.parametrize("model", OF_A_CLINIC, ids=lambda m: m._meta.label)
def test_a_row_that_is_printed_names_nobody(model):
    assert str(model(pk=7)) == f"{model._meta.label_lower}:7"


@pytest.mark.parametrize(
    "field",
    [f for m in OURS for f in m._meta.local_fields if f.choices],
    ids=lambda f: f"{f.model._meta.label}.{f.name}",
)
def test_the_database_knows_the_choices_too(field):
    label = f"{field.model._meta.label}.{field.name}"
    checks = [
        str(c.condition)
        for c in field.model._meta.constraints
        if isinstance(c, models.CheckConstraint)
    ]
    assert label in UNCHECKED_CHOICES or any(field.name in check for check in checks)


@pytest.mark.django_db
def test_the_migrations_say_what_the_models_say():
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT)))
class TestTemplates:
    def test_nothing_inline_that_the_policy_would_block(self, path):
        text = path.read_text()

        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", text)
        assert not re.search(r"<script(?![^>]*nonce)", text)

    def test_every_posting_form_carries_the_token(self, path):
        text = path.read_text()

        assert text.lower().count('method="post"') <= text.count("{% csrf_token %}")


@pytest.mark.parametrize(
    "path", sorted((ROOT / "tests" / "journeys").glob("*.py")), ids=lambda p: p.name
)
def test_a_browser_waits_for_a_state_and_never_for_a_while(path):
    waits = re.findall(r"wait_for_timeout|networkidle|time\.sleep", path.read_text())

    # `until` is the one that looks again after a moment.
    assert waits == (["time.sleep"] if path.name == "workers.py" else [])


# Words of reference part K that no text of ours may use of a person.
AVOIDED = re.compile(
    r"\b(addicts?|junkie|drug abuser|substance abuse|clean urine|dirty urine|"
    r"non-?compliant|drug-seeking|alcoholics?|relapsed|committed suicide|"
    r"treatment failure|IV drug user)\b",
    re.IGNORECASE,
)
# The list of the words itself, and the titles of journals.
SPEAKS_OF_THE_WORDS = {
    "plans/drafting/language.toml",
    "knowledge/sources.toml",
}


@pytest.mark.parametrize(
    "path",
    [
        p
        for pattern in ("*.py", "*.html", "*.toml", "*.md")
        for folder in (*APPS, "config", "templates", "docs")
        for p in sorted((ROOT / folder).rglob(pattern))
    ],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_words_put_the_person_first(path):
    if str(path.relative_to(ROOT)) in SPEAKS_OF_THE_WORDS:
        return
    assert not AVOIDED.search(path.read_text())

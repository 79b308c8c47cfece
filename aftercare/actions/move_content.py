"""Parts of a record that may go along when a person moves to another site."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from accounts.models import Clinic
from accounts.tenancy import clinic_day
from knowledge.consents.content import reach_of
from knowledge.names import says_none
from knowledge.wording.amounts import milligrams
from knowledge.wording.dates import whole_day
from patients.actions.registry import DETAILS
from patients.consents.reader import ConsentOnDay, in_force
from patients.models import Consent, Patient
from plans.models import Plan
from plans.papers import plan_in_words
from treatment.current import treatment_of
from treatment.log import last_day_taken
from treatment.wording import order_name

type Entry = dict[str, object]

TREATMENT = "treatment"
REGISTRATION, MEDICINE, PLAN = "registration", "oud_medicine", "plan"
ALLERGIES = "allergies"
# How a consent for all future care names its recipients as a class (42 CFR 2.31(a)(4)).
AS_A_CLASS = ("treating provider", "proveedores de tratamiento")


@dataclass(frozen=True, slots=True)
class PartOfMove:
    """One part of what may go along: the section that a consent has to name for it, and
    the list of the record that it is written to."""

    title: str
    section: str
    kind: str = ""
    columns: tuple[str, ...] = ()


# A diagnosis, an allergy and who stands by somebody are in no section but the whole record.
PARTS: Mapping[str, PartOfMove] = {
    REGISTRATION: PartOfMove(
        "Who they are, how to reach them",
        "in_care",
        "contact",
        ("kind", "value", "may_voicemail", "may_text", "safe_words"),
    ),
    "supports": PartOfMove(
        "Who stands by them",
        "record",
        "support",
        ("name", "relation", "phone", "lives_with", "can_give_naloxone", "endangers"),
    ),
    "conditions": PartOfMove(
        "Conditions", "record", "condition", ("code", "title", "since")
    ),
    ALLERGIES: PartOfMove(
        "Allergies", "record", "allergy", ("kind", "substance", "reaction")
    ),
    "medicines": PartOfMove(
        "Other medicines", "medicine", "medicine", ("ingredient", "dose")
    ),
    MEDICINE: PartOfMove("Medicine for opioid use disorder", "medicine"),
    PLAN: PartOfMove("The last signed plan, as a paper", "plan"),
}
# The column by which each entry is shown in one line.
SHOWN_BY = {
    "contact": ("value",),
    "support": ("name", "relation"),
    "condition": ("title",),
    "allergy": ("substance", "reaction"),
    "medicine": ("ingredient", "dose"),
}


@dataclass(frozen=True, slots=True)
class MoveContent:
    """Everything that could go along, whatever the consent."""

    details: Mapping[str, object]
    entries: Mapping[str, list[Entry]]
    treatment: list[str]
    plan: Mapping[str, object]
    # The plan without its lines about a medicine.
    plan_cut: Mapping[str, object]
    # When somebody asked about allergies and none were known; None where some are, or
    # nobody asked.
    no_allergies_at: datetime | None
    # The same in words; empty where nobody is known to have asked.
    no_allergies: str

    @property
    def digest(self) -> str:
        """Of all of it: what a page showed."""
        lists = [self.entries, self.no_allergies]
        said = [self.details, *lists, self.treatment, self.plan]
        text = json.dumps(said, default=str, sort_keys=True)
        return sha256(text.encode()).hexdigest()

    def lines(self, part: str) -> list[str]:
        """One part in short lines, for a look before."""
        if part == MEDICINE:
            return self.treatment
        if part == PLAN:
            return [str(self.plan["title"])] if self.plan else []
        if part == ALLERGIES and self.no_allergies:
            return [self.no_allergies]
        shown = SHOWN_BY[PARTS[part].kind]
        rows = self.entries[PARTS[part].kind]
        return [", ".join(str(row[c]) for c in shown if row[c]) for row in rows]

    def told(self, parts: Collection[str]) -> dict[str, object]:
        """Medicine and plan, cut to the parts that go along."""
        plan = self.plan if MEDICINE in parts else self.plan_cut
        return {
            "treatment": self.treatment if MEDICINE in parts else [],
            "plan": dict(plan) if PLAN in parts else {},
            "no_allergies": self.no_allergies if ALLERGIES in parts else "",
        }


def content_of(patient: Patient, *, at: datetime) -> MoveContent:
    """What stands in the record here that another site would need."""
    plan = _last_signed(patient)
    entries = {
        one.kind: list(_entries(patient, one)) for one in PARTS.values() if one.kind
    }
    has_none = patient.no_known_allergies and not entries["allergy"]
    asked_at = patient.allergies_asked_at if has_none else None
    return MoveContent(
        {name: getattr(patient, name) for name in DETAILS},
        entries,
        list(_treatment(patient, clinic_day(patient.clinic, at))),
        plan_in_words(plan, with_medicine=True) if plan else {},
        plan_in_words(plan, with_medicine=False) if plan else {},
        asked_at,
        _none_known(patient, asked_at),
    )


def _none_known(patient: Patient, asked_at: datetime | None) -> str:
    if asked_at is None:
        return ""
    return f"None known, asked on {whole_day(clinic_day(patient.clinic, asked_at))}"


def _last_signed(patient: Patient) -> Plan | None:
    signed = Plan.objects.filter(patient=patient, signed_at__isnull=False)
    return signed.select_related("signed_by").order_by("-signed_at", "-pk").first()


# What still holds of each list of a record.
_CURRENT = {
    "contact": ("contact_points", "is_current"),
    "support": ("supports", "is_current"),
    "condition": ("conditions", "is_active"),
    "allergy": ("allergies", "is_current"),
    "medicine": ("other_medicines", "is_current"),
}


def _entries(patient: Patient, part: PartOfMove) -> Iterator[Entry]:
    """Those that still hold. One that says there are none is no entry, wherever it came
    from: it is asked there."""
    name, holds = _CURRENT[part.kind]
    rows = getattr(patient, name).filter(**{holds: True}).order_by("pk")
    for row in rows.values(*part.columns):
        named = row.get("substance") or row.get("ingredient") or ""
        if not says_none(named):
            yield dict(row)


def _treatment(patient: Patient, on: date) -> Iterator[str]:
    """Each medicine taken on the day, with its dose and the last day it was taken."""
    for order in treatment_of(patient.pk, on=on).taken:
        last = last_day_taken(patient.pk, order.medication, on)
        words = f"{order_name(order)}{milligrams(order.dose_mg)}"
        how = f" {order.schedule}" if order.schedule else ""
        seen = f", last taken {whole_day(last)}" if last else ", no dose written down"
        yield f"{words}{how}, since {whole_day(order.started_on)}{seen}"


@dataclass(frozen=True, slots=True)
class MoveGround:
    """The consent by which a site may be told, and as whom it names it."""

    standing: ConsentOnDay
    recipient: str
    parts: tuple[str, ...]

    @property
    def consent(self) -> Consent:
        return self.standing.consent


def ground_of(patient: Patient, site: Clinic, *, at: datetime) -> MoveGround | None:
    """The consent for treatment that lets most go along to a site; None where none names
    it. One for all future care may name those who treat as a class."""
    grounds = [
        MoveGround(standing, name, _parts_in(standing))
        for standing in in_force(patient, at=at, purpose=TREATMENT)
        if (name := _named_in(standing, site))
    ]
    told = [one for one in grounds if REGISTRATION in one.parts]
    return max(told, key=lambda one: len(one.parts), default=None)


def _named_in(standing: ConsentOnDay, site: Clinic) -> str:
    names = [one["name"] for _, one in standing.open_recipients]
    if site.name in names:
        return site.name
    if standing.consent.kind != Consent.Kind.TPO:
        return ""
    classes = (n for n in names if any(word in n.casefold() for word in AS_A_CLASS))
    return next(classes, "")


def _parts_in(standing: ConsentOnDay) -> tuple[str, ...]:
    reach = reach_of(standing.consent.sections)
    return tuple(key for key, part in PARTS.items() if part.section in reach)

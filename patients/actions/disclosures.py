"""Giving something out through the gate, and answering what was told."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts import audit
from accounts.models import Staff
from accounts.refusals import Refused
from accounts.tenancy import clinic_day
from knowledge.consents.content import period
from patients.consents.reader import ConsentOnDay, consents_of
from patients.disclosures.gate import DisclosureAsked, GateRuling, rule_on
from patients.models import Consent, Disclosure, DisclosureListRequest, Patient


class AskedAlready(Refused):
    """A list was asked for and is not answered yet."""


@transaction.atomic
def give_out(
    *,
    patient: Patient,
    asked: DisclosureAsked,
    consent: Consent | None = None,
    by: Staff,
    at: datetime,
) -> Disclosure:
    """Ask the gate, and write down what it let out or stopped, with the audit.

    The one way out: papers and files are made from the row that this returns. The
    consent is held, so that one taken back at the same moment is known or waits.
    """
    ruling = rule_on(asked, _held(patient, consent, at))
    row = Disclosure.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        consent=consent,
        made_at=at,
        made_by=by,
        **_columns(asked, ruling),
    )
    verb = "disclosure.stopped" if row.is_stopped else "disclosure.made"
    audit.record(verb, row, by=by, at=at, thing=row.thing, ground=row.ground)
    return row


def _held(
    patient: Patient, consent: Consent | None, at: datetime
) -> ConsentOnDay | None:
    """The consent as it stands now; none where it is somebody else's."""
    if consent is None:
        return None
    rows = Consent.objects.select_for_update(of=("self",))
    list(rows.filter(pk=consent.pk, patient=patient).values_list("pk"))
    standing = consents_of(patient, at=at)
    return next((one for one in standing if one.consent.pk == consent.pk), None)


def _columns(asked: DisclosureAsked, ruling: GateRuling) -> dict[str, object]:
    return {
        "thing": asked.thing,
        "thing_row": asked.row,
        "sections": list(ruling.sections),
        "withheld": list(ruling.withheld),
        "said": asked.said,
        "recipient": asked.recipient,
        "recipient_address": asked.address,
        "purpose": asked.purpose,
        "purpose_words": asked.purpose_words,
        "ground": asked.ground,
        "ground_words": asked.ground_words,
        "notice": ruling.notice,
        "has_scope": ruling.has_scope,
        "way": asked.way,
        "is_stopped": ruling.is_stopped,
        "stopped_because": ruling.stopped_because,
    }


@transaction.atomic
def ask_list(*, patient: Patient, by: Staff, at: datetime) -> DisclosureListRequest:
    """Keep that the person asked for the list, and by when it is owed."""
    if DisclosureListRequest.objects.filter(patient=patient, answered_at=None).exists():
        raise AskedAlready("The list was asked for already, and is not given yet.")
    today = clinic_day(patient.clinic, at)
    request = DisclosureListRequest.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        asked_on=today,
        due_on=today + timedelta(days=period("list_answer_days")),
        recorded_at=at,
        recorded_by=by,
    )
    audit.record("disclosure_list.asked", request, by=by, at=at)
    return request


@transaction.atomic
def answer_list(
    *, request: DisclosureListRequest, by: Staff, at: datetime
) -> DisclosureListRequest:
    """Keep that the person was given the list."""
    rows = DisclosureListRequest.objects.select_for_update(of=("self",))
    request = rows.get(pk=request.pk)
    if request.answered_at is not None:
        raise AskedAlready("This list was given already.")
    request.answered_at, request.answered_by = at, by
    request.save(update_fields=["answered_at", "answered_by"])
    audit.record("disclosure_list.given", request, by=by, at=at)
    return request

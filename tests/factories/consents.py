"""Consents and disclosures, made through the actions."""

import datetime as dt

from django.utils import timezone

from patients.actions.consents import ConsentSignature, ask_consent, sign_consent
from patients.actions.disclosures import give_out
from patients.consents.text import full_name
from patients.disclosures.gate import DisclosureAsked
from patients.disclosures.things import things


def consent_asked(**changes):
    """What a form asks for: a sister may know that somebody is in care and safe."""
    return {
        "kind": "support",
        "discloser": "Harbor Street Clinic",
        "sections": ["in_care", "safety"],
        "limits": "",
        "recipients": [{"name": "Elena", "who": "sister", "address": "555-010-0143"}],
        "support_id": None,
        "purposes": ["support"],
        "purpose_words": "So that she can help when I do not answer",
        "expiry": "date",
        "expires_on": dt.date(2031, 1, 1),
        "expires_event": "",
        "language": "en",
        **changes,
    }


def consent_given(person, by, at, *, name="Elena", **changes):
    """The same, signed by typing the name."""
    recipients = [{"name": name, "who": "sister", "address": "555-010-0143"}]
    asked = consent_asked(recipients=recipients) | changes
    consent = ask_consent(patient=person, asked=asked, by=by, at=at)
    signature = ConsentSignature(how="typed", name=full_name(person))
    return sign_consent(
        consent=consent, signature=signature, language="en", by=by, at=at
    )


def asked_for(thing="words", **changes):
    """What the gate is asked, for the clinic's own work unless told otherwise."""
    known = things().get(thing)
    return DisclosureAsked(
        **{
            "thing": thing,
            "sections": known.sections if known else ("in_care",),
            "least": known.least if known else (),
            "way": known.way if known else "phone",
            "recipient": "Harbor Street Clinic",
            "purpose": "treatment",
            "ground": "inside",
            **changes,
        }
    )


def released(person, thing, by, at, *, row=None, consent=None, **changes):
    """What the gate let out of one thing, or stopped."""
    asked = asked_for(thing, row=row, **changes)
    return give_out(patient=person, asked=asked, consent=consent, by=by, at=at)


def path_of_print(plan, by):
    """Where a plan stands on paper, once the gate has let it out for our own work."""
    row = released(plan.patient, "plan", by, timezone.now(), row=plan.pk)
    return f"/plans/{plan.pk}/print/{row.pk}/"

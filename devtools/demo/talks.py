"""Talks of the demo: what people pick and say on the turned screen before they choose."""

from datetime import datetime

from accounts.models import Staff
from devtools.demo.content import DEMO
from medications.actions.talks import TalkAnswers, send_talk
from medications.decision_aid.context import aid_digest, weighed
from medications.models import DecisionTalk
from patients.models import Patient


def talk_over(patient: Patient, *, wish: str, by: Staff, at: datetime) -> DecisionTalk:
    """Turn the screen, and take back what was picked on it."""
    wished = DEMO.wishes[wish]
    said = TalkAnswers(
        matters=wished.matters,
        most=wished.matters[:1],
        choice=wish,
        own_words=wished.words,
        sure={"sure": bool(wish), "know": True, "matters": True, "support": None},
        participants=("person", "prescriber"),
    )
    return send_talk(
        patient=patient,
        said=said,
        language=patient.page_language,
        mode=DecisionTalk.Mode.SCREEN,
        aid_digest=aid_digest({}),
        options_digest=weighed(patient, at=at).digest,
        by=by,
        at=at,
    )

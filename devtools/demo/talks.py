"""Talks of the demo: what people pick and say on the turned screen before they choose."""

from collections.abc import Mapping
from datetime import datetime

from accounts.models import Staff
from medications.actions.talks import TalkAnswers, send_talk
from medications.decision_aid.context import aid_digest, language_of, weighed
from medications.models import DecisionTalk
from patients.models import Patient

# By what is wished for: what matters then, what counts most first; and why.
MATTERS: Mapping[str, tuple[str, ...]] = {
    "BUP_SL": ("take_home", "no_injection", "work"),
    "BUP_XR": ("few_visits", "privacy", "nothing_at_home"),
    "MTD": ("no_withdrawal", "stay_long", "steady"),
    "NTX_XR": ("no_opioid", "clear_head", "stop_one_day"),
    "": ("family", "side_effects", "cost"),
}
WORDS: Mapping[str, str] = {
    "BUP_SL": "I take it at home and I am at work on time.",
    "BUP_XR": "Once a month, and nobody knows.",
    "MTD": "I cannot be sick again before it starts to help.",
    "NTX_XR": "No opioid at all, if I can.",
    "": "",
}


def talk_over(patient: Patient, *, wish: str, by: Staff, at: datetime) -> DecisionTalk:
    """Turn the screen, and take back what was picked on it."""
    matters = MATTERS[wish]
    said = TalkAnswers(
        matters=matters,
        most=matters[:1],
        choice=wish,
        own_words=WORDS[wish],
        sure={"sure": bool(wish), "know": True, "matters": True, "support": None},
        participants=("person", "prescriber"),
    )
    return send_talk(
        patient=patient,
        said=said,
        language=language_of(patient),
        mode=DecisionTalk.Mode.SCREEN,
        aid_digest=aid_digest({}),
        options_digest=weighed(patient, at=at).digest,
        by=by,
        at=at,
    )

"""The gate: what may go to whom, on what ground, cut to what the consent names. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.consents.content import grounds, reach_of, section_titles
from patients.consents.reader import ConsentOnDay
from patients.models import Disclosure

COUNSELING = "counseling_notes"
Ground = Disclosure.Ground
# What staff may use among themselves (2.12(c)(3)); what a person asks for is theirs.
INSIDE = ("treatment", "payment", "operations")
STATES = {
    "draft": "the consent is not signed",
    "declined": "they declined",
    "revoked": "they took the consent back",
    "expired": "the consent has ended",
}


@dataclass(frozen=True, slots=True)
class DisclosureAsked:
    """Something is to be given out: what, to whom, why, on what ground."""

    thing: str
    sections: tuple[str, ...]
    # Sections without which the thing would say nothing.
    least: tuple[str, ...]
    way: str
    recipient: str
    purpose: str
    ground: str
    address: str = ""
    purpose_words: str = ""
    ground_words: str = ""
    said: str = ""
    row: int | None = None


@dataclass(frozen=True, slots=True)
class GateRuling:
    """What the gate lets out; nothing where it says why not."""

    sections: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    notice: str = Disclosure.Notice.NONE
    has_scope: bool = False
    stopped_because: str = ""

    @property
    def is_stopped(self) -> bool:
        return bool(self.stopped_because)


def rule_on(asked: DisclosureAsked, consent: ConsentOnDay | None) -> GateRuling:
    """What of this may go; `consent` is the one it is asked by, as it stands now."""
    if not asked.sections:
        return GateRuling(stopped_because="Nothing was named that may be told.")
    if asked.ground == Ground.CONSENT:
        return _by_consent(asked, consent)
    return _by_exception(asked)


def _by_consent(asked: DisclosureAsked, standing: ConsentOnDay | None) -> GateRuling:
    why = _why_not(asked, standing)
    if why or standing is None:
        return GateRuling(stopped_because=why)
    reach = reach_of(standing.consent.sections)
    given = tuple(key for key in asked.sections if key in reach)
    withheld = tuple(key for key in asked.sections if key not in reach)
    missing = [key for key in asked.least if key not in reach]
    if missing or not given:
        return GateRuling(
            stopped_because="The consent does not name this:"
            f" {section_titles(missing or list(withheld))}."
        )
    return GateRuling(given, withheld, grounds()[asked.ground].notice, has_scope=True)


def _why_not(asked: DisclosureAsked, standing: ConsentOnDay | None) -> str:
    """Why a consent does not carry this; empty where it does."""
    if standing is None:
        return f"No consent names {asked.recipient}."
    if not standing.is_in_force:
        return f"No consent in force: {STATES[standing.state]}."
    if not standing.lets(asked.recipient):
        return f"The consent does not, or no longer, name {asked.recipient}."
    if asked.purpose not in standing.consent.purposes:
        return f"The consent is for something else: {standing.consent.purpose_words}."
    return ""


def _by_exception(asked: DisclosureAsked) -> GateRuling:
    ground = grounds().get(asked.ground)
    if ground is None:
        return GateRuling(stopped_because="No ground was named that the rule knows.")
    if COUNSELING in asked.sections:
        return GateRuling(
            stopped_because="Counseling notes go out by a consent of their own alone."
        )
    if ground.words and not asked.ground_words.strip():
        return GateRuling(stopped_because=f"Not written down: {ground.words}")
    why = _not_for_this(asked)
    if why:
        return GateRuling(stopped_because=why)
    return GateRuling(asked.sections, (), ground.notice)


def _not_for_this(asked: DisclosureAsked) -> str:
    if asked.ground == Ground.INSIDE and asked.purpose not in INSIDE:
        return "Our own work is treatment, payment and running the program, no more."
    if asked.ground == Ground.EMERGENCY and not asked.address.strip():
        return "Not written down: the facility, which an emergency has to name."
    return ""


def scope_of(standing: ConsentOnDay) -> Sequence[str]:
    """What the consent covers, in lines that go with what is given out."""
    consent = standing.consent
    return [
        f"Consent of {consent.signed_on:%-d %B %Y}, by {consent.signed_name}",
        f"May be told: {standing.told}",
        f"To: {consent.recipient_names}",
        f"Why: {consent.purpose_words}",
    ]

"""Asking a person who may be told what, and keeping the answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts import audit
from accounts.clinic_settings.consequences import digest_of
from accounts.models import Staff
from accounts.refusals import Gone, Refused
from accounts.tenancy import clinic_day
from knowledge.consents.content import kinds, purposes, sections_of
from knowledge.wording.dates import whole_day
from patients.actions.registry import refuse_other_name
from patients.consents.text import elements_of, statements_of, text_of
from patients.disclosures.consent_end import EndAsked, told_of_end
from patients.models import Consent, ConsentEnd, Patient, SupportPerson
from patients.names import has_twice

ASKED = (
    *("kind", "discloser", "sections", "limits", "recipients", "support_id"),
    *("purposes", "purpose_words", "expiry", "expires_on", "expires_event"),
    "language",
)


class ConsentSettled(Refused):
    """It was signed or declined: another answer is another consent."""

    def __init__(self) -> None:
        super().__init__("This was answered already. Ask anew for another answer.")


class ConsentIncomplete(Refused):
    """An element of the rule is missing, or does not go with this kind."""

    def __init__(self, words: str, field: str = "") -> None:
        super().__init__(words)
        self.field = field


class EndNotSeen(Refused):
    """Whoever ends a consent has not seen what that means; `words` say it."""

    def __init__(self, words: tuple[str, ...]) -> None:
        super().__init__(" ".join(words))
        self.words = words


class NotInForce(Refused):
    """There is nothing to take back."""


@dataclass(frozen=True, slots=True)
class ConsentSignature:
    """How somebody signed; `path` is what a finger drew."""

    how: str
    name: str
    for_them: str = ""
    path: str = ""
    on: date | None = None


@transaction.atomic
def ask_consent(
    *, patient: Patient, asked: Mapping[str, object], by: Staff, at: datetime
) -> Consent:
    """Begin a consent: a text to read, which lets nothing out."""
    _refuse_unlike_kind(asked)
    _refuse_last_day(
        asked.get("expires_on"), clinic_day(patient.clinic, at), "expires_on"
    )
    consent = Consent.objects.create(
        clinic_id=patient.clinic_id, patient=patient, asked_at=at, asked_by=by, **asked
    )
    audit.record("consent.asked", consent, by=by, at=at, kind=consent.kind)
    return consent


@transaction.atomic
def change_consent(
    *, consent: Consent, asked: Mapping[str, object], by: Staff, at: datetime
) -> Consent:
    """Change what is asked, as long as nobody has answered."""
    _refuse_unlike_kind(asked)
    consent = _open(consent)
    today = clinic_day(consent.patient.clinic, at)
    _refuse_last_day(asked.get("expires_on"), today, "expires_on")
    for name in ASKED:
        if name in asked:
            setattr(consent, name, asked[name])
    consent.save()
    audit.record("consent.changed", consent, by=by, at=at)
    return consent


def _refuse_unlike_kind(asked: Mapping[str, object]) -> None:
    """What one kind of consent may not hold, said at its field."""
    kind = str(asked["kind"])
    named, allowed = list(asked["sections"]), sections_of(kind)  # type: ignore[call-overload]
    if not named or not set(named) <= set(allowed):
        raise ConsentIncomplete(
            f"A consent of this kind is about: {_titles(allowed)}.", "sections"
        )
    if asked["expiry"] not in kinds()[kind].expiry:
        raise ConsentIncomplete(
            "Only a consent for treatment, payment and operations may have no end.",
            "expiry",
        )
    _refuse_purposes(kind, list(asked["purposes"]))  # type: ignore[call-overload]
    _refuse_recipients(kind, list(asked["recipients"]))  # type: ignore[call-overload]


def _refuse_recipients(kind: str, named: list[dict[str, str]]) -> None:
    """One that stands there in two spellings would go on under one of them when it is
    taken back for the other."""
    if has_twice(one["name"] for one in named):
        raise ConsentIncomplete("The same name stands here twice.", "recipients")
    for one in named:
        if kind == Consent.Kind.REGISTRY and not one["address"]:
            raise ConsentIncomplete(
                "Name and address of each registry and program.", "recipients"
            )


def _titles(keys: tuple[str, ...]) -> str:
    return ", ".join(str(key).replace("_", " ") for key in keys)


def _refuse_purposes(kind: str, named: list[str]) -> None:
    if kind == Consent.Kind.TPO and not all(purposes()[key].tpo for key in named):
        raise ConsentIncomplete(
            "This kind is for treatment, payment and running the program.", "purposes"
        )
    if (kind == Consent.Kind.LEGAL) != ("legal" in named):
        raise ConsentIncomplete(
            "Legal proceedings need a consent of their own.", "purposes"
        )


def _open(consent: Consent) -> Consent:
    """The row, held, as long as it is a draft."""
    rows = Consent.objects.select_for_update(of=("self",))
    held = rows.select_related("patient__clinic").filter(pk=consent.pk).first()
    if held is None:
        raise Gone("This was discarded meanwhile.")
    if held.status != Consent.Status.DRAFT:
        raise ConsentSettled
    return held


@transaction.atomic
def discard_consent(*, consent: Consent, by: Staff, at: datetime) -> None:
    """Drop a text that nobody answered; the history keeps it."""
    consent = _open(consent)
    audit.record("consent.discarded", consent, by=by, at=at)
    consent.delete()


@transaction.atomic
def sign_consent(
    *,
    consent: Consent,
    signature: ConsentSignature,
    language: str,
    by: Staff,
    at: datetime,
) -> Consent:
    """Keep the person's signature under exactly the text of this moment.

    `by` was with them, or has seen the paper.
    """
    consent = _open(consent)
    today = clinic_day(consent.patient.clinic, at)
    consent.language = language
    consent.text = text_of(consent, language)
    consent.statements = list(statements_of(consent.kind))
    consent.status = Consent.Status.GIVEN
    consent.signed_how, consent.signed_name = signature.how, signature.name
    consent.signed_for, consent.signature_path = signature.for_them, signature.path
    consent.signed_on = signature.on or today
    _refuse_days(consent, today)
    missing = [one.title for one in elements_of(consent) if not one.is_there]
    if missing or not signature.name.strip():
        raise ConsentIncomplete(f"Still open: {', '.join(missing) or 'the name'}.")
    refuse_other_name(
        consent.patient,
        signature.name,
        signed_for=signature.for_them,
        field="signed_name",
    )
    consent.settled_at, consent.settled_by = at, by
    consent.save()
    audit.record("consent.given", consent, by=by, at=at, how=signature.how)
    return consent


def _refuse_last_day(last: object, today: date, field: str) -> None:
    if isinstance(last, date) and last < today:
        raise ConsentIncomplete(
            "Its last day is over. Change until when it holds first.", field
        )


def _refuse_days(consent: Consent, today: date) -> None:
    signed = consent.signed_on
    if signed is not None and signed > today:
        raise ConsentIncomplete("This day has not come yet.", "signed_on")
    _refuse_last_day(consent.expires_on, today, "signed_on")
    if consent.signed_how == Consent.SignedHow.DRAWN and not consent.signature_path:
        raise ConsentIncomplete("Nothing is drawn. Sign, or type the name.")


@transaction.atomic
def decline_consent(*, consent: Consent, by: Staff, at: datetime) -> Consent:
    """Keep that the person said no; care goes on the same way."""
    consent = _open(consent)
    consent.status = Consent.Status.DECLINED
    consent.declined_on = clinic_day(consent.patient.clinic, at)
    consent.settled_at, consent.settled_by = at, by
    consent.save()
    audit.record("consent.declined", consent, by=by, at=at, kind=consent.kind)
    return consent


@transaction.atomic
def end_consent(
    *,
    consent: Consent,
    why: str,
    how: str = "",
    recipient: str = "",
    said_on: date,
    note: str = "",
    told: str | None = None,
    by: Staff,
    at: datetime,
) -> ConsentEnd:
    """End a consent from this moment on, for everybody or for one recipient.

    What was told before stays told. Where the last recipient is let go, nobody is left.
    `told` is the digest of the consequences that were on the screen: nothing is ended
    whose consequences are others.
    """
    rows = Consent.objects.select_for_update(of=("self",))
    consent = rows.select_related("patient__clinic").get(pk=consent.pk)
    _refuse_end(consent, recipient, said_on, at)
    words = told_of_end(consent, EndAsked(why, how, recipient, said_on), at=at)
    if told is not None and told != digest_of(words):
        raise EndNotSeen(words)
    end = ConsentEnd.objects.create(
        clinic_id=consent.clinic_id,
        patient=consent.patient,
        consent=consent,
        recipient=recipient,
        why=why,
        how=how if why == ConsentEnd.Why.REVOKED else "",
        said_on=said_on,
        note=note,
        ended_at=at,
        ended_by=by,
    )
    audit.record("consent.ended", consent, by=by, at=at, reason=why, end=end.pk)
    return end


def _refuse_end(consent: Consent, recipient: str, said_on: date, at: datetime) -> None:
    ended = set(consent.ends.values_list("recipient", flat=True))
    if consent.status != Consent.Status.GIVEN or ended & {"", recipient}:
        raise NotInForce("This is not in force any more. The page shows what is.")
    if recipient and recipient not in {one["name"] for one in consent.recipients}:
        raise NotInForce("Nobody of this name stands in this consent.")
    if said_on > clinic_day(consent.patient.clinic, at):
        raise ConsentIncomplete("This day has not come yet.", "said_on")
    signed = consent.signed_on
    if signed is not None and said_on < signed:
        raise ConsentIncomplete(
            f"It was signed on {whole_day(signed)} only. Check the day.", "said_on"
        )


def recipient_of(support: SupportPerson) -> dict[str, str]:
    """A person of the list as a consent names them."""
    return {"name": support.name, "who": support.relation, "address": support.phone}

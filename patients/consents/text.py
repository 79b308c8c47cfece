"""Text of a consent as the person reads it, put together from what was chosen."""

from dataclasses import dataclass
from datetime import date

from knowledge.consents.content import kinds, period, sections, statements
from knowledge.months import months_later
from patients.models import Consent, Patient

MONTHS_SPANISH = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto"),
    *("septiembre", "octubre", "noviembre", "diciembre"),
)
END_OF_TREATMENT = "end_of_treatment"
ITEM = "- "


@dataclass(frozen=True, slots=True)
class TextPart:
    """One paragraph, or one entry of its list; a draft is a sentence that counsel has
    not read yet."""

    words: str
    is_item: bool = False
    is_draft: bool = False


@dataclass(frozen=True, slots=True)
class Element:
    """One thing that the rule asks for, and whether it is there."""

    title: str
    words: str
    is_there: bool


def day_for_person(day: date, language: str) -> str:
    """`30 November 2027`, or `30 de noviembre de 2027`."""
    if language == "es":
        return f"{day.day} de {MONTHS_SPANISH[day.month - 1]} de {day.year}"
    return f"{day.day} {day:%B %Y}"


def statements_of(kind: str) -> tuple[str, ...]:
    """The fixed sentences that a consent of this kind carries."""
    return (*kinds()[kind].statements, "notice")


def text_of(consent: Consent, language: str) -> str:
    """The whole text, one paragraph a line."""
    return "\n".join(" ".join(one.splitlines()) for one in _lines(consent, language))


def _lines(consent: Consent, language: str) -> list[str]:
    say = statements()
    lines = [
        say["opening"].say(
            language,
            person=full_name(consent.patient),
            discloser=consent.discloser,
            recipients=_as_read(consent),
        )
    ]
    lines += [
        f"{ITEM}{_told(key, language)}" for key in consent.sections if key in sections()
    ]
    if consent.limits:
        lines.append(say["limits"].say(language, words=consent.limits))
    lines.append(say["purpose"].say(language, words=consent.purpose_words))
    lines.append(until_words(consent, language))
    return [*lines, *(say[key].say(language) for key in statements_of(consent.kind))]


def _told(key: str, language: str) -> str:
    section = sections()[key]
    return section.es if language == "es" else section.en


def full_name(patient: Patient) -> str:
    """The name of the record, which is the one to sign with."""
    return f"{patient.given_name} {patient.family_name}".strip()


def _as_read(consent: Consent) -> str:
    """Everybody named in it, as the person reads it; where they are only where the rule
    asks for that."""
    if consent.kind == Consent.Kind.REGISTRY:
        return recipients_words(consent)
    return "; ".join(
        ", ".join(filter(None, (one["name"], one.get("who"))))
        for one in consent.recipients
    )


def recipients_words(consent: Consent) -> str:
    """Everybody named in it, with how they stand to the person and where they are."""
    return "; ".join(
        ", ".join(filter(None, (one["name"], one.get("who"), one.get("address"))))
        for one in consent.recipients
    )


def until_words(consent: Consent, language: str) -> str:
    """How long it holds, as the person reads it."""
    say = statements()
    if consent.expiry == Consent.Expiry.NONE:
        return say["until_none"].say(language)
    if consent.expiry == Consent.Expiry.DATE:
        day = consent.expires_on
        words = day_for_person(day, language) if day else "…"
        return say["until_date"].say(language, day=words)
    return say["until_event"].say(language, words=event_words(consent, language))


def suggested_last_day(today: date) -> date:
    """The last day that a form is filled in with; the rule itself names no longest."""
    return months_later(today, period("suggested_consent_months"))


def longer_than_suggested(consent: Consent, today: date) -> str:
    """That it would hold for longer than a clinic usually asks for; empty where not."""
    if consent.expires_on is None or consent.expires_on <= suggested_last_day(today):
        return ""
    months = period("suggested_consent_months")
    return (
        f"It would hold until {day_for_person(consent.expires_on, 'en')}, longer than the"
        f" usual {months} months. Change the last day if that is not meant."
    )


def event_words(consent: Consent, language: str) -> str:
    """What it ends with."""
    if consent.expires_event == END_OF_TREATMENT:
        return statements()[END_OF_TREATMENT].say(language)
    return consent.expires_event


def parts_of_text(text: str) -> list[TextPart]:
    """A text as a page shows it, each sentence of counsel's that is a draft marked."""
    drafts = {words for one in statements().values() for words in one.drafts}
    return [
        TextPart(
            line.removeprefix(ITEM),
            is_item=line.startswith(ITEM),
            is_draft=line in drafts,
        )
        for line in text.splitlines()
    ]


def elements_of(consent: Consent) -> list[Element]:
    """Each element of the rule (2.31), with what stands for it."""
    carried = [
        Element(one.element, "In the text, word for word.", is_there=True)
        for key in statements_of(consent.kind)
        if (one := statements()[key]).element
    ]
    told = ", ".join(sections()[key].title for key in consent.sections)
    is_signed = consent.status == Consent.Status.GIVEN
    return [
        _element("Whose", full_name(consent.patient)),
        _element("Who tells", consent.discloser),
        _element("To whom", recipients_words(consent)),
        _element("What", f"{told}{_but(consent)}"),
        _element("Why", consent.purpose_words),
        Element("How long", until_words(consent, "en"), is_there=True),
        *carried,
        Element("Signature and date", signature_words(consent), is_there=is_signed),
    ]


def _but(consent: Consent) -> str:
    return f". Not: {consent.limits}" if consent.limits else ""


def _element(title: str, words: str) -> Element:
    return Element(title, words or "Open", is_there=bool(words))


def signature_words(consent: Consent) -> str:
    """Who signed, how and when; what is open where nobody did."""
    if consent.status != Consent.Status.GIVEN or consent.signed_on is None:
        return "Open: on this device, on paper, or by somebody who may sign for them."
    by = f"{consent.signed_name}{', for them: ' if consent.signed_for else ''}{consent.signed_for}"
    how = consent.get_signed_how_display().lower()
    return f"{by}, {day_for_person(consent.signed_on, 'en')}, {how}."

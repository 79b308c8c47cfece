"""An instrument as a FHIR Questionnaire, and its answers as a QuestionnaireResponse.

R4B. Everything comes from the instrument's own declaration, skip logic too: what
`settle` fills in for an earlier answer is what that answer lets be skipped.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from fhir.resources.R4B.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from knowledge.instruments.declaration import (
    Choice,
    Item,
    InstrumentKind,
    Question,
    Words,
)
from knowledge.instruments.registry import Instrument
from knowledge.instruments.scoring import Score

type Element = dict[str, object]

HERE = "urn:mainstay"
LOINC = "http://loinc.org"
FHIR = "http://hl7.org/fhir/StructureDefinition"
TRANSLATION, ORDINAL = f"{FHIR}/translation", f"{FHIR}/ordinalValue"
CONTEXT, SCORE = "context", "score"
STATUS = {
    "complete": "completed",
    "incomplete": "in-progress",
    "entered_in_error": "entered-in-error",
}


def slug(text: str) -> str:
    """Letters, digits and hyphens, as an id of FHIR holds them."""
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")


def canonical(instrument: Instrument) -> str:
    return f"{HERE}:questionnaire:{slug(instrument.key)}"


def questionnaire(instrument: Instrument) -> Questionnaire:
    """The instrument as a resource, in English with the Spanish beside it."""
    found: Element = {
        "resourceType": "Questionnaire",
        "id": slug(instrument.key),
        "url": canonical(instrument),
        "version": slug(instrument.version),
        "name": slug(instrument.key).replace("-", "_").upper(),
        "title": instrument.title.en,
        "_title": translated(instrument.title),
        "status": "active",
        "subjectType": ["Patient"],
        "language": "en",
        "description": (
            f"{instrument.source}. Verified: {instrument.tag}. "
            f"Look-back: {instrument.look_back.en}. {instrument.missing_rule}"
        ),
        "copyright": instrument.licence,
        "item": [
            *_items(instrument),
            *_circumstances(instrument),
            *_scores(instrument),
        ],
    }
    if instrument.loinc:
        found["code"] = [{"system": LOINC, "code": instrument.loinc}]
    return Questionnaire.model_validate(found)


def translated(words: Words) -> Element:
    """The Spanish of a text, as FHIR's translation extension."""
    parts = [
        {"url": "lang", "valueCode": "es"},
        {"url": "content", "valueString": words.es},
    ]
    return {"extension": [{"url": TRANSLATION, "extension": parts}]}


def _items(instrument: Instrument) -> Iterator[Element]:
    skips = skipped_by(instrument)
    for item in instrument.items:
        found: Element = {
            "linkId": item.key,
            "text": item.prompt.en,
            "_text": translated(item.prompt),
            "type": "choice",
            "required": False,
            "repeats": False,
            "answerOption": [
                {"valueCoding": _coding(instrument, item, choice)}
                for choice in item.choices
            ],
        }
        if item.number:
            found["prefix"] = item.number
        if item.loinc:
            found["code"] = [{"system": LOINC, "code": item.loinc}]
        if item.key in skips:
            found["enableWhen"] = [
                _unless(instrument, earlier, code) for earlier, code in skips[item.key]
            ]
            if len(skips[item.key]) > 1:
                found["enableBehavior"] = "all"
        yield found


def _coding(instrument: Instrument, item: Item, choice: Choice) -> Element:
    """One answer: LOINC's code where one is verified, else the instrument's own."""
    coded = (
        {"system": LOINC, "code": choice.loinc}
        if choice.loinc
        else {
            "system": f"{canonical(instrument)}:{slug(item.key)}",
            "code": str(choice.value),
        }
    )
    return {
        "extension": [{"url": ORDINAL, "valueDecimal": choice.value}],
        **coded,
        "display": choice.words.en,
    }


def skipped_by(instrument: Instrument) -> dict[str, list[tuple[Item, int]]]:
    """For each item, the answers to earlier ones that let it be skipped."""
    nothing: dict[str, int | None] = dict.fromkeys(instrument.item_keys)
    found: dict[str, list[tuple[Item, int]]] = {}
    for place, earlier in enumerate(instrument.items):
        for code in earlier.allowed:
            settled = instrument.settle({**nothing, earlier.key: code})
            for later in instrument.items[place + 1 :]:
                if settled[later.key] is not None:
                    found.setdefault(later.key, []).append((earlier, code))
    return found


def _unless(instrument: Instrument, earlier: Item, code: int) -> Element:
    choice = next(one for one in earlier.choices if one.value == code)
    coded = _coding(instrument, earlier, choice)
    return {
        "question": earlier.key,
        "operator": "!=",
        "answerCoding": {"system": coded["system"], "code": coded["code"]},
    }


TYPES = {
    InstrumentKind.YES_NO: "boolean",
    InstrumentKind.CHOICE: "choice",
    InstrumentKind.WHOLE: "integer",
    InstrumentKind.DAY: "date",
}


def _circumstances(instrument: Instrument) -> Iterator[Element]:
    """What scoring needs besides the answers, as a group of its own."""
    if not instrument.context:
        return
    yield {
        "linkId": CONTEXT,
        "text": "Needed for scoring",
        "type": "group",
        "item": [
            _circumstance(instrument, question) for question in instrument.context
        ],
    }


def _circumstance(instrument: Instrument, question: Question) -> Element:
    found: Element = {
        "linkId": f"{CONTEXT}.{question.key}",
        "text": question.prompt.en,
        "_text": translated(question.prompt),
        "type": TYPES[question.kind],
    }
    if question.kind is InstrumentKind.CHOICE:
        system = f"{canonical(instrument)}:{slug(question.key)}"
        found["answerOption"] = [
            {"valueCoding": {"system": system, "code": word}}
            for word in question.choices
        ]
    return found


def _scores(instrument: Instrument) -> Iterator[Element]:
    """Worked out, never asked: total, band and what else the instrument gives."""
    if instrument.bands and not instrument.screens_danger:
        total: Element = {
            "linkId": f"{SCORE}.total",
            "text": "Total",
            "type": "decimal",
            "readOnly": True,
        }
        if instrument.loinc_total:
            total["code"] = [{"system": LOINC, "code": instrument.loinc_total}]
        yield total
    if instrument.bands:
        yield {
            "linkId": f"{SCORE}.band",
            "text": "Band",
            "type": "string",
            "readOnly": True,
        }
    for name in instrument.subscales:
        yield {
            "linkId": f"{SCORE}.{name}",
            "text": name.replace("_", " "),
            "type": "string",
            "readOnly": True,
        }


def response(
    instrument: Instrument,
    *,
    answers: Mapping[str, int | None],
    context: Mapping[str, object],
    score: Score,
    status: str,
    authored: datetime,
    subject: str | None = None,
    identifier: str | None = None,
) -> QuestionnaireResponse:
    """The answers as a resource. Unanswered items are left out: silence is no zero."""
    found: Element = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": f"{canonical(instrument)}|{slug(instrument.version)}",
        "status": STATUS[status],
        "authored": authored.isoformat(timespec="seconds"),
        "item": [
            *_answered(instrument, answers),
            *_said(instrument, context),
            *_scored(instrument, score),
        ],
    }
    if subject:
        found["subject"] = {"reference": subject}
    if identifier:
        found["id"] = identifier
    return QuestionnaireResponse.model_validate(found)


def _answered(
    instrument: Instrument, answers: Mapping[str, int | None]
) -> Iterator[Element]:
    for item in instrument.items:
        code = answers.get(item.key)
        if code is not None:
            choice = next(one for one in item.choices if one.value == code)
            coding = {
                key: value
                for key, value in _coding(instrument, item, choice).items()
                if key != "extension"
            }
            yield _item(item.key, item.prompt.en, {"valueCoding": coding})


def _said(instrument: Instrument, context: Mapping[str, object]) -> Iterator[Element]:
    said = [
        _item(
            f"{CONTEXT}.{question.key}",
            question.prompt.en,
            _value(instrument, question, context[question.key]),
        )
        for question in instrument.context
        if context.get(question.key) is not None
    ]
    if said:
        yield {"linkId": CONTEXT, "text": "Needed for scoring", "item": said}


def _value(instrument: Instrument, question: Question, said: object) -> Element:
    if question.kind is InstrumentKind.YES_NO:
        return {"valueBoolean": said in (True, 1, "yes", "true")}
    if question.kind is InstrumentKind.WHOLE:
        return {"valueInteger": int(str(said))}
    if question.kind is InstrumentKind.DAY:
        return {"valueDate": date.fromisoformat(str(said)[:10]).isoformat()}
    system = f"{canonical(instrument)}:{slug(question.key)}"
    return {"valueCoding": {"system": system, "code": str(said)}}


def _scored(instrument: Instrument, score: Score) -> Iterator[Element]:
    declared = {str(element["linkId"]) for element in _scores(instrument)}
    values: Iterable[tuple[str, object]] = (
        (f"{SCORE}.total", score.total),
        (f"{SCORE}.band", score.band),
        *((f"{SCORE}.{name}", value) for name, value in score.subscales.items()),
    )
    for link, value in values:
        if link in declared and value is not None:
            kind = "valueDecimal" if link == f"{SCORE}.total" else "valueString"
            text = link.removeprefix(f"{SCORE}.").replace("_", " ").capitalize()
            yield _item(link, text, {kind: value if "Dec" in kind else str(value)})


def _item(link: str, text: str, answer: Element) -> Element:
    return {"linkId": link, "text": text, "answer": [answer]}

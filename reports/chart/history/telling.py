"""Rows of every kind in words, as the history says them. Pure but for labels of choices."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.urls import reverse

from aftercare.models import OutreachAttempt
from aftercare.models.events import event_choices
from assessments.models import Concern
from assessments.observations.kinds import label_of
from assessments.observations.numbers import with_sign
from knowledge.instruments.titles import short_title
from knowledge.medicines import medicines
from knowledge.wording.amounts import amount, listed, milligrams
from medications.models import MedicationDecision
from medications.models.medicines import decision_choices
from patients.models import (
    Consent,
    ConsentEnd,
    Disclosure,
    Patient,
    StatusChange,
    Visit,
)
from reports.chart.history.entries import EntryWords
from treatment.models import DoseEvent, ToxicologyResult

type Row = Mapping[str, Any]

PRESENT = ToxicologyResult.Result.POSITIVE
INVALID = ToxicologyResult.Result.INVALID
GRAVE = Concern.Level.MODERATE
_SURPRISE = {True: "was not expected", False: "was expected and not found"}
UNDER_WAY = "treatment:under_way"


def dose(row: Row) -> EntryWords:
    given = f"{_medicine(row)}{_mg(row)}"
    how = _label(DoseEvent.Kind, row["kind"]).lower()
    return EntryWords(
        "recorded",
        listed([given, how]),
        is_grave=row["kind"] == DoseEvent.Kind.MISSED,
        more=row["note"],
    )


def start(row: Row) -> EntryWords:
    given = f"{row['product'] or _medicine(row)}{_mg(row)}"
    return EntryWords(
        "ordered",
        listed([given, row["schedule"]]),
        link="Orders",
        url=_url(row, UNDER_WAY),
    )


def stop(row: Row) -> EntryWords:
    given = row["product"] or _medicine(row)
    what = f"{given} stopped"
    return EntryWords(
        "", what, more=row["why"], link="Orders", url=_url(row, UNDER_WAY)
    )


def score(row: Row) -> EntryWords:
    total = amount(_number(row["total"])) if row["total"] is not None else ""
    result = listed([total, row["band"]]) or "not complete"
    what = f"{short_title(row['instrument'])}: {result}"
    whole = (what, "answers of the person" if row["mode"] == "self" else "")
    return EntryWords(
        "recorded",
        listed(whole),
        more=row["why"],
        link="Answers",
        url=_url(row, "assessments:measure", row["pk"]),
    )


def measured(row: Row) -> EntryWords:
    number = with_sign(row["sign"], amount(_number(row["value"]))) or row["text"]
    what = f"{label_of(row['code'])}: {number} {row['unit']}".strip()
    return EntryWords(
        "recorded",
        what,
        more=row["why"],
        link="Course",
        url=_url(row, "reports:measured", row["code"]),
    )


def drug_test(row: Row) -> EntryWords:
    """One specimen: what was found, what was not as expected, and what says nothing."""
    results: list[Row] = row["results"]
    unexpected = [
        one
        for one in results
        if one["is_expected"] is False and one["result"] != INVALID
    ]
    found = _analytes(results, PRESENT)
    invalid = _analytes(results, INVALID)
    is_answered = len(invalid) < len(results)
    words = listed(
        [
            f"{', '.join(found)} found" if found else "nothing found" * is_answered,
            f"{', '.join(invalid)} not valid" if invalid else "",
        ]
    )
    surprises = ", ".join(
        f"{one['analyte']} {_SURPRISE[one['result'] == PRESENT]}" for one in unexpected
    )
    return EntryWords(
        "recorded",
        f"drug test: {words}".replace("_", " "),
        is_grave=bool(unexpected),
        more=surprises.replace("_", " "),
        link="Results",
        url=_url(row, UNDER_WAY),
    )


def _analytes(results: Iterable[Row], result: str) -> list[str]:
    return [one["analyte"] for one in results if one["result"] == result]


def contact(row: Row) -> EntryWords:
    how = _label(OutreachAttempt.Channel, row["channel"]).lower()
    result = _label(OutreachAttempt.Outcome, row["outcome"]).lower()
    return EntryWords(
        "recorded a contact,", f"{how}: {result}", more=row["note"], **_aftercare(row)
    )


def event(row: Row) -> EntryWords:
    title = dict(event_choices())[row["kind"]].lower()
    day = "" if row["is_day_known"] else ", day not known"
    return EntryWords(
        "recorded an event:",
        f"{title}{day}",
        is_grave=True,
        more=row["words"] or row["why"],
        link="Steps",
        url=_url(row, "aftercare:event", row["first"] or row["pk"]),
    )


def follow_up(row: Row) -> EntryWords:
    return EntryWords(
        "closed", f"“{row['title']}”: done", more=row["outcome"], **_aftercare(row)
    )


def visit(row: Row) -> EntryWords:
    kind = row["kind"].replace("_", " ")
    reasons = ", ".join(row["reasons"]).replace("_", " ")
    is_missed = row["status"] == Visit.Status.MISSED
    words = _label(Visit.Status, row["status"]).lower()
    return EntryWords("recorded", f"{kind}: {words}", is_grave=is_missed, more=reasons)


def decision(row: Row) -> EntryWords:
    choice = dict(decision_choices()).get(row["choice"], row["choice"])
    reason = _label(MedicationDecision.Reason, row["reason"]) if row["reason"] else ""
    return EntryWords(
        "recorded the",
        f"decision: {choice}",
        more=reason,
        link="Decision",
        url=_url(row, "medications:recorded", row["pk"]),
    )


def plan(row: Row) -> EntryWords:
    return EntryWords(
        "signed",
        f"plan {row['version']}",
        link="Plan",
        url=reverse("plans:detail", args=[row["pk"]]),
    )


def intake(row: Row) -> EntryWords:
    return EntryWords(
        "completed the", "intake", link="Intake", url=_url(row, "assessments:intake")
    )


def status(row: Row) -> EntryWords:
    how = _label(StatusChange.DischargeClass, row["class"]) if row["class"] else ""
    words = _label(Patient.Status, row["status"])
    what = f"status: {listed([words, how]).lower()}"
    is_unknown = "" if row["is_day_known"] else "The day is not known"
    return EntryWords(
        "wrote down the", what, more=". ".join(filter(None, (row["why"], is_unknown)))
    )


def concern(row: Row) -> EntryWords:
    kind = _label(Concern.Kind, row["kind"]).lower()
    level = _label(Concern.Level, row["level"]).lower()
    return EntryWords(
        "raised:",
        listed([kind, level]),
        is_grave=row["level"] >= GRAVE,
        more=row["why"],
        **_aftercare(row),
    )


def concern_closed(row: Row) -> EntryWords:
    kind = _label(Concern.Kind, row["kind"]).lower()
    return EntryWords("closed:", kind, more=row["why"], **_aftercare(row))


def consent(row: Row) -> EntryWords:
    names = ", ".join(one["name"] for one in row["recipients"])
    kind = _label(Consent.Kind, row["kind"]).lower()
    given = row["status"] == Consent.Status.GIVEN
    what = f"consent for {names or kind}"
    return EntryWords(
        "took" if given else "wrote down:",
        what if given else f"{what} declined",
        more=kind if names else "",
        **_consent(row),
    )


def consent_ended(row: Row) -> EntryWords:
    names = row["recipient"] or ", ".join(one["name"] for one in row["recipients"])
    why = _label(ConsentEnd.Why, row["why"]).lower()
    return EntryWords("ended", f"consent for {names}: {why}", **_consent(row))


def disclosure(row: Row) -> EntryWords:
    purpose = row["purpose_words"] or _label(Disclosure.Purpose, row["purpose"])
    stopped = row["is_stopped"]
    return EntryWords(
        "was stopped telling" if stopped else "told",
        f"{row['recipient']}: {purpose}",
        more=row["why"],
        link="What was told" if not stopped else "What was asked",
        url=_url(row, "patients:disclosure", row["pk"]),
    )


def _aftercare(row: Row) -> dict[str, Any]:
    return {"link": "Aftercare", "url": _url(row, "aftercare:of_patient")}


def _consent(row: Row) -> dict[str, Any]:
    return {"link": "Consent", "url": _url(row, "patients:consent", row["pk"])}


def _url(row: Row, name: str, *more: int | str) -> str:
    return reverse(name, args=[row["patient"], *more])


def _label(choices: Any, value: Any) -> str:
    """The words of a choice; the value where it is of an older edition."""
    return str(dict(choices.choices).get(value, value))


def _medicine(row: Row) -> str:
    key = row["medication"]
    return str(medicines()[key].spoken if key in medicines() else key)


def _mg(row: Row) -> str:
    return milligrams(_number(row["mg"]))


def _number(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))

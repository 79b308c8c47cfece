"""Weighing the options for one person."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import StaffRequest, requires
from accounts.permissions import Permission
from assessments.models import IntakeAnswer
from assessments.picture import Picture
from medications.assembly import picture_of
from medications.basis import fired, tallies
from medications.columns import FOLDED, arrange
from medications.forms.decision import WhatIfForm
from medications.lines import general
from medications.models import MedicationDecision
from medications.options import Options, evaluate
from medications.what_if import Moves, facts_to_try, moves
from medications.wording import facts_used
from patients.actions.registry import note_chart_view
from patients.models import Patient
from patients.views.registry import of_clinic

# What the person says about treatment, by question, and how it is introduced.
WORDS = {
    "own_words": "On the choice of medication",
    "words_treatment": "On treatment so far",
    "words_goal": "On three months from now",
}


@dataclass(frozen=True, slots=True)
class Said:
    """The person's own words, what they are about, and when they were said."""

    text: str
    about: str
    at: datetime


class Tried(TypedDict):
    """The what-if form, and what the answers in it would change."""

    what_if: WhatIfForm
    moves: Moves | None


@require_GET
@requires(Permission.PATIENT_VIEW)
def decision(request: StaffRequest, pk: int) -> HttpResponse:
    """Every option side by side, with its reasons; what is under way; what if."""
    patient = of_clinic(request, pk)
    now = timezone.now()
    picture = picture_of(patient, at=now)
    options = evaluate(picture)
    tried = _tried(request, picture, options)
    if request.headers.get("HX-Target") == "what-if-result":
        return render(request, "medications/moves.html", tried)
    note_chart_view(patient=patient, page="medication", by=request.user, at=now)
    context = {
        "patient": patient,
        "tab": "medication",
        "picture": picture,
        "words": words_of(patient),
        **_weighed(picture, options),
        "decision": newest(patient),
        **tried,
    }
    return render(
        request,
        "medications/decision.html",
        context,
        status=400 if tried["what_if"].errors else 200,
    )


def _weighed(picture: Picture, options: Options) -> dict[str, object]:
    columns = arrange(options)
    return {
        "options": options,
        "columns": [column for column in columns if column.key != FOLDED],
        "folded": next(column for column in columns if column.key == FOLDED),
        "general": general(options),
        "facts": facts_used(picture),
        "fired": len(fired(options)),
        "tallies": tallies(options),
    }


def _tried(request: StaffRequest, picture: Picture, options: Options) -> Tried:
    """What other answers, given in the address, would change."""
    names = facts_to_try(picture, options)
    is_tried = any(key.startswith(WhatIfForm.PREFIX) for key in request.GET)
    form = WhatIfForm(request.GET if is_tried else None, facts=names, picture=picture)
    changed = form.changed if is_tried and form.is_valid() else None
    return {
        "what_if": form,
        "moves": moves(options, evaluate(changed)) if changed else None,
    }


def words_of(patient: Patient) -> list[Said]:
    """What the person said about treatment, newest of each, quoted as said."""
    newest = (
        IntakeAnswer.objects.filter(
            patient=patient, question__in=list(WORDS), is_known=True
        )
        .order_by("question", "-answered_at", "-pk")
        .distinct("question")
    )
    return [
        Said(str(answer.value), WORDS[answer.question], answer.answered_at)
        for answer in newest
        if answer.value
    ]


def newest(patient: Patient) -> MedicationDecision | None:
    """The last decision, without the frozen facts and options."""
    return (
        MedicationDecision.objects.filter(patient=patient)
        .select_related("decided_by")
        .defer("picture", "options")
        .first()
    )

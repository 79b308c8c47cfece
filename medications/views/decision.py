"""Weighing the options for one person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import StaffRequest, requires
from accounts.permissions import Permission
from assessments.facts import FACTS
from assessments.picture import Picture
from assessments.picture.assemble import picture_from, subject_of
from knowledge.editions import knowledge
from knowledge.policy import Policy
from medications.actions.accepting import can_accept, shown_as
from medications.clinic_policy.policy import policy_of
from medications.decision_aid.context import talk_panel
from medications.decision_page.columns import arrange
from medications.decision_page.contradictions import conflicts
from medications.decision_page.provenance import fired, tallies
from medications.decision_page.reasons import general
from medications.decision_page.what_if import (
    TRIABLE,
    Moves,
    facts_to_try,
    moves,
    others_to_try,
)
from medications.forms.decision import WhatIfForm
from medications.models import MedicationDecision
from medications.options.counterfactuals import with_changes
from medications.options.evaluate import evaluate
from medications.options.model import Options
from medications.rules.fact_lines import facts_used
from patients.models import Patient
from patients.views.registry import note_view, of_clinic

# What the person says about treatment, by question, and how it is introduced.
WORDS = {
    "own_words": "On the choice of medication",
    "words_treatment": "On treatment so far",
    "words_goal": "On three months from now",
}
# What the person wishes: without these nobody's place in the ranking is owed to it.
WISHES = ("preference", "values", "values_most")
RESULT, PANEL = "what-if-result", "what-if"


@dataclass(frozen=True, slots=True)
class TalkSummary:
    """The person's own words, what they are about, and when they were said."""

    text: str
    about: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Tried:
    """The what-if form, the picture it makes, and what that would change."""

    form: WhatIfForm
    picture: Picture | None
    options: Options | None
    moves: Moves | None


@requires(Permission.PATIENT_VIEW, "GET")
def decision(request: StaffRequest, pk: int) -> HttpResponse:
    """Every option side by side, with its reasons; what is under way; what if."""
    patient = of_clinic(request, pk)
    now = request.at
    subject = subject_of(patient, at=now)
    picture, policy = picture_from(subject), policy_of(patient.clinic_id)
    options = evaluate(picture, policy=policy)
    tried = _tried(request, picture, options)
    context = {
        "patient": patient,
        "subject": subject,
        "picture": picture,
        "what_if": tried.form,
        "moves": tried.moves,
        "more_facts": others_to_try(_names(tried.form), picture),
    }
    if request.headers.get("HX-Target") == PANEL:
        return render(request, "medications/what_if.html", context)
    shown = tried.options or options
    context |= _weighed(tried.picture or picture, shown, policy)
    if request.headers.get("HX-Target") == RESULT:
        return render(request, "medications/decision.html#tried", context)
    note_view(request, patient, "medication")
    last = newest(patient)
    accepts = can_accept(options, picture) if tried.options is None else None
    if accepts and last and last.choice == accepts.medication:
        accepts = None  # It is what was recorded already.
    context |= {
        "tab": "medication",
        "words": words_of(picture),
        "decision": last,
        **talk_panel(patient),
        "accepts": accepts,
        "accepts_as": shown_as(accepts) if accepts else "",
    }
    status = 400 if tried.form.errors else 200
    return render(request, "medications/decision.html", context, status=status)


def _weighed(picture: Picture, options: Options, policy: Policy) -> dict[str, object]:
    searched = with_changes(options, picture)
    columns = arrange(searched, evaluate(_without_wishes(picture), policy=policy))
    return {
        "options": options,
        "columns": [column for column in columns if not column.is_folded],
        "folded": next(column for column in columns if column.is_folded),
        "general": general(options),
        "facts": list(facts_used(picture)),
        "conflicts": conflicts(picture, knowledge().on(picture.today, policy)),
        "fired": len(fired(options)),
        "tallies": tallies(options),
    }


def _without_wishes(picture: Picture) -> Picture:
    return picture.changed(dict.fromkeys(WISHES))


def _tried(request: StaffRequest, picture: Picture, options: Options) -> Tried:
    """What other answers, given in the address, would change."""
    asked = [
        name.removeprefix(WhatIfForm.PREFIX)
        for name in request.GET
        if name.startswith(WhatIfForm.PREFIX)
    ]
    wanted = [*asked, *request.GET.getlist("add")]
    names = dict.fromkeys([*facts_to_try(picture, options), *_known(wanted)])
    form = WhatIfForm(request.GET if asked else None, facts=names, picture=picture)
    changed = form.changed if asked and form.is_valid() else None
    if changed is None:
        return Tried(form, None, None, None)
    after = evaluate(changed, policy=options.policy)
    return Tried(form, changed, after, moves(options, after))


def _known(names: Iterable[str]) -> list[str]:
    return [n for n in names if n in FACTS and FACTS[n].kind in TRIABLE]


def _names(form: WhatIfForm) -> list[str]:
    return [name.removeprefix(WhatIfForm.PREFIX) for name in form.fields]


def words_of(picture: Picture) -> list[TalkSummary]:
    """What the person said about treatment, newest of each, quoted as said."""
    found = ((about, picture.known(name)) for name, about in WORDS.items())
    return [
        TalkSummary(str(known.value), about, known.as_of)
        for about, known in found
        if known and known.value
    ]


def newest(patient: Patient) -> MedicationDecision | None:
    """The last decision, without the frozen facts and options."""
    return (
        MedicationDecision.objects.filter(patient=patient)
        .select_related("decided_by")
        .defer("picture", "options")
        .first()
    )

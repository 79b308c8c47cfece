"""Weighing the options for one person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import StaffRequest, requires
from accounts.doors import BAD, OK
from accounts.permissions import Permission
from assessments.facts import FACTS
from assessments.picture import Picture
from assessments.picture.assemble import picture_from, subject_of
from assessments.picture.sources import Subject
from knowledge.editions import Edition, knowledge
from knowledge.policy import Policy
from medications.actions.accepting import can_accept, shown_as
from medications.clinic_policy.policy import policy_of
from medications.decision_aid.context import talk_panel
from medications.decision_page.bedside import bedside, not_asked
from medications.decision_page.can_wait import can_wait
from medications.decision_page.columns import DecisionColumn, arrange, for_all
from medications.decision_page.contradictions import conflicts
from medications.decision_page.monitoring import monitoring
from medications.decision_page.phases import Phase, phase_of
from medications.decision_page.provenance import fired, tallies
from medications.decision_page.reasons import general
from medications.decision_page.restart import Restart, by_the_table, restart
from medications.decision_page.tiers import mentioned, tiers
from medications.decision_page.under_way_page import UnderWay, under_way
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
from medications.views.bedside import (
    FieldTrouble,
    answers_beside,
    ask_panel,
    asking_key,
    control,
    save,
    status_of,
)
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
HEADINGS = {Phase.START: "Start a medicine", Phase.RESTART: "Restart"}


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


@dataclass(frozen=True, slots=True)
class _Weighed:
    """One person with the options at this moment, by the clinic's own rules."""

    patient: Patient
    subject: Subject
    picture: Picture
    policy: Policy
    options: Options


def _weigh(patient: Patient, at: datetime) -> _Weighed:
    subject = subject_of(patient, at=at)
    picture, policy = picture_from(subject), policy_of(patient.clinic_id)
    options = evaluate(picture, policy=policy)
    return _Weighed(patient, subject, picture, policy, options)


@requires(Permission.PATIENT_VIEW, "GET")
def decision(request: StaffRequest, pk: int) -> HttpResponse:
    """The options by the phase of treatment, with what to ask first; what if."""
    here = _weigh(of_clinic(request, pk), request.at)
    tried = _tried(request, here.picture, here.options)
    if request.headers.get("HX-Target") == PANEL:
        return render(request, "medications/what_if.html", _trying(here, tried))
    if request.headers.get("HX-Target") == RESULT:
        context = _trying(here, tried) | _as_tried(request, here, tried)
        return render(request, "medications/decision.html#tried", context)
    note_view(request, here.patient, "medication")
    return _whole(request, here, tried, BAD if tried.form.errors else OK)


def _whole(
    request: StaffRequest,
    here: _Weighed,
    tried: Tried,
    status: int,
    trouble: FieldTrouble | None = None,
) -> HttpResponse:
    context = {
        **_trying(here, tried),
        **_as_tried(request, here, tried, trouble),
        **_around(here),
        **_accepting(here, is_tried=tried.options is not None),
    }
    return render(request, "medications/decision.html", context, status=status)


def _trying(here: _Weighed, tried: Tried) -> dict[str, object]:
    return {
        "patient": here.patient,
        "subject": here.subject,
        "picture": here.picture,
        "what_if": tried.form,
        "moves": tried.moves,
        "more_facts": others_to_try(_names(tried.form), here.picture),
    }


def _as_tried(
    request: StaffRequest,
    here: _Weighed,
    tried: Tried,
    trouble: FieldTrouble | None = None,
) -> dict[str, object]:
    picture, options = tried.picture or here.picture, tried.options or here.options
    return _page(request, here, picture, options, trouble)


@requires(Permission.ASSESS, "POST")
def ask(request: StaffRequest, pk: int, question: str) -> HttpResponse:
    """Keep one answer given beside the options; send back what it moved.

    Without a script that is the page, where something was wrong with what was typed.
    """
    patient = of_clinic(request, pk)
    trouble = save(request, patient, question)
    here = _weigh(patient, request.at)
    if request.headers.get("HX-Request") != "true":
        return _answered_whole(request, here, trouble)
    context = {
        "patient": patient,
        "subject": here.subject,
        "picture": here.picture,
        "tab": "medication",
        "answered": question,
        **_page(request, here, here.picture, here.options, trouble, question),
        **_accepting(here, is_tried=False),
    }
    status = status_of(trouble)
    template = "medications/decision.html#answered"
    return render(request, template, context, status=status)


def _answered_whole(
    request: StaffRequest, here: _Weighed, trouble: FieldTrouble | None
) -> HttpResponse:
    """Back to the questions, or the page with what was wrong beside its field."""
    if trouble is None:
        return redirect(
            f"{reverse('medications:decision', args=[here.patient.pk])}#ask"
        )
    # A field that somebody else has answered may not stand there any more.
    messages.error(request, trouble[1].message)
    tried = _tried(request, here.picture, here.options)
    return _whole(request, here, tried, status_of(trouble), trouble)


def _page(
    request: StaffRequest,
    here: _Weighed,
    picture: Picture,
    options: Options,
    trouble: FieldTrouble | None = None,
    answered: str = "",
) -> dict[str, object]:
    """The options laid out by phase, and what is asked before a dose."""
    phase = phase_of(options)
    edition = knowledge().on(picture.today, here.policy)
    words = words_of(picture)
    columns = _columns(here, picture, options, edition, words)
    beside = _under_way(options, columns, picture, edition, phase)
    missed = restart(options, picture, edition) if phase is Phase.RESTART else None
    if missed is not None:
        columns = by_the_table(columns, missed)
    asked = bedside(options, phase)
    return {
        "phase": phase.value,
        "heading": _heading(phase, beside, missed),
        "words": words,
        "options": options,
        "columns": columns,
        "tiers": tiers(columns, picture),
        "folded": next(column for column in columns if column.is_folded),
        "ask": ask_panel(
            request,
            here.patient,
            asked,
            trouble,
            answered,
            is_restart=phase is Phase.RESTART,
        ),
        "asked": {fact for one in asked for fact in one.facts},
        "for_all": not_asked(for_all(columns), asked),
        "under_way": beside,
        "signs": _signs(request, here.patient, beside, trouble),
        "restart": missed,
        "general": general(options),
        "can_wait": can_wait(options),
        "monitoring": monitoring(picture),
        "facts": list(facts_used(picture)),
        "conflicts": conflicts(picture, edition),
        "fired": len(fired(options)),
        "tallies": tallies(options),
    }


def _columns(
    here: _Weighed,
    picture: Picture,
    options: Options,
    edition: Edition,
    words: list[TalkSummary],
) -> tuple[DecisionColumn, ...]:
    return arrange(
        with_changes(options, picture),
        picture,
        edition,
        unasked=evaluate(_without_wishes(picture), policy=here.policy),
        mentioned=mentioned(said.text for said in words),
    )


def _heading(phase: Phase, beside: UnderWay | None, missed: Restart | None) -> str:
    shown = beside or missed
    return shown.title if shown else HEADINGS[phase]


def _under_way(
    options: Options,
    columns: tuple[DecisionColumn, ...],
    picture: Picture,
    edition: Edition,
    phase: Phase,
) -> UnderWay | None:
    if phase is not Phase.UNDER_WAY:
        return None
    return under_way(options, columns, picture, edition)


def _signs(
    request: StaffRequest,
    patient: Patient,
    beside: UnderWay | None,
    trouble: FieldTrouble | None,
) -> list[dict[str, object]]:
    """The five signs; one that was not asked lately with the field that answers it."""
    if beside is None:
        return []
    answers = answers_beside(request, patient)
    return [
        {
            "sign": sign,
            "control": control(key, answers, trouble, is_open=True)
            if sign.is_at_goal is None and (key := asking_key(sign.fact))
            else None,
        }
        for sign in beside.signs
    ]


def _accepting(here: _Weighed, *, is_tried: bool) -> dict[str, object]:
    """The last decision, and what one click would record; nothing while trying."""
    last = newest(here.patient)
    accepts = None if is_tried else can_accept(here.options, here.picture)
    if accepts and last and last.choice == accepts.medication:
        accepts = None  # It is what was recorded already.
    return {
        "decision": last,
        "accepts": accepts,
        "accepts_as": shown_as(accepts) if accepts else "",
    }


def _around(here: _Weighed) -> dict[str, object]:
    return {"tab": "medication", **talk_panel(here.patient)}


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

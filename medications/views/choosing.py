"""Recording what was chosen together, and reading it again."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.access import StaffRequest, posted, requires
from accounts.doors import act, acting_now, outcome_of, status_of
from accounts.entry.step_up import step_up
from accounts.permissions import Permission
from assessments.picture import Picture
from assessments.picture.assemble import picture_from, picture_of, subject_of
from assessments.picture.sources import Subject
from knowledge.editions import knowledge
from knowledge.medicines import medicines
from medications.actions import decisions
from medications.actions.accepting import accept_first, wish_in
from medications.clinic_policy.policy import policy_of
from medications.decision_page.replay import replay
from medications.forms.decision import NO, SURE, TOOK_PART, YES, DecideForm
from medications.models import DecisionTalk, MedicationDecision
from medications.options.evaluate import evaluate
from medications.options.model import Missing, Option, Options, Standing
from medications.options.tasks_of_choice import follows
from medications.rules.fact_lines import facts_used
from medications.views.decision import WORDS, newest, words_of
from patients.models import Patient
from patients.views.registry import note_view, of_clinic

NUMBER = re.compile(r"[0-9]{1,18}")
RECORDED = (
    "Recorded, with what was known and shown. What follows from it is on the list."
)


@dataclass(frozen=True, slots=True)
class _Choosing:
    """One choice about to be made, with what is known at that moment."""

    choice: str
    subject: Subject
    picture: Picture
    options: Options
    option: Option | None
    talk: DecisionTalk | None

    @property
    def is_closed(self) -> bool:
        option = self.option
        return option is not None and option.standing is Standing.CONTRAINDICATED

    @property
    def is_referred(self) -> bool:
        """Whether choosing it means going elsewhere: this clinic cannot give it."""
        option = self.option
        return option is not None and option.standing is Standing.NOT_HERE

    @property
    def unanswered(self) -> list[Missing]:
        """What is not known and could rule the choice out."""
        return [m for m in self.option.missing if m.holds] if self.option else []


@requires(Permission.MEDICATION_DECIDE)
@step_up("record a decision on medication")
def decide(request: StaffRequest, pk: int, choice: str) -> HttpResponse:
    """Record what was chosen together: an option, none of them, or not now."""
    patient = of_clinic(request, pk)
    choosing = outcome_of(
        request, lambda: _choosing(patient, choice, request.at), only_looks=True
    )
    if choosing is None:
        return redirect("medications:decision", pk)
    form = _form(request, choosing)
    if act(
        request,
        lambda: decisions.record_decision(
            patient=patient,
            choice=choice,
            picture=choosing.picture,
            talk=replace(_talk(form, choosing.talk), after=_last_shown(request)),
            **acting_now(request),
        ),
        form=form,
        done=RECORDED,
        about=lambda: about_to_decide(
            patient, choice, str(form.cleaned_data.get("first_dose") or "")
        ),
    ):
        return redirect("medications:decision", pk)
    context = {
        "patient": patient,
        "tab": "medication",
        "subject": choosing.subject,
        "form": form,
        "title": medicines().titles[choice],
        "choosing": choosing,
        "first": choosing.options.ranked()[:1],
        "follows": follows(choice, choosing.option, choosing.options, knowledge()),
        "is_medicine": choosing.option is not None,
        "last": newest(patient),
    }
    return render(request, "medications/decide.html", context, status=status_of(form))


def about_to_decide(patient: Patient, choice: str, first_dose: str = "") -> list[str]:
    """A decision in the lines that are read again before it is recorded."""
    title = medicines().titles.get(choice, choice)
    first = [f"First dose: {first_dose}"] if first_dose else []
    return [f"{title}, for {patient.shown_name}.", *first]


def _choosing(patient: Patient, choice: str, at: datetime) -> _Choosing:
    """What is known of a choice now; refused where it is none."""
    subject = subject_of(patient, at=at)
    picture = picture_from(subject)
    options = evaluate(picture, policy=policy_of(patient.clinic_id))
    option = decisions.option_of(choice, options)
    return _Choosing(choice, subject, picture, options, option, _last_talk(patient))


def _form(request: StaffRequest, choosing: _Choosing) -> DecideForm:
    option = choosing.option
    return DecideForm(
        posted(request),
        cautions=decisions.cautions_of(option) if option else (),
        with_grounds=option is not None and decisions.needs_justification(option),
        with_dose=option is not None and not choosing.is_referred,
        with_reason=decisions.departs(choosing.choice, "", choosing.options),
        initial=_initial(choosing),
    )


def _initial(choosing: _Choosing) -> dict[str, object]:
    said = [w for w in words_of(choosing.picture) if w.about == WORDS["own_words"]]
    return {
        "preference": wish_in(choosing.picture),
        "preference_words": said[0].text if said else "",
        "took_part": ["person", "prescriber"],
        "seen": choosing.option.standing.value if choosing.option else "",
        **(_told(choosing.talk) if choosing.talk else {}),
    }


def _told(talk: DecisionTalk) -> dict[str, object]:
    """What the person said themselves, so that nobody types it again."""
    parts = {
        "family" if who.startswith("support:") else who for who in talk.participants
    }
    answers = {True: YES, False: NO}
    told = {
        "preference_words": talk.own_words,
        "interpreter": talk.interpreter[:80],
        **{f"sure_{key}": answers.get(talk.sure.get(key)) for key, _ in SURE},
    }
    known = {name: value for name, value in told.items() if value}
    return {**known, "took_part": sorted(parts | {"person", "prescriber"})}


def _last_talk(patient: Patient) -> DecisionTalk | None:
    """The talk that was handed back last, if no decision was made from it yet."""
    talk = DecisionTalk.objects.filter(patient=patient).sent().first()
    return None if talk is None or talk.decisions.exists() else talk


def _talk(form: DecideForm, held: DecisionTalk | None) -> decisions.Talk:
    values: dict[str, Any] = {
        name: value
        for name, value in form.cleaned_data.items()
        if not name.startswith("sure_")
    }
    return decisions.Talk(
        took_part=tuple(values.pop("took_part")),
        acknowledged=tuple(values.pop("acknowledged", ())),
        sure=form.sure(),
        held=held,
        **values,
    )


def _last_shown(request: StaffRequest) -> int | None:
    """The decision that the page said was the last; 0 where it said none."""
    text = request.POST.get("after", "")
    return int(text) if NUMBER.fullmatch(text) else None


@requires(Permission.MEDICATION_DECIDE, "POST")
@step_up("record a decision on medication")
def accept(request: StaffRequest, pk: int) -> HttpResponse:
    """Record the first option in one click, with everything that it writes."""
    patient = of_clinic(request, pk)
    act(
        request,
        lambda: accept_first(
            patient=patient,
            shown=str(request.POST.get("choice", "")),
            seen=str(request.POST.get("seen", "")),
            after=_last_shown(request),
            picture=picture_of(patient, at=request.at),
            **acting_now(request),
        ),
        done=RECORDED,
        about=lambda: about_to_decide(patient, str(request.POST.get("choice", ""))),
    )
    return redirect("medications:decision", pk)


@requires(Permission.PATIENT_VIEW, "GET")
def recorded(request: StaffRequest, pk: int, decision: int) -> HttpResponse:
    """A decision as it was made, and whether the same would follow today."""
    patient = of_clinic(request, pk)
    kept = get_object_or_404(
        MedicationDecision.objects.visible_to(request.acting).select_related(
            "decided_by"
        ),
        pk=decision,
        patient=patient,
    )
    note_view(request, patient, "decision")
    context = {
        "patient": patient,
        "tab": "medication",
        "decision": kept,
        "wish": medicines().titles.get(kept.preference, ""),
        "title": medicines().titles[kept.choice],
        "facts": facts_used(Picture.from_json(kept.picture)),
        "replay": replay(kept, policy=policy_of(patient.clinic_id)),
        "sure": [(label, kept.sure.get(key)) for key, label in SURE],
        "titles": medicines().titles,
        "took_part": [dict(TOOK_PART)[who] for who in kept.took_part],
    }
    return render(request, "medications/recorded.html", context)

"""Giving an instrument beside the chart, and correcting one by a new version."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import StaffRequest, posted, requires
from accounts.doors import acting_now, outcome_of, status_of
from accounts.once import is_form_sent
from accounts.permissions import Permission
from accounts.tenancy import clinic_day
from assessments.actions import administer as acts
from assessments.forms.measures import InstrumentForm
from assessments.intake_page.scoring_context import context_known
from assessments.models import Assessment, AssessmentDraft
from assessments.scores.completion import Completion, standing
from assessments.scores.result import with_changes
from assessments.self_report.question import asks_of_form
from assessments.views.beside import in_drawer
from knowledge.instruments.registry import Instrument, NoSuchInstrument, find
from patients.models import Patient
from patients.views.registry import of_clinic

LONGEST_TYPED = 40


def declared_as(key: str) -> Instrument:
    """The instrument that a URL names, or a 404."""
    try:
        return find(key)
    except NoSuchInstrument as refusal:
        raise Http404(str(refusal)) from None


def found_of(request: StaffRequest, patient: Patient, pk: int) -> Assessment:
    """This person's assessment, or a 404."""
    mine = Assessment.objects.visible_to(request.acting)
    return get_object_or_404(
        mine.select_related("given_by", "error_by", "amends"), pk=pk, patient=patient
    )


@requires(Permission.ASSESS)
def give(request: StaffRequest, pk: int, instrument: str) -> HttpResponse:
    """Give an instrument; it is scored here, not in the browser."""
    patient, declared = of_clinic(request, pk), declared_as(instrument)
    draft = _draft_of(request, patient, declared)
    begun = _begun(request, patient, declared)
    form = _form(request, declared, begun | draft.typed if draft else begun)
    kept = outcome_of(request, lambda: _keep(request, patient, form, None), form=form)
    if kept is not None:
        return _kept(request, patient, kept)
    return _page(request, patient, form, draft=draft)


@requires(Permission.ASSESS)
def amend(request: StaffRequest, pk: int, assessment: int) -> HttpResponse:
    """Correct an instrument by a new version; the one before stays readable."""
    patient = of_clinic(request, pk)
    before = found_of(request, patient, assessment)
    declared = declared_as(before.instrument)
    form = _form(request, declared, _initial(declared, before))
    kept = outcome_of(request, lambda: _keep(request, patient, form, before), form=form)
    if kept is not None:
        return _kept(request, patient, kept)
    return _page(request, patient, form, before=before)


@requires(Permission.ASSESS, "POST")
def draft(request: StaffRequest, pk: int, instrument: str) -> HttpResponse:
    """Keep what is typed so far, and say how the instrument stands; what arrives after
    its form was taken is kept no more."""
    patient, declared = of_clinic(request, pk), declared_as(instrument)
    form = _form(request, declared, {})
    typed = {name: form[name].data for name in form.fields if form[name].data}
    now = request.at
    is_late = is_form_sent(request, request.acting, at=now)
    if not is_late and any(name.startswith("item-") for name in typed):
        acts.keep_draft(
            patient=patient,
            instrument=declared.key,
            typed={k: _short(v) for k, v in typed.items()},
            by=request.user,
            at=now,
        )
    saved_at = None if is_late else now
    context = {"standing": _standing(declared, typed), "saved_at": saved_at}
    return render(request, "assessments/give_form.html#state", context)


@requires(Permission.ASSESS, "POST")
def discard(request: StaffRequest, pk: int, instrument: str) -> HttpResponse:
    """Forget the draft of this instrument."""
    patient, declared = of_clinic(request, pk), declared_as(instrument)
    acts.discard_draft(patient=patient, instrument=declared.key, by=request.user)
    messages.success(request, "Draft discarded.")
    return redirect("reports:measures", pk)


def _short(value: object) -> str:
    return str(value).replace("\x00", "")[:LONGEST_TYPED]


def _draft_of(
    request: StaffRequest, patient: Patient, declared: Instrument
) -> AssessmentDraft | None:
    mine = AssessmentDraft.objects.visible_to(request.acting)
    return mine.filter(
        patient=patient, instrument=declared.key, staff=request.user
    ).first()


def _form(
    request: StaffRequest, declared: Instrument, initial: Mapping[str, object]
) -> InstrumentForm:
    return InstrumentForm(
        posted(request),
        instrument=declared,
        now=request.at,
        initial=dict(initial),
    )


def _standing(declared: Instrument, typed: Mapping[str, object]) -> Completion:
    return standing(declared, _part(typed, "item-"), _part(typed, "context-"))


def _part(typed: Mapping[str, object], prefix: str) -> dict[str, object]:
    return {
        name.removeprefix(prefix): value
        for name, value in typed.items()
        if name.startswith(prefix)
    }


def _page(
    request: StaffRequest,
    patient: Patient,
    form: InstrumentForm,
    *,
    draft: AssessmentDraft | None = None,
    before: Assessment | None = None,
) -> HttpResponse:
    declared = form.instrument
    typed = {name: form[name].value() for name in form.fields}
    context = {
        "patient": patient,
        "tab": "measures",
        "declared": declared,
        "form": form,
        "asks": list(asks_of_form(form, declared)),
        "standing": _standing(declared, typed),
        "draft": draft if request.method == "GET" else None,
        "before": before,
        "queue": _queue(request),
    }
    part = "#drawer" if in_drawer(request) else ""
    return render(
        request, f"assessments/give.html{part}", context, status=status_of(form)
    )


def _queue(request: StaffRequest) -> tuple[str, ...]:
    """The instruments that are given after this one; others are passed over."""
    wanted = request.GET.get("then", "").split(",")
    known = []
    for key in wanted:
        try:
            known.append(find(key).key)
        except NoSuchInstrument:
            continue
    return tuple(known)


def _kept(request: StaffRequest, patient: Patient, kept: Assessment) -> HttpResponse:
    """What came out, and the way to the next instrument or back."""
    queue = _queue(request)
    following = _following(patient, queue) if queue else ""
    if in_drawer(request):
        context = {
            "patient": patient,
            "shown": with_changes(kept),
            "following": following,
            "next_title": find(queue[0]).title.en if queue else "",
        }
        return render(request, "assessments/give_result.html", context)
    messages.success(request, f"{find(kept.instrument).title.en}: kept.")
    shown = reverse("assessments:measure", args=[patient.pk, kept.pk])
    return redirect(following or shown)


def _following(patient: Patient, queue: tuple[str, ...]) -> str:
    path = reverse("assessments:give", args=[patient.pk, queue[0]])
    rest = urlencode({"then": ",".join(queue[1:])}) if queue[1:] else ""
    return f"{path}?{rest}" if rest else path


def _begun(
    request: StaffRequest, patient: Patient, declared: Instrument
) -> dict[str, object]:
    """A form with what the record knows already."""
    known = context_known(patient, declared, at=request.at)
    said = {f"context-{key}": value for key, value in known.items()}
    return {"given_at": request.at, "mode": Assessment.Mode.STAFF, **said}


def _initial(declared: Instrument, before: Assessment) -> dict[str, object]:
    raws = {d.raw for d in declared.derivations}
    items = {f"item-{key}": value for key, value in before.answers.items()}
    said = {
        f"item-{key}" if key in raws else f"context-{key}": value
        for key, value in before.context.items()
    }
    given_at = timezone.localtime(before.given_at)
    return {**items, **said, "mode": before.mode, "given_at": given_at}


def _keep(
    request: StaffRequest,
    patient: Patient,
    form: InstrumentForm,
    before: Assessment | None,
) -> Assessment:
    given_at = form.cleaned_data["given_at"]
    context = {k: v for k, v in form.part("context-").items() if v is not None}
    if any(question.key == "as_of" for question in form.instrument.context):
        context["as_of"] = clinic_day(patient.clinic, given_at)
    return acts.give_instrument(
        patient=patient,
        instrument=form.instrument.key,
        answers=form.part("item-"),
        context={k: _plain(v) for k, v in context.items()},
        mode=form.cleaned_data["mode"],
        given_at=given_at,
        amends=before,
        **acting_now(request),
    )


def _plain(value: object) -> object:
    return value if isinstance(value, int | str) else str(value)

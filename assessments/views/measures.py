"""Scores over time, giving an instrument, looking at one, taking one out."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import StaffRequest, requires
from accounts.permissions import Permission
from assessments import series
from assessments.actions import measures as acts
from assessments.forms import ErrorForm, InstrumentForm
from assessments.instruments.declaration import Instrument
from assessments.instruments.registry import NoSuchInstrument, find, instruments
from assessments.models import Assessment, Observation
from assessments.sheets import age_and_sex
from assessments.views.answers import of_clinic
from patients.actions import registry
from patients.models import Patient

BAD = 400


@require_GET
@requires(Permission.PATIENT_VIEW)
def measures(request: StaffRequest, pk: int) -> HttpResponse:
    """Every score and measurement of a person, by kind."""
    patient = of_clinic(request, pk)
    registry.note_chart_view(
        patient=patient, page="measures", by=request.user, at=timezone.now()
    )
    given = Assessment.objects.visible_to(request.acting).filter(patient=patient)
    measured = Observation.objects.visible_to(request.acting).filter(patient=patient)
    context = {
        "patient": patient,
        "tab": "measures",
        "instruments": series.instruments(given.select_related("given_by")),
        "observations": series.observations(measured.select_related("recorded_by")),
        "to_give": [(i.key, i.title.en) for i in instruments().values()],
    }
    return render(request, "assessments/measures.html", context)


def _found(request: StaffRequest, patient: Patient, pk: int) -> Assessment:
    mine = Assessment.objects.visible_to(request.acting)
    return get_object_or_404(
        mine.select_related("given_by", "error_by", "amends"), pk=pk, patient=patient
    )


def _declared(key: str) -> Instrument:
    try:
        return find(key)
    except NoSuchInstrument as refusal:
        raise Http404(str(refusal)) from None


@require_GET
@requires(Permission.PATIENT_VIEW)
def measure(request: StaffRequest, pk: int, assessment: int) -> HttpResponse:
    """One instrument with every answer that was given."""
    patient = of_clinic(request, pk)
    found = _found(request, patient, assessment)
    declared = _declared(found.instrument)
    flags = [
        declared.flag_words[flag].en if flag in declared.flag_words else flag
        for flag in found.flags
    ]
    context = {
        "patient": patient,
        "tab": "measures",
        "found": found,
        "declared": declared,
        "items": _items(declared, found),
        "flags": flags,
        "amended_by": Assessment.objects.filter(amends=found).first(),
    }
    return render(request, "assessments/measure.html", context)


def _items(declared: Instrument, found: Assessment) -> list[tuple[str, str | None]]:
    """Each question with its answer in words; None where it was not answered."""
    rows: list[tuple[str, str | None]] = []
    for item in declared.items:
        code = found.answers.get(item.key)
        words = {choice.value: choice.words.en for choice in item.choices}
        rows.append((item.prompt.en, words.get(code)))
    return rows


@requires(Permission.ASSESS)
def give(request: StaffRequest, pk: int, instrument: str) -> HttpResponse:
    """Give an instrument; it is scored here, not in the browser."""
    patient = of_clinic(request, pk)
    return _form(request, patient, _declared(instrument), None)


@requires(Permission.ASSESS)
def amend(request: StaffRequest, pk: int, assessment: int) -> HttpResponse:
    """Correct an instrument by a new version; the one before stays readable."""
    patient = of_clinic(request, pk)
    found = _found(request, patient, assessment)
    return _form(request, patient, _declared(found.instrument), found)


def _form(
    request: StaffRequest,
    patient: Patient,
    declared: Instrument,
    before: Assessment | None,
) -> HttpResponse:
    now = timezone.now()
    initial = _initial(declared, before) if before else _begun(patient)
    form = InstrumentForm(
        request.POST if request.method == "POST" else None,
        instrument=declared,
        now=now,
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        kept = _record(request, patient, form, before)
        if kept is not None:
            messages.success(request, f"{declared.title.en}: kept.")
            return redirect("assessments:measure", patient.pk, kept.pk)
    context = {
        "patient": patient,
        "tab": "measures",
        "declared": declared,
        "form": form,
        "before": before,
    }
    status = BAD if form.errors else 200
    return render(request, "assessments/give.html", context, status=status)


def _begun(patient: Patient) -> dict[str, object]:
    now = timezone.localtime(timezone.now())
    known = age_and_sex(patient, on=now.date())
    return {"given_at": now, "mode": "staff", "context-sex": known["sex"]}


def _initial(declared: Instrument, before: Assessment) -> dict[str, object]:
    raws = {d.raw for d in declared.derivations}
    items = {f"item-{key}": value for key, value in before.answers.items()}
    said = {
        f"item-{key}" if key in raws else f"context-{key}": value
        for key, value in before.context.items()
    }
    given_at = timezone.localtime(before.given_at)
    return {**items, **said, "mode": before.mode, "given_at": given_at}


def _record(
    request: StaffRequest,
    patient: Patient,
    form: InstrumentForm,
    before: Assessment | None,
) -> Assessment | None:
    given_at = form.cleaned_data["given_at"]
    context = {k: v for k, v in form.part("context-").items() if v is not None}
    if any(question.key == "as_of" for question in form.instrument.context):
        context["as_of"] = timezone.localtime(given_at).date()
    try:
        return acts.record_assessment(
            patient=patient,
            instrument=form.instrument.key,
            answers=form.part("item-"),
            context={k: _plain(v) for k, v in context.items()},
            mode=form.cleaned_data["mode"],
            given_at=given_at,
            amends=before,
            by=request.user,
            at=timezone.now(),
        )
    except (acts.AnswersRefused, acts.NothingAnswered, acts.NotAmendable) as refusal:
        form.add_error(None, str(refusal))
        return None


def _plain(value: object) -> object:
    return value if isinstance(value, int | str) else str(value)


@requires(Permission.ASSESS)
def error(request: StaffRequest, pk: int, assessment: int) -> HttpResponse:
    """Mark an instrument as entered in error, with the reason."""
    patient = of_clinic(request, pk)
    found = _found(request, patient, assessment)
    form = ErrorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            acts.mark_entered_in_error(
                assessment=found,
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=timezone.now(),
            )
        except acts.AlreadyInError as refusal:
            messages.info(request, str(refusal))
        else:
            messages.success(
                request, "Marked as entered in error. It no longer counts."
            )
        return redirect("assessments:measures", pk)
    context = {
        "patient": patient,
        "tab": "measures",
        "form": form,
        "what": series.title_of(found.instrument),
        "when": found.given_at,
    }
    status = BAD if form.errors else 200
    return render(request, "assessments/error.html", context, status=status)

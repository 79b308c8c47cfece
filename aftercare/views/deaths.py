"""A death: reported, confirmed by a second person, put right by two."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, posted, requires
from accounts.doors import act, acting_now, editing, row_of_clinic, status_of
from accounts.entry.step_up import step_up
from accounts.models import Staff
from accounts.once import SAFE
from accounts.permissions import Permission
from aftercare.actions import deaths as acts
from aftercare.forms.deaths import CorrectionForm, DeathForm
from aftercare.models import FollowUp
from patients.actions import deaths
from patients.models import DeathRecord, Patient
from patients.views.registry import looked_at_chart, of_clinic


@requires(Permission.PATIENT_EDIT)
@step_up("report a death")
def death(request: StaffRequest, pk: int) -> HttpResponse:
    """What is known of it; or how the record of it stands."""
    patient = looked_at_chart(request, pk, "death")
    record = DeathRecord.objects.standing().filter(patient=patient).first()
    is_on_record = record is not None or patient.status == Patient.Status.DECEASED
    if is_on_record and request.method in SAFE:
        return _standing(request, patient, record)
    form = DeathForm(
        posted(request),
        today=request.today,
        staff=Staff.objects.active().at_clinic(request.acting.clinic),
    )
    editing(form, patient, ["status"])
    if act(
        request,
        lambda: deaths.report_death(
            patient=patient,
            report=form.report(),
            mrn=form.cleaned_data["mrn"],
            **acting_now(request),
        ),
        form=form,
        row=patient,
        fields=["status"],
        done="Written down. Calls and texts stop; a second person confirms it.",
    ):
        return redirect("aftercare:death", pk)
    context = {
        "patient": patient,
        "tab": "aftercare",
        "form": form,
        "owed": FollowUp.objects.open().filter(patient=patient).count(),
    }
    return render(request, "aftercare/death.html", context, status=status_of(form))


def _standing(
    request: StaffRequest,
    patient: Patient,
    record: DeathRecord | None,
    form: CorrectionForm | None = None,
) -> HttpResponse:
    form = form or CorrectionForm()
    context = {
        "patient": patient,
        "tab": "aftercare",
        "record": record,
        "correction_form": form,
    }
    return render(
        request, "aftercare/death_recorded.html", context, status=status_of(form)
    )


def _record(request: StaffRequest, patient: Patient, pk: int) -> DeathRecord:
    rows = DeathRecord.objects.select_related("patient", "recorded_by", "confirmed_by")
    return row_of_clinic(request, rows, pk=pk, patient=patient)


@requires(Permission.CARE_END, "POST")
@step_up("confirm a death")
def confirm_death(request: StaffRequest, pk: int, death: int) -> HttpResponse:
    """The second person: care ends with the day of death."""
    record = _record(request, of_clinic(request, pk), death)
    act(
        request,
        lambda: acts.confirm_death(record=record, **acting_now(request)),
        done="Confirmed. Nothing is owed or sent any more; the chart stays readable.",
    )
    return redirect("aftercare:death", pk)


@requires(Permission.PATIENT_EDIT, "POST")
def drop_death(request: StaffRequest, pk: int, death: int) -> HttpResponse:
    """Take the report back before anybody confirmed it."""
    record = _record(request, of_clinic(request, pk), death)
    act(
        request,
        lambda: deaths.drop_death(record=record, **acting_now(request)),
        done="Taken back. Calls and texts go on.",
    )
    return redirect("aftercare:death", pk)


@requires(Permission.CARE_END, "POST")
def ask_correction(request: StaffRequest, pk: int, death: int) -> HttpResponse:
    """Say why a confirmed death is a mistake."""
    patient = of_clinic(request, pk)
    record = _record(request, patient, death)
    form = CorrectionForm(posted(request))
    if act(
        request,
        lambda: deaths.ask_correction(
            record=record,
            reason=form.cleaned_data["correction_reason"],
            **acting_now(request),
        ),
        form=form,
        done="Asked. A second person puts it right.",
    ):
        return redirect("aftercare:death", pk)
    return _standing(request, patient, record, form)


@requires(Permission.CARE_END, "POST")
@step_up("put a recorded death right")
def correct_death(request: StaffRequest, pk: int, death: int) -> HttpResponse:
    """The second person: the person is as they were before."""
    record = _record(request, of_clinic(request, pk), death)
    act(
        request,
        lambda: acts.correct_death(record=record, **acting_now(request)),
        done="Put right: care goes on as it was.",
    )
    return redirect("aftercare:death", pk)

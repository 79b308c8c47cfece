"""The options of today beside those of an earlier day."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import StaffRequest, requires
from accounts.permissions import Permission
from accounts.tenancy import clinic_day
from assessments.picture.assemble import picture_of
from medications.clinic_policy.policy import policy_of
from medications.decision_page.two_days import differences, pairs
from medications.forms.earlier import EarlierForm
from medications.models import MedicationDecision
from medications.options.evaluate import evaluate
from patients.models import Patient
from patients.views.registry import note_view, of_clinic

# Where nothing was decided yet: how far back the page looks when it opens.
USUAL = timedelta(days=30)


@requires(Permission.PATIENT_VIEW, "GET")
def earlier(request: StaffRequest, pk: int) -> HttpResponse:
    """What was known at the end of a day and what it led to, beside today."""
    patient = of_clinic(request, pk)
    now = request.at
    today = request.today
    first = clinic_day(patient.clinic, patient.registered_at)
    form = EarlierForm(
        {"on": request.GET.get("on") or _usual(patient, today, first)},
        first=first,
        last=today,
    )
    context: dict[str, object] = {"patient": patient, "tab": "medication", "form": form}
    if form.is_valid():
        on: date = form.cleaned_data["on"]
        context |= _compared(patient, on, now)
    note_view(request, patient, "earlier options")
    status = 200 if form.is_valid() else 400
    return render(request, "medications/earlier.html", context, status=status)


def _zone(patient: Patient) -> ZoneInfo:
    return ZoneInfo(patient.clinic.time_zone)


def _usual(patient: Patient, today: date, first: date) -> date:
    """The day of the last decision; else some weeks ago, not before the first day."""
    decided = (
        MedicationDecision.objects.filter(patient=patient)
        .values_list("decided_at", flat=True)
        .first()
    )
    if decided is not None:
        return clinic_day(patient.clinic, decided)
    return max(today - USUAL, first)


def _compared(patient: Patient, on: date, now: datetime) -> dict[str, object]:
    end = datetime.combine(on, time.max, tzinfo=_zone(patient))
    policy = policy_of(patient.clinic_id)
    then = picture_of(patient, at=min(end, now))
    today = picture_of(patient, at=now)
    return {
        "on": on,
        "pairs": pairs(evaluate(then, policy=policy), evaluate(today, policy=policy)),
        "differences": differences(then, today),
        "known_then": len(then.facts) + len(then.preferences),
        "decision": MedicationDecision.objects.filter(
            patient=patient, decided_at__lte=end
        )
        .defer("picture", "options")
        .first(),
    }

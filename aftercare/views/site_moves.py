"""Moving a person to another site, and what one site told the other."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from accounts.access import Acting, StaffRequest, posted, requires
from accounts.doors import as_seen, outcome_of, status_of
from accounts.permissions import Permission
from accounts.sites import sisters_of
from aftercare.actions import site_moves as actions
from aftercare.actions.move_content import PARTS, content_of, ground_of
from aftercare.forms.site_moves import SiteMoveForm
from aftercare.models import SiteMove
from assessments.models import Concern
from patients.actions.registry import MayBeKnown
from patients.models import Patient
from patients.views.registry import looked_at, note_view, of_clinic, open_chart

SITE = "site"


@requires(Permission.DISCLOSE, "GET", "HEAD", "POST")
def move_to_site(request: StaffRequest, pk: int) -> HttpResponse:
    """Choose the site, see what the consent lets go along and what stays, move."""
    patient = of_clinic(request, pk)
    note_view(request, patient, "move_to_site")
    sites = sisters_of(request.acting, *actions.NEEDED, on=request.today)
    there = _chosen(request, sites)
    page: dict[str, object] = {
        "patient": patient,
        "tab": "contacts",
        "sites": [one.clinic for one in sites],
        "site": there.clinic if there else None,
        "is_in_care": Patient.objects.in_care().filter(pk=patient.pk).exists(),
    }
    if there is None:
        return render(request, "aftercare/move_to_site.html", page)
    content = content_of(patient, at=request.at)
    ground = ground_of(patient, there.clinic, at=request.at)
    form = SiteMoveForm(posted(request), content=content, ground=ground)
    outcome = outcome_of(
        request, lambda: _move(request, patient, there, form), form=form
    )
    if isinstance(outcome, actions.MoveOutcome):
        return _moved(request, there, outcome)
    page |= {
        "form": form,
        "alike": outcome,
        "ground": ground,
        "goes": [
            (key, part.title, content.lines(key))
            for key, part in PARTS.items()
            if ground and key in ground.parts
        ],
        "stays": [
            part.title
            for key, part in PARTS.items()
            if ground and key not in ground.parts
        ],
        "concerns": Concern.objects.open().filter(patient=patient).count(),
    }
    return render(request, "aftercare/move_to_site.html", page, status=status_of(form))


def _chosen(request: StaffRequest, sites: list[Acting]) -> Acting | None:
    """The site that was asked for, or a 404; the only one where none was."""
    asked = request.POST.get(SITE) or request.GET.get(SITE)
    if asked is None:
        return sites[0] if len(sites) == 1 else None
    found = next((one for one in sites if str(one.clinic.pk) == asked), None)
    if found is None:
        raise Http404
    return found


def _move(
    request: StaffRequest, patient: Patient, there: Acting, form: SiteMoveForm
) -> actions.MoveOutcome | list[Patient]:
    """The move, or who there may be the same person: nothing was moved then."""
    try:
        return actions.move_to_site(
            patient=patient,
            site=there.clinic,
            parts=form.cleaned_data["parts"],
            reason=form.cleaned_data["reason"],
            unlike=looked_at(request),
            **as_seen(request),
        )
    except MayBeKnown as known:
        actions.note_alike(
            people=known.people, site=there.clinic, by=request.user, at=request.at
        )
        return known.people


def _moved(
    request: StaffRequest, there: Acting, outcome: actions.MoveOutcome
) -> HttpResponse:
    told, person = outcome.disclosure, outcome.person
    if person is None:
        messages.warning(request, f"Stopped, and written down. {told.stopped_because}")
        return redirect("patients:disclosures", told.patient_id)
    messages.success(
        request, f"Moved. Registered at {there.clinic.name} as MRN {person.mrn}."
    )
    return redirect("aftercare:of_patient", told.patient_id)


@requires(Permission.PATIENT_VIEW, "GET")
def site_moves(request: StaffRequest, pk: int) -> HttpResponse:
    """Moves from and to other sites, with what was told and nobody confirmed."""
    patient = open_chart(request, pk, "site_moves")
    moves = SiteMove.objects.visible_to(request.acting).filter(patient=patient)
    rows = moves.select_related("other_clinic", "moved_by")
    context = {
        "patient": patient,
        "tab": "aftercare",
        "told": [
            (one, [PARTS[key].title for key in one.parts if key in PARTS])
            for one in rows
        ],
    }
    return render(request, "aftercare/site_moves.html", context)

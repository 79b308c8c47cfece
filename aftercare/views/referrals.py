"""Referrals: the loops of the clinic, those of one person, and the directory of places."""

from django.core.paginator import Paginator
from django.forms import model_to_dict
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, posted, requires
from accounts.doors import (
    act,
    acting_now,
    editing,
    outcome_of,
    row_of_clinic,
    status_of,
    values_of,
)
from accounts.models import Staff, StaffQuerySet
from accounts.permissions import Permission
from aftercare.actions import referrals as acts
from aftercare.forms.referrals import OwnerForm, PlaceForm, ReferForm, StepForm
from aftercare.models import CarePlace, CareReferral, ReferralStep
from aftercare.models.referrals import place_kinds
from aftercare.record.referrals import (
    ReferralLine,
    figures_of,
    is_stale,
    places_for,
    referrals_of,
)
from patients.actions.registry import note_list
from patients.models import Disclosure, Patient
from patients.views.registry import looked_at_chart, of_clinic

PAGE, LONGEST = 50, 80
SHOWN_OF_LOOP = ("stage", "stage_on", "owner_id", "next_on")


@requires(Permission.CASELOAD_VIEW, "GET")
def loops(request: StaffRequest) -> HttpResponse:
    """Every loop of the clinic: stuck first, mine first where asked."""
    told = request.GET
    found = referrals_of(request.acting, today=request.today)
    is_closed = told.get("state") == "closed"
    found = found.filter(next_on__isnull=is_closed)
    if told.get("mine"):
        found = found.filter(owner=request.user)
    if told.get("kind") in dict(place_kinds()):
        found = found.filter(kind=told["kind"])
    page = Paginator(found, PAGE).get_page(told.get("page"))
    lines = [ReferralLine(row, request.today) for row in page]
    note_list(
        people=sorted({line.row.patient_id for line in lines}),
        page="referrals",
        clinic=request.acting.clinic,
        **acting_now(request),
    )
    context = {
        "page": page,
        "groups": [
            ("Stuck", "late", "is-late", [one for one in lines if one.is_stuck]),
            (
                "Closed" if is_closed else "Moving",
                "clock",
                "",
                [one for one in lines if not one.is_stuck],
            ),
        ],
        "figures": figures_of(request.acting.clinic, today=request.today),
        "kinds": place_kinds(),
        "kind": told.get("kind", ""),
        "mine": bool(told.get("mine")),
        "is_closed": is_closed,
    }
    return render(request, "aftercare/referrals.html", context)


@requires(Permission.CASELOAD_VIEW, "GET")
def places(request: StaffRequest) -> HttpResponse:
    """The directory; for one person without the places that ask to stop medicine, whether
    they take any here, elsewhere, or may yet."""
    told = request.GET
    kind, text = told.get("kind", ""), told.get("text", "")[:LONGEST]
    kind = kind if kind in dict(place_kinds()) else ""
    wanted = told.get("for", "")
    person = None
    if wanted.isascii() and wanted.isdigit() and len(wanted) <= 18:
        person = of_clinic(request, int(wanted))
    shows_all = person is None or bool(told.get("all"))
    found, hidden = places_for(
        request.acting,
        kind=kind,
        text=text.replace("\x00", ""),
        hides_refusing=not shows_all,
    )
    page = Paginator(found, PAGE).get_page(told.get("page"))
    context = {
        "page": page,
        "rows": [(one, is_stale(one, today=request.today)) for one in page],
        "person": person,
        "hidden": hidden,
        "kinds": place_kinds(),
        "kind": kind,
        "text": text,
        "due": sum(is_stale(one, today=request.today) for one in found),
    }
    return render(request, "aftercare/places.html", context)


@requires(Permission.FOLLOW_UP_WORK)
def add_place(request: StaffRequest) -> HttpResponse:
    return _place(request, None)


@requires(Permission.FOLLOW_UP_WORK)
def place(request: StaffRequest, pk: int) -> HttpResponse:
    """Say a place anew; saved, it was checked today."""
    return _place(request, row_of_clinic(request, CarePlace.objects.all(), pk=pk))


def _place(request: StaffRequest, found: CarePlace | None) -> HttpResponse:
    form = PlaceForm(posted(request), initial=model_to_dict(found) if found else None)
    if found is not None:
        editing(form, found)
    if act(
        request,
        lambda: acts.keep_place(
            clinic=request.acting.clinic,
            values=values_of(form),
            place=found,
            **acting_now(request),
        ),
        form=form,
        row=found,
        done="Kept, and checked today.",
    ):
        return redirect("aftercare:places")
    context = {"form": form, "place": found}
    return render(request, "aftercare/place.html", context, status=status_of(form))


@requires(Permission.PATIENT_VIEW, "GET")
def of_person(request: StaffRequest, pk: int) -> HttpResponse:
    """One person's loops, open ones first."""
    patient = looked_at_chart(request, pk, "referrals")
    rows = referrals_of(request.acting, today=request.today).filter(patient=patient)
    context = {
        "patient": patient,
        "tab": "aftercare",
        "lines": [ReferralLine(row, request.today) for row in rows],
    }
    return render(request, "aftercare/referrals_of_person.html", context)


@requires(Permission.FOLLOW_UP_WORK)
def refer(request: StaffRequest, pk: int) -> HttpResponse:
    patient = of_clinic(request, pk)
    wanted = request.GET.get("place", "")
    fitting, hidden = places_for(request.acting, hides_refusing=True)
    every, _ = places_for(request.acting)
    # One that was chosen in the directory, where it says what it asks for, may be taken.
    chosen = [one for one in every if str(one.pk) == wanted and one not in fitting]
    form = ReferForm(
        posted(request), places=[*fitting, *chosen], initial={"place": wanted}
    )
    made = outcome_of(
        request,
        lambda: acts.refer(
            patient=patient,
            place=form.chosen,
            wanted=form.cleaned_data["wanted"],
            **acting_now(request),
        ),
        form=form,
        done="Begun. It is owed until you heard that they were there.",
    )
    if made is not None:
        return redirect("aftercare:referral", pk, made.pk)
    context = {
        "patient": patient,
        "tab": "aftercare",
        "form": form,
        "hidden": hidden - len(chosen),
    }
    return render(request, "aftercare/refer.html", context, status=status_of(form))


def _referral(request: StaffRequest, patient: Patient, pk: int) -> CareReferral:
    rows = CareReferral.objects.select_related("patient__clinic", "place", "owner")
    return row_of_clinic(request, rows, pk=pk, patient=patient)


@requires(Permission.FOLLOW_UP_WORK)
def referral(request: StaffRequest, pk: int, loop: int) -> HttpResponse:
    """One loop: its steps, and the next one."""
    patient = looked_at_chart(request, pk, "referral")
    found = _referral(request, patient, loop)
    given = Disclosure.objects.filter(patient=patient, is_stopped=False)
    form = StepForm(
        posted(request),
        referral=found,
        given=given.order_by("-made_at")[:PAGE],
        initial={"on": request.today},
    )
    editing(form, found, SHOWN_OF_LOOP)
    if act(
        request,
        lambda: acts.record_step(
            referral=found, told=form.told(), **acting_now(request)
        ),
        form=form,
        row=found,
        fields=SHOWN_OF_LOOP,
        done="Recorded.",
    ):
        return redirect("aftercare:referral", pk, loop)
    staff = _hands(request)
    steps = found.steps.select_related("recorded_by", "disclosure")
    context = {
        "patient": patient,
        "tab": "aftercare",
        "line": ReferralLine(found, request.today),
        "steps": steps,
        "newest": steps.filter(taken_back_at=None).last(),
        "form": form,
        "give_form": editing(
            OwnerForm(staff=staff, initial={"owner": found.owner_id}),
            found,
            ["owner_id"],
        ),
    }
    return render(request, "aftercare/referral.html", context, status=status_of(form))


def _hands(request: StaffRequest) -> StaffQuerySet:
    """Who may see a referral through."""
    right, clinic = Permission.FOLLOW_UP_WORK, request.acting.clinic
    return Staff.objects.active().who_may(right, clinic)


@requires(Permission.FOLLOW_UP_WORK, "POST")
def give(request: StaffRequest, pk: int, loop: int) -> HttpResponse:
    found = _referral(request, of_clinic(request, pk), loop)
    staff = _hands(request)
    form = editing(OwnerForm(posted(request), staff=staff), found, ["owner_id"])
    act(
        request,
        lambda: acts.give_referral(
            referral=found, to=form.cleaned_data["owner"], **acting_now(request)
        ),
        form=form,
        row=found,
        fields=["owner_id"],
        done="Given.",
    )
    return redirect("aftercare:referral", pk, loop)


@requires(Permission.FOLLOW_UP_WORK, "POST")
def take_back(
    request: StaffRequest, pk: int, loop: int, loop_step: int
) -> HttpResponse:
    patient = of_clinic(request, pk)
    rows = ReferralStep.objects.filter(referral=_referral(request, patient, loop))
    found = row_of_clinic(request, rows, pk=loop_step)
    act(
        request,
        lambda: acts.take_back_step(step=found, **acting_now(request)),
        done="Taken back: the step before holds.",
    )
    return redirect("aftercare:referral", pk, loop)
